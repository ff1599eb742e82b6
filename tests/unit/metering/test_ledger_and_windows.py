"""Buckets of local days, the ledger, corrections and the closing of a month."""

from datetime import date, datetime, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.metering.correction import amend, record, void
from saas_business_management.kernel.metering.reconciliation import Reconciliation
from saas_business_management.kernel.metering.window import Window, by_window, window_of

from .parts import used

VIENNA = ZoneInfo("Europe/Vienna")
units = st.integers(0, 10**6).map(Decimal)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2025, 3, 29, 22, 59, 59, tzinfo=timezone.utc), date(2025, 3, 29)),
        (datetime(2025, 3, 29, 23, tzinfo=timezone.utc), date(2025, 3, 30)),
        (datetime(2025, 3, 30, 21, 59, tzinfo=timezone.utc), date(2025, 3, 30)),
        (datetime(2025, 3, 30, 22, tzinfo=timezone.utc), date(2025, 3, 31)),
    ],
)
def test_a_bucket_is_a_day_of_the_billing_zone(at: datetime, day: date) -> None:
    assert window_of(used("1", at), VIENNA) == Window("SUB-1", "calls", day)


def test_events_lie_in_their_buckets_by_day() -> None:
    late = used("1", datetime(2025, 3, 2, tzinfo=timezone.utc), "a")
    early = used("2", datetime(2025, 3, 1, tzinfo=timezone.utc), "b")
    found = by_window([late, early], VIENNA)
    assert [window.day.day for window in found] == [1, 2]
    assert list(found.values()) == [(early,), (late,)]


def test_an_amendment_is_a_further_row() -> None:
    history = amend(record(used("500")), "c1", Decimal(50))
    assert (history.active, history.versions, history.change) == (50, 2, -450)
    again = amend(history, "c1", Decimal(50))
    assert again is history
    twice = amend(history, "c2", Decimal(60))
    assert [row.value for row in twice.rows] == [500, 50, 60] and twice.change == -440


def test_a_void_event_counts_nothing_and_stays_void() -> None:
    history = void(record(used("500")), "c1")
    assert (history.active, history.change) == (None, -500)
    assert void(history, "c1") is history
    for correct in (lambda: void(history, "c2"), lambda: amend(history, "c2", Decimal(1))):
        with pytest.raises(Refused) as caught:
            correct()
        assert caught.value.code == "event_void"
        assert caught.value.facts == {"event": "a"}


def test_one_correction_id_means_one_correction() -> None:
    history = amend(record(used("500")), "c1", Decimal(50))
    for correct in (lambda: void(history, "c1"), lambda: amend(history, "c1", Decimal(51))):
        with pytest.raises(Refused) as caught:
            correct()
        assert caught.value.code == "correction_reused"
        assert caught.value.facts == {"correction": "c1"}


@given(st.lists(units, min_size=5, max_size=5), st.integers(-5, 5))
def test_a_month_closes_when_every_unit_is_accounted_for(parts, off) -> None:
    found = Reconciliation(sum(parts) + off, *parts)
    assert found.variance == off
    assert found.ok == (off == 0)
