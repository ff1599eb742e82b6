"""Trials: the last free day, what follows, usage in them."""

import pytest

from saas_business_management.kernel.billing import states
from saas_business_management.kernel.billing.cycle import Cycle
from saas_business_management.kernel.billing.interval import MONTH, YEAR, Interval
from saas_business_management.kernel.billing.trial import (
    BILLED,
    CANCEL,
    FREE,
    INVOICE,
    PAUSE,
    Offer,
    Trial,
    billable_units,
    cancel_trial,
    charged_from,
    convert_trial,
    end_trial,
)

from .figures import NAN, USD, D, day, days, refused

TRIAL = Trial(day("2025-03-18"), 14)
OFFER = Offer(D("30.00"), Interval(MONTH), USD)


def test_the_first_paid_day_follows_the_free_ones():
    assert TRIAL.end == day("2025-04-01")
    assert Trial(TRIAL.start, 0).end == TRIAL.start
    assert Trial(TRIAL.start, 366).days == 366
    for length in (-1, 367):
        with refused("trial_days", days=length, most=366):
            Trial(TRIAL.start, length)


def test_with_a_token_the_cycle_counts_from_the_end_of_the_trial():
    found = end_trial(TRIAL, OFFER, has_token=True)
    assert (found.state, found.ends_on) == (states.ACTIVE, day("2025-04-01"))
    assert found.cycle == Cycle(day("2025-04-01"), Interval(MONTH))
    assert [one.charged for one in found.invoices] == [D("30.00")]
    assert found.fee.service == days("2025-04-01", "2025-05-01")


def test_a_calendar_plan_charges_the_rest_of_the_month():
    offer = Offer(D("50.00"), Interval(MONTH), USD, calendar=True)
    found = end_trial(Trial(day("2025-04-01"), 5), offer, has_token=True)
    assert (found.fee.service, found.fee.charged) == (days("2025-04-06", "2025-05-01"), D("41.67"))


@pytest.mark.parametrize(
    ("policy", "state", "count"),
    [
        (PAUSE, states.SUSPENDED, 0),
        (CANCEL, states.CANCELLED, 0),
        (INVOICE, states.ACTIVE, 1),
    ],
)
def test_without_a_token_the_plan_says_what_follows(policy, state, count):
    found = end_trial(TRIAL, OFFER, has_token=False, policy=policy)
    assert (found.state, len(found.invoices), found.ends_on) == (state, count, TRIAL.end)
    assert (found.cycle is None) is (count == 0)
    assert end_trial(TRIAL, OFFER, has_token=True, policy=policy).state == states.ACTIVE


def test_a_trial_without_a_token_is_paused_by_default():
    assert end_trial(TRIAL, OFFER, has_token=False).state == states.SUSPENDED
    with refused("trial_policy", policy="wait"):
        end_trial(TRIAL, OFFER, has_token=True, policy="wait")


def test_who_converts_early_pays_from_that_day():
    found = convert_trial(TRIAL, OFFER, day("2025-03-24"))
    assert (found.state, found.ends_on) == (states.ACTIVE, day("2025-03-24"))
    assert found.fee.service == days("2025-03-24", "2025-04-24")
    assert convert_trial(TRIAL, OFFER, TRIAL.start).cycle.anchor == TRIAL.start
    yearly = Offer(D(300), Interval(YEAR), USD)
    assert convert_trial(TRIAL, yearly, day("2025-03-31")).fee.charged == 300


@pytest.mark.parametrize("on", ["2025-03-17", "2025-04-01"])
def test_a_trial_that_is_over_or_not_begun_is_neither_converted_nor_cancelled(on):
    facts = {"day": day(on), "start": TRIAL.start, "end": TRIAL.end}
    with refused("trial_over", **facts):
        convert_trial(TRIAL, OFFER, day(on))
    with refused("trial_over", **facts):
        cancel_trial(TRIAL, day(on))


def test_a_cancelled_trial_leaves_no_document():
    found = cancel_trial(TRIAL, day("2025-03-20"))
    assert (found.state, found.invoices, found.cycle) == (states.CANCELLED, (), None)
    assert found.ends_on == day("2025-03-20")


def test_usage_of_a_trial_is_free_by_default():
    usage = [(day("2025-03-31"), D(1200)), (day("2025-04-01"), D(300))]
    assert billable_units(TRIAL, usage) == billable_units(TRIAL, usage, FREE) == 300
    assert billable_units(TRIAL, usage, BILLED) == 1500
    assert billable_units(TRIAL, []) == 0
    fine = [(TRIAL.end, D("12345678901234567890.000000000001")), (TRIAL.end, D("1E-12"))]
    assert billable_units(TRIAL, fine) == D("12345678901234567890.000000000002")
    with refused("number_invalid", name="usage"):
        billable_units(TRIAL, [(day("2025-04-01"), NAN)])
    with refused("trial_policy", policy="half"):
        billable_units(TRIAL, usage, "half")


def test_usage_is_charged_from_the_first_paid_day_or_from_the_first_of_the_trial():
    start, end = TRIAL.start, TRIAL.end
    assert charged_from(start, end) == charged_from(start, end, FREE) == end
    assert charged_from(start, end, BILLED) == start
    with refused("trial_policy", policy="half"):
        charged_from(start, end, "half")
