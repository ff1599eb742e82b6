"""Names of routes: no numbers, names or keys of tenants, and only the busiest."""

import pytest

from saas_business_management.kernel.gateway.busy import busiest, route_of


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", "/"),
        (
            "/web/dataset/call_kw/res.partner/web_search_read",
            "/web/dataset/call_kw/res.partner/web_search_read",
        ),
        ("/web/image/res.partner/12/avatar/x", "/web/image/res.partner/*/avatar/…"),
        ("/my/invoices/42", "/my/invoices/*"),
        ("/survey/start/0f3c9a7e-11aa", "/survey/start/*"),
        ("/s/" + "a" * 41, "/s/*"),
        ("/web/content/ümlaut", "/web/content/*"),
    ],
)
def test_a_route_has_no_numbers_and_no_keys(path, route):
    assert route_of(path) == route


def test_the_busiest_are_told_first_and_ten_at_most():
    found = busiest({f"/r{number}": (1, float(number)) for number in range(30)})
    assert [name for name, _count, _ms in found] == [f"/r{number}" for number in range(29, 19, -1)]
