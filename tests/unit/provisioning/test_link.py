"""The welcome link and the token that Odoo accepts."""

import base64
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.provisioning.link import (
    EXPIRED,
    FRESH,
    LIFETIME,
    USED,
    check,
    hash_token,
    make_link,
    make_token,
    signup_token,
    state,
)
from saas_business_management.kernel.secret import Secret

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
TOKEN = make_token(bytes(range(32)))
LINK = make_link(TOKEN, NOW)
DATABASE_SECRET = Secret("5b0e3a52-8a9c-4f5e-9a63-0d2f8f0f7c11")


def refused(link: object, token: Secret, now: datetime) -> str:
    with pytest.raises(Refused) as error:
        check(link, token, now)
    return error.value.code


def test_a_fresh_link_accepts_its_token_until_the_last_instant() -> None:
    check(LINK, TOKEN, NOW)
    check(LINK, TOKEN, NOW + LIFETIME - timedelta(microseconds=1))
    assert timedelta(days=7) == LIFETIME
    assert refused(LINK, TOKEN, NOW + LIFETIME) == "link_expired"


def test_a_used_link_stays_used_even_when_it_expires() -> None:
    used = replace(LINK, used_at=NOW)
    assert state(used, NOW) == state(used, NOW + 2 * LIFETIME) == USED
    assert refused(used, TOKEN, NOW) == "link_used"


def test_states_of_a_link_that_nobody_used() -> None:
    assert state(LINK, NOW) == FRESH
    assert state(LINK, NOW + LIFETIME) == EXPIRED


def test_a_wrong_token_learns_nothing_about_the_link() -> None:
    wrong = make_token(bytes(32))
    for link in (LINK, replace(LINK, used_at=NOW)):
        assert (
            refused(link, wrong, NOW) == refused(link, wrong, NOW + 2 * LIFETIME) == "link_unknown"
        )


@given(st.binary(min_size=32, max_size=32))
def test_a_token_carries_all_its_bits_and_what_is_stored_does_not_hold_it(entropy: bytes) -> None:
    token = make_token(entropy)
    assert base64.urlsafe_b64decode(token.reveal() + "=") == entropy
    assert token.reveal() not in repr(make_link(token, NOW))
    assert len(hash_token(token)) == 64


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_token_is_made_of_exactly_256_bits(length: int) -> None:
    with pytest.raises(Refused) as error:
        make_token(bytes(length))
    assert error.value.code == "link_entropy"


# Made with `hash_sign` and read back with `verify_hash_signed` of Odoo 19.0.
ODOO_TOKENS = [
    (
        (3, [2], None, "signup", 4102444800),
        "AQBXhvQAAAAAQ8ub-FEJIS34pB_De2crVqCIXTSalROe-CMXUXw_F0dbMywgWzJdLCBudWxsLCAic2lnbnVwIl0",
    ),
    (
        (3, [2], None, "reset", 4102444800),
        "AQBXhvQAAAAA6n_eEUl2YW4N_ikqQXckk8sMmHrcGXhrMYXMlQuV1SlbMywgWzJdLCBudWxsLCAicmVzZXQiXQ",
    ),
    (
        (41, [7, 9], 1767225600, "signup", 4102444800),
        "AQBXhvQAAAAAPPGlbkMqEcG_ZS7HwBB-A9W85F76it282-LOMcs_hDNbNDEsIFs3LCA5XSwgMTc2NzIyNTYwMCwgInNpZ251cCJd",
    ),
    (
        (3, [], None, "signup", 0),
        "AQAAAAAAAAAALZ-g5HZW6m01BmCxf6A5KaWGHWup5MyT4kzGAzadhddbMywgW10sIG51bGwsICJzaWdudXAiXQ",
    ),
]


@pytest.mark.parametrize(("values", "token"), ODOO_TOKENS)
def test_the_sign_up_token_is_byte_for_byte_that_of_odoo(values: tuple, token: str) -> None:
    assert signup_token(DATABASE_SECRET, *values) == token


def test_the_sign_up_token_depends_on_every_value() -> None:
    plain = (DATABASE_SECRET, 3, [2], None, "signup", 4102444800)
    others = [
        (Secret("other"), *plain[1:]),
        (plain[0], 4, *plain[2:]),
        (*plain[:2], [2, 5], *plain[3:]),
        (*plain[:3], 1, *plain[4:]),
        (*plain[:4], "reset", plain[5]),
        (*plain[:5], 4102444801),
    ]
    assert len({signup_token(*values) for values in [plain, *others]}) == 7
