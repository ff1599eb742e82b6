"""What a partner gets."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.channel.share import (
    Collected,
    ShareTier,
    credit_of,
    share,
    tiered_share,
)
from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.money import currency

EUR = currency("EUR")
money = st.integers(0, 10**7).map(lambda cents: Decimal(cents).scaleb(-2))
TIERS = (ShareTier(Decimal(1000), Decimal(15)), ShareTier(None, Decimal(20)))


def paid(untaxed, tax, amount) -> Collected:
    """An invoice and the money that came."""
    return Collected(Decimal(untaxed), Decimal(tax), Decimal(amount))


@pytest.mark.parametrize(
    ("invoice", "amount"),
    [
        (paid(100, 20, 120), "20.00"),
        (paid(100, 20, 60), "10.00"),
        (paid(100, 20, 0), "0.00"),
        (paid(100, 20, 500), "20.00"),
        (paid(100, 0, 100), "20.00"),
        (paid(0, 0, 0), "0.00"),
        (paid("0.03", "0", "0.03"), "0.01"),
    ],
)
def test_the_share_follows_the_money(invoice: Collected, amount: str) -> None:
    assert str(share(20, [invoice], EUR)) == amount


def test_what_is_given_back_takes_its_share_back() -> None:
    invoice = paid(100, 20, 120)
    back = credit_of(invoice, Decimal(30), Decimal(36))
    assert str(share(20, [], EUR, [back])) == "-6.00"
    assert str(share(20, [invoice], EUR, [back])) == "14.00"
    assert share(20, [], EUR, [credit_of(invoice, Decimal(30), Decimal(0))]) == 0


def test_an_invoice_over_nothing_cannot_be_credited() -> None:
    with pytest.raises(Refused) as caught:
        credit_of(paid(0, 0, 0), Decimal(1), Decimal(1))
    assert caught.value.code == "share_credit_without_base"


@pytest.mark.parametrize(
    ("collected", "amount"),
    [
        ("1500", "250.00"),
        ("1000", "150.00"),
        ("1000.01", "150.00"),
        ("1000.03", "150.01"),
        ("0", "0.00"),
        ("10", "1.50"),
        ("-100", "-15.00"),
    ],
)
def test_each_band_has_its_own_percentage(collected: str, amount: str) -> None:
    assert str(tiered_share(TIERS, Decimal(collected), EUR)) == amount


def test_three_bands_add_up() -> None:
    tiers = [ShareTier(Decimal(10), Decimal(10)), ShareTier(Decimal(30), Decimal(20))]
    tiers.append(ShareTier(None, Decimal(50)))
    assert tiered_share(tiers, Decimal(40), EUR) == 10


@pytest.mark.parametrize(
    ("bounds", "code"),
    [
        ([], "share_tiers_empty"),
        ([10], "share_tiers_open"),
        ([None, None], "share_tiers_open"),
        ([None, 10], "share_tiers_open"),
        ([10, 10, None], "share_tiers_order"),
        ([20, 10, None], "share_tiers_order"),
        ([0, None], "share_tiers_order"),
        ([-1, None], "share_tiers_order"),
    ],
)
def test_bands_with_gaps_or_overlaps_are_refused(bounds: list, code: str) -> None:
    tiers = [ShareTier(None if one is None else Decimal(one), Decimal(1)) for one in bounds]
    with pytest.raises(Refused) as caught:
        tiered_share(tiers, Decimal(1), EUR)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: share(Decimal(-1), [], EUR), "percent_range"),
        (lambda: share(Decimal("100.01"), [], EUR), "percent_range"),
        (lambda: share(Decimal("NaN"), [], EUR), "number_invalid"),
        (lambda: share(1, [paid(-1, 0, 0)], EUR), "number_negative"),
        (lambda: share(1, [paid(1, -1, 0)], EUR), "number_negative"),
        (lambda: share(1, [paid(1, 0, -1)], EUR), "number_negative"),
        (lambda: tiered_share([ShareTier(None, Decimal(101))], 1, EUR), "percent_range"),
    ],
)
def test_impossible_numbers_are_refused(call, code: str) -> None:
    with pytest.raises(Refused) as caught:
        call()
    assert caught.value.code == code


@given(money, money, money, money)
def test_nobody_gets_more_than_was_collected(untaxed, tax, amount, rate) -> None:
    found = Collected(untaxed, tax, amount)
    assert 0 <= found.base <= min(Fraction(untaxed), Fraction(amount))
    assert share(100, [found], EUR) <= untaxed


@given(money, money)
def test_a_whole_refund_takes_the_whole_share_back(untaxed, tax) -> None:
    if not untaxed:
        return
    invoice = Collected(untaxed, tax, untaxed + tax)
    assert share(20, [invoice], EUR, [credit_of(invoice, untaxed, untaxed + tax)]) == 0


@given(money, money)
def test_bands_of_one_percentage_are_one(collected, border) -> None:
    tiers = [ShareTier(border + 1, Decimal(20)), ShareTier(None, Decimal(20))]
    one = tiered_share([ShareTier(None, Decimal(20))], collected, EUR)
    assert tiered_share(tiers, collected, EUR) == one
