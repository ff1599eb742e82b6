"""Sending to a real receiver on loopback, and to addresses that nobody may call."""

import socket
import ssl
import threading
import time

import pytest

from saas_business_management.adapters.poster import KEPT_BYTES, Parcel, Poster
from saas_business_management.kernel.integration.signature import HEADER, sign, verify
from saas_business_management.kernel.secret import Secret

from ..helpers.authority import own_authority
from ..helpers.receiver import Receiver

HOST = "hooks.inside.example"
BODY = b'{"id":"evt_1","kind":"webhook.test"}'


@pytest.fixture
def receiver():
    found = Receiver()
    yield found
    found.close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """An authority of one's own and a certificate of it for `HOST`: text, path of the latter."""
    return own_authority(HOST, tmp_path_factory.mktemp("authority"))


@pytest.fixture
def secured(authority):
    """A receiver behind TLS that answers everybody 200; its listening socket."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority[1])
    door = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=answer_all, args=(door, context), daemon=True).start()
    yield door
    door.close()


def answer_all(door, context):
    while True:
        try:
            line, _address = door.accept()
        except OSError:
            return
        try:
            with context.wrap_socket(line, server_side=True) as talk:
                talk.recv(65536)
                talk.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        except OSError:
            line.close()


@pytest.fixture
def poster():
    return Poster(whole_seconds=1.0, connect_seconds=1.0)


def send(poster, receiver, manners, path="/hook"):
    receiver.plan[path] = manners
    return poster.send(Parcel(receiver.url + path, BODY, inside_allowed=True))


def test_the_receiver_gets_the_very_bytes_under_a_signature_it_can_check(receiver, poster):
    secret, older = Secret("new"), Secret("old")
    header = sign(BODY, 1_800_000_000, [secret, older]).header
    parcel = Parcel(f"{receiver.url}/hook?a=1&b", BODY, {HEADER: header}, inside_allowed=True)
    answer = poster.send(parcel)
    assert answer.received and answer.status == 200 and answer.first_bytes == b"hello"
    [seen] = receiver.seen
    assert (seen.path, seen.body) == ("/hook?a=1&b", BODY)
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["host"] == f"127.0.0.1:{receiver.port}"
    for one in (secret, older):
        assert verify(seen.headers["saas-signature"], seen.body, [one], 1_800_000_000)
    assert not verify(seen.headers["saas-signature"], seen.body, [Secret("x")], 1_800_000_000)


@pytest.mark.parametrize(
    ("manners", "code", "status"),
    [
        ("slow", "receiver_slow", 0),
        ("drips", "receiver_slow", 0),
        ("500", "receiver_refuses", 500),
        ("404", "receiver_refuses", 404),
        ("redirects", "receiver_redirects", 307),
        ("cut", "receiver_garbled", 0),
        ("nothing", "receiver_silent", 0),
        ("garbled", "receiver_garbled", 0),
        ("later", "receiver_refuses", 503),
    ],
)
def test_bad_manners_are_told_in_time(receiver, poster, manners, code, status):
    answer = send(poster, receiver, manners)
    assert (answer.fault.code, answer.status) == (code, status)
    assert answer.seconds < 2
    assert not answer.received and not answer.ours
    assert receiver.paths() == ["/hook"]


@pytest.mark.parametrize("manners", ["huge", "huge_head", "cut_body", "drips_body", "compressed"])
def test_once_it_said_yes_the_rest_of_its_answer_changes_nothing(receiver, poster, manners):
    answer = send(poster, receiver, manners)
    assert answer.received and answer.seconds < 2
    assert len(answer.first_bytes) <= KEPT_BYTES


def test_it_says_how_long_to_wait(receiver, poster):
    assert send(poster, receiver, "later").wait_seconds == 7200


@pytest.mark.parametrize("address", ["127.0.0.1", "[::1]", "localhost", "10.0.0.7", "100.64.1.1"])
def test_nothing_is_sent_inside_unless_allowed(receiver, poster, address):
    answer = poster.send(Parcel(f"https://{address}/hook", BODY))
    assert answer.fault.code in ("address_inside", "page_form", "address_port")
    plain = poster.send(Parcel(f"http://{address}:{receiver.port}/hook", BODY))
    assert plain.fault.code == "address_without_tls"
    assert not receiver.seen


@pytest.mark.parametrize("address", ["169.254.169.254", "0.0.0.0", "224.0.0.1"])
def test_some_addresses_are_never_called(poster, address):
    answer = poster.send(Parcel(f"http://{address}/latest/meta-data", BODY, inside_allowed=True))
    assert answer.fault.code == "address_inside"


def test_a_name_is_judged_by_what_it_leads_to_at_the_moment_of_sending(receiver):
    """DNS rebinding: what was public when it was saved leads inside when it is called."""
    answers = iter([["93.184.216.34", "127.0.0.1"], ["127.0.0.1"]])
    poster = Poster(lookup=lambda _host, _port: next(answers), connect_seconds=1.0)
    for _time in range(2):
        answer = poster.send(Parcel("https://rebind.example/hook", BODY))
        assert answer.fault.code == "address_inside"
    assert not receiver.seen


def test_the_connection_goes_to_the_judged_address_under_the_asked_name(receiver):
    asked = []

    def lookup(host, port):
        asked.append((host, port))
        return ["127.0.0.1"]

    poster = Poster(lookup=lookup)
    url = f"http://hooks.inside.example:{receiver.port}/in"
    assert poster.send(Parcel(url, BODY, inside_allowed=True)).received
    assert asked == [("hooks.inside.example", receiver.port)]
    assert receiver.seen[0].headers["host"] == f"hooks.inside.example:{receiver.port}"


def test_nobody_there_and_no_such_name_are_told_apart(poster):
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    answer = poster.send(Parcel(f"http://127.0.0.1:{port}/", BODY, inside_allowed=True))
    assert answer.fault.code == "address_silent"

    def nobody(_host, _port):
        raise OSError

    answer = Poster(lookup=nobody).send(Parcel("https://gone.example/", BODY))
    assert answer.fault.code == "address_unknown"


def test_a_receiver_without_tls_behind_https_gets_no_byte_of_the_event(receiver):
    answer = Poster(whole_seconds=1.0).send(
        Parcel(f"https://127.0.0.1:{receiver.port}/hook", BODY, inside_allowed=True)
    )
    assert answer.fault is not None and not receiver.seen


def test_the_handshake_counts_into_the_time(receiver):
    with socket.create_server(("127.0.0.1", 0)) as door:
        start = time.monotonic()
        url = f"https://127.0.0.1:{door.getsockname()[1]}/"
        answer = Poster(whole_seconds=0.5).send(Parcel(url, BODY, inside_allowed=True))
        assert answer.fault.code == "receiver_slow"
        assert time.monotonic() - start < 5


def test_a_certificate_nobody_trusts_gets_no_byte_of_the_event(authority, secured):
    url = f"https://{HOST}:{secured.getsockname()[1]}/"
    parcel = Parcel(url, BODY, inside_allowed=True)
    own, _pem = authority
    for trust, code in ((None, "certificate_wrong"), (ssl.create_default_context(cadata=own), "")):
        found = Poster(lookup=lambda *_address: ["127.0.0.1"], trust=trust).send(parcel)
        assert (found.fault.code if found.fault else "") == code
    other = Parcel(url.replace(HOST, "else.example"), BODY, inside_allowed=True)
    trust = ssl.create_default_context(cadata=own)
    found = Poster(lookup=lambda *_address: ["127.0.0.1"], trust=trust).send(other)
    assert found.fault.code == "certificate_wrong"


@pytest.mark.parametrize("planted", ["a\r\nX-Evil: 1", "ü", "a\nb"])
def test_no_header_can_be_smuggled_in(receiver, poster, planted):
    parcel = Parcel(f"{receiver.url}/hook", BODY, {"Saas-Event-Kind": planted}, True)
    assert poster.send(parcel).fault.code == "header_form"
    assert not receiver.seen
