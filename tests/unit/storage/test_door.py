"""The way out to an S3 service: guarded addresses, the service's own authority."""

import socket
import ssl
import threading

import pytest

from saas_business_management.adapters import guarded_socket
from saas_business_management.adapters.storage.s3 import S3Store
from saas_business_management.adapters.storage.s3_calls import Patience, S3Calls, S3Place
from saas_business_management.kernel.errors import Broken, Refused, SaasError, Unavailable
from saas_business_management.kernel.secret import Secret
from tests.helpers.authority import own_authority

HOST = "s3.inside.example"
ONCE = Patience(tries=1, connect_seconds=5, answer_seconds=20)
EMPTY = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """An authority of one's own and a certificate of it: texts and the path of the latter."""
    return own_authority(HOST, tmp_path_factory.mktemp("authority"))


@pytest.fixture
def service(authority):
    """A TLS service of that certificate on loopback that answers an empty listing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority[1])
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(10)
    asked = []

    def serve():
        try:
            plain, _ = listening.accept()
            with context.wrap_socket(plain, server_side=True) as secured:
                asked.append(secured.recv(65536))
                head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(EMPTY)}\r\n\r\n".encode()
                secured.sendall(head + EMPTY)
        except OSError as error:
            asked.append(error)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listening.getsockname()[1], asked
    listening.close()
    thread.join(10)


def calls_to(port, ca, lookup, inside=True):
    place = S3Place(
        bucket="bucket",
        access_key="AK",
        secret=Secret("secret"),
        endpoint=f"https://{HOST}:{port}",
        path_style=True,
        ca=ca,
        inside_allowed=inside,
    )
    return S3Calls(place, ONCE, lookup=lookup)


def test_the_judged_address_is_the_one_that_is_called_under_the_name(authority, service):
    port, asked = service
    calls = calls_to(port, authority[0], lambda host, _port: ["127.0.0.1"])
    assert list(S3Store(calls.place, calls=calls).list("v1/")) == []
    assert f"Host: {HOST}:{port}".encode() in asked[0]


def test_an_authority_of_ones_own_counts_alone(authority, service):
    port, _asked = service
    calls = calls_to(port, "", lambda host, _port: ["127.0.0.1"])
    with pytest.raises(Broken) as told:
        S3Store(calls.place, calls=calls).head("one")
    assert told.value.code == "certificate_wrong"


def test_a_certificate_of_another_name_is_refused(authority, service, monkeypatch):
    port, _asked = service
    calls = calls_to(port, authority[0], lambda host, _port: ["127.0.0.1"])
    calls = S3Calls(
        S3Place(
            **{**vars(calls.place), "endpoint": f"https://other.example:{port}"},
        ),
        ONCE,
        lookup=lambda host, _port: ["127.0.0.1"],
    )
    with pytest.raises(Broken) as told:
        S3Store(calls.place, calls=calls).head("one")
    assert told.value.code == "certificate_wrong"


def test_a_name_that_moves_inside_after_it_was_judged_is_refused(authority):
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    place = S3Place("bucket", "AK", Secret("s"), endpoint=f"https://{HOST}", path_style=True)
    calls = S3Calls(place, ONCE, lookup=lambda host, _port: answers.pop(0))
    answers.pop(0)  # what a check at saving would have seen
    with pytest.raises(Refused) as told:
        S3Store(place, calls=calls).head("one")
    assert told.value.code == "address_inside"


@pytest.mark.parametrize(
    "addresses",
    [["10.0.0.5"], ["93.184.216.34", "10.0.0.5"], ["::1"], ["169.254.169.254"], ["::ffff:7f00:1"]],
)
def test_one_forbidden_address_forbids_the_name(addresses, monkeypatch):
    called = []
    monkeypatch.setattr(socket, "create_connection", lambda *told, **_how: called.append(told))
    with pytest.raises(Refused) as told:
        guarded_socket.connect(HOST, 443, 1, lookup=lambda *_asked: addresses)
    assert told.value.code == "address_inside"
    assert called == []


def test_the_next_address_is_tried_when_one_is_silent():
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    made = guarded_socket.connect(HOST, port, 2, True, lambda *_asked: ["127.0.0.9", "127.0.0.1"])
    assert made.getpeername() == ("127.0.0.1", port)
    made.close()
    listening.close()


@pytest.mark.parametrize(
    ("lookup", "code"),
    [
        (lambda *_asked: ["127.0.0.1"], "address_silent"),
        (lambda *_asked: _raise(socket.gaierror()), "address_unknown"),
        (lambda *_asked: [], "address_silent"),
    ],
)
def test_nobody_there_is_no_answer(lookup, code):
    with pytest.raises(Unavailable) as told:
        guarded_socket.connect(HOST, 1, 1, inside_allowed=True, lookup=lookup)
    assert told.value.code == code


def _raise(error):
    raise error


def test_neither_proxy_nor_keys_of_the_environment_count(authority, service, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "FROMENVIRONMENT")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_CA_BUNDLE", "/nowhere")
    port, asked = service
    calls = calls_to(port, authority[0], lambda host, _port: ["127.0.0.1"])
    assert list(S3Store(calls.place, calls=calls).list("v1/")) == []
    assert b"FROMENVIRONMENT" not in asked[0]


def test_pauses_grow_and_are_never_alike():
    slept = []
    place = S3Place("bucket", "AK", Secret("s"), endpoint="https://s3.example.com")
    patience = Patience(tries=5, first_seconds=1, longest_seconds=10)
    calls = S3Calls(place, patience, lookup=lambda *_asked: _raise(OSError()), sleep=slept.append)
    with pytest.raises(SaasError) as told:
        calls.ask("list_objects_v2", {})
    assert told.value.code == "address_unknown"
    assert len(slept) == 4
    for place_in_row, seconds in enumerate(slept, 1):
        longest = min(10, 2**place_in_row)
        assert longest / 4 <= seconds <= longest
    assert len(set(slept)) == 4


def test_no_further_try_begins_when_time_is_over():
    now = iter([0.0, 100.0, 200.0])
    place = S3Place("bucket", "AK", Secret("s"), endpoint="https://s3.example.com")
    slept = []
    calls = S3Calls(
        place,
        Patience(tries=5),
        lookup=lambda *_asked: _raise(OSError()),
        sleep=slept.append,
        now=lambda: next(now),
    )
    with pytest.raises(Unavailable):
        calls.ask("list_objects_v2", {}, until=50)
    assert len(slept) == 1
