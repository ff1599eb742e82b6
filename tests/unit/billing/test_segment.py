"""Usage on both sides of a change: the allowance by days, each side by its own price."""

from saas_business_management.kernel.billing.charge import Charge
from saas_business_management.kernel.billing.per_unit import UnitPrice
from saas_business_management.kernel.billing.percentage import PercentagePrice
from saas_business_management.kernel.billing.segment import prorated_allowance, rate_segment

from .figures import NAN, USD, D, refused

OLD = Charge(UnitPrice(D("0.002")), included=D(10000))


def test_included_units_are_those_of_the_days_rounded_half_up():
    assert prorated_allowance(OLD, 15, 31).included == 4839
    assert prorated_allowance(OLD, 31, 31) == OLD
    assert prorated_allowance(OLD, 0, 31).included == 0
    one = Charge(UnitPrice(D(1)), included=D(1))
    assert [prorated_allowance(one, part, 2).included for part in (0, 1, 2)] == [0, 1, 1]
    assert prorated_allowance(one, 1, 3, D("0.001")).included == D("0.333")


def test_units_beyond_the_allowance_cost():
    found = rate_segment(OLD, D(6000), USD, 15, 31)
    assert (found.included, found.overage, found.amount) == (4839, 1161, D("2.32"))
    assert found.rated.quantity == 6000
    below = rate_segment(OLD, D(9999), USD)
    assert (below.included, below.overage, below.amount) == (10000, 0, 0)
    fine = rate_segment(OLD, D(1), USD, 1, 30000, D("0.01"))
    assert (fine.included, fine.overage) == (D("0.33"), D("0.67"))


def test_a_price_of_transactions_looks_at_each():
    price = PercentagePrice(D("1.2"), D("0.10"))
    found = rate_segment(Charge(price), D(390), USD, transactions=[D(100), D(250), D(40)])
    assert (found.rated.quantity, found.amount) == (390, D("4.98"))
    assert rate_segment(Charge(price), D(390), USD).amount == D("4.78")


def test_usage_that_is_no_number_is_refused():
    with refused("number_invalid"):
        rate_segment(OLD, NAN, USD)
    with refused("number_negative"):
        rate_segment(OLD, D(-1), USD)
