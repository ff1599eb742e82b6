"""What a node adds to pages of a tenant's own Odoo."""

import html
import json
import re
from dataclasses import replace

import pytest

from saas_business_management.kernel.gateway import banner
from saas_business_management.kernel.gateway.banner import Reader
from saas_business_management.kernel.gateway.brand import Brand
from saas_business_management.kernel.gateway.color import contrast
from saas_business_management.kernel.gateway.lines import element_for, is_added_to
from saas_business_management.kernel.gateway.route import Route

OPEN = Route(1, "a.example", "t_a", 1, "active")
TIGHT = replace(OPEN, restricted=True)
BRAND = Brand(1, 'A & "B"', support_email="help@acme.example", support_name="Our team")
NOBODY = Reader()
CLIENT = ["/odoo", "/odoo/contacts/7", "/web"]
TEXTS = {"en": "Calls: 82 % used.", "de": "Aufrufe: 82 % verbraucht."}


def near(level="warning", texts=TEXTS, link="https://c.example/my?a=1&b=2", **values) -> Route:
    """A tenant that comes near a limit."""
    limits = {"banner": {"level": level, "texts": texts, "link": link}}
    return replace(OPEN, limits=json.dumps(limits), **values)


@pytest.mark.parametrize("path", ["/web/login", "/web/reset_password"])
def test_the_login_page_names_the_brand_and_its_support(path):
    found = element_for(OPEN, BRAND, path, NOBODY)
    assert "A &amp; &quot;B&quot;" in found
    assert '<a href="mailto:help@acme.example">Contact: Our team</a>' in found
    assert "<script" not in found


def test_without_a_brand_nothing_is_added():
    assert element_for(OPEN, Brand(0), "/web/login", NOBODY) == ""
    assert not is_added_to(OPEN, Brand(0), "/web/login")
    assert not is_added_to(OPEN, BRAND, "/odoo")


@pytest.mark.parametrize("path", CLIENT)
def test_a_restricted_database_says_so_above_the_web_client(path):
    found = element_for(TIGHT, BRAND, path, Reader("session_id=x"))
    assert 'role="status"' in found
    assert "no users or apps can be added: an invoice is overdue" in found
    assert "Contact: Our team" in found
    assert element_for(OPEN, BRAND, path, NOBODY) == ""


@pytest.mark.parametrize("path", ["/", "/shop", "/web/content/1", "/odoox", "/web/session/logout"])
@pytest.mark.parametrize("route", [TIGHT, near()])
def test_other_pages_stay_as_they_are(path, route):
    assert element_for(route, BRAND, path, NOBODY) == ""
    assert not is_added_to(route, BRAND, path)


def test_who_put_the_line_away_does_not_see_it_and_another_level_is_another_line():
    assert element_for(TIGHT, BRAND, "/odoo", Reader("a=1; saas_banner=restricted")) == ""
    assert element_for(TIGHT, BRAND, "/odoo", Reader("saas_banner=other"))


@pytest.mark.parametrize("primary", ["#ffffff", "#000000", "#ffcc00", "#7a7a7a"])
def test_the_line_can_be_read_in_any_colour(primary):
    found = element_for(TIGHT, Brand(1, "Acme", primary=primary), "/odoo", NOBODY)
    ink = re.search(rf"background:{primary};color:(#\w+)", found)[1]
    assert contrast(ink, primary) >= 4.5


@pytest.mark.parametrize("path", [*CLIENT, "/web/login"])
@pytest.mark.parametrize("level", ["info", "warning", "danger"])
def test_a_limit_is_told_above_the_web_client_and_at_the_login(path, level):
    found = element_for(near(level), BRAND, path, NOBODY)
    assert is_added_to(near(level), BRAND, path)
    assert found.count('role="status"') == 1
    assert "Calls: 82 % used." in found
    assert f"<strong>{banner._WORDS['en'][level]}:</strong>" in found
    assert '<a href="https://c.example/my?a=1&amp;b=2">What to do</a>' in found
    assert ("saas_brand" in found) == (path == "/web/login")


@pytest.mark.parametrize("colors", [banner._COLORS, banner._NIGHT])
def test_each_level_has_a_colour_that_can_be_read(colors):
    assert len(set(colors.values())) == 3
    for paper, ink in colors.values():
        assert contrast(paper, ink) >= 4.5


