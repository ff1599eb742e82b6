"""What a phase that failed says to the process that waits for it: one line, the module to blame, and whether to try again."""

import re
from typing import Any

PLACE = re.compile(r"while parsing (?:file://)?(\S+?):(\d+)")
# The server went away or is full for the moment. Source: PostgreSQL, appendix A, classes 08, 53 and 57P.
PASSING = re.compile(r"^(08|53300|57P)")


def describe(error: BaseException) -> dict[str, Any]:
    """Return `{"line", "module", "again"}` of an error."""
    chain = list(_chain(error))
    module = next((found for one in chain if (found := _module(one))), "")
    return {"line": _sentence(chain).rstrip("."), "module": module, "again": any(_is_passing(one) for one in chain)}


def _chain(error: BaseException | None) -> Any:
    """Yield the error and what it was raised from, outermost first."""
    while error is not None:
        yield error
        error = error.__cause__


def _module(error: BaseException) -> str:
    return getattr(error, "module", "") or getattr(error, "saas_module", "")


def _sentence(chain: list[BaseException]) -> str:
    """Return the first line that says what went wrong, with file and line of a data file if it was there."""
    places = [found for one in chain if (found := PLACE.search(str(one)))]
    said = [text for text in str(chain[-1]).splitlines() if text.strip() and not PLACE.search(text)]
    text = said[0].strip() if said else type(chain[-1]).__name__
    return f"{text} ({places[0][1]}:{places[0][2]})" if places else text


def _is_passing(error: BaseException) -> bool:
    kinds = {kind.__name__ for kind in type(error).__mro__ if kind.__module__.startswith("psycopg2")}
    code = getattr(error, "pgcode", None) or ""
    return "InterfaceError" in kinds or ("OperationalError" in kinds and (not code or bool(PASSING.match(code))))
