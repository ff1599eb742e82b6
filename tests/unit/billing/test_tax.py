"""Both roundings of a tax, and lines that are what is printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing.tax import GLOBALLY, PER_LINE, rounded_lines, tax

from .figures import JPY, NAN, USD, D, refused

LINES = st.lists(st.decimals(-1000, 1000, places=2), max_size=8)


@pytest.mark.parametrize(("method", "amount"), [(PER_LINE, "6.33"), (GLOBALLY, "6.34")])
def test_a_tax_is_rounded_for_each_line_or_once(method, amount):
    found = tax([D("10.07")] * 3, 21, method, USD)
    assert (str(found.untaxed), str(found.tax)) == ("30.21", amount)
    assert found.total == found.untaxed + found.tax


def test_a_tax_has_the_digits_of_the_currency():
    found = tax([D(101)], D("7.7"), PER_LINE, JPY)
    assert [str(one) for one in (found.untaxed, found.tax, found.total)] == ["101", "8", "109"]
    assert tax([], 21, GLOBALLY, USD).total == 0


def test_rounded_lines_add_up_to_what_is_printed():
    raw = [D("151.851741"), D("0.12"), D("35.714285714")]
    found = rounded_lines(raw, USD)
    assert found.amounts == (D("151.85"), D("0.12"), D("35.71"))
    assert (found.total, found.raw_total) == (D("187.68"), D("187.69"))
    assert rounded_lines(raw, USD, PER_LINE).raw_total == D("187.68")


def test_bad_rates_amounts_and_methods_are_refused():
    with refused("percent_range", name="tax"):
        tax([D(1)], 101, PER_LINE, USD)
    with refused("number_invalid"):
        tax([NAN], 1, PER_LINE, USD)
    for call in (lambda: tax([], 1, "down", USD), lambda: rounded_lines([], USD, "down")):
        with refused("rounding_method", method="down"):
            call()


@given(LINES, st.integers(0, 100))
def test_the_two_roundings_differ_by_half_a_step_for_each_line_at_most(lines, rate):
    one, other = (tax(lines, rate, method, USD) for method in (PER_LINE, GLOBALLY))
    assert one.untaxed == other.untaxed == sum(lines)
    assert abs(one.tax - other.tax) <= D("0.005") * (len(lines) + 1)
