"""Addresses with a path that people type in."""

import pytest

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.outgoing.page import parse_page


@pytest.mark.parametrize(
    ("typed", "url", "path"),
    [
        ("https://Hooks.Example.com/In?a=1&b", "https://hooks.example.com/In?a=1&b", "/In?a=1&b"),
        (" https://hooks.example.com ", "https://hooks.example.com/", "/"),
        ("https://hooks.example.com:8443/", "https://hooks.example.com:8443/", "/"),
        ("https://hooks.example.com:443/x", "https://hooks.example.com/x", "/x"),
        ("https://[2606:4700::1]/x", "https://[2606:4700::1]/x", "/x"),
    ],
)
def test_one_form(typed, url, path) -> None:
    found = parse_page(typed)
    assert (found.url, found.path) == (url, path)


def test_the_host_is_named_with_its_port() -> None:
    assert parse_page("https://hooks.example.com:8443/x").host_header == "hooks.example.com:8443"


@pytest.mark.parametrize(
    "typed",
    [
        *("", "hooks.example.com", "ftp://a.example/", "https://", "https:///x", "//a.example/x"),
        *("https://user@a.example/", "https://a:b@a.example/", "https://a.example/#x"),
        *("https://a.example/a b", "https://a.example/\r\nX: y", "https://a.example/ü"),
        *("https://a.example?x=1", "https://a.example\\@b.example/", "https://0x7f.1/"),
        *("https://2130706433/", "https://a..example/", "https://a.example/" + "x" * 2000),
        *("https://a.example/\\x", 'https://a.example/"', "https://a.example/<x>"),
    ],
)
def test_what_is_no_address_is_refused(typed) -> None:
    with pytest.raises(Refused) as caught:
        parse_page(typed)
    assert caught.value.code == "page_form"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("http://a.example/x", "address_without_tls"),
        ("https://a.example:22/x", "address_port"),
        ("https://a.example:5432/x", "address_port"),
    ],
)
def test_without_tls_and_other_ports_only_inside(typed, code) -> None:
    with pytest.raises(Refused) as caught:
        parse_page(typed)
    assert caught.value.code == code
    assert parse_page(typed, inside_allowed=True).path == "/x"
