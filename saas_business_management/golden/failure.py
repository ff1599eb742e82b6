"""What a phase that failed tells: one line, the module to blame, whether to try again."""

import re
from typing import Any

import psycopg2

PLACE = re.compile(r"while parsing (?:file://)?(\S+?):(\d+)")
# What Odoo says when it quotes the data file instead of the reason.
SOURCE_QUOTED = "somewhere inside"
# The server is away or full for the moment. Source: PostgreSQL, appendix A, classes 08, 53, 57P.
PASSING_CODE = re.compile(r"08|53300|57P")
PASSING_TEXT = re.compile(r"starting up|shutting down|recovery|too many|slots|terminating")


def describe(error: BaseException) -> dict[str, Any]:
    """Return `{"line", "module", "again"}` of an error."""
    chain = list(_chain(error))
    module = next((found for one in chain if (found := _module(one))), "")
    return {
        "line": _sentence(chain).rstrip("."),
        "module": module,
        "again": any(_is_passing(one) for one in chain),
    }


def _chain(error: BaseException | None) -> Any:
    """Yield the error and what it was raised from, outermost first."""
    while error is not None:
        yield error
        error = error.__cause__


def _module(error: BaseException) -> str:
    return getattr(error, "module", "") or getattr(error, "saas_module", "")


def _sentence(chain: list[BaseException]) -> str:
    """Return the first line that says what went wrong, and where if a data file was being read."""
    texts = [str(error) for error in chain]
    places = [found for text in texts if (found := PLACE.search(text))]
    said = [line for text in texts if SOURCE_QUOTED not in text for line in _words(text)]
    line = said[0] if said else type(chain[-1]).__name__
    return f"{line} ({places[0][1]}:{places[0][2]})" if places else line


def _words(text: str) -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not PLACE.search(line)]


def _is_passing(error: BaseException) -> bool:
    """Say whether the server was only away or full."""
    if not isinstance(error, psycopg2.OperationalError):
        return isinstance(error, psycopg2.InterfaceError)
    if error.pgcode:
        return bool(PASSING_CODE.match(error.pgcode))
    return "FATAL:" not in str(error) or bool(PASSING_TEXT.search(str(error)))
