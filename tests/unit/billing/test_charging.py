"""Charge attempts: money moves at most once, whatever comes in whatever order."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing import charging
from saas_business_management.kernel.billing.charging import (
    Attempt,
    Happening,
    Verdict,
    account,
    after_call,
    after_notice,
    may_charge,
)
from saas_business_management.kernel.billing.payment import allocate
from saas_business_management.kernel.errors import Refused

from .prices import EUR, money

AT = datetime(2025, 4, 1, 3, tzinfo=timezone.utc)
DAY = timedelta(days=1)
RESULTS = [charging.DONE, charging.PENDING, charging.CANCEL, charging.TIMEOUT]
RESULTS += [charging.DECLINED, charging.HARD_DECLINE, charging.AUTHORIZED]


def tried(result: str, number=1, at=AT) -> Attempt:
    """An attempt after its call."""
    return after_call(Attempt(number, at), result, at)


@pytest.mark.parametrize(
    ("result", "after", "verdict"),
    [
        (charging.DONE, DAY * 99, Verdict(False, charging.PAID)),
        (charging.PENDING, DAY * 99, Verdict(False, charging.PENDING)),
        (charging.AUTHORIZED, DAY * 99, Verdict(False, charging.PENDING)),
        (charging.TIMEOUT, timedelta(0), Verdict(False, charging.UNKNOWN, AT + DAY)),
        (
            charging.TIMEOUT,
            DAY - timedelta(seconds=1),
            Verdict(False, charging.UNKNOWN, AT + DAY),
        ),
        (charging.TIMEOUT, DAY, Verdict(True)),
        (charging.DECLINED, timedelta(0), Verdict(True)),
        (charging.CANCEL, timedelta(0), Verdict(True)),
        (charging.ERROR, timedelta(0), Verdict(True)),
        (charging.HARD_DECLINE, DAY * 99, Verdict(False, charging.NEEDS_TOKEN)),
    ],
)
def test_a_new_attempt_waits_for_every_earlier_one(result, after, verdict) -> None:
    assert may_charge([tried(result)], AT + after) == verdict


def test_without_attempts_one_may_be_made() -> None:
    assert may_charge([], AT) == Verdict(True)


def test_an_attempt_whose_call_was_never_seen_to_return_is_unknown() -> None:
    assert may_charge([Attempt(1, AT)], AT).why == charging.UNKNOWN
    assert may_charge([Attempt(1, AT)], AT + DAY).allowed


def test_the_newest_unknown_attempt_blocks() -> None:
    rows = [tried(charging.TIMEOUT), tried(charging.TIMEOUT, 2, AT + DAY)]
    assert may_charge(rows, AT + DAY).until == AT + 2 * DAY


def test_a_newer_card_lifts_a_hard_decline() -> None:
    rows = [tried(charging.HARD_DECLINE)]
    assert may_charge(rows, AT + DAY, AT).why == charging.NEEDS_TOKEN
    assert may_charge(rows, AT + DAY, AT - DAY).why == charging.NEEDS_TOKEN
    assert may_charge(rows, AT + DAY, AT + timedelta(seconds=1)).allowed


def test_the_reference_of_an_attempt_never_changes() -> None:
    assert Attempt(2, AT).reference("INV/2025/7") == "INV/2025/7-A2"


def test_late_news_is_heard_only_when_it_says_more() -> None:
    paid = tried(charging.DONE)
    for state in charging.STATES:
        assert after_notice(paid, state, AT + DAY) is paid
    declined = tried(charging.DECLINED)
    assert after_notice(declined, charging.PENDING, AT + DAY) is declined
    revived = after_notice(declined, charging.DONE, AT + DAY)
    assert (revived.state, revived.changed_at) == (charging.DONE, AT + DAY)
    unknown = tried(charging.TIMEOUT)
    known = after_notice(unknown, charging.ERROR, AT + DAY)
    assert known.known and may_charge([known], AT + timedelta(hours=1)).allowed
    pending = after_notice(unknown, charging.PENDING, AT)
    assert (pending.state, pending.known) == (charging.PENDING, True)


@pytest.mark.parametrize("state", ["paid", "", "timeout"])
def test_a_state_that_nobody_knows_is_refused(state: str) -> None:
    with pytest.raises(Refused) as caught:
        after_notice(Attempt(1, AT), state, AT)
    assert (caught.value.code, caught.value.facts) == ("charge_result_unknown", {"result": state})


def test_the_order_of_notices_does_not_matter_once_money_moved() -> None:
    states = (charging.PENDING, charging.AUTHORIZED, charging.DONE, charging.ERROR)
    for order in permutations(states):
        one = Attempt(1, AT)
        for state in order:
            one = after_notice(one, state, AT)
        assert one.state == charging.DONE


def test_a_timeout_that_a_notice_explains_is_charged_once() -> None:
    found = account(
        [
            Happening(AT, result=charging.TIMEOUT),
            Happening(AT + timedelta(hours=1)),
            Happening(AT + timedelta(hours=2), notice=charging.DONE),
            Happening(AT + timedelta(hours=25)),
        ]
    )
    assert (len(found.attempts), found.charged_times) == (1, 1)
    assert (found.payment_state, found.paid_at) == (charging.PAID, AT + timedelta(hours=2))


def test_a_timeout_that_nobody_explains_is_tried_again_after_a_day() -> None:
    found = account([Happening(AT, result=charging.TIMEOUT), Happening(AT + DAY)])
    assert [one.number for one in found.attempts] == [1, 2]
    assert (found.payment_state, found.paid_at) == (charging.OPEN, None)


def test_a_notice_about_nothing_changes_nothing() -> None:
    assert account([Happening(AT, notice=charging.DONE)]).attempts == ()


def test_happenings_are_taken_in_the_order_of_time() -> None:
    late = Happening(AT + DAY, notice=charging.DONE)
    found = account([late, Happening(AT, result=charging.PENDING)])
    assert found.paid_at == AT + DAY


happenings = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from(RESULTS), st.integers(0, 2)).map(
        lambda told: Happening(
            AT + timedelta(hours=told[0]),
            result=told[1] if told[2] == 0 else None,
            notice=(told[1] if told[1] in charging.STATES else charging.ERROR)
            if told[2] == 1
            else None,
        )
    ),
    max_size=12,
)


@given(happenings)
def test_no_attempt_begins_while_another_may_still_succeed(told) -> None:
    found = account(told)
    assert [one.number for one in found.attempts] == list(range(1, len(found.attempts) + 1))
    for place, one in enumerate(found.attempts):
        for earlier in found.attempts[:place]:
            settled = earlier.state in (charging.CANCEL, charging.ERROR) and earlier.known
            assert settled or earlier.at + DAY <= one.at
    assert found.charged_times <= 1


@pytest.mark.parametrize(
    ("payments", "residual", "beyond", "state", "action"),
    [
        ([], "100.00", "0.00", "not_paid", ""),
        (["60"], "40.00", "0.00", "partial", ""),
        (["60", "40"], "0.00", "0.00", "paid", ""),
        (["100", "100"], "0.00", "100.00", "paid", "refund_task"),
        (["60", "60"], "0.00", "20.00", "paid", "refund_task"),
    ],
)
def test_payments_settle_an_invoice_and_what_is_too_much_is_a_task(
    payments, residual, beyond, state, action
) -> None:
    found = allocate(Decimal(100), [Decimal(one) for one in payments], EUR)
    assert (str(found.residual), str(found.unallocated)) == (residual, beyond)
    assert (found.payment_state, found.action) == (state, action)
    assert found.dunning_amount == found.residual


def test_an_invoice_over_nothing_is_paid() -> None:
    assert allocate(Decimal(0), [], EUR).payment_state == "paid"


@pytest.mark.parametrize(("total", "payment"), [(-1, 1), (1, -1)])
def test_money_below_nothing_is_refused(total: int, payment: int) -> None:
    with pytest.raises(Refused) as caught:
        allocate(Decimal(total), [Decimal(payment)], EUR)
    assert caught.value.code == "number_negative"


@given(money, st.lists(money, max_size=5))
def test_every_payment_is_set_against_the_invoice_or_left(total, payments) -> None:
    found = allocate(total, payments, EUR)
    assert found.total - found.residual + found.unallocated == sum(payments)
    assert not (found.residual and found.unallocated)


@pytest.mark.parametrize(
    ("result", "after"),
    [
        (charging.TIMEOUT, Attempt(1, AT, charging.ERROR, False, False, AT + DAY)),
        (charging.DECLINED, Attempt(1, AT, charging.ERROR, True, False, AT + DAY)),
        (charging.HARD_DECLINE, Attempt(1, AT, charging.ERROR, True, True, AT + DAY)),
        (charging.DONE, Attempt(1, AT, charging.DONE, True, False, AT + DAY)),
        (charging.DRAFT, Attempt(1, AT)),
    ],
)
def test_an_attempt_remembers_how_and_when_it_ended(result: str, after: Attempt) -> None:
    assert after_call(Attempt(1, AT), result, AT + DAY) == after


def test_a_charge_is_kept_with_its_result_and_its_instant() -> None:
    found = account([Happening(AT, result=charging.DECLINED), Happening(AT + DAY)])
    assert found.attempts == (
        Attempt(1, AT, charging.ERROR, True, False, AT),
        Attempt(2, AT + DAY),
    )
