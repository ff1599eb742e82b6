"""The invoices that a subscription will get."""

from saas_business_management.kernel.billing.charge import Charge
from saas_business_management.kernel.billing.cycle import IN_ARREARS, Cycle
from saas_business_management.kernel.billing.forecast import BASE, OVERAGE, Plan, forecast
from saas_business_management.kernel.billing.interval import MONTH, WEEK, YEAR, Interval
from saas_business_management.kernel.billing.per_unit import UnitPrice

from .figures import USD, D, day, refused

USAGE = Charge(UnitPrice(D("0.002")), included=D(10000))
YEARLY = Cycle(day("2025-01-15"), Interval(YEAR))
MONTHLY = Cycle(day("2025-01-31"), Interval(MONTH))


def told(invoices):
    return [
        (f"{one.on}", [(line.kind, str(line.amount)) for line in one.lines]) for one in invoices
    ]


def test_a_yearly_fee_and_monthly_overage_are_invoiced_on_their_days():
    plan = Plan(D("1200.00"), USD, usage_interval=Interval(MONTH), usage=USAGE)
    found = forecast(plan, YEARLY, [D(12400), D(9000)])
    assert told(found) == [
        ("2025-01-15", [(BASE, "1200.00")]),
        ("2025-02-15", [(OVERAGE, "4.80")]),
        ("2025-03-15", []),
    ]
    assert [one.total for one in found] == [1200, D("4.80"), 0]
    assert found[2].document is None and found[1].document.amount == D("4.80")
    assert [line.units for one in found for line in one.lines] == [None, 2400]


def test_the_fee_of_the_next_year_stands_beside_the_last_overage():
    plan = Plan(D("1200.00"), USD, usage_interval=Interval(MONTH), usage=USAGE)
    last = forecast(plan, YEARLY, [D(11000)] * 12)[-1]
    assert (last.on, last.total) == (day("2026-01-15"), D("1202.00"))
    assert [line.kind for line in last.lines] == [BASE, OVERAGE]
    assert last.lines[0].service.start == day("2026-01-15")
    assert last.lines[1].service.end == day("2026-01-15")


def test_in_arrears_the_fee_comes_after_its_period():
    plan = Plan(D("30.00"), USD, timing=IN_ARREARS)
    assert told(forecast(plan, MONTHLY, [D(0), D(0)])) == [
        ("2025-01-31", []),
        ("2025-02-28", [(BASE, "30.00")]),
        ("2025-03-31", [(BASE, "30.00")]),
    ]


def test_a_stub_has_its_share_of_fee_and_allowance():
    stub = Cycle(day("2025-04-16"), Interval(MONTH), calendar=True)
    plan = Plan(D("30.00"), USD, usage=USAGE)
    found = forecast(plan, stub, [D(6000), D(10500)])
    assert told(found) == [
        ("2025-04-16", [(BASE, "15.00")]),
        ("2025-05-01", [(BASE, "30.00"), (OVERAGE, "2.00")]),
        ("2025-06-01", [(BASE, "30.00"), (OVERAGE, "1.00")]),
    ]


def test_a_free_plan_has_no_lines_and_usage_has_to_fit():
    assert told(forecast(Plan(D(0), USD), MONTHLY, [])) == [("2025-01-31", [])]
    with refused("usage_interval"):
        forecast(Plan(D(0), USD, usage_interval=Interval(WEEK)), MONTHLY, [D(1)])
