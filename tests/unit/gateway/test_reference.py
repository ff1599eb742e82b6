"""The number of a request: its form, and how people ask for it."""

import pytest

from saas_business_management.kernel.gateway.reference import accepted, asked_for


@pytest.mark.parametrize(
    "told", ["0123456789abcdef", "8f14e45f-ceea-467f-a8d1", "Req.1_2-3x", "a" * 64]
)
def test_numbers_of_our_form_are_taken(told):
    assert accepted(told) == told


@pytest.mark.parametrize(
    "told",
    [
        "",
        "short",
        "a" * 65,
        "-leading-mark",
        "with blank 1",
        "line\nbreak1",
        "ümlaut-12",
        "<b>1234567",
        None,
        12345678,
    ],
)
def test_everything_else_is_nothing(told):
    assert accepted(told) == ""


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("busy-0123456789abcdef", "0123456789abcdef"),
        (" closed-trial-end-0123456789abcdef\n", "0123456789abcdef"),
        ("0123456789abcdef", "0123456789abcdef"),
        ("our-proxy-1", "our-proxy-1"),
    ],
)
def test_a_reference_from_a_page_is_the_number_in_it(text, number):
    assert asked_for(text) == number
