"""Colours that can be read."""

import pytest

from saas_business_management.kernel.gateway.color import (
    READABLE,
    contrast,
    normal_color,
    readable,
    text_on,
)

COLORS = [f"#{red:02x}{green:02x}{blue:02x}" for red in (0, 90, 180, 255)
          for green in (0, 90, 180, 255) for blue in (0, 90, 180, 255)]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#ffffff", "#000000", 21.0),
        ("#777777", "#777777", 1.0),
        ("#ffffff", "#767676", 4.54),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_contrast_is_the_standards(one, other, expected):
    assert round(contrast(one, other), 2) == expected
    assert contrast(one, other) == contrast(other, one)


@pytest.mark.parametrize("color", COLORS)
def test_text_on_any_colour_and_any_colour_as_text_can_be_read(color):
    assert contrast(text_on(color), color) >= READABLE
    for background in ("#ffffff", "#1b202b", color):
        assert contrast(readable(color, background), background) >= READABLE


def test_a_colour_that_is_read_already_stays_as_it_is():
    assert readable("#0a4c8c", "#ffffff") == "#0a4c8c"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" #0A4C8C ", "#0a4c8c"),
        ("#fff", None),
        ("0a4c8c", None),
        ("", None),
        ("red", None),
        ("#0a4c8c;x", None),
        ("#0a4c8g", None),
        ("#\u0660\u0661\u0662\u0663\u0664\u0665", None),
    ],
)
def test_a_colour_has_one_form(text, expected):
    assert normal_color(text) == expected
