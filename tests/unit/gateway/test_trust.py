"""Whose word about hosts and clients counts."""

import pytest

from saas_business_management.gateway.trust import Trust
from saas_business_management.kernel.gateway.host import parse_networks


def environ(sender="192.0.2.9", host="acme.localhost", **headers):
    return {"REMOTE_ADDR": sender, "HTTP_HOST": host, **headers}


def test_a_stranger_is_known_by_his_host_header_alone():
    sent = environ(HTTP_X_FORWARDED_HOST="beta.localhost", HTTP_X_ODOO_DATABASE="t_b")
    assert Trust(parse_networks("10.0.0.0/8"), True).host_of(sent) == "acme.localhost"
    assert sent == environ()


@pytest.mark.parametrize(
    ("forwarded", "host"),
    [
        ("beta.localhost", "beta.localhost"),
        ("evil.example, Beta.localhost:443", "beta.localhost"),
        ("", "acme.localhost"),
        ("beta.localhost,", None),
        ("user@beta.localhost", None),
    ],
)
def test_a_trusted_proxy_names_the_host(forwarded, host):
    trust = Trust(parse_networks("10.0.0.0/8"), True)
    sent = environ("10.0.0.1", HTTP_X_FORWARDED_HOST=forwarded)
    assert trust.host_of(sent) == host
    if host and forwarded:
        assert sent["HTTP_X_FORWARDED_HOST"].partition(":")[0] == host


def test_without_proxy_mode_odoo_would_not_see_the_forwarded_host_so_neither_do_we():
    trust = Trust(parse_networks("10.0.0.0/8"), False)
    sent = environ("10.0.0.1", HTTP_X_FORWARDED_HOST="beta.localhost")
    assert trust.host_of(sent) == "acme.localhost"


def test_a_missing_host_is_none():
    assert Trust((), False).host_of({"REMOTE_ADDR": "192.0.2.9"}) is None


INSIDERS = [
    (environ("127.0.0.1"), True),
    (environ("::1"), True),
    (environ("10.0.0.1"), True),
    (environ("192.0.2.9"), False),
    (environ("10.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.9"), False),
    (environ("10.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.9, 10.0.0.2"), True),
    (environ("10.0.0.1", HTTP_X_FORWARDED_FOR="10.0.0.2, 192.0.2.9"), False),
    (environ("127.0.0.1", HTTP_X_FORWARDED_FOR="127.0.0.1"), False),
    (environ("127.0.0.1", HTTP_X_FORWARDED_HOST="x"), False),
    (environ("", HTTP_FORWARDED="for=1"), False),
]


@pytest.mark.parametrize(("sent", "insider"), INSIDERS)
def test_who_may_read_figures(sent, insider):
    assert Trust(parse_networks("10.0.0.0/8"), True).is_insider(sent) is insider


def test_the_address_a_visitor_typed_keeps_its_port_and_scheme():
    trust = Trust(parse_networks("10.0.0.1"), True)
    plain = {"HTTP_HOST": "acme.test:8070", "REMOTE_ADDR": "192.0.2.1", "wsgi.url_scheme": "http"}
    assert trust.host_of(plain) == "acme.test"
    assert trust.origin_of(plain) == ("http", ":8070")
    proxied = {
        "HTTP_HOST": "node:8069",
        "HTTP_X_FORWARDED_HOST": "acme.test",
        "HTTP_X_FORWARDED_PROTO": "https",
        "REMOTE_ADDR": "10.0.0.1",
        "wsgi.url_scheme": "http",
    }
    assert trust.host_of(proxied) == "acme.test"
    assert trust.origin_of(proxied) == ("https", "")


def test_a_scheme_told_by_a_stranger_counts_for_nothing():
    trust = Trust(parse_networks("10.0.0.1"), True)
    forged = {
        "HTTP_HOST": "acme.test",
        "HTTP_X_FORWARDED_PROTO": "https",
        "REMOTE_ADDR": "192.0.2.1",
        "wsgi.url_scheme": "http",
    }
    trust.host_of(forged)
    assert trust.origin_of(forged) == ("http", "")
    odd = forged | {"HTTP_X_FORWARDED_PROTO": "javascript", "REMOTE_ADDR": "10.0.0.1"}
    trust.host_of(odd)
    assert trust.origin_of(odd) == ("http", "")


def test_a_number_is_taken_from_a_trusted_proxy_alone():
    trust = Trust(parse_networks("10.0.0.0/8"), True)
    sent = {"HTTP_X_REQUEST_ID": "number-of-a-proxy"}
    assert trust.request_id_of(environ("10.1.2.3", **sent)) == "number-of-a-proxy"
    assert trust.request_id_of(environ("192.0.2.9", **sent)) == ""
    assert trust.request_id_of(environ("10.1.2.3", HTTP_X_REQUEST_ID="x\r\ny: 12345678")) == ""
    assert trust.request_id_of(environ("10.1.2.3")) == ""
