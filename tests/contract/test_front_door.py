"""The front door port: one suite for the double and for HTTP on loopback."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from saas_business_management.adapters.fakes.front_door import FakeFrontDoor
from saas_business_management.adapters.http import HttpFrontDoor
from saas_business_management.kernel.errors import Refused, Unavailable


class Node(BaseHTTPRequestHandler):
    """Serves `pages[(host, path)]`, as a node does."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        status, body = self.server.pages.get(
            (self.headers["Host"], self.path), (404, "unknown host")
        )
        self.server.seen.append((self.client_address, dict(self.headers)))
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Set-Cookie", "session_id=of-the-first")
        if status == 303:
            self.send_header("Location", "http://elsewhere.invalid/")
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = self.path == "/last"  # without saying so

    def log_message(self, *_arguments):
        pass


class OverHttp:
    def __init__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Node)
        self.server.daemon_threads = True
        self.server.pages, self.server.seen = {}, []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.port = HttpFrontDoor(self.url, connect_seconds=5, read_seconds=20)

    def serve(self, host, path, body, status=200):
        self.server.pages[host, path] = (status, body)

    def fall_silent(self):
        self.port.close()
        self.server.shutdown()
        self.server.server_close()


class InMemory:
    def __init__(self):
        self.port = FakeFrontDoor()

    def serve(self, host, path, body, status=200):
        self.port.serve(host, path, body, status)

    def fall_silent(self):
        self.port.silent = True


@pytest.fixture(params=[InMemory, OverHttp], ids=["double", "http"])
def door(request):
    return request.param()


def test_a_page_is_asked_for_under_its_host_name(door):
    door.serve("acme.localhost", "/web/login", "<p>Grüße von Acme</p>")
    answer = door.port.get("acme.localhost", "/web/login")
    assert (answer.status, answer.body) == (200, "<p>Grüße von Acme</p>")
    assert answer.seconds >= 0


def test_another_host_gets_another_page(door):
    door.serve("acme.localhost", "/web/login", "acme")
    assert door.port.get("other.localhost", "/web/login").status == 404


def test_a_redirect_is_an_answer(door):
    door.serve("acme.localhost", "/", "", status=303)
    assert door.port.get("acme.localhost", "/").status == 303


def test_of_a_long_page_the_first_64_kibibytes_are_read(door):
    door.serve("acme.localhost", "/long", "x" * 200_000)
    assert len(door.port.get("acme.localhost", "/long").body) == 65536


def test_a_node_that_does_not_answer_is_unavailable(door):
    door.fall_silent()
    with pytest.raises(Unavailable) as told:
        door.port.get("acme.localhost", "/web/login")
    assert told.value.code == "node_silent"


@pytest.mark.parametrize("host", ["", "a b", "acme\r\nX: y", "-a", "http://acme"])
def test_a_host_that_is_none_is_refused(door, host):
    with pytest.raises(Refused) as told:
        door.port.get(host, "/")
    assert told.value.code == "host_form"


@pytest.mark.parametrize("path", ["", "web", "/a b", "/\r\nX: y", "http://x/"])
def test_a_path_that_is_none_is_refused(door, path):
    with pytest.raises(Refused) as told:
        door.port.get("acme.localhost", path)
    assert told.value.code == "path_form"


@pytest.fixture
def http():
    door = OverHttp()
    yield door
    door.fall_silent()


def test_two_questions_share_one_connection_but_no_cookie(http):
    http.serve("acme.localhost", "/", "hello")
    http.port.get("acme.localhost", "/")
    http.port.get("acme.localhost", "/")
    (first, _), (second, headers) = http.server.seen
    assert first == second
    assert "Cookie" not in headers


def test_a_connection_the_node_has_closed_is_opened_again(http):
    http.serve("acme.localhost", "/last", "bye")
    http.serve("acme.localhost", "/", "hello")
    http.port.get("acme.localhost", "/last")
    assert http.port.get("acme.localhost", "/").body == "hello"
    (first, _), (second, _) = http.server.seen
    assert first != second


def test_a_node_that_accepts_and_says_nothing_is_slow():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = HttpFrontDoor(
            f"http://127.0.0.1:{listening.getsockname()[1]}", connect_seconds=0.2, read_seconds=0.2
        )
        with pytest.raises(Unavailable) as told:
            port.get("acme.localhost", "/")
    assert told.value.code == "node_slow"


def test_proxies_of_the_environment_are_not_used(http, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    http.serve("acme.localhost", "/", "direct")
    assert HttpFrontDoor(http.url).get("acme.localhost", "/").body == "direct"
