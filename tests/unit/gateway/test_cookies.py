"""Cookies that a sibling host could plant or read."""

import pytest

from saas_business_management.kernel.gateway.cookies import own_host_only, without_rival_sessions


@pytest.mark.parametrize(
    ("header", "cleaned"),
    [
        ("session_id=a; session_id=b", ""),
        ("tz=x; session_id=a; cids=1; session_id=b", "tz=x;  cids=1".replace("  ", " ")),
        ("session_id=a;session_id=b;frontend_lang=en", "frontend_lang=en"),
        ("session_id =a; session_id=b", ""),
    ],
)
def test_two_different_sessions_are_nobodys(header, cleaned):
    assert without_rival_sessions(header) == cleaned


@pytest.mark.parametrize(
    "header", ["", "session_id=a", "session_id=a; session_id=a", "xsession_id=a; session_id=b", ";"]
)
def test_one_session_stays(header):
    assert without_rival_sessions(header) is None


@pytest.mark.parametrize(
    ("header", "narrow"),
    [
        ("a=1; Domain=.example.com; Path=/", "a=1; Path=/"),
        ("a=1; domain = example.com", "a=1"),
        ("a=Domain=x; Path=/; DOMAIN=y; HttpOnly", "a=Domain=x; Path=/; HttpOnly"),
        ("a=1; Path=/", "a=1; Path=/"),
        ("Domain=1", "Domain=1"),
    ],
)
def test_a_cookie_is_for_the_host_that_sets_it(header, narrow):
    assert own_host_only(header) == narrow
