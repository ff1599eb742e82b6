"""More and fewer seats in the middle of a period."""

from saas_business_management.kernel.billing.change import IMMEDIATE, PERIOD_END, ChangePolicy
from saas_business_management.kernel.billing.proration import NONE
from saas_business_management.kernel.billing.quantity import change_quantity, seats_fee

from .figures import APRIL, NAN, USD, D, day, days, refused

MARCH = days("2025-03-01", "2025-04-01")
MIDDLE = day("2025-03-16")
NOW = ChangePolicy(downgrade_at=IMMEDIATE)


def change(old, new, on=MIDDLE, policy=NOW, credited=0):
    fee = seats_fee(D("10.00"), old, MARCH, USD).with_credit(credited)
    return change_quantity(fee, D("10.00"), old, new, on, policy)


def papers(found):
    return [f"{one.kind} {one.amount}" for one in found.documents]


def test_more_seats_are_charged_for_the_rest_of_the_period():
    found = change(5, 8)
    assert (found.delta, found.days, found.period_days) == (3, 16, 31)
    assert (found.amount, found.renewal_amount) == (D("15.48"), D("80.00"))
    assert papers(found) == ["out_invoice 15.48"]


def test_fewer_seats_are_credited_up_to_what_is_left_of_the_line():
    found = change(8, 5)
    assert (found.delta, found.amount, found.renewal_amount) == (-3, D("-15.48"), D("50.00"))
    assert papers(found) == ["out_refund 15.48"]
    assert change(8, 5, credited=D("75.00")).amount == D("-5.00")


def test_fewer_seats_wait_for_the_end_by_default_and_more_do_not():
    found = change(8, 5, policy=ChangePolicy())
    assert (found.amount, found.renewal_amount, found.documents) == (0, D("50.00"), ())
    assert str(found.amount) == "0.00"
    assert change(5, 8, policy=ChangePolicy()).amount == D("15.48")
    assert change(5, 8, policy=ChangePolicy(upgrade_at=PERIOD_END)).amount == 0
    assert change(5, 8, policy=ChangePolicy(upgrade_by=NONE)).amount == 0


def test_the_same_number_costs_nothing():
    found = change(5, 5)
    assert (found.delta, found.amount, found.documents) == (0, 0, ())


def test_parts_of_a_seat_are_counted_exactly():
    found = change(D("1.5"), D("2.25"), MARCH.start)
    assert (found.delta, found.amount) == (D("0.75"), D("7.50"))
    assert change(D("1.5"), D("2.25"), MARCH.start, ChangePolicy()).amount == D("7.50")


def test_a_discount_is_kept():
    fee = seats_fee(D("10.00"), 5, MARCH, USD)
    half = type(fee)(fee.price, fee.whole, fee.service, D(25), USD, discount_percent=D(50))
    found = change_quantity(half, D("10.00"), 5, 8, MIDDLE, NOW)
    assert (found.amount, found.renewal_amount) == (D("7.74"), D("40.00"))


def test_the_fee_of_seats_is_their_price_times_their_number():
    assert seats_fee(D("0.333"), 3, APRIL, USD).charged == D("1.00")
    for price, number, name in ((D(-1), 1, "price"), (D(1), -1, "quantity")):
        with refused("number_negative", name=name):
            seats_fee(price, number, APRIL, USD)


def test_bad_quantities_and_days_are_refused():
    fee = seats_fee(D("10.00"), 5, MARCH, USD)
    with refused("number_negative", name="quantity"):
        change_quantity(fee, D(10), 5, -1, MIDDLE, NOW)
    with refused("number_negative", name="quantity"):
        change_quantity(fee, D(10), -5, 1, MIDDLE, NOW)
    with refused("number_invalid", name="price"):
        change_quantity(fee, NAN, 5, 1, MIDDLE, NOW)
    with refused("outside_period"):
        change_quantity(fee, D(10), 5, 6, day("2025-04-02"), NOW)
