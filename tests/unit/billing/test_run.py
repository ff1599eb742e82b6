"""One document for a period, wherever a run dies and however often it is made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing.run import (
    CLOSED,
    CREATED,
    DRAFT,
    OPEN,
    POSTED,
    RATING,
    RESUMED,
    SKIPPED,
    Consolidated,
    Key,
    Row,
    Share,
    Sheet,
    advance,
    carry_out,
    consolidate,
    decide,
    finish,
    invoices,
    stop_at,
)
from saas_business_management.kernel.money import currency

from .figures import APRIL, NAN, USD, D, days, refused

KEY = Key("S1", "recurring", APRIL)
SHEET = Sheet((D("30.00"), D("2.50")), USD)
NOTHING = Sheet((), USD)
KEYS = st.builds(
    Key,
    st.sampled_from(["S1", "S2"]),
    st.sampled_from(["recurring", "usage"]),
    st.sampled_from([APRIL, days("2025-05-01", "2025-06-01")]),
)


def test_a_period_goes_from_open_to_posted():
    states = [rows[KEY].state for rows in carry_out({}, KEY, SHEET)]
    assert states == [OPEN, RATING, DRAFT, POSTED]
    row = finish({}, KEY, SHEET)[KEY]
    assert (row.amount, str(row.document)) == (D("32.50"), "out_invoice 32.50")


def test_nothing_to_invoice_closes_the_period_without_a_document():
    for amounts in ((), (D("5"), D("-5"))):
        row = finish({}, KEY, Sheet(amounts, USD))[KEY]
        assert (row.state, row.document, str(row.amount)) == (CLOSED, None, "0.00")
    zero = finish({}, KEY, Sheet((), USD, emit_zero=True))[KEY]
    assert (zero.state, zero.document.kind, zero.document.amount) == (POSTED, "out_invoice", 0)


def test_a_negative_sum_is_a_credit_note():
    row = finish({}, KEY, Sheet((D(5), D(-7)), USD))[KEY]
    assert (str(row.document), row.amount) == ("out_refund 2.00", D("-2.00"))


def test_a_second_run_skips_what_is_done_and_changes_nothing():
    for sheet in (SHEET, NOTHING):
        once = finish({}, KEY, sheet)
        assert decide(once, KEY) == SKIPPED
        assert finish(once, KEY, Sheet((D(99),), USD)) == once
        assert list(carry_out(once, KEY, sheet)) == []


@pytest.mark.parametrize("state", [OPEN, RATING, DRAFT])
def test_a_run_that_died_is_resumed_with_the_same_document(state):
    left = stop_at({}, KEY, SHEET, state)
    assert left[KEY].state == state
    assert decide(left, KEY) == RESUMED
    again = finish(left, KEY, SHEET)
    assert again == finish({}, KEY, SHEET)
    assert invoices(again) == 1


def test_a_draft_is_posted_as_it_was_written():
    left = stop_at({}, KEY, SHEET, DRAFT)
    changed = finish(left, KEY, Sheet((D(99),), USD))
    assert changed[KEY].document == left[KEY].document


def test_a_run_does_not_touch_the_rows_it_was_given():
    rows = {}
    assert decide(rows, KEY) == CREATED
    finish(rows, KEY, SHEET)
    assert rows == {}
    left = stop_at({}, KEY, SHEET, RATING)
    finish(left, KEY, SHEET)
    assert left[KEY].state == RATING
    assert stop_at({}, KEY, NOTHING, DRAFT) == {}


def test_a_done_row_stays_and_bad_amounts_are_refused():
    done = Row(KEY, POSTED)
    assert advance(done, SHEET) == done
    with refused("number_invalid"):
        finish({}, KEY, Sheet((NAN,), USD))


@given(st.lists(st.tuples(KEYS, st.sampled_from([OPEN, RATING, DRAFT, POSTED])), max_size=20))
def test_runs_that_die_anywhere_leave_one_document_for_each_period(runs):
    rows = {}
    for key, state in runs:
        rows = stop_at(rows, key, SHEET, state)
    for key, _state in runs:
        rows = finish(rows, key, SHEET)
    assert invoices(rows) == len({key for key, _state in runs}) == len(rows)
    assert all(row.state == POSTED and row.key == key for key, row in rows.items())


def test_subscriptions_of_a_customer_share_an_invoice_for_each_currency():
    euro = currency("EUR")
    shares = [
        Share("alice", USD, D("30.00")),
        Share("carol", USD, D("1.00")),
        Share("alice", euro, D("9.00")),
        Share("alice", USD, D("12.50")),
    ]
    assert consolidate(shares) == (
        Consolidated("alice", USD, D("42.50")),
        Consolidated("carol", USD, D("1.00")),
        Consolidated("alice", euro, D("9.00")),
    )
    apart = consolidate(shares, together=False)
    assert [one.total for one in apart] == [one.amount for one in shares]
    assert consolidate([]) == ()
