"""Seven days of a fleet that is well wake nobody: each shipped rule, minute after minute.

Readings go with the hour of the day and the dice, up to what is just allowed; single readings are
lost, and where a rule waits before it fires there are peaks of two minutes past its threshold.
"""

import math
import random

import pytest

from saas_business_management.kernel.alerting import rule as kernel
from saas_business_management.kernel.monitoring import metric
from tests.helpers.alert_pack import rules
from tests.helpers.alert_replay import replay, spread

from .test_pack import QUIET

DAYS, DAY = 7, 1440
LEAST_WAIT = 5
PEAK_EVERY, PEAK = 660, 2
LOST = 0.005
CASES = {case["rule"]: case for case in reversed(QUIET)}


def week(rule, case, dice):
    """Return the readings of each metric of a rule over a week."""
    first = rule.conditions[0]
    found = {name: steady(text) for name, text in case["series"].items()}
    for one in rule.conditions:
        level = found[one.metric]
        if isinstance(level, list) or one.of or one.how == kernel.USUAL:
            continue
        if level is not None and not holds(one, level):
            peaks = one is first and len(rule.conditions) == 1 and may_peak(rule, one)
            found[one.metric] = [waved(one, level, at, peaks, dice) for at in range(DAYS * DAY)]
    return {
        name: value if isinstance(value, list) else [value] * (DAYS * DAY)
        for name, value in found.items()
    }


def steady(text):
    return next((one for one in spread(text) if one is not None), None)


def holds(one, value):
    return {
        ">": value > one.threshold,
        ">=": value >= one.threshold,
        "<": value < one.threshold,
        "<=": value <= one.threshold,
        "=": value == one.threshold,
    }[one.comparison]


def may_peak(rule, one):
    return one.how == kernel.LAST and rule.for_minutes >= LEAST_WAIT and one.comparison in "><"


def waved(one, level, at, peaks, dice):
    """Return a reading: nearer to the threshold by day, never past it but in a peak."""
    if dice.random() < LOST:
        return None
    if peaks and at % PEAK_EVERY < PEAK:
        return one.threshold + (1 if one.comparison == ">" else -1) * (abs(one.threshold) + 1)
    if one.comparison == "=":
        return level
    near = max(0.0, math.sin(2 * math.pi * (at % DAY) / DAY)) * dice.uniform(0.7, 1.0)
    far = 0.2 * level if one.comparison in (">", ">=") else 5 * level + 1
    return level * near + far * (1 - near)


@pytest.mark.parametrize("code", sorted(rules()))
def test_a_quiet_week_fires_nothing_and_tells_nobody(code):
    rule = rules()[code]
    series = week(rule, CASES[code], random.Random(code))
    seen = list(replay(rule, series, CASES[code].get("usual")))
    assert len(seen) == DAYS * DAY
    assert [one for one in seen if one.state == "firing"][:1] == []
    assert seen[-1].told == 0


def test_the_week_is_no_flat_line():
    waved_rules = peaked = 0
    for code, rule in rules().items():
        readings = week(rule, CASES[code], random.Random(code))[rule.conditions[0].metric]
        waved_rules += len(set(readings)) > 100
        peaked += any(one is not None and holds(rule.conditions[0], one) for one in readings)
    assert waved_rules >= 40
    assert peaked >= 10
    assert {rule.conditions[0].metric for rule in rules().values()} <= set(metric.METRICS)
