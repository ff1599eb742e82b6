"""What people take away: readable, the same each time, and no formula of somebody else."""

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from saas_business_management.kernel.portal import sheet


def read(content):
    return list(csv.reader(io.StringIO(content.decode())))


def test_a_table_has_names_and_plain_values():
    row = (
        'Ana, "the" first\nline',
        date(2027, 3, 1),
        datetime(2027, 3, 1, 9, tzinfo=UTC),
        Decimal("1.50"),
    )
    told = read(sheet.table(("a", "b", "c", "d", "e"), [(*row, None)]))
    assert told[0] == ["a", "b", "c", "d", "e"]
    assert told[1] == [row[0], "2027-03-01", "2027-03-01T09:00:00Z", "1.50", ""]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_a_cell_is_no_formula(text):
    assert read(sheet.table(("a",), [(text,)]))[1] == [f"'{text}"]


def test_a_negative_number_stays_a_number():
    assert read(sheet.table(("a",), [(Decimal("-1.5"),)]))[1] == ["-1.5"]


def test_a_record_holds_texts_as_they_are():
    assert json.loads(sheet.record({"a": "é", "b": [date(2027, 3, 1)]})) == {
        "a": "é",
        "b": ["2027-03-01"],
    }
