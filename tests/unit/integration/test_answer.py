"""What a receiver's answer means for a delivery and its endpoint."""

from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.kernel.errors import Broken, Refused, Unavailable
from saas_business_management.kernel.integration.answer import (
    OURS_SECONDS,
    Answer,
    course_after,
    cut_off,
    disabled_for,
    is_slow,
)

NOW = datetime(2026, 3, 14, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("status", "received"),
    [(200, True), (204, True), (299, True), (300, False), (199, False), (410, False), (0, False)],
)
def test_only_two_hundred_and_something_is_received(status, received) -> None:
    assert Answer(status).received is received


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(200), None),
        (Answer(307), "receiver_redirects"),
        (Answer(500), "receiver_refuses"),
        (Answer(200, Unavailable("receiver_slow")), "receiver_slow"),
        (cut_off(), "cut_off"),
    ],
)
def test_why_it_was_not_received(answer, code) -> None:
    assert (answer.fault.code if answer.fault else None) == code


def test_received_ends_it() -> None:
    course = course_after(Answer(204), 7, NOW)
    assert (course.state, course.failures, course.next_at) == ("delivered", 7, None)


@pytest.mark.parametrize(
    ("failures", "state", "wait"),
    [(0, "waiting", 60), (1, "waiting", 120), (18, "waiting", 21600), (19, "dead_letter", None)],
)
def test_each_failure_waits_longer_until_it_is_given_up(failures, state, wait) -> None:
    course = course_after(Answer(500), failures, NOW)
    assert (course.state, course.failures) == (state, failures + 1)
    assert course.next_at == (NOW + timedelta(seconds=wait) if wait else None)


@pytest.mark.parametrize(
    ("status", "asked", "wait"),
    [(503, 600, 600), (429, 600, 600), (503, 10, 60), (503, 90_000, 21_600), (500, 600, 60)],
)
def test_who_asks_for_time_gets_it_within_bounds(status, asked, wait) -> None:
    course = course_after(Answer(status, wait_seconds=asked), 0, NOW)
    assert course.next_at == NOW + timedelta(seconds=wait)


def test_our_own_fault_counts_for_nothing() -> None:
    ours = Answer(error=Refused("keyring_missing"), ours=True)
    course = course_after(ours, 19, NOW)
    assert (course.state, course.failures) == ("waiting", 19)
    assert course.next_at == NOW + timedelta(seconds=OURS_SECONDS)
    assert disabled_for(ours, NOW - timedelta(days=99), NOW) == ""


@pytest.mark.parametrize(
    ("answer", "since", "days", "reason"),
    [
        (Answer(200), 99, 5, ""),
        (Answer(410), 0, 5, "gone"),
        (Answer(500), 5, 5, "failing"),
        (Answer(500), 4.99, 5, ""),
        (Answer(error=Broken("receiver_garbled")), 5, 5, "failing"),
    ],
)
def test_when_an_endpoint_is_switched_off(answer, since, days, reason) -> None:
    assert disabled_for(answer, NOW - timedelta(days=since), NOW, days) == reason


def test_a_first_failure_switches_nothing_off() -> None:
    assert disabled_for(Answer(500), None, NOW, 1) == ""


@pytest.mark.parametrize(
    ("answer", "slow"),
    [(Answer(200, seconds=2), False), (Answer(200, seconds=2.1), True), (Answer(500), True)],
)
def test_who_is_slow(answer, slow) -> None:
    assert is_slow(answer) is slow
