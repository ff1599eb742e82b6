"""The public door port: one suite for the double and for TLS on loopback."""

import http.server
import ssl
import threading
from datetime import datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from saas_business_management.adapters.fakes.public_door import FakePublicDoor
from saas_business_management.adapters.public_door import TlsPublicDoor
from saas_business_management.kernel.errors import Broken, Refused, Unavailable

HOST = "shop.acme.test"
UNTIL = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=30)


class Proxy(http.server.BaseHTTPRequestHandler):
    """Answers 404 when the forged header got through to it."""

    def do_GET(self):
        self.server.seen.append(dict(self.headers))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments):
        pass


class OverTls:
    trusted = False

    def __init__(self, folder):
        self.folder = folder
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
        self.server.daemon_threads = True
        self.server.seen, self.server.status, self._known = [], 200, set()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._certificate())
        context.sni_callback = self._only_known
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False
        )
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.port = TlsPublicDoor(f"127.0.0.1:{self.server.server_port}", seconds=20)

    def certify(self, host, status=200):
        self._known.add(host)
        self.server.status = status

    def fall_silent(self):
        self.server.shutdown()
        self.server.server_close()

    def _only_known(self, _socket, name, _context):
        return None if name in self._known else ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME

    def _certificate(self):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(UNTIL - timedelta(days=60))
            .not_valid_after(UNTIL)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), False)
            .sign(key, hashes.SHA256())
        )
        plain = serialization.NoEncryption()
        style = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        path = self.folder / "pair.pem"
        path.write_bytes(key.private_bytes(*style) + made.public_bytes(serialization.Encoding.PEM))
        return path


class InMemory:
    trusted = True

    def __init__(self, _folder):
        self.port = FakePublicDoor()

    def certify(self, host, status=200):
        self.port.certify(host, UNTIL, status=status)

    def fall_silent(self):
        self.port.silent = True


@pytest.fixture(params=[InMemory, OverTls], ids=["double", "tls"])
def door(request, tmp_path):
    return request.param(tmp_path)


def test_a_host_shows_its_certificate_and_its_page(door):
    door.certify(HOST)
    look = door.port.look(HOST)
    assert (look.status, look.certificate_until) == (200, UNTIL)
    assert look.trusted is door.trusted


def test_a_page_that_is_not_there_is_a_result(door):
    door.certify(HOST, status=404)
    assert door.port.look(HOST).status == 404


def test_a_host_without_a_certificate_is_told_apart_from_silence(door):
    with pytest.raises(Broken) as told:
        door.port.look("stranger.example")
    assert told.value.code == "certificate_refused"


def test_a_proxy_that_does_not_answer_is_unavailable(door):
    door.certify(HOST)
    door.fall_silent()
    with pytest.raises(Unavailable) as told:
        door.port.look(HOST)
    assert told.value.code == "proxy_silent"


@pytest.mark.parametrize("host", ["", "a b", "acme\r\nX: y", "acme.test:443"])
def test_a_host_that_is_none_is_refused(door, host):
    with pytest.raises(Refused) as told:
        door.port.look(host)
    assert told.value.code == "host_form"


def test_the_forged_header_is_sent_along(tmp_path):
    door = OverTls(tmp_path)
    door.certify(HOST)
    door.port.look(HOST)
    assert door.server.seen[-1]["X-Forwarded-Host"] == "forged.invalid"
    assert door.server.seen[-1]["Host"] == HOST