def test_news_of_the_service_is_told_and_is_no_limit_of_the_tenants():
    told = {"level": "warning", "texts": {"en": "Slow login."}, "link": "https://s.example/x"}
    news = replace(TIGHT, limits=json.dumps({"banner": {**told, "news": True}}))
    assert not banner.is_over_limit(news)
    assert banner.is_over_limit(replace(TIGHT, limits=json.dumps({"banner": told})))
    found = element_for(news, BRAND, "/odoo", NOBODY)
    assert "Slow login. No users or apps can be added for now." in found
    assert '<a href="https://s.example/x">More</a>' in found
    early = replace(TIGHT, limits=json.dumps({"banner": {**told, "level": "info", "news": True}}))
    assert "an invoice is overdue" in element_for(early, BRAND, "/odoo", NOBODY)


def test_by_night_it_is_dark_by_odoos_choice_and_else_by_the_systems():
    shown = {
        cookies: element_for(near(), BRAND, "/odoo", Reader(cookies))
        for cookies in ("", "color_scheme=dark", "a=b; color_scheme=light")
    }
    paper = banner._NIGHT["warning"][0]
    assert f"@media(prefers-color-scheme:dark){{#saas_banner{{background:{paper}" in shown[""]
    assert f"{paper}" in shown["color_scheme=dark"]
    assert "prefers-color-scheme" not in shown["color_scheme=dark"]
    assert paper not in shown["a=b; color_scheme=light"]


def test_it_is_not_printed():
    assert "@media print{#saas_banner{display:none}}" in element_for(near(), BRAND, "/odoo", NOBODY)


@pytest.mark.parametrize("level", ["info", "warning"])
def test_what_is_put_away_stays_away_for_the_session_and_until_it_says_something_else(level):
    found = element_for(near(level), BRAND, "/odoo", NOBODY)
    dismiss = html.unescape(re.search(r'onclick="([^"]+)"', found)[1])
    assert "max-age" not in dismiss
    assert "expires" not in dismiss
    cookie = re.search(r"document.cookie='([^;]+);", dismiss)[1]
    assert element_for(near(level), BRAND, "/odoo", Reader(f"x=y; {cookie}")) == ""
    other = near(level, {"en": "Calls: 95 % used."})
    assert element_for(other, BRAND, "/odoo", Reader(cookie))
    assert element_for(near("danger"), BRAND, "/odoo", Reader(cookie))


def test_a_reached_limit_is_not_put_away():
    assert "<button" not in element_for(near("danger"), BRAND, "/odoo", NOBODY)


@pytest.mark.parametrize(
    ("level", "invoice"), [("info", True), ("warning", False), ("danger", False)]
)
def test_one_line_alone_the_worst_and_never_of_an_invoice_that_may_not_be(level, invoice):
    found = element_for(near(level, restricted=True), BRAND, "/odoo", NOBODY)
    assert found.count('role="status"') == 1
    assert ("invoice" in found) == invoice
    assert ("82 % used. No users or apps can be added for now." in found) != invoice


EVIL = "</div><script>alert(1)</script>\"'{paper}<b onclick=x>"


def test_texts_of_strangers_are_text():
    route = near("danger", {"en": EVIL}, 'https://x/"><script>')
    found = element_for(route, BRAND, "/odoo", NOBODY)
    assert "<script" not in found
    assert "<b " not in found
    assert html.escape(EVIL) in found
    assert "onclick" not in found.replace(html.escape(EVIL), "")


SESSION = b'odoo.__session_info__ = {"uid": 2, "user_context": {"tz": "x", "lang": "%s", "uid": 2}}'


@pytest.mark.parametrize(
    ("page", "accepted", "words"),
    [
        (SESSION % b"de_DE", "en", "Aufrufe"),
        (SESSION % b"en_US", "de", "Calls"),
        (b'<!doctype html>\n<html data-x="1" lang="de-AT">', "en", "Aufrufe"),
        (SESSION % b"fr_FR", "it,de;q=0.5,en;q=0.4", "Aufrufe"),
        (b"", "de-CH,de;q=0.9", "Aufrufe"),
        (b"", "en;q=0.5, de;q=0.8", "Aufrufe"),
        (b"", "de;q=0, en;q=0.1", "Calls"),
        (b"", "", "Calls"),
        (b"", "fr", "Calls"),
        (b"", "*,<script>;q=x,,;;", "Calls"),
    ],
)
def test_the_users_language_then_the_browsers_then_english(page, accepted, words):
    found = element_for(near(), BRAND, "/odoo", Reader(languages=accepted), page)
    assert words in found


def test_without_english_any_text_is_better_than_none():
    assert "Salut" in element_for(near(texts={"fr": "Salut"}), BRAND, "/odoo", NOBODY)


def test_a_regional_text_is_the_users_own():
    route = near(texts={"pt": "Oi", "pt-BR": "Opa"})
    assert "Opa" in element_for(route, BRAND, "/odoo", NOBODY, SESSION % b"pt_BR")
    assert "Oi" in element_for(route, BRAND, "/odoo", NOBODY, SESSION % b"pt_PT")
