"""`odoo saas hosts` as it is typed."""

from __future__ import annotations

import pytest

from dev.say import Failed

from .conftest import SUBDOMAIN, Provider

NAME = "typed.acme.test"


def test_a_name_is_added_with_its_records_checked_and_listed(provider: Provider):
    told = provider.stack.saas("hosts", "add", "--tenant", "acme", "--host", NAME.upper())
    assert f"CNAME: {NAME} → {SUBDOMAIN}" in told
    assert f"TXT: _saas-verify.{NAME} → saas-" in told
    told = provider.stack.saas("hosts", "check", "--host", NAME)
    assert "state: waiting" in told
    assert "status: Its record is not visible yet." in told
    rows = provider.stack.saas("hosts", "--tenant", "acme").splitlines()
    assert any(row.startswith(NAME) and "Waiting for Proof" in row for row in rows)
    assert any(row.startswith(SUBDOMAIN) and "Live" in row for row in rows)
    provider.remove(NAME)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "--host", NAME), "--tenant"),
        (("add", "--tenant", "acme"), "--host"),
        (("add", "--tenant", "acne", "--host", NAME), "Did you mean “acme”?"),
        (("add", "--tenant", "acme", "--host", "co.uk"), "where everybody registers names"),
        (("check", "--host", "nobody.example"), "No tenant has the own host name"),
        (("remove",), "unknown"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(provider: Provider, words, told):
    with pytest.raises(Failed) as error:
        provider.stack.saas("hosts", *words)
    assert told in str(error.value)
