"""Host names, headers and addresses as strangers send them."""

import pytest

from saas_business_management.kernel.gateway.host import (
    LOOPBACK,
    drop_client_headers,
    is_within,
    last_forwarded,
    network_of,
    normal_host,
    parse_networks,
)

HOSTS = [
    ("acme.localhost", "acme.localhost"),
    ("ACME.LocalHost:8070", "acme.localhost"),
    ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ("a", "a"),
    ("a_b.example", "a_b.example"),
    ("127.0.0.1:8070", "127.0.0.1"),
    ("[::1]:8070", ""),
    ("", None),
    ("acme.localhost,beta.localhost", None),
    ("acme.localhost, acme.localhost", None),
    ("acme.localhost/../beta", None),
    ("acme.localhost:80:80", None),
    ("acme.localhost:", None),
    ("acme.localhost:8o", None),
    ("user@acme.localhost", None),
    ("acme..localhost", None),
    (".acme.localhost", None),
    ("acme.localhost.", None),
    ("acme localhost", None),
    ("acme.localhost\n", None),
    ("bücher.example", None),
    ("acme.localhost\x00", None),
    ("a" * 300, None),
]


@pytest.mark.parametrize(("header", "expected"), HOSTS)
def test_a_host_has_one_form_or_none(header, expected):
    assert normal_host(header) == expected


def test_the_nearest_proxy_speaks_last():
    assert last_forwarded("evil.example, acme.localhost") == "acme.localhost"
    assert last_forwarded("acme.localhost") == "acme.localhost"


SENT = {
    "HTTP_HOST": "acme.localhost",
    "HTTP_X_ODOO_DATABASE": "t_b",
    "HTTP_X_FORWARDED_HOST": "beta.localhost",
    "HTTP_X_FORWARDED_FOR": "10.0.0.1",
    "HTTP_FORWARDED": "host=beta.localhost",
    "HTTP_X_REAL_IP": "10.0.0.1",
    "HTTP_ACCEPT": "*/*",
}


def test_a_stranger_sets_no_forwarding_header_and_no_database():
    environ = dict(SENT)
    drop_client_headers(environ, trusted=False)
    assert environ == {"HTTP_HOST": "acme.localhost", "HTTP_ACCEPT": "*/*"}


def test_even_a_proxy_sets_no_database():
    environ = dict(SENT)
    drop_client_headers(environ, trusted=True)
    assert "HTTP_X_ODOO_DATABASE" not in environ
    assert environ["HTTP_X_FORWARDED_HOST"] == "beta.localhost"


def test_networks_are_read_from_a_list():
    networks = parse_networks(" 127.0.0.1, 10.0.0.0/8,::1 ,")
    assert is_within("127.0.0.1", networks)
    assert is_within("10.9.8.7", networks)
    assert is_within("::ffff:10.9.8.7", networks)
    assert not is_within("127.0.0.2", networks)
    assert not is_within("unix", networks)
    assert not is_within("", networks)
    assert parse_networks("") == ()


def test_a_wrong_network_is_an_error():
    with pytest.raises(ValueError, match="nonsense"):
        parse_networks("127.0.0.1, nonsense")


def test_loopback_is_known_in_both_families():
    assert is_within("127.1.2.3", LOOPBACK)
    assert is_within("::1", LOOPBACK)
    assert is_within("::ffff:127.0.0.1", LOOPBACK)
    assert not is_within("128.0.0.1", LOOPBACK)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2345::1", "2001:db8:1:2300::/56"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_an_address_counts_as_its_network(address, network):
    assert network_of(address) == network
