"""No value of a statement is kept."""

import pytest

from saas_business_management.kernel.monitoring.statement import MOST, kept_text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "SELECT name FROM res_partner WHERE id = $1",
            "SELECT name FROM res_partner WHERE id = $1",
        ),
        ("SELECT *\n  FROM t1 WHERE a = 'Ann''s' AND b=42", "SELECT * FROM t1 WHERE a = ? AND b=?"),
        ("select $$a secret$$, $x$another$x$", "select ?, ?"),
        ("SELECT E'it\\'s' || 'x'", "SELECT ? || ?"),
        ("SELECT 1 /* token 77 */ -- mine: 'x'\n, 2.5e3", "SELECT ? , ?"),
        ("SELECT 'cut off in the mid", "SELECT ?"),
        ("ALTER ROLE joe PASSWORD 'hunter2'", ""),
        ("SET application_name = 'x'", ""),
        ("COPY res_users TO STDOUT", ""),
    ],
)
def test_values_are_left_out(text, kept):
    assert kept_text(text) == kept


def test_a_long_text_is_cut():
    assert len(kept_text("SELECT " + "a, " * 5000)) == MOST
