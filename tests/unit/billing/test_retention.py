"""What is left of the customers of a day."""

from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing.retention import retention

from .figures import NAN, D, refused

FIGURES = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 1000))


def test_later_customers_do_not_count_and_growth_counts_in_the_net_rate_alone():
    start = {"A": D(50), "B": D(100), "C": D(80), "Z": D(0)}
    found = retention(start, {"A": D(80), "B": D(70), "C": D(0), "E": D(25), "Z": D(9)})
    told = [str(one) for one in (found.net, found.gross, found.logo_churn, found.revenue_churn)]
    assert told == ["65.22", "52.17", "33.33", "47.83"]


def test_who_is_not_named_any_more_has_left():
    found = retention({"A": 1, "B": 1}, {"A": 2})
    assert (found.net, found.gross, found.logo_churn, found.revenue_churn) == (100, 50, 50, 50)


def test_a_rate_of_nobody_is_none():
    for start in ({}, {"A": 0}):
        found = retention(start, {"A": 5})
        assert (found.net, found.gross, found.logo_churn, found.revenue_churn) == (None,) * 4


def test_figures_that_are_none_are_refused():
    with refused("number_invalid"):
        retention({"A": NAN}, {})
    with refused("number_negative"):
        retention({"A": 1}, {"A": -1})


@given(FIGURES, FIGURES)
def test_gross_retention_is_never_above_net_nor_above_all(start, end):
    found = retention(start, end)
    if found.gross is not None:
        assert 0 <= found.gross <= min(100, found.net)
        assert abs(found.gross + found.revenue_churn - 100) <= D("0.01")
        assert 0 <= found.logo_churn <= 100
