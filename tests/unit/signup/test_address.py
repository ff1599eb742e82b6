"""Mail addresses of strangers."""

import pytest

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.signup import address


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (" Ana@Example.com ", "ana@example.com"),
        ("ana.ruiz+saas@sub.example.co", "ana.ruiz+saas@sub.example.co"),
    ],
)
def test_an_address_has_one_form(text, wanted):
    assert address.checked(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        *("", "ana", "ana@", "@example.com", "ana@example", "a@b..com", "a b@example.com"),
        *("ana@example.com\nBcc: x@y.com", "ana@example.com, x@y.com", "<ana@example.com>"),
        "a" * 65 + "@example.com",
        "a@" + "b" * 250 + ".com",
    ],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(Refused) as caught:
        address.checked(text)
    assert caught.value.code == "signup_email_form"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ana+one@example.com", "ana@example.com"),
        ("a.n.a+x@googlemail.com", "ana@gmail.com"),
        ("a.na@example.com", "a.na@example.com"),
        ("+x@example.com", "+x@example.com"),
    ],
)
def test_spellings_of_one_address_are_counted_as_one(text, wanted):
    assert address.counted(text) == wanted


def test_a_domain_is_listed_by_its_parent_but_not_by_its_ending():
    listed = {"bin.example", "com"}
    assert address.is_listed("eu.bin.example", listed)
    assert address.is_listed("bin.example", listed)
    assert not address.is_listed("dustbin.example", listed)
    assert not address.is_listed("example.com", listed)
    assert address.mail_domain("A@Example.Com") == "example.com"
