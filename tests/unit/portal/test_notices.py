"""Mails of members: what each role gets at first, and what no choice switches off."""

import pytest

from saas_business_management.kernel.portal import notices, roles

AT_FIRST = {
    "owner": "billing limits backups incidents news",
    "administrator": "billing limits backups incidents news",
    "billing": "billing",
    "technical": "limits backups incidents",
    "viewer": "",
    "nobody": "",
}


@pytest.mark.parametrize("role", AT_FIRST)
def test_a_role_gets_what_it_works_with(role):
    assert notices.at_first(role) == set(AT_FIRST[role].split())


@pytest.mark.parametrize("role", roles.ROLES)
@pytest.mark.parametrize("kind", notices.KINDS)
def test_a_choice_counts_whatever_the_role(role, kind):
    assert notices.gets(role, frozenset({kind}), kind)
    assert not notices.gets(role, frozenset(notices.KINDS) - {kind}, kind)


def test_who_answers_for_the_account_hears_of_its_end_whatever_they_chose():
    for role in roles.ROLES:
        told = notices.gets(role, frozenset(), notices.ALWAYS)
        assert told == (role in ("owner", "administrator"))
    assert not notices.gets("", frozenset(notices.KINDS), notices.ALWAYS)
    assert not notices.gets("", frozenset(notices.KINDS), "news")
