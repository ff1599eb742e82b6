"""What a node adds to pages of a tenant's own Odoo."""

import re

import pytest

from saas_business_management.kernel.gateway.brand import Brand
from saas_business_management.kernel.gateway.color import contrast
from saas_business_management.kernel.gateway.lines import element_for
from saas_business_management.kernel.gateway.route import Route

OPEN = Route(1, "a.example", "t_a", 1, "active")
TIGHT = Route(1, "a.example", "t_a", 1, "active", restricted=True)
BRAND = Brand(1, 'A & "B"', support_email="help@acme.example", support_name="Our team")


@pytest.mark.parametrize("path", ["/web/login", "/web/reset_password"])
def test_the_login_page_names_the_brand_and_its_support(path):
    found = element_for(OPEN, BRAND, path, "")
    assert "A &amp; &quot;B&quot;" in found
    assert '<a href="mailto:help@acme.example">Contact: Our team</a>' in found
    assert "<script" not in found


def test_without_a_brand_nothing_is_added():
    assert element_for(OPEN, Brand(0), "/web/login", "") == ""


@pytest.mark.parametrize("path", ["/odoo", "/odoo/contacts/7", "/web"])
def test_a_restricted_database_says_so_above_the_web_client(path):
    found = element_for(TIGHT, BRAND, path, "session_id=x")
    assert 'role="status"' in found
    assert "no users or apps can be added: an invoice is overdue" in found
    assert "height:40px" in found
    assert element_for(OPEN, BRAND, path, "") == ""


@pytest.mark.parametrize("path", ["/", "/shop", "/web/content/1", "/odoox", "/web/session/logout"])
def test_other_pages_stay_as_they_are(path):
    assert element_for(TIGHT, BRAND, path, "") == ""


def test_who_put_the_line_away_does_not_see_it_and_another_level_is_another_line():
    assert element_for(TIGHT, BRAND, "/odoo", "a=1; saas_banner=restricted") == ""
    assert element_for(TIGHT, BRAND, "/odoo", "saas_banner=other")


@pytest.mark.parametrize("primary", ["#ffffff", "#000000", "#ffcc00", "#7a7a7a"])
def test_the_line_can_be_read_in_any_colour(primary):
    found = element_for(TIGHT, Brand(1, "Acme", primary=primary), "/odoo", "")
    ink = re.search(rf"background:{primary};color:(#\w+);", found)[1]
    assert contrast(ink, primary) >= 4.5
