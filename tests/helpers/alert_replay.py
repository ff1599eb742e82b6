"""Playing readings minute by minute through the rules, as the passes of a control plane would.

Owns: the notation of series (that of promtool), one subject, one receiver. Does not own: rules and
their course, both the product's own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from saas_business_management.kernel.alerting import course, grouping
from saas_business_management.kernel.alerting.course import Open
from saas_business_management.kernel.alerting.grouping import Member, Told
from saas_business_management.kernel.alerting.rule import USUAL, Rule

START = datetime(2031, 5, 5, 9, 0, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)
NUMBER = r"-?\d+(?:\.\d+)?"
WORD = re.compile(
    rf"(?P<missing>_)(?:x(?P<m>\d+))?|(?P<at>{NUMBER})(?P<by>[+-]\d+(?:\.\d+)?)?(?:x(?P<n>\d+))?"
)
FIGURES = {
    "avg": lambda values: sum(values) / len(values),
    "max": max,
    "min": min,
    "sum": sum,
    "count": len,
    "last": lambda values: values[-1],
}


def spread(text: str) -> list[float | None]:
    """Return the readings of a series, one a minute: `5x2` is 5 5 5, `1+2x2` is 1 3 5, `_x2` none
    twice.
    """
    found: list[float | None] = []
    for word in text.split():
        told = WORD.fullmatch(word)
        if told is None:
            raise ValueError(word)
        if told["missing"]:
            found += [None] * int(told["m"] or 1)
        else:
            step = float(told["by"] or 0)
            found += [float(told["at"]) + step * one for one in range(int(told["n"] or 0) + 1)]
    return found


@dataclass(frozen=True)
class Seen:
    """How things stand after a pass: the state (empty when there is no alert), messages so far."""

    minute: int
    state: str
    told: int


def replay(
    rule: Rule,
    series: Mapping[str, str | Sequence[float | None]],
    usual: Mapping[str, float] | None = None,
    blind: tuple[int, int] | None = None,
    extra: int = 0,
) -> Iterator[Seen]:
    """Yield what each minute's pass finds; between `blind` minutes nobody watches."""
    readings = {
        name: spread(told) if isinstance(told, str) else list(told) for name, told in series.items()
    }
    length = max(map(len, readings.values())) + extra
    alert, last, fired_at, flips = None, None, None, []
    told, sent, past = None, 0, 0
    for minute in range(length):
        now = START + minute * MINUTE
        if blind and blind[0] <= minute < blind[1]:
            continue
        figures = _figures(rule, readings, usual or {}, minute)
        gap = minute > 0 and course.is_gap(last, now)
        recent = [at for at in flips if now - at < course.FLAP_WINDOW]
        before = alert and Open(alert[0], alert[1], alert[2], len(recent))
        to = course.move(rule, before, rule.verdict(figures), now, gap)
        alert, fired_at, past = _after(alert, to, now, fired_at, past)
        if to in (course.FIRING, course.RESOLVED):
            flips.append(now)
        firing = [Member(past, fired_at)] if alert and alert[0] == course.FIRING else []
        message = grouping.due(rule.severity, firing, told, now)
        if message:
            sent += 1
            told = Told(now, message.hash, message.why == grouping.ENDED)
        last = now
        yield Seen(minute, alert[0] if alert else "", sent)


def _figures(rule, readings, usual, minute):
    found = {}
    for key in rule.keys:
        metric, how, window = key
        if how == USUAL:
            values = [usual[metric]] if metric in usual else []
            how = "last"
        else:
            row = readings.get(metric, [])
            values = row[max(0, minute - window + 1) : minute + 1]
            values = [one for one in values if one is not None]
        if values:
            found[key] = FIGURES[how](values)
    return found


def _after(alert, to, now, fired_at, past):
    if to in (course.DROPPED, course.RESOLVED):
        return None, None, past
    if to == course.PENDING:
        return (to, now, None), None, past
    if to == course.FIRING:
        return (to, alert[1] if alert else now, None), now, past + 1
    if to == course.RESTARTED:
        return (alert[0], now, None), None, past
    if to == course.CLEARING:
        return (alert[0], alert[1], now), fired_at, past
    if to == course.HOLDING:
        return (alert[0], alert[1], None), fired_at, past
    return alert, fired_at, past
