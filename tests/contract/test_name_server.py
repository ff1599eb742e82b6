"""The DNS port: one suite for the double and for dnspython against a real server on loopback."""

import dns.rcode
import pytest

from saas_business_management.adapters.fakes.name_server import FakeNameServers
from saas_business_management.adapters.name_server import NameServers, parse_servers
from saas_business_management.kernel.errors import Refused, Unavailable
from tests.helpers.dns_server import NameServer

# Who answers may take its time on a busy machine; who does not is not waited for.
PATIENT = {"each_seconds": 10, "all_seconds": 30}
HURRIED = {"each_seconds": 0.2, "all_seconds": 0.4}


class InMemory:
    def __init__(self):
        self.port = FakeNameServers()

    def put(self, name, kind, *values):
        self.port.records[name, kind] = list(values)

    def fall_silent(self):
        self.port.silent = True


class OverUdp:
    def __init__(self):
        self.server = NameServer()
        self.port = NameServers((self.server.address,), **PATIENT)

    def put(self, name, kind, *values):
        self.server.put(name, kind, *values)

    def fall_silent(self):
        self.server.mute = True
        self.port = NameServers((self.server.address,), **HURRIED)


@pytest.fixture(params=[InMemory, OverUdp], ids=["double", "udp"])
def names(request):
    return request.param()


def test_a_name_that_does_not_exist_has_nothing(names):
    assert names.port.aliases("nobody.example") == ()
    assert names.port.addresses("nobody.example") == ()
    assert names.port.texts("_saas-verify.nobody.example") == ()


def test_addresses_of_both_kinds_come_sorted(names):
    names.put("shop.acme.com", "A", "203.0.113.9", "203.0.113.7")
    names.put("shop.acme.com", "AAAA", "2001:db8::7")
    assert names.port.addresses("shop.acme.com") == ("2001:db8::7", "203.0.113.7", "203.0.113.9")


def test_aliases_are_followed_in_order_to_their_addresses(names):
    names.put("shop.acme.com", "CNAME", "edge.acme.com")
    names.put("edge.acme.com", "CNAME", "Acme.example.test")
    names.put("acme.example.test", "A", "203.0.113.9")
    aliases = tuple(name.lower() for name in names.port.aliases("shop.acme.com"))
    assert aliases == ("edge.acme.com", "acme.example.test")
    assert names.port.addresses("shop.acme.com") == ("203.0.113.9",)


def test_an_alias_of_something_that_is_gone_is_still_seen(names):
    names.put("shop.acme.com", "CNAME", "gone.example")
    assert names.port.aliases("shop.acme.com") == ("gone.example",)
    assert names.port.addresses("shop.acme.com") == ()


def test_a_circle_of_aliases_ends(names):
    names.put("a.acme.com", "CNAME", "b.acme.com")
    names.put("b.acme.com", "CNAME", "a.acme.com")
    assert names.port.aliases("a.acme.com") == ("b.acme.com",)


def test_texts_are_those_of_the_name_itself(names):
    names.put("_saas-verify.shop.acme.com", "TXT", "saas-2", "saas-1")
    assert names.port.texts("_saas-verify.shop.acme.com") == ("saas-1", "saas-2")
    assert names.port.texts("shop.acme.com") == ()


def test_a_text_behind_an_alias_proves_nothing(names):
    names.put("_saas-verify.shop.acme.com", "CNAME", "_saas-verify.other.example")
    names.put("_saas-verify.other.example", "TXT", "saas-1")
    assert names.port.texts("_saas-verify.shop.acme.com") == ()


def test_letters_of_a_question_make_no_difference(names):
    names.put("shop.acme.com", "A", "203.0.113.9")
    assert names.port.addresses("Shop.ACME.com") == ("203.0.113.9",)


def test_a_server_that_does_not_answer_is_unavailable_and_not_empty(names):
    names.fall_silent()
    for ask in (names.port.aliases, names.port.addresses, names.port.texts):
        with pytest.raises(Unavailable) as told:
            ask("shop.acme.com")
        assert told.value.code == "dns_silent"


@pytest.mark.parametrize("name", ["", "a..b", "x" * 64 + ".com"])
def test_a_name_of_a_wrong_form_is_refused(names, name):
    with pytest.raises(Refused) as told:
        names.port.aliases(name)
    assert told.value.code == "host_form"


@pytest.mark.parametrize("rcode", [dns.rcode.SERVFAIL, dns.rcode.REFUSED])
def test_a_server_that_fails_is_unavailable(rcode):
    udp = OverUdp()
    udp.server.rcode = rcode
    with pytest.raises(Unavailable):
        udp.port.addresses("shop.acme.com")


def test_the_second_server_answers_when_the_first_does_not():
    mute, other = NameServer(), NameServer()
    mute.mute = True
    other.put("shop.acme.com", "A", "203.0.113.9")
    port = NameServers((mute.address, other.address), each_seconds=1, all_seconds=30)
    assert port.addresses("shop.acme.com") == ("203.0.113.9",)


def test_what_is_mended_is_seen_at_the_next_look():
    udp = OverUdp()
    assert udp.port.addresses("shop.acme.com") == ()
    udp.put("shop.acme.com", "A", "203.0.113.9")
    assert udp.port.addresses("shop.acme.com") == ("203.0.113.9",)


def test_servers_are_read_from_a_configuration():
    assert parse_servers("127.0.0.1:5353, 9.9.9.9, [2620:fe::fe]:5300,2620:fe::9") == (
        ("127.0.0.1", 5353),
        ("9.9.9.9", 53),
        ("2620:fe::fe", 5300),
        ("2620:fe::9", 53),
    )
    assert parse_servers("") == ()


@pytest.mark.parametrize("text", ["dns.example", "127.0.0.1:x", "127.0.0.1:0", "127.0.0.1:70000"])
def test_what_is_no_server_is_refused(text):
    with pytest.raises(Refused) as told:
        parse_servers(text)
    assert told.value.code == "dns_servers_form"
