"""Conditions and their figures: percentages, the usual, and what is not known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.alerting import rule as kernel
from saas_business_management.kernel.alerting.rule import ALERT, KEEP, OK, Condition, Rule
from saas_business_management.kernel.monitoring import layers

FAILURES = Condition("failures", ">", 5, "sum", 60, "requests")
ORDERS = Condition("orders_hour", "<", 30, "last", 15, "usual")


def figures(**values):
    return {("failures", "sum", 60): values.get("failures")} | {
        ("requests", "sum", 60): values.get("requests")
    }


@pytest.mark.parametrize(
    ("comparison", "value", "holds"),
    [
        (">", 5, False),
        (">", 6, True),
        (">=", 5, True),
        ("<", 5, False),
        ("<", 4, True),
        ("<=", 5, True),
        ("=", 5, True),
        ("=", 6, False),
    ],
)
def test_a_comparison_at_its_border(comparison, value, holds):
    one = Condition("cpu_percent", comparison, 5)
    assert one.holds({one.keys[0]: value}) is holds


def test_a_percentage_of_another_metric():
    assert FAILURES.value(figures(failures=3, requests=50)) == 6
    assert FAILURES.value(figures(failures=0, requests=0)) == 0
    assert FAILURES.value(figures(failures=3)) is None
    assert FAILURES.keys == (("failures", "sum", 60), ("requests", "sum", 60))


def test_a_percentage_of_what_is_usual():
    now, usual = ORDERS.keys
    assert usual == ("orders_hour", "usual", 15)
    assert ORDERS.value({now: 5, usual: 20}) == 25
    # Where nothing is usual nothing is missing.
    assert ORDERS.holds({now: 0, usual: 0}) is None
    assert ORDERS.holds({now: 0}) is None


@pytest.mark.parametrize(("policy", "verdict"), [(KEEP, None), (OK, False), (ALERT, True)])
def test_what_is_not_known_is_judged_by_the_policy(policy, verdict):
    assert Rule("x", (Condition("cpu_percent", ">", 90),), no_data=policy).verdict({}) is verdict


@given(st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=4))
def test_one_condition_that_does_not_hold_settles_it(holds):
    conditions = tuple(Condition(f"m{n}", ">", 0) for n in range(len(holds)))
    told = {
        conditions[n].keys[0]: 1.0 if one else 0.0 for n, one in enumerate(holds) if one is not None
    }
    verdict = Rule("x", conditions).verdict(told)
    assert verdict is (False if False in holds else None if None in holds else True)


def test_another_threshold_is_one_of_the_first_condition():
    rule = Rule("x", (FAILURES, ORDERS)).with_threshold(50)
    assert [one.threshold for one in rule.conditions] == [50, 30]
    assert len(rule.keys) == 4


def test_severities_are_those_of_monitoring():
    assert kernel.SEVERITIES == layers.SEVERITIES
