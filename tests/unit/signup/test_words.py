"""Names that strangers type."""

import pytest

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.signup.words import checked_name


@pytest.mark.parametrize(
    "text", ["Acme Ltd.", "Söhne & Töchter", "O'Neill", "株式会社", "A.B.C. Inc"]
)
def test_names_of_people_and_companies_pass(text):
    assert checked_name(f"  {text} ") == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" ", "signup_name_empty"),
        ("x" * 61, "signup_name_long"),
        ("Win at https://evil.example", "signup_name_form"),
        ("www.evil.example", "signup_name_form"),
        ("Free on evil.com now", "signup_name_form"),
        ("mail a@b.example", "signup_name_form"),
        ("<b>bold</b>", "signup_name_form"),
        ("{{ object }}", "signup_name_form"),
        ("a\u202eb", "signup_name_form"),
    ],
)
def test_what_could_carry_an_advertisement_is_refused(text, code):
    with pytest.raises(Refused) as caught:
        checked_name(text)
    assert caught.value.code == code


def test_lines_become_one():
    assert checked_name("Acme\r\nBcc: x") == "Acme Bcc: x"
