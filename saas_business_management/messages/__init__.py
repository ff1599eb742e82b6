"""What the product says to people: sentences of errors, lines of tests.

Owns: choosing the sentence and its variant, the form of facts in it. Does not own: the sentences
(`errors/`), lines of tests (`checks.py`), words inside them (`words.py`), where they are shown.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from odoo.api import Environment
from odoo.tools import LazyTranslate, format_date, format_datetime, format_list, formatLang

from ..const import GB
from ..kernel.errors import SaasError
from .checks import CHECKS, FAILED, PASSED
from .errors import SENTENCES
from .hosts import HOSTS, NOT_LOOKED
from .words import WORDS

_lt = LazyTranslate(__name__)

UNKNOWN = "—"

# What is said of a code without a sentence; never seen as long as the tests pass.
_BY_KIND = {
    "refused": _lt("This is not allowed (%(code)s). Nothing was changed."),
    "unavailable": _lt("There was no answer (%(code)s). It is tried again by itself."),
    "broken": _lt("There was a wrong answer (%(code)s). The log has the details."),
}


def text(env: Environment, error: SaasError) -> str:
    """Return the sentence for an error in the language of the environment."""
    sentence = SENTENCES.get(_key(error)) or SENTENCES.get(error.code)
    sentence = sentence or _BY_KIND.get(error.kind) or _BY_KIND["broken"]
    facts = _Facts({name: _shown(env, name, value) for name, value in error.facts.items()})
    return env._(sentence) % _Facts(facts | {"code": error.code})


def code_text(env: Environment, code: str) -> str:
    """Return the sentence for the code of an error whose facts are not known any more."""
    return text(env, SaasError(code))


def check_text(env: Environment, code: str, ok: bool, facts: Mapping[str, object]) -> str:
    """Return what a line of a test says: what was looked at, and how it stands when known."""
    sentence = CHECKS.get(f"{code}.{'passed' if ok else 'failed'}") or CHECKS.get(code)
    if sentence is None:
        return env._(PASSED if ok else FAILED) % {"code": code}
    shown = _Facts({name: _shown(env, name, value) for name, value in facts.items()})
    if "error" in facts and not ok:
        shown["error"] = text(env, SaasError(str(facts["error"]), **_without_error(facts)))
    return env._(sentence) % shown


def host_text(env: Environment, status: str, facts: Mapping[str, object]) -> str:
    """Return what is said about the records of an own host name."""
    shown = _Facts({name: _shown(env, name, value) for name, value in facts.items()})
    return env._(HOSTS.get(status, NOT_LOOKED)) % shown


class _Facts(dict):
    """Facts of a sentence; one that is not known shows as a dash, never as an error in an error."""

    def __missing__(self, name: str) -> str:
        return UNKNOWN


def _without_error(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in facts.items() if name not in ("error", "code")}


def _by_why(facts: Mapping[str, object]) -> str:
    return str(facts.get("why", ""))


def _by_free(facts: Mapping[str, object]) -> str:
    free = facts.get("free") or ()
    return ("", "one")[len(free)] if len(free) < 2 else "many"


def _by_phase(facts: Mapping[str, object]) -> str:
    if not facts.get("module"):
        return ""
    return "upgrade" if facts.get("phase") in ("upgrade", "prove") else "module"


_VARIANTS: dict[str, Callable[[Mapping[str, object]], str]] = {
    "transition_refused": _by_why,
    "subscription_refused": _by_why,
    "subdomain_taken": _by_free,
    "no_cluster": lambda facts: "told" if facts.get("reasons") else "",
    "disk_full": lambda facts: "measured" if "needed_bytes" in facts else "",
    "object_missing": lambda facts: "stored" if "key" in facts or "told" in facts else "",
    "signup_limit": lambda facts: "one" if facts.get("minutes") == 1 else "",
    "incident_move": _by_why,
    "maintenance_move": _by_why,
    "campaign_move": _by_why,
    "odoo_phase_failed": _by_phase,
}


def _key(error: SaasError) -> str:
    choose = _VARIANTS.get(error.code)
    variant = choose(error.facts) if choose else ""
    return f"{error.code}.{variant}" if variant else error.code


def _shown(env: Environment, name: str, value: object) -> str:
    """Return a fact as people read it: a size, a list, a word of the product, or the value "
    "itself."""
    if value is None or value == "":
        return UNKNOWN
    if name.endswith("_bytes") and isinstance(value, int):
        return _size(env, value)
    if isinstance(value, Mapping):
        return format_list(env, [f"{key} ({_word(env, name, why)})" for key, why in value.items()])
    if isinstance(value, (list, tuple, set, frozenset)):
        return format_list(env, [f"“{one}”" for one in value])
    if type(value) is date:
        return format_date(env, value)
    if isinstance(value, datetime):
        return format_datetime(env, value, dt_format="short")
    return _word(env, name, value)


def _size(env: Environment, size: int) -> str:
    if size < GB:
        return env._("%(size)s MB", size=formatLang(env, size * 1000 / GB, digits=0))
    return env._("%(size)s GB", size=formatLang(env, size / GB, digits=1))


def _word(env: Environment, name: str, value: object) -> str:
    word = WORDS.get(f"{name}.{value}")
    return env._(word) if word is not None else str(value)
