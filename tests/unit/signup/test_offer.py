"""How an offer is shown."""

from decimal import Decimal
from fractions import Fraction

from saas_business_management.kernel.signup.offer import a_month, first_currency


def test_the_first_wish_that_is_sold_counts():
    assert first_currency(["CHF", "EUR", "USD"], ["USD", "EUR"]) == "EUR"
    assert first_currency(["CHF"], ["USD", "EUR"]) == "USD"
    assert first_currency(["CHF"], []) == ""


def test_what_a_year_comes_to_in_a_month():
    assert a_month(Decimal("890"), Fraction(1), 2) == Decimal("74.17")
    assert a_month(Decimal("100"), Fraction(4), 2) == Decimal("33.33")
    assert a_month(Decimal("890"), Fraction(1), 0) == Decimal("74")
