"""Values, lines and cells of the audit log."""

import json
from datetime import date
from decimal import Decimal

import pytest

from saas_business_management.kernel.audit.plain import cell, one_line, plain


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, None),
        (True, True),
        (3, 3),
        ("x", "x"),
        (2**53, "9007199254740992"),
        (1.5, "1.5"),
        (float("nan"), "nan"),
        (Decimal("89.00"), "89.00"),
        (date(2026, 3, 1), "2026-03-01"),
        ((1, "a"), [1, "a"]),
        ({"b", "a"}, ["a", "b"]),
        ({1: {"x": 0.1}}, {"1": {"x": "0.1"}}),
    ],
)
def test_facts_become_json_every_language_reads_alike(value, told):
    assert plain(value) == told
    json.dumps(plain(value), allow_nan=False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Acme", "Acme"),
        ("Acme\r\nBcc: eve@example.com", "Acme Bcc: eve@example.com"),
        ("a\x00b\x1b[31mc", "a b [31mc"),
        ("a\u2028b\u0085c", "a b c"),
        ("evil\u202egnp.exe", "evil gnp.exe"),
        ("  Söhne & Töchter ", "Söhne & Töchter"),
        ("\n", ""),
    ],
)
def test_a_name_is_one_line(text, told):
    assert one_line(text) == told


@pytest.mark.parametrize("first", "=+-@\t\r\n")
def test_no_cell_is_a_formula(first):
    assert cell(f"{first}cmd|' /C calc'!A0") == f"'{first}cmd|' /C calc'!A0"


@pytest.mark.parametrize("value", ["Acme", "", -5, 1.5, None, False, "a=b"])
def test_other_cells_stay_as_they_are(value):
    assert cell(value) == value
