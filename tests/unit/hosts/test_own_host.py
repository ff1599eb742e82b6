"""Own host names: the one form, refusals, the records to set."""

import pytest

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.hosts import own_host
from saas_business_management.kernel.hosts.own_host import Record

ZONES = ("example.test", "control.example.org")


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("shop.acme.com", "shop.acme.com"),
        ("  Shop.ACME.com ", "shop.acme.com"),
        ("acme.com", "acme.com"),
        ("a.b.c.acme.co.uk", "a.b.c.acme.co.uk"),
        ("acme.co.uk", "acme.co.uk"),
        ("1.acme.com", "1.acme.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("xn--zca.example", "xn--zca.example"),
        ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
        ("shop。acme．com", "shop.acme.com"),
        ("ｓｈｏｐ.acme.com", "shop.acme.com"),
        ("notexample.test", "notexample.test"),
        ("a" * 63 + ".com", "a" * 63 + ".com"),
    ],
)
def test_a_host_name_has_one_form(typed, host):
    assert own_host.normal_own_host(typed, ZONES) == host
    assert own_host.normal_own_host(host, ZONES) == host


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "own_host_empty"),
        ("   ", "own_host_empty"),
        ("https://shop.acme.com", "own_host_scheme"),
        ("HTTP://shop.acme.com", "own_host_scheme"),
        ("//shop.acme.com", "own_host_scheme"),
        ("shop.acme.com/path", "own_host_scheme"),
        ("ana@acme.com", "own_host_scheme"),
        ("shop.acme.com:8443", "own_host_port"),
        ("shop.acme.com:", "own_host_port"),
        ("203.0.113.7", "own_host_address"),
        ("203.0.113.7:80", "own_host_address"),
        ("999.0.0.1", "own_host_address"),
        ("2001:db8::1", "own_host_address"),
        ("[2001:db8::1]:443", "own_host_address"),
        ("*.acme.com", "own_host_wildcard"),
        ("shop.*.com", "own_host_wildcard"),
        ("shop.acme.com.", "own_host_dot"),
        ("shop.acme.com。", "own_host_dot"),
        ("straße.example", "own_host_letters"),
        ("xn--a.com", "own_host_letters"),
        ("ab--cd.com", "own_host_letters"),
        ("xn--99999.com", "own_host_letters"),
        ("xn--.com", "own_host_form"),
        ("a\u200db.com", "own_host_letters"),
        ("shop_one.acme.com", "own_host_form"),
        ("-shop.acme.com", "own_host_form"),
        ("shop-.acme.com", "own_host_form"),
        ("shop..acme.com", "own_host_form"),
        (".acme.com", "own_host_form"),
        ("shop acme.com", "own_host_form"),
        ("shop.acme.com\r\nX: y", "own_host_form"),
        ("shop\r\n.acme.com", "own_host_form"),
        ("shop.acme.123", "own_host_form"),
        ("<b>.com", "own_host_form"),
        ("'; drop table x.com", "own_host_form"),
        ("a" * 64 + ".com", "own_host_long"),
        (".".join(["a" * 60] * 4) + ".com", "own_host_long"),
        ("shop", "own_host_single"),
        ("com", "own_host_single"),
        ("localhost", "own_host_local"),
        ("acme.localhost", "own_host_local"),
        ("nas.local", "own_host_local"),
        ("x.internal", "own_host_local"),
        ("1.0.0.127.in-addr.arpa", "own_host_local"),
        ("co.uk", "own_host_suffix"),
        ("com.au", "own_host_suffix"),
        ("github.io", "own_host_suffix"),
        ("example.test", "own_host_ours"),
        ("acme.example.test", "own_host_ours"),
        ("Deep.Down.Example.TEST", "own_host_ours"),
        ("control.example.org", "own_host_ours"),
    ],
)
def test_what_can_be_no_own_host_name_is_refused_by_name(typed, code):
    with pytest.raises(Refused) as told:
        own_host.normal_own_host(typed, ZONES)
    assert told.value.code == code


def test_a_refusal_repeats_nothing_invisible_and_nothing_endless():
    with pytest.raises(Refused) as told:
        own_host.normal_own_host("\u202e" + "x" * 500, ZONES)
    assert len(told.value.facts["text"]) <= 60
    assert "\u202e" not in told.value.facts["text"]


def test_an_empty_zone_refuses_nothing():
    assert own_host.normal_own_host("shop.acme.com", ("", ".")) == "shop.acme.com"


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("shop.acme.com", "shop.acme.com"),
        ("xn--bcher-kva.example", "bücher.example"),
        ("xn--zca.com", "xn--zca.com"),
    ],
)
def test_people_read_a_name_in_its_own_alphabet(host, shown):
    assert own_host.shown(host) == shown


@pytest.mark.parametrize(
    ("host", "root"),
    [
        ("acme.com", True),
        ("www.acme.com", False),
        ("acme.co.uk", True),
        ("www.acme.co.uk", False),
        ("acme.github.io", True),
    ],
)
def test_a_root_domain_is_told_apart(host, root):
    assert own_host.is_root(host) is root


def test_a_name_below_a_root_gets_a_cname_and_a_proof():
    assert own_host.records("shop.acme.com", "acme.example.test", ("203.0.113.7",), "saas-1") == (
        Record("CNAME", "shop.acme.com", "acme.example.test"),
        Record("TXT", "_saas-verify.shop.acme.com", "saas-1"),
    )


def test_a_root_gets_the_addresses_of_the_front_proxy():
    found = own_host.records("acme.com", "acme.example.test", ("203.0.113.7", "2001:db8::7"), "t")
    assert [(one.kind, one.value) for one in found] == [
        ("A", "203.0.113.7"),
        ("AAAA", "2001:db8::7"),
        ("TXT", "t"),
    ]


def test_the_name_of_the_proof_of_the_longest_host_fits():
    longest = ".".join(["a" * 60, "b" * 59, "c" * 59, "d" * 59])
    assert len(longest) == own_host.HOST_MAX
    assert len(own_host.proof_name(own_host.normal_own_host(longest))) == 253


def test_a_token_needs_chance():
    assert own_host.make_token(bytes(16)) == "saas-" + "0" * 32
    with pytest.raises(Refused) as told:
        own_host.make_token(bytes(15))
    assert told.value.code == "own_host_entropy"


def test_addresses_have_one_form_and_others_are_no_addresses():
    assert own_host.parse_addresses(" 203.0.113.7, 2001:DB8:0::7 ,") == (
        "203.0.113.7",
        "2001:db8::7",
    )
    with pytest.raises(ValueError, match="acme"):
        own_host.parse_addresses("203.0.113.7, acme.com")
