"""What is due of a period, and which documents make it so."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from saas_business_management.kernel.billing.agreement import Rest
from saas_business_management.kernel.billing.fees import parts_of, settle
from saas_business_management.kernel.period import Period

from .agreements import APRIL, USD, agreement, at, day, item, monthly, phase


def due(plan, period=APRIL, whole=None):
    return parts_of(plan, period, whole or period, USD)


def amounts(settlement) -> tuple[dict, dict]:
    return (
        {one.item: str(one.amount) for one in settlement.charges},
        {one.item: str(one.amount) for one in settlement.credits},
    )


def changed(*steps: tuple[str, str]):
    """An agreement whose price changed on these days, all in one cycle."""
    starts = [start for start, _price in steps]
    phases = [
        phase(start, end, price=price, cycle=monthly(starts[0]))
        for (start, price), end in zip(steps, [*starts[1:], None], strict=True)
    ]
    return agreement(*phases)


def test_a_whole_period_costs_its_price() -> None:
    (part,) = due(agreement(phase("2025-04-01")))
    assert (part.amount, part.days, part.whole_days) == (Decimal("30.00"), 30, 30)


def test_a_stub_costs_its_share_of_the_whole_month() -> None:
    plan = agreement(phase("2025-04-06", price="50.00"))
    stub = Period(day("2025-04-06"), day("2025-05-01"))
    (part,) = due(plan, stub, APRIL)
    assert (part.amount, part.days, part.whole_days) == (Decimal("41.67"), 25, 30)


def test_a_first_document_charges_everything() -> None:
    found = settle(due(agreement(phase("2025-04-01"))), {}, USD)
    assert amounts(found) == ({"fee 30.00": "30.00"}, {})
    assert (found.charges[0].start, found.charges[0].end) == (APRIL.start, APRIL.end)


def test_a_second_time_nothing_is_left() -> None:
    plan = agreement(phase("2025-04-01"))
    found = settle(due(plan), {"fee 30.00": Decimal("30.00")}, USD)
    assert found.charges == found.credits == ()


def test_an_upgrade_credits_the_old_plan_and_charges_the_new_one() -> None:
    period = Period(date(2013, 4, 11), date(2013, 5, 11))
    plan = changed(("2013-04-11", "20.00"), ("2013-04-26", "30.00"))
    found = settle(due(plan, period), {"fee 20.00": Decimal("20.00")}, USD)
    assert amounts(found) == ({"fee 30.00": "15.00"}, {"fee 20.00": "10.00"})
    assert found.credits[0].kept == Decimal("10.00")
    assert found.charged - found.credited == 5


def test_two_changes_in_one_period_add_up_to_what_was_served() -> None:
    charged = {"fee 100.00": Decimal("100.00")}
    once = changed(("2025-04-01", "100.00"), ("2025-04-11", "200.00"))
    first = settle(due(once), charged, USD)
    assert amounts(first) == ({"fee 200.00": "133.33"}, {"fee 100.00": "66.67"})
    charged = {"fee 100.00": Decimal("33.33"), "fee 200.00": Decimal("133.33")}
    twice = changed(("2025-04-01", "100.00"), ("2025-04-11", "200.00"), ("2025-04-21", "300.00"))
    second = settle(due(twice), charged, USD)
    assert amounts(second) == ({"fee 300.00": "100.00"}, {"fee 200.00": "66.66"})


def test_more_seats_are_charged_alone() -> None:
    march = Period(day("2025-03-01"), day("2025-04-01"))
    cycle = monthly("2025-03-01")
    seats = [
        phase("2025-03-01", "2025-03-16", items=(item("seat", "10.00", "5"),), cycle=cycle),
        phase("2025-03-16", items=(item("seat", "10.00", "8"),), cycle=cycle),
    ]
    found = settle(due(agreement(*seats), march), {"seat": Decimal("50.00")}, USD)
    assert amounts(found) == ({"seat": "15.48"}, {})
    assert found.charges[0].before == Decimal("50.00")
    assert [str(part.quantity) for part in found.charges[0].parts] == ["5", "8"]


def test_a_cancelled_day_is_consumed_and_the_rest_credited() -> None:
    period = Period(day("2023-02-08"), day("2023-03-01"))
    whole = Period(day("2023-02-01"), day("2023-03-01"))
    plan = agreement(phase("2023-02-08", price="50.00"), end=day("2023-02-09"))
    found = settle(due(plan, period, whole), {"fee 50.00": Decimal("37.50")}, USD)
    assert amounts(found) == ({}, {"fee 50.00": "35.71"})
    assert found.credits[0].kept == Decimal("1.79")


def test_a_pause_credits_its_days() -> None:
    plan = agreement(
        phase("2025-04-01"), rests=(Rest(day("2025-04-11"), day("2025-04-21"), "paused"),)
    )
    found = settle(due(plan), {"fee 30.00": Decimal("30.00")}, USD)
    assert amounts(found) == ({}, {"fee 30.00": "10.00"})


def test_two_pauses_of_a_year_credit_each_its_own_days() -> None:
    year = Period(day("2025-01-01"), day("2026-01-01"))
    rests = (Rest(day("2025-03-01"), day("2025-03-11"), "paused"),)
    plan = agreement(phase("2025-01-01", price="365.00"), rests=rests)
    first = settle(due(plan, year), {"fee 365.00": Decimal("365.00")}, USD)
    assert amounts(first) == ({}, {"fee 365.00": "10.00"})
    more = replace(plan, rests=(*rests, Rest(day("2025-06-01"), day("2025-06-21"), "paused")))
    second = settle(due(more, year), {"fee 365.00": Decimal("355.00")}, USD)
    assert amounts(second) == ({}, {"fee 365.00": "20.00"})


def test_after_a_suspension_the_rest_of_the_period_is_charged() -> None:
    june = Period(day("2025-06-01"), day("2025-07-01"))
    rests = (Rest(day("2025-04-15"), day("2025-06-13"), "suspended"),)
    (part,) = due(agreement(phase("2025-04-01"), rests=rests), june)
    assert (part.amount, part.start, part.days) == (Decimal("18.00"), day("2025-06-13"), 18)


def test_what_a_person_credited_is_neither_charged_nor_credited_again() -> None:
    ours, left = {"fee 30.00": Decimal("30.00")}, {"fee 30.00": Decimal("25.00")}
    plan = agreement(phase("2025-04-01"))
    assert amounts(settle(due(plan), ours, USD, left)) == ({}, {})
    ended = replace(plan, end=day("2025-04-02"))
    assert amounts(settle(due(ended), ours, USD, left)) == ({}, {"fee 30.00": "25.00"})
    nothing = {"fee 30.00": Decimal("0.00")}
    assert amounts(settle(due(ended), ours, USD, nothing)) == ({}, {})


def test_an_add_on_is_charged_beside_the_plan() -> None:
    items = (item("fee", "30.00"), item("backup", "5.00", "2"))
    found = settle(due(agreement(phase("2025-04-01", items=items))), {}, USD)
    assert amounts(found) == ({"fee": "30.00", "backup": "10.00"}, {})


def test_a_free_item_makes_no_line() -> None:
    found = settle(due(agreement(phase("2025-04-01", price="0.00"))), {}, USD)
    assert found.charges == found.credits == ()


@settings(max_examples=200)
@given(
    prices=st.lists(st.decimals("0", "999.99", places=2), min_size=1, max_size=5, unique=True),
    days=st.lists(st.integers(1, 29), min_size=4, max_size=4, unique=True).map(sorted),
    rest=st.tuples(st.integers(0, 29), st.integers(1, 30)),
)
def test_whatever_happens_documents_add_up_to_what_is_due(prices, days, rest) -> None:
    starts = [APRIL.start, *(APRIL.start + timedelta(days=number) for number in days)]
    charged: dict[str, Decimal] = {}
    plan = None
    for count in range(1, len(prices) + 1):
        steps = [(str(one), str(price)) for one, price in zip(starts[:count], prices, strict=False)]
        first = APRIL.start + timedelta(days=rest[0])
        rests = (Rest(first, first + timedelta(days=rest[1]), "paused"),) if count > 2 else ()
        plan = replace(changed(*steps), rests=rests)
        found = settle(due(plan), charged, USD)
        for one in found.charges:
            charged[one.item] = charged.get(one.item, Decimal(0)) + one.amount
        for one in found.credits:
            assert one.amount <= charged[one.item]
            charged[one.item] -= one.amount
        assert sum(charged.values()) == sum(part.amount for part in due(plan))
        again = settle(due(plan), charged, USD)
        assert again.charges == again.credits == ()


def by_second(change: str, zone: str = "UTC", price: str = "60.00"):
    """An agreement whose price of 30 changed at an instant, by the second."""
    start = change[:10]
    old = phase("2025-04-01", start)
    new = phase(start, price=price, cycle=monthly("2025-04-01"), begins_at=at(change))
    return agreement(old, new, zone=zone)


def test_a_change_by_the_second_shares_its_day() -> None:
    old, new = due(by_second("2025-04-16T12:00:00"))
    assert (old.seconds, new.seconds, new.whole_seconds) == (1339200, 1252800, 2592000)
    assert (old.amount, new.amount) == (Decimal("15.50"), Decimal("29.00"))
    assert (old.days, new.days) == (15, 15)
    later = due(by_second("2025-04-16T12:00:00"), Period(day("2025-05-01"), day("2025-06-01")))
    assert [(one.amount, one.seconds) for one in later] == [(Decimal("60.00"), 0)]


def test_the_day_of_a_change_by_the_second_may_be_longer_or_shorter() -> None:
    march = Period(day("2025-03-01"), day("2025-04-01"))
    old = phase("2025-03-01", "2025-03-30")
    new = phase(
        "2025-03-30", cycle=monthly("2025-03-01"), price="60.00", begins_at=at("2025-03-30T10:00")
    )
    first, second = due(agreement(old, new, zone="Europe/Brussels"), march)
    # The clocks skip an hour on that day: it began at 23:00 in UTC.
    assert first.whole_seconds == 31 * 86400 - 3600
    assert first.seconds == 29 * 86400 + 11 * 3600
    assert first.seconds + second.seconds == first.whole_seconds


@given(st.integers(0, 29 * 86400), st.sampled_from(["30.00", "0.00", "59.99"]))
def test_seconds_on_both_sides_of_a_change_are_all_of_the_period(passed: int, price: str) -> None:
    instant = at("2025-04-02T00:00:00") + timedelta(seconds=passed)
    parts = due(by_second(instant.isoformat()[:19], price=price))
    weights = [one.seconds or one.days * 86400 for one in parts]
    assert sum(weights) == 30 * 86400
