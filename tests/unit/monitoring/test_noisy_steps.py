"""The mildest step comes first, and without a person nothing goes beyond the gateway."""

from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.kernel.monitoring import noisy_steps as steps

AT = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("allowed", "taken", "minutes", "step"),
    [
        ("nothing", (), 99, ""),
        ("inform", (), 0, "inform"),
        ("inform", ("inform",), 99, ""),
        ("limit", (), 99, "inform"),
        ("limit", ("inform",), 14, ""),
        ("limit", ("inform",), 15, "limit"),
        ("limit", ("inform", "limit"), 99, ""),
        ("limit", ("inform",), None, ""),
        ("night", (), 99, ""),
        ("move", (), 99, ""),
    ],
)
def test_the_next_step_by_itself(allowed, taken, minutes, step):
    now = AT + timedelta(minutes=99 if minutes is None else minutes)
    informed_at = AT if minutes is not None else None
    assert steps.next_by_itself(allowed, taken, informed_at, now) == step


def test_nothing_by_itself_goes_beyond_the_limit():
    far = AT + timedelta(days=9)
    found = {steps.next_by_itself(one, ("inform", "limit"), AT, far) for one in steps.LADDER}
    assert found == {""}
    assert steps.LADDER[:2] == steps.BY_ITSELF


@pytest.mark.parametrize(
    ("calls", "requests", "connections", "left"),
    [
        (100.0, 13, 16, (50, 6, 8)),
        (0, 13, 16, (60, 6, 8)),
        (None, 13, 16, (60, 6, 8)),
        (10.0, 3, 8, (30, 2, 6)),
        (10.0, 1, 4, (30, 1, 4)),
    ],
)
def test_holding_back_halves_and_never_gives_more(calls, requests, connections, left):
    assert steps.hold(calls, requests, connections) == steps.Hold(*left)


@pytest.mark.parametrize(
    ("own", "held", "number"), [(0, 0, 0), (0, 5, 5), (5, 0, 5), (4, 5, 4), (6, 5, 5)]
)
def test_the_stricter_limit_counts(own, held, number):
    assert steps.stricter(own, held) == number


def test_a_hold_ends_by_itself():
    until = AT + timedelta(hours=2)
    assert not steps.hold_is_over(AT, until, until - timedelta(seconds=1))
    assert steps.hold_is_over(AT, until, until)
    day = AT + timedelta(days=1)
    assert not steps.hold_is_over(AT, None, day - timedelta(seconds=1))
    assert steps.hold_is_over(AT, None, day)


def test_half_an_hour_of_quiet_ends_it():
    assert not steps.is_over(AT, AT + timedelta(minutes=29, seconds=59))
    assert steps.is_over(AT, AT + timedelta(minutes=30))
