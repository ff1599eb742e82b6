"""Outside services: one suite for the double and for pages and ports on loopback."""

import socket

import pytest

from saas_business_management.adapters.fakes.outside import FakeOutside
from saas_business_management.adapters.outside import Outside
from saas_business_management.adapters.poster import Poster
from saas_business_management.kernel.errors import Broken, Refused, Unavailable
from tests.contract.test_cluster import code_of
from tests.helpers.receiver import Receiver


class Real:
    """The adapter against a server on loopback."""

    def __init__(self):
        self.port, self.receiver = Outside(), Receiver()
        self.url = self.receiver.url

    def close(self):
        self.receiver.close()


class Double:
    """The double with the same pages."""

    def __init__(self):
        self.port, self.url = FakeOutside(), "http://127.0.0.1:1"
        self.port.serve(f"{self.url}/", body=b"hello")
        self.port.open("127.0.0.1:1")

    def close(self):
        return


@pytest.fixture(params=[Double, Real])
def service(request):
    made = request.param()
    yield made
    made.close()


@pytest.fixture
def real():
    made = Real()
    yield made
    made.close()


def test_a_page_is_told_with_its_status_and_what_it_says(service):
    page = service.port.ask(f"{service.url}/", True)
    assert (page.status, page.body) == (200, b"hello")
    assert page.seconds >= 0


def test_a_port_that_is_open_is_told_with_its_seconds(service):
    assert service.port.touch(service.url.removeprefix("http://"), True) >= 0


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://pay.example.com/", "address_without_tls"),
        ("https://pay.example.com:5432/", "address_port"),
        ("https://user@pay.example.com/", "page_form"),
        ("https://2130706433/", "page_form"),
        ("ftp://pay.example.com/", "page_form"),
    ],
)
def test_a_page_that_may_not_be_asked_for_is_refused_before_anything_is_sent(service, url, code):
    assert code_of(Refused, service.port.ask, url, False) == code


@pytest.mark.parametrize(
    ("door", "code"),
    [
        ("db.example.com:5432", "address_port"),
        ("db.example.com:22", "address_port"),
        ("mail.example.com", "address_form"),
        ("http://mail.example.com:25", "address_form"),
        ("user@mail.example.com:25", "address_form"),
        ("0x7f000001:443", "address_form"),
        ("mail.example.com:0", "address_form"),
        ("mail.example.com:99999", "address_form"),
    ],
)
def test_a_port_that_may_not_be_touched_is_refused(service, door, code):
    assert code_of(Refused, service.port.touch, door, False) == code


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "100.64.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1"],
)
def test_a_name_that_leads_inside_is_asked_by_nobody(address):
    def lookup(_host, _port):
        return [address]

    outside = Outside(Poster(lookup=lookup), lookup)
    assert code_of(Refused, outside.ask, "https://pay.example.com/", False) == "address_inside"
    assert code_of(Refused, outside.touch, "mail.example.com:25", False) == "address_inside"


def test_addresses_of_clouds_about_machines_are_asked_by_nobody_even_inside():
    outside = Outside()
    assert code_of(Refused, outside.ask, "http://169.254.169.254/latest", True) == "address_inside"


def test_a_redirect_is_an_answer_and_leads_nowhere(real):
    real.receiver.plan["/"] = "redirects"
    assert real.port.ask(f"{real.url}/", True).status == 307
    assert real.receiver.paths() == ["/"]


def test_no_more_than_64_kilobytes_are_read(real):
    real.receiver.plan["/"] = "huge"
    assert 0 < len(real.port.ask(f"{real.url}/", True).body) <= 64 * 1024


@pytest.mark.parametrize(
    ("manners", "kind", "code"),
    [("garbled", Broken, "receiver_garbled"), ("nothing", Unavailable, "receiver_silent")],
)
def test_bad_manners_are_told_as_what_they_are(real, manners, kind, code):
    real.receiver.plan["/"] = manners
    assert code_of(kind, real.port.ask, f"{real.url}/", True) == code


def test_a_page_that_never_comes_costs_the_seconds_of_one_check():
    receiver = Receiver({"/": "slow"})
    outside = Outside(Poster(whole_seconds=0.3))
    assert code_of(Unavailable, outside.ask, f"{receiver.url}/", True) == "receiver_slow"
    receiver.close()


def test_nobody_behind_a_port_is_silent():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and never listening: nobody else can answer there
        door = f"127.0.0.1:{taken.getsockname()[1]}"
        assert code_of(Unavailable, Outside().touch, door, True) == "address_silent"
