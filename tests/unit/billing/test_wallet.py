"""Wallets: the order of burning, expiry, filling; the sums always meet."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing.topup import (
    TopUp,
    TopUpRule,
    topup_amount,
    topup_course,
)
from saas_business_management.kernel.billing.wallet import (
    PAID,
    PROMO,
    Due,
    Grant,
    balance,
    burn,
    course,
    expire,
)
from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.money import currency

from .prices import EUR, money

JUNE = date(2025, 6, 30)
MAY = date(2025, 5, 1)


def grant(name="a", amount="10", kind=PAID, **more) -> Grant:
    """A grant of spring."""
    words = {"currency": "EUR", "created_on": date(2025, 1, 1), **more}
    return Grant(name, kind, Decimal(amount), **words)


def due(amount="12", on=MAY, purpose="") -> Due:
    """A charge."""
    return Due(Decimal(amount), on, EUR, purpose)


def order(*grants: Grant) -> str:
    """The names of grants in the order in which they burn."""
    found = burn(grants, due("999"))
    return "".join(name for name, _amount in found.applied)


def code(call) -> str:
    """The code of a refusal."""
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


@pytest.mark.parametrize(
    ("later", "first"),
    [
        ({"priority": 51}, {"priority": 50}),
        ({"priority": 1, "expires_on": JUNE}, {"priority": 0}),
        ({}, {"expires_on": JUNE}),
        ({"expires_on": JUNE}, {"expires_on": JUNE - timedelta(days=1)}),
        ({"kind": PROMO, "expires_on": JUNE}, {"expires_on": JUNE - timedelta(days=1)}),
        ({}, {"kind": PROMO}),
        ({"created_on": date(2025, 2, 1)}, {"kind": PROMO, "created_on": date(2025, 3, 1)}),
        ({"created_on": date(2025, 2, 1)}, {"created_on": date(2025, 1, 31)}),
    ],
)
def test_grants_burn_by_priority_expiry_kind_and_age(later: dict, first: dict) -> None:
    one, other = grant("1", **first), grant("0", **later)
    assert order(one, other) == order(other, one) == "10"


def test_equal_grants_burn_by_their_ids() -> None:
    assert order(grant("b"), grant("a")) == "ab"


def test_a_charge_takes_what_is_there_and_the_rest_stays_due() -> None:
    found = burn([grant("a"), grant("b", "5")], due("12"))
    assert found.applied == (("a", 10), ("b", 2))
    assert str(found.due) == "0.00"
    assert [one.amount for one in found.wallet] == [0, 3]
    rest = burn(found.wallet, due("12"))
    assert rest.applied == (("b", 3),) and str(rest.due) == "9.00"


def test_nothing_due_takes_nothing() -> None:
    found = burn([grant()], due("0"))
    assert (found.applied, found.due, found.wallet[0].amount) == ((), 0, 10)


@pytest.mark.parametrize(
    ("change", "usable"),
    [
        ({"currency": "USD"}, False),
        ({"expires_on": MAY}, True),
        ({"expires_on": MAY - timedelta(days=1)}, False),
        ({"created_on": MAY}, True),
        ({"created_on": MAY + timedelta(days=1)}, False),
        ({"scope": frozenset({"storage"})}, False),
    ],
)
def test_a_grant_of_another_currency_time_or_purpose_is_not_touched(change, usable) -> None:
    found = burn([grant(**change)], due("4"))
    assert bool(found.applied) is usable
    assert balance([grant(**change)], MAY, EUR) == (10 if usable else 0)


def test_a_grant_with_a_purpose_pays_for_it() -> None:
    one = grant(scope=frozenset({"storage", "calls"}))
    assert burn([one], due("4", purpose="storage")).applied == (("a", 4),)
    assert burn([one], due("4", purpose="seats")).applied == ()
    assert burn([grant()], due("4", purpose="seats")).applied == (("a", 4),)


def test_what_expires_of_paid_money_is_revenue_and_of_promotions_nothing() -> None:
    grants = [grant("a", expires_on=JUNE), grant("b", "7", PROMO, expires_on=JUNE), grant("c")]
    gone = expire(grants, JUNE + timedelta(days=1))
    assert [one.grant_id for one in gone.lost] == ["a", "b"]
    assert (gone.amount(PAID), gone.amount(PROMO)) == (10, 7)
    assert [one.amount for one in gone.wallet] == [0, 0, 10]
    assert expire(gone.wallet, date.max).lost == ()
    assert expire(grants, JUNE).lost == ()


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ({"amount": "-1"}, "number_negative"),
        ({"amount": "NaN"}, "number_invalid"),
        ({"kind": "gift"}, "grant_kind"),
        ({"priority": -1}, "grant_priority"),
        ({"priority": 101}, "grant_priority"),
    ],
)
def test_a_grant_that_cannot_be_is_refused(words: dict, refusal: str) -> None:
    assert code(lambda: grant(**words)) == refusal
    assert grant(priority=0).priority == 0 and grant(priority=100).priority == 100


@pytest.mark.parametrize(
    ("amount", "refusal"), [("-1", "number_negative"), ("NaN", "number_invalid")]
)
def test_a_charge_below_nothing_is_refused(amount: str, refusal: str) -> None:
    assert code(lambda: burn([grant()], due(amount))) == refusal


def test_a_grant_finer_than_its_currency_is_refused() -> None:
    assert code(lambda: burn([grant(amount="1.005")], due())) == "grant_step"
    assert burn([grant(amount="1.005", currency="USD")], due()).applied == ()


days = st.dates(date(2025, 1, 1), date(2025, 12, 31))
wallets = st.lists(
    st.builds(
        grant,
        st.uuids().map(str),
        money,
        st.sampled_from([PROMO, PAID]),
        currency=st.sampled_from(["EUR", "EUR", "USD"]),
        created_on=days,
        priority=st.integers(0, 100),
        expires_on=st.none() | days,
    ),
    max_size=6,
)
charges = st.lists(st.builds(Due, money, days, st.just(EUR)), max_size=6).map(
    lambda found: sorted(found, key=lambda one: one.on)
)


@given(wallets, charges)
def test_burnt_left_and_expired_are_what_was_granted(grants, dues) -> None:
    found = course(grants, dues, EUR)
    burnt = sum(amount for one in found.burns for _name, amount in one.applied)
    left = sum(one.amount for one in found.wallet)
    lost = sum(one.amount for one in found.lost)
    assert burnt + left + lost == sum(one.amount for one in grants)
    assert found.breakage + found.forfeited == lost
    assert all(one.amount >= 0 for one in found.wallet)
    assert set(found.remaining) == {one.grant_id for one in grants}
    for one, asked in zip(found.burns, dues, strict=True):
        assert one.due >= 0 and sum(part for _name, part in one.applied) + one.due == asked.amount


@given(wallets, charges)
def test_a_charge_stays_due_only_when_nothing_usable_is_left(grants, dues) -> None:
    for asked in dues:
        found = burn(grants, asked)
        assert not found.due or not balance(found.wallet, asked.on, EUR)
        assert found.applied == burn(grants[::-1], asked).applied


@given(wallets, days)
def test_nothing_expires_twice(grants, on) -> None:
    first = expire(grants, on)
    assert expire(first.wallet, on).lost == ()
    assert len(first.wallet) == len(grants)


RULE = TopUpRule(Decimal(20), Decimal(100))


@pytest.mark.parametrize(
    ("there", "ordered", "amount"),
    [("20.01", 0, "0.00"), ("20", 0, "80.00"), ("-5", 0, "105.00"), ("5", 80, "0.00")],
)
def test_a_wallet_is_filled_when_it_runs_low_and_nothing_is_on_its_way(there, ordered, amount):
    assert str(topup_amount(RULE, Decimal(there), EUR, Decimal(ordered))) == amount


def test_one_crossing_fills_once() -> None:
    usage = [Decimal(one) for one in (3, 4, 2, 90, 1)]
    found = topup_course(RULE, Decimal(25), usage, EUR)
    assert found.balances == (22, 18, 98, 8, 99)
    assert found.topups == (TopUp(1, Decimal(82)), TopUp(3, Decimal(92)))
    assert found.balances_before_topup == (22, 18, 98, 8)
    assert found.final_balance == 99


def test_who_never_runs_low_is_never_charged() -> None:
    found = topup_course(RULE, Decimal(25), [Decimal(1)], EUR)
    assert (found.topups, found.balances_before_topup, found.final_balance) == ((), (24,), 24)


@pytest.mark.parametrize(
    ("threshold", "target", "refusal"),
    [
        ("20", "20", "topup_target"),
        ("20", "19.99", "topup_target"),
        ("-1", "20", "number_negative"),
        ("1", "NaN", "number_invalid"),
    ],
)
def test_a_rule_that_never_rests_is_refused(threshold, target, refusal) -> None:
    assert code(lambda: TopUpRule(Decimal(threshold), Decimal(target))) == refusal


def test_negative_use_is_refused() -> None:
    assert code(lambda: topup_course(RULE, Decimal(1), [Decimal(-1)], EUR)) == "number_negative"


@given(money, st.lists(money, max_size=8))
def test_the_balance_is_what_was_filled_in_less_what_was_used(start, usage) -> None:
    found = topup_course(RULE, start, usage, EUR)
    filled = sum(one.amount for one in found.topups)
    assert found.final_balance == start + filled - sum(usage)
    assert all(one.amount > 0 for one in found.topups)
    assert not usage or found.final_balance > RULE.threshold


def test_amounts_have_the_digits_of_their_currency() -> None:
    yen = currency("JPY")
    found = course([grant(currency="JPY")], [Due(Decimal("2.5"), MAY, yen)], yen)
    assert found.burns[0].applied == (("a", 3),) and str(found.remaining["a"]) == "7"
