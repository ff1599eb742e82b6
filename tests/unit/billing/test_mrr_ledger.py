"""The rows of the ledger of recurring revenue."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing.mrr import (
    CHURN,
    CONTRACTION,
    EXPANSION,
    KINDS,
    NEW,
    REACTIVATION,
)
from saas_business_management.kernel.billing.mrr_ledger import (
    REVALUATION,
    ROWS,
    Balance,
    Books,
    Row,
    rows_for,
)
from saas_business_management.kernel.money import currency

from .figures import JPY, USD, D, refused

EUR = currency("EUR")
OWN = Books(USD, USD)
NOTHING = Balance(D(0), D(0))


def euros(rate):
    return Books(EUR, USD, D(rate))


def test_a_customer_begins_grows_shrinks_leaves_and_comes_back():
    assert rows_for(NOTHING, D(50), OWN) == (Row(NEW, D(50), D(50)),)
    assert rows_for(Balance(D(50), D(50)), D(80), OWN) == (Row(EXPANSION, D(30), D(30)),)
    assert rows_for(Balance(D(80), D(80)), D(70), OWN) == (Row(CONTRACTION, D(-10), D(-10)),)
    assert rows_for(Balance(D(70), D(70)), D(0), OWN) == (Row(CHURN, D(-70), D(-70)),)
    gone = Balance(D(0), D(0), was_customer=True)
    assert rows_for(gone, D(50), OWN) == (Row(REACTIVATION, D(50), D(50)),)
    assert rows_for(Balance(D(50), D(50)), D(50), OWN) == ()


def test_a_second_subscription_is_growth_and_its_end_is_no_churn():
    other = Balance(D(0), D(0), others=D(10), was_customer=True)
    assert rows_for(other, D(5), OWN) == (Row(EXPANSION, D(5), D(5)),)
    both = Balance(D(5), D(5), others=D(10), was_customer=True)
    assert rows_for(both, D(0), OWN) == (Row(CONTRACTION, D(-5), D(-5)),)


def test_another_rate_has_a_row_of_its_own_and_changes_no_kind():
    held = Balance(D(100), D(110))
    assert rows_for(held, D(100), euros("1.1")) == ()
    assert rows_for(held, D(100), euros("1.2")) == (Row(REVALUATION, D(0), D(10)),)
    assert rows_for(held, D(101), euros("1.0")) == (
        Row(REVALUATION, D(0), D(-10)),
        Row(EXPANSION, D(1), D(1)),
    )
    assert rows_for(held, D(0), euros("1.2")) == (
        Row(REVALUATION, D(0), D(10)),
        Row(CHURN, D(-100), D(-120)),
    )


def test_a_change_below_the_smallest_step_of_the_books_is_noted_all_the_same():
    held = Balance(D("1.00"), D(160))
    (row,) = rows_for(held, D("1.01"), Books(EUR, JPY, D(160)))
    assert (row.kind, row.fee, row.worth) == (EXPANSION, D("0.01"), 2)
    small = Books(EUR, JPY, D("0.1"))
    for after, kind in (("1.01", EXPANSION), ("0.99", CONTRACTION)):
        (row,) = rows_for(Balance(D("1.00"), D(0)), D(after), small)
        assert (row.kind, row.worth) == (kind, 0)


def test_figures_below_nothing_are_refused():
    with refused("number_negative"):
        rows_for(NOTHING, D(-1), OWN)


def test_the_rate_is_a_kind_beside_those_of_customers():
    assert (*KINDS, REVALUATION) == ROWS


FIGURES = st.integers(0, 50_000).map(lambda one: D(one).scaleb(-2))
RATES = st.integers(1, 300_000).map(lambda one: D(one).scaleb(-4))


@given(st.lists(st.tuples(FIGURES, RATES), max_size=8), FIGURES)
def test_rows_add_up_to_the_figure_at_the_last_rate_and_nothing_is_left_at_the_end(steps, others):
    balance, rows = Balance(D(0), D(0), others), []
    for after, rate in [*steps, (D(0), D("1.37"))]:
        for row in rows_for(balance, after, euros(str(rate))):
            rows.append(row)
            balance = Balance(balance.fee + row.fee, balance.worth + row.worth, others, True)
        assert balance.fee == after
        assert balance.worth == USD.round(after * rate)
        assert rows_for(balance, after, euros(str(rate))) == ()
        assert sum((row.worth for row in rows), Decimal(0)) == balance.worth
    assert (balance.fee, balance.worth) == (0, 0)
