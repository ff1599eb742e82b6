"""A proof of erasure says all of it, and changes with each letter."""

from datetime import datetime, timezone

import pytest

from saas_business_management.kernel.migration.erasure_proof import Gone, Proof, compose, stated

AT = datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc)
PROOF = Proof(
    number="E00007",
    at=AT,
    issuer="Provider\nInc.",
    reason="asked for\n- nothing else",
    gone=[
        Gone(
            "Database and files of Acme", "cluster eu-1", datetime(2026, 2, 1, tzinfo=timezone.utc)
        ),
        Gone("Key 3 of backups", "on shelf"),
    ],
    counts={"Tenants": 1, "Contacts": 2},
    kept=["3 invoices stay until 2036."],
    left=0,
)


def test_it_says_what_was_destroyed_where_and_when() -> None:
    lines = compose(PROOF).splitlines()
    assert lines[0] == "Proof of erasure E00007"
    assert "- Database and files of Acme · cluster eu-1 · 2026-02-01 00:00:00 UTC" in lines
    assert "- Key 3 of backups · on shelf · 2026-03-01 09:30:00 UTC" in lines
    assert "- 3 invoices stay until 2036." in lines and "- Contacts: 2" in lines


def test_nobodys_text_becomes_a_line_of_it() -> None:
    lines = compose(PROOF).splitlines()
    assert "By: Provider Inc." in lines and "Reason: asked for - nothing else" in lines
    assert "- nothing else" not in lines


@pytest.mark.parametrize("letter", [0, 20, 120, 300, -3])
def test_its_hash_fits_it_and_no_other_text(letter: int) -> None:
    text = compose(PROOF)
    assert len(stated(text)) == 64
    other = list(text)
    other[letter] = "x" if other[letter] != "x" else "y"
    assert stated("".join(other)) == ""
    assert stated("no proof") == ""
