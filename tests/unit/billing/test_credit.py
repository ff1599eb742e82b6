"""Credit notes: never more than the invoice, with the tax of their line."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing.credit import (
    PostedLine,
    credit_lines,
    creditable,
    service_credit,
)
from saas_business_management.kernel.money import split

from .figures import JPY, NAN, USD, D, refused

LINES = [PostedLine(D("100.00"), D(20)), PostedLine(D("50.00"))]


def test_what_is_left_to_credit_is_told_and_kept():
    assert str(creditable(D(45), D(30), D(15), USD)) == "0.00"
    assert creditable(D(45), D(30), D(10), USD) == 5
    with refused("exceeds_creditable", creditable=D("15.00")):
        creditable(D(45), D(30), D("15.01"), USD)
    for amounts, name in (((-1, 0, 0), "invoice"), ((1, -1, 0), "credit"), ((1, 0, -1), "credit")):
        with refused("number_negative", name=name):
            creditable(*amounts, USD)
    with refused("number_invalid", name="credit"):
        creditable(1, 0, NAN, USD)


def test_each_line_keeps_its_tax():
    found = credit_lines(LINES, {0: D("25.00"), 1: D("10.00")}, USD)
    assert (found.untaxed, found.tax, found.total) == (35, 5, 40)
    assert str(credit_lines(LINES, {}, USD).total) == "0.00"


def test_a_line_is_credited_once():
    half = [PostedLine(D("100.00"), D(20), credited=D("60.00"))]
    assert credit_lines(half, {0: D("40.00")}, USD).tax == 8
    with refused("exceeds_creditable", creditable=D("40.00")):
        credit_lines(half, {0: D("40.01")}, USD)


@pytest.mark.parametrize("number", [-1, 2])
def test_a_line_that_is_not_there_is_refused(number):
    with refused("credit_line", number=number, count=2):
        credit_lines(LINES, {number: D(1)}, USD)
    with refused("percent_range", name="tax"):
        credit_lines([PostedLine(D(1), D(-1))], {0: D(1)}, USD)


@given(
    st.integers(0, 100_000),
    st.integers(0, 100),
    st.lists(st.integers(1, 9), min_size=1, max_size=6),
)
def test_a_line_credited_in_pieces_gives_back_exactly_its_tax(cents, rate, weights):
    amount = D(cents).scaleb(-2)
    before, taxes = D(0), []
    for piece in split(amount, weights, USD):
        line = PostedLine(amount, D(rate), credited=before)
        taxes.append(credit_lines([line], {0: piece}, USD).tax)
        before += piece
    assert sum(taxes) == USD.round(Fraction(amount) * rate / 100)


def test_a_service_credit_is_a_part_of_the_recurring_fee():
    assert service_credit(D("200.00"), 10, USD) == 20
    assert str(service_credit(D(333), D("0.5"), JPY)) == "2"
    with refused("percent_range", name="credit"):
        service_credit(D(1), 101, USD)
    with refused("number_negative", name="fee"):
        service_credit(D(-1), 1, USD)
