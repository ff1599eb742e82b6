"""Brands: which one a route has, what of a row is believed."""

import base64

import pytest

from saas_business_management.kernel.gateway.brand import (
    LOGO_BYTES,
    PLAIN,
    PRIMARY,
    SECONDARY,
    Brand,
    Brands,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
LOGO = base64.b64encode(PNG).decode()
ACME = Brand(1, "Acme", is_default=True, logo=LOGO)
NOVA = Brand(2, "Nova")


def test_a_route_has_its_brand_or_the_default_one():
    brands = Brands([NOVA, ACME])
    assert (brands.of(2), brands.of(1), brands.of(0), brands.of(99)) == (NOVA, ACME, ACME, ACME)


def test_without_a_default_brand_pages_are_plain():
    assert Brands([NOVA]).of(0) is PLAIN
    assert Brands().of(7) is PLAIN


def test_of_two_default_brands_the_older_one_counts():
    assert Brands([Brand(9, is_default=True), ACME]).default is ACME


def test_a_changed_row_replaces_the_one_of_its_id():
    changed = Brands([ACME, NOVA]).with_changes([Brand(2, "Nova Two")])
    assert (changed.of(2).name, changed.of(1)) == ("Nova Two", ACME)


def test_a_logo_is_served_at_a_path_that_changes_with_it():
    brands = Brands([ACME, NOVA])
    assert brands.logo_at(ACME.logo_path) == PNG
    other = Brand(1, "Acme", logo=base64.b64encode(PNG + b"x").decode())
    assert other.logo_path != ACME.logo_path
    assert brands.with_changes([other]).logo_at(ACME.logo_path) == b""
    assert brands.logo_at("") == b""


@pytest.mark.parametrize(
    "logo",
    [
        "no base64!",
        base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode(),
        base64.b64encode(b"GIF89a").decode(),
        base64.b64encode(PNG + b"x" * LOGO_BYTES).decode(),
        "",
    ],
    ids=["nonsense", "svg", "gif", "too big", "none"],
)
def test_what_is_no_small_png_is_no_logo(logo):
    brand = Brand(1, "Acme", logo=logo)
    assert (brand.logo_bytes, brand.logo_path) == (b"", "")
    assert Brands([brand]).logo_at("") == b""


# The last one is deeper than a parser goes.
NO_TEXTS = ["{", "[]", "7", "null", '{"a": 1}', '{"a": ""}', '{"a": null}', "[" * 100_000]


@pytest.mark.parametrize("texts", NO_TEXTS, ids=lambda texts: texts[:12])
def test_texts_of_another_form_are_none(texts):
    assert Brand(1, texts=texts).own_texts == {}


def test_a_text_is_cut_at_its_longest():
    assert len(Brand(1, texts='{"a": "' + "x" * 999 + '"}').own_texts["a"]) == 300


def test_wrong_colours_are_ours():
    assert Brand(1, primary="red", secondary="url(x)").colors == (PRIMARY, SECONDARY)
