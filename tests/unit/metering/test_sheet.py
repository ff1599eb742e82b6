"""Usage in a table of text."""

from contextlib import contextmanager
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.metering.sheet import (
    BYTES_MOST,
    KEY_MOST,
    LINES_MOST,
    Line,
    read_stretch,
    read_table,
    repeated,
)

HEAD = "subscription,meter,from,until,quantity"
BRUSSELS = ZoneInfo("Europe/Brussels")


@contextmanager
def refused(code, **facts):
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code == code
    assert {name: caught.value.facts.get(name) for name in facts} == facts


def table(*lines, head=HEAD):
    return read_table("\n".join([head, *lines]).encode())


def line(start="2026-03-01", end="2026-04-01", quantity="5", key=""):
    return Line(2, "SUB/1", "calls", start, end, quantity, key)


def utc(*parts):
    return datetime(*parts, tzinfo=timezone.utc)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_columns_come_in_any_order_and_further_ones_are_ignored(separator):
    head = separator.join(["Quantity", "until", " FROM ", "note", "meter", "subscription", "key"])
    row = separator.join(["12.5", "2026-04-01", "2026-03-01", "x", "calls", " SUB/1 ", "k1"])
    assert table(row, head=head) == (
        Line(2, "SUB/1", "calls", "2026-03-01", "2026-04-01", "12.5", "k1"),
    )


def test_lines_keep_their_numbers_and_empty_ones_are_passed_over():
    found = table("a,b,1,2,3", "", " , ", "c,d,4,5,6")
    assert [(one.number, one.subscription) for one in found] == [(2, "a"), (5, "c")]
    assert table("a,b")[0].quantity == ""


def test_a_text_may_begin_with_a_mark_of_its_encoding_and_have_quotation_marks():
    data = ("\ufeff" + HEAD + '\r\n"SUB/1, old",b,1,2,3\r\n').encode()
    assert read_table(data)[0].subscription == "SUB/1, old"


def test_files_that_are_none_are_refused():
    with refused("sheet_empty"):
        read_table(b"")
    with refused("sheet_empty"):
        read_table(HEAD.encode())
    with refused("sheet_columns", missing="until, quantity"):
        read_table(b"subscription,meter,from\n1,2,3")
    with refused("sheet_encoding"):
        read_table(b"\xff\xfe\x00")
    with refused("sheet_large", most=BYTES_MOST):
        read_table(b"x" * (BYTES_MOST + 1))
    with refused("sheet_lines", most=LINES_MOST):
        table(*["a,b,1,2,3"] * (LINES_MOST + 1))
    with refused("sheet_form"):
        table('"a,b,1,2,3')
    assert len(table(*["a,b,1,2,3"] * LINES_MOST)) == LINES_MOST


def test_days_and_moments_are_of_the_zone_and_an_offset_goes_before_it():
    found = read_stretch(line(), BRUSSELS)
    assert (found.start, found.end) == (utc(2026, 2, 28, 23), utc(2026, 3, 31, 22))
    found = read_stretch(line("2026-03-01 12:30", "2026-03-01T12:30:01"), BRUSSELS)
    assert (found.start, found.end) == (utc(2026, 3, 1, 11, 30), utc(2026, 3, 1, 11, 30, 1))
    found = read_stretch(line("2026-03-01T00:00Z", "2026-03-01T00:00-05:00"), BRUSSELS)
    assert (found.start, found.end) == (utc(2026, 3, 1), utc(2026, 3, 1, 5))


def test_the_key_is_its_own_or_follows_from_what_is_counted_and_not_from_how_much():
    own = read_stretch(line(quantity="5"), timezone.utc).key
    assert own == "SUB/1/calls/2026-03-01T00:00:00Z/2026-04-01T00:00:00Z"
    assert read_stretch(line(quantity="6"), timezone.utc).key == own
    assert read_stretch(line("2026-03-01 00:00"), timezone.utc).key == own
    assert read_stretch(line(key="mine"), timezone.utc).key == "mine"
    with refused("sheet_key", most=KEY_MOST):
        read_stretch(line(key="k" * (KEY_MOST + 1)), timezone.utc)
    assert len(read_stretch(line(key="k" * KEY_MOST), timezone.utc).key) == KEY_MOST


@pytest.mark.parametrize(
    "text", ["", "1.3.2026", "2026-02-30", "2026-13-01", "9999-99-99 10:00", "x"]
)
def test_moments_that_are_none_are_refused(text):
    with refused("sheet_moment", name="from", text=text):
        read_stretch(line(start=text), BRUSSELS)
    with refused("sheet_moment", name="until", text=text):
        read_stretch(line(end=text), BRUSSELS)


@pytest.mark.parametrize("end", ["2026-03-01", "2026-02-28"])
def test_a_stretch_ends_after_it_began(end):
    with refused("sheet_reversed", start="2026-03-01", end=end):
        read_stretch(line(end=end), BRUSSELS)


@pytest.mark.parametrize(
    "text", ["", "1,5", "NaN", "Infinity", "1e99", "1" * 27, "five", "0." + "1" * 13]
)
def test_quantities_that_are_none_are_refused(text):
    with refused("sheet_quantity", text=text[:40]):
        read_stretch(line(quantity=text), BRUSSELS)


def test_a_quantity_may_be_below_zero_and_keeps_its_digits():
    assert str(read_stretch(line(quantity="-0.000000000001"), BRUSSELS).quantity) == "-1E-12"


def test_a_key_that_comes_again_points_to_its_first_line():
    assert repeated([(2, "a"), (3, "b"), (4, "a"), (5, "a")]) == {4: 2, 5: 2}
    assert repeated([]) == {}


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(data):
    try:
        read_table(data)
    except Refused as error:
        assert error.code.startswith("sheet_")
