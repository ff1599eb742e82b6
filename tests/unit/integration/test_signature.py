"""Signatures of what is sent and received."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.integration.signature import Signature, parse, sign, verify
from saas_business_management.kernel.secret import Secret

OLD, NEW = Secret("old-key"), Secret("new-key")
AT = 1_741_600_000


def test_signed_are_second_point_and_body() -> None:
    mark = hmac.new(b"old-key", b"1741600000.{}", hashlib.sha256).hexdigest()
    assert sign(b"{}", AT, [OLD]).header == f"t=1741600000,v1={mark}"


def test_while_secrets_are_exchanged_either_is_enough() -> None:
    both = sign(b"{}", AT, [NEW, OLD])
    assert len(both.marks) == 2 and both.header.count("v1=") == 2
    assert verify(both.header, b"{}", [OLD], AT) and verify(both.header, b"{}", [NEW], AT)
    assert verify(sign(b"{}", AT, [OLD]).header, b"{}", [NEW, OLD], AT)
    assert not verify(sign(b"{}", AT, [OLD]).header, b"{}", [NEW], AT)


@pytest.mark.parametrize("secrets", [[], [Secret("")], [OLD, Secret("")]])
def test_nothing_is_signed_without_a_secret(secrets: list[Secret]) -> None:
    with pytest.raises(Refused) as caught:
        sign(b"{}", AT, secrets)
    assert caught.value.code == "signature_without_secret"


def test_an_empty_secret_verifies_nothing() -> None:
    mark = hmac.new(b"", b"1741600000.{}", hashlib.sha256).hexdigest()
    assert not verify(f"t={AT},v1={mark}", b"{}", [Secret("")], AT)
    assert not verify(sign(b"{}", AT, [OLD]).header, b"{}", [], AT)


@pytest.mark.parametrize(
    ("off", "valid"), [(0, True), (300, True), (301, False), (-300, True), (-301, False)]
)
def test_too_old_and_too_early_are_wrong(off: int, valid: bool) -> None:
    assert verify(sign(b"{}", AT, [OLD]).header, b"{}", [OLD], AT + off) is valid


def test_the_tolerance_can_be_another() -> None:
    header = sign(b"{}", AT, [OLD]).header
    assert verify(header, b"{}", [OLD], AT + 10, tolerance_seconds=10)
    assert not verify(header, b"{}", [OLD], AT + 11, tolerance_seconds=10)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "v1=ab",
        "t=1",
        "t=1,v0=ab",
        "t=x,v1=ab",
        "t=-1,v1=ab",
        "t=1,t=2,v1=ab",
        "t= 1,v1=ab",
        "t=1234567890123,v1=ab",
        "t,v1",
        ",,,",
        "t=²,v1=ab",
    ],
)
def test_what_is_no_signature_is_not_read(header: str) -> None:
    assert parse(header) is None
    assert not verify(header, b"{}", [OLD], 1)


def test_parts_of_other_schemes_are_passed_over() -> None:
    assert parse("t=1, v1=aa,v0=zz,v1=bb") == Signature(1, ("aa", "bb"))
    assert not verify("t=1,v1=ä", b"{}", [OLD], 1)


@given(st.binary(), st.integers(0, 10**12 - 1), st.text(min_size=1, max_size=40))
def test_what_was_signed_is_verified_and_nothing_else(body, at, key) -> None:
    try:
        key.encode()
    except UnicodeEncodeError:
        key = "key"
    secret = Secret(key)
    found = sign(body, at, [secret])
    assert parse(found.header) == found
    assert verify(found.header, body, [secret], at)
    assert not verify(found.header, body + b" ", [secret], at)
    assert not verify(found.header, body, [Secret(key + "x")], at)
    moved = found.header.replace(f"t={at}", f"t={at + 1}")
    assert not verify(moved, body, [secret], at)
