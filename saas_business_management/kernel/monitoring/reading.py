"""What the answers of a tenant mean: figures to keep, what is unknown and why, what has changed.

Owns: reading numbers and marks, comparing an audit with the one before. Does not own: questions
(`question.py`), asking, sentences for people.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from .metric import METRICS
from .question import MARK_LENGTH, WATCHED_SETTINGS, WORDS

# There was nothing to compute it from: no payment, no mail, no cron.
NOTHING = "question_nothing"
ABSENT = "absent"
REFUSED = "value_refused"
LARGEST = Decimal(10) ** 15
# The session ended while it was asked: what came after was not asked at all.
LOST = frozenset({"connection_lost", "server_restarting", "server_unreachable", "driver_error"})
_WORD = re.compile(r"[0-9A-Za-z.+~_-]{1,64}")


@dataclass(frozen=True)
class Reading:
    """Answers by code: `numbers` that were told, `words`, and why others are `unknown`."""

    numbers: Mapping[str, Decimal] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Audit:
    """What an audit brings: the figures of the family, what to `remember` for the next one, and
    `findings` as code of a rule with facts.
    """

    numbers: Mapping[str, Decimal]
    remember: Mapping[str, str]
    findings: tuple[tuple[str, Mapping[str, object]], ...] = ()


def read(told: Mapping[str, tuple[str, str]]) -> Reading:
    """Return what `(answer, problem)` of each code mean.

    What a tenant does not have, or what there is nothing to compute from, is neither a number nor
    unknown.
    """
    numbers, words, unknown = {}, {}, {}
    for code, (answer, problem) in told.items():
        if problem in (ABSENT, NOTHING):
            continue
        if problem:
            unknown[code] = problem
        elif code in WORDS and _WORD.fullmatch(answer):
            words[code] = answer
        elif code not in WORDS and (number := _number(answer)) is not None:
            numbers[code] = number
        else:
            unknown[code] = REFUSED
    return Reading(numbers, words, unknown)


def trouble(reading: Reading) -> str:
    """Return why a tenant counts as one that gave no answer, nothing when it gave some."""
    lost = next((one for one in reading.unknown.values() if one in LOST), "")
    if lost or reading.numbers or reading.words:
        return lost
    return next(iter(reading.unknown.values()), "")


def behind(before: Mapping[str, str], now: Reading, target: str, today: date) -> tuple[int, str]:
    """Return for how many days a tenant has another version of Odoo's base than its cluster, and
    since when (ISO, empty when it has the same).
    """
    if now.words["base_version"] == target:
        return 0, ""
    since = before.get("behind_since") or today.isoformat()
    return max((today - date.fromisoformat(since)).days, 0), since


def _number(text: str) -> Decimal | None:
    """Return a number that is none below zero, nothing when it is no such number."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 <= found <= LARGEST else None


def compare(before: Mapping[str, str], now: Reading) -> Audit:
    """Return what an audit brings after what was remembered of the one before.

    The first audit of a tenant finds no change. What could not be told keeps what is remembered, so
    that a change is seen by the next audit that can. A new administrator that came while another
    went is found by the mark of all of them.
    """
    remember = {**before, **now.words}
    if "admins" in now.numbers:
        remember["admins"] = str(int(now.numbers["admins"]))
    numbers = {code: value for code, value in now.numbers.items() if code in METRICS}
    findings = []
    added = _added(before, now)
    if added is not None:
        numbers["admins_added"] = Decimal(added)
    if _changed(before, now, "admins_mark"):
        facts = {"before": int(before.get("admins", 0)), "now": int(now.numbers.get("admins", 0))}
        findings.append(("tenant_admins_changed", facts))
    settings = _settings(before, now)
    if settings is not None:
        numbers["parameters_changed"] = Decimal(len(settings))
        if settings:
            findings.append(("tenant_settings_changed", {"settings": ", ".join(settings)}))
    modules = _changed(before, now, "modules_mark")
    if modules is not None:
        numbers["modules_changed"] = Decimal(modules)
    # An update of modules brings other code along; what people wrote counts always.
    if _changed(before, now, "own_code_mark") or (
        _changed(before, now, "code_mark") and not modules
    ):
        facts = {"now": int(now.numbers.get("code_actions", 0))}
        findings.append(("tenant_code_changed", facts))
    return Audit(numbers, remember, tuple(findings))


def _changed(before: Mapping[str, str], now: Reading, code: str) -> bool | None:
    """Tell whether a mark is another one; None when either is not known."""
    if code not in before or code not in now.words:
        return None
    return before[code] != now.words[code]


def _added(before: Mapping[str, str], now: Reading) -> int | None:
    """Return how many administrators came at least."""
    changed = _changed(before, now, "admins_mark")
    if changed is None or "admins" not in before or "admins" not in now.numbers:
        return None
    more = int(now.numbers["admins"]) - int(before["admins"])
    return max(more, 1) if changed and more >= 0 else 0


def _settings(before: Mapping[str, str], now: Reading) -> list[str] | None:
    """Return the names of the settings that changed, None when it is not known."""
    if _changed(before, now, "settings_mark") is None:
        return None
    marks = [
        [text[place : place + MARK_LENGTH] for place in range(0, len(text), MARK_LENGTH)]
        for text in (before["settings_mark"], now.words["settings_mark"])
    ]
    pairs = zip(WATCHED_SETTINGS, *marks, strict=False)
    return [name for name, old, new in pairs if old != new]
