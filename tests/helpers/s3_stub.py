"""A misbehaving go-between in front of the real S3 service.

Owns: faults by operation, once or always; everything else is passed on unchanged. Does not own: the
service (`s3.py`), what has to come of a fault.
"""

from __future__ import annotations

import http.client
import random
import socket
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.helpers.s3 import KEY, S3Server

STALL_SECONDS = 6
ERRORS = {
    "500": (500, "InternalError"),
    "503": (503, "ServiceUnavailable"),
    "slow_down": (503, "SlowDown"),
    "expired": (400, "ExpiredToken"),
    "unknown_key": (403, "InvalidAccessKeyId"),
    "denied": (403, "AccessDenied"),
    "skew": (403, "RequestTimeTooSkewed"),
    "no_bucket": (404, "NoSuchBucket"),
    "full": (507, "InsufficientStorage"),
    "cannot": (501, "NotImplemented"),
    "bad_digest": (400, "BadDigest"),
    "no_upload": (404, "NoSuchUpload"),
}


class S3Stub:
    """`once[operation]` are the faults of the next calls, `always[operation]` of all; `*` is any.

    `passed` lists the operations that reached the service, `seen` all that were asked for.
    """

    def __init__(self, server: S3Server) -> None:
        self.server = server
        self.once: dict[str, list[str]] = defaultdict(list)
        self.always: dict[str, str] = {}
        self.seen: list[str] = []
        self.passed: list[str] = []
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._http.handle_error = lambda *_told: None  # a caller that went away is part of the game
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def endpoint(self) -> str:
        """Where it listens."""
        return "http://{}:{}".format(*self._http.server_address)

    def clear(self) -> None:
        """Behave from now on."""
        self.once.clear()
        self.always.clear()
        self.seen.clear()
        self.passed.clear()

    def stop(self) -> None:
        """End it."""
        self._http.shutdown()
        self._http.server_close()

    def fault_for(self, operation: str) -> str:
        """Return what goes wrong with this call, empty for nothing."""
        with self._lock:
            self.seen.append(operation)
            for name in (operation, "*"):
                if self.once[name]:
                    return self.once[name].pop(0)
            return self.always.get(operation) or self.always.get("*", "")


@contextmanager
def in_front_of(server: S3Server) -> Iterator[S3Stub]:
    """Give a running go-between."""
    stub = S3Stub(server)
    try:
        yield stub
    finally:
        stub.stop()


def operation_of(method: str, target: str) -> str:
    """Return the operation of a request, as boto3 calls it."""
    query = parse_qs(urlsplit(target).query, keep_blank_values=True)
    if "uploads" in query:
        return "create_multipart_upload" if method == "POST" else "list_multipart_uploads"
    if "uploadId" in query:
        part = {"PUT": "upload_part", "POST": "complete_multipart_upload"}
        return part.get(method, "abort_multipart_upload")
    if "versioning" in query:
        return "get_bucket_versioning" if method == "GET" else "put_bucket_versioning"
    if "object-lock" in query:
        return "get_object_lock_configuration"
    if "list-type" in query:
        return "list_objects_v2"
    return {"PUT": "put_object", "GET": "get_object", "HEAD": "head_object"}.get(
        method, "delete_object"
    )


def _handler(stub: S3Stub) -> type:
    class Handler(_Between):
        owner = stub

    return Handler


class _Between(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: S3Stub

    def log_message(self, *_arguments) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        operation = operation_of(self.command, self.path)
        fault = self.owner.fault_for(operation)
        if fault == "reset_in_request":
            self.rfile.read(min(1000, self._length()))
            self._reset()
            return
        body = self.rfile.read(self._length())
        if fault in ERRORS:
            self._refuse(*ERRORS[fault])
        elif fault:
            getattr(self, f"_fault_{fault}")(operation, body)
        else:
            self._answer(*self._pass_on(operation, body))

    do_HEAD = do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815

    def _length(self) -> int:
        return int(self.headers.get("Content-Length") or 0)

    # Without reaching the service

    def _fault_drop(self, _operation, _body) -> None:
        self._reset()

    def _fault_stall(self, _operation, _body) -> None:
        time.sleep(STALL_SECONDS)
        self._reset()

    def _fault_html(self, _operation, _body) -> None:
        self._answer(200, [("Content-Type", "text/html")], b"<html><p>Welcome to the hotel</html>")

    def _fault_html_503(self, _operation, _body) -> None:
        self._answer(503, [("Content-Type", "text/html")], b"<html><p>Bad gateway</html>")

    def _fault_redirect(self, _operation, _body) -> None:
        self._answer(307, [("Location", "http://127.0.0.1:1/elsewhere")], b"")

    def _fault_swallow(self, operation, body) -> None:
        """Say that it was done, and do nothing."""
        told = b""
        if operation == "complete_multipart_upload":
            told = b"<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>"
        status = 204 if operation.startswith(("delete", "abort")) else 200
        self._answer(status, [("ETag", '"0123456789abcdef0123456789abcdef"')], told)

    def _fault_denied_to_first_key(self, operation, body) -> None:
        """Be a service at which the everyday key has no right to this."""
        if f"Credential={KEY}/" in self.headers.get("Authorization", ""):
            self._refuse(*ERRORS["denied"])
        else:
            self._answer(*self._pass_on(operation, body))

    def _fault_no_sums(self, operation, body) -> None:
        """Be a service that knows no checksums in headers."""
        if any(name.lower().startswith("x-amz-checksum-") for name in self.headers):
            self._refuse(400, "InvalidRequest")
        else:
            self._answer(*self._pass_on(operation, body))

    def _fault_no_conditions(self, operation, body) -> None:
        """Be a service that knows no conditions, and says so."""
        if "If-None-Match" in self.headers:
            self._refuse(501, "NotImplemented")
        else:
            self._answer(*self._pass_on(operation, body))

    # After reaching the service

    def _fault_answer_lost(self, operation, body) -> None:
        self._pass_on(operation, body)
        self._reset()

    def _fault_cut(self, operation, body) -> None:
        """Break off in the middle of an answer."""
        status, headers, told = self._pass_on(operation, body)
        self._answer(status, headers, told, send=len(told) // 2)
        self._reset()

    def _fault_drip(self, operation, body) -> None:
        status, headers, told = self._pass_on(operation, body)
        self._head(status, headers, len(told))
        try:
            for start in range(0, len(told), 512):
                self.wfile.write(told[start : start + 512])
                self.wfile.flush()
                time.sleep(0.02)
        except OSError:
            self.close_connection = True

    def _fault_less(self, operation, body) -> None:
        """Bring less than was asked for, and claim that this is all of it."""
        status, headers, told = self._pass_on(operation, body)
        self._answer(status, headers, told[: len(told) // 2])

    def _fault_flip(self, operation, body) -> None:
        """Bring other bytes than are stored, as many."""
        status, headers, told = self._pass_on(operation, body)
        middle = len(told) // 2
        self._answer(
            status, headers, told[:middle] + bytes([told[middle] ^ 1]) + told[middle + 1 :]
        )

    def _fault_nothing_listed(self, operation, body) -> None:
        """List nothing, as a service does whose lists are behind."""
        told = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
        self._answer(200, [("Content-Type", "application/xml")], told)

    def _fault_whole(self, operation, body) -> None:
        """Ignore the range that was asked for."""
        bucket, _, key = self.path.partition("?")[0].lstrip("/").partition("/")
        found = self.owner.server.client.get_object(Bucket=bucket, Key=key)
        self._answer(200, [("ETag", found["ETag"])], found["Body"].read())

    def _fault_shorter(self, operation, body) -> None:
        self._spoil(operation, body, lambda stored: stored[:-1])

    def _fault_other(self, operation, body) -> None:
        self._spoil(operation, body, lambda stored: bytes([stored[0] ^ 1]) + stored[1:])

    def _fault_gone(self, operation, body) -> None:
        self._spoil(operation, body, None)

    def _fault_ignores_conditions(self, operation, body) -> None:
        """Be a service that does not look at conditions: signed headers cannot be left out."""
        bucket, _, key = self.path.partition("?")[0].lstrip("/").partition("/")
        done = self.owner.server.client.put_object(Bucket=bucket, Key=key, Body=body)
        self._answer(200, [("ETag", done["ETag"])], b"")

    def _fault_own_tags(self, operation, body) -> None:
        """Be a service whose tags are no sums, and that tells no others."""
        status, headers, told = self._pass_on(operation, body)
        kept = [
            (name, f'"{random.randbytes(16).hex()}"' if name.lower() == "etag" else value)
            for name, value in headers
            if not name.lower().startswith("x-amz-checksum")
        ]
        self._answer(status, kept, told)

    def _spoil(self, operation, body, change) -> None:
        """Do it, then change what is stored behind the caller's back."""
        answer = self._pass_on(operation, body)
        bucket, _, key = self.path.partition("?")[0].lstrip("/").partition("/")
        client = self.owner.server.client
        stored = client.get_object(Bucket=bucket, Key=key)["Body"].read()
        client.delete_object(Bucket=bucket, Key=key)
        if change is not None:
            client.put_object(Bucket=bucket, Key=key, Body=change(stored))
        self._answer(*answer)

    # Plumbing

    def _pass_on(self, operation: str, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        self.owner.passed.append(operation)
        connection = http.client.HTTPConnection("127.0.0.1", self.owner.server.port, timeout=30)
        try:
            connection.putrequest(
                self.command, self.path, skip_host=True, skip_accept_encoding=True
            )
            for name, value in self.headers.items():
                if name.lower() not in ("connection", "expect"):
                    connection.putheader(name, value)
            connection.endheaders(body or None)
            answer = connection.getresponse()
            told = answer.read()
            return answer.status, answer.getheaders(), told
        finally:
            connection.close()

    def _refuse(self, status: int, code: str) -> None:
        told = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>x</Message></Error>"
        self._answer(status, [("Content-Type", "application/xml")], told.encode())

    def _answer(
        self, status: int, headers: list[tuple[str, str]], told: bytes, send: int | None = None
    ) -> None:
        told = b"" if self.command == "HEAD" else told
        length = next((v for n, v in headers if n.lower() == "content-length"), None)
        size = int(length) if self.command == "HEAD" and length else len(told)
        self._head(status, headers, size)
        self.wfile.write(told if send is None else told[:send])
        self.wfile.flush()

    def _head(self, status: int, headers: list[tuple[str, str]], size: int) -> None:
        dropped = ("content-length", "transfer-encoding", "connection", "date", "server")
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in dropped:
                self.send_header(name, value)
        self.send_header("Content-Length", str(size))
        self.end_headers()

    def _reset(self) -> None:
        """Break the connection off as a crashed machine does."""
        self.close_connection = True
        self.wfile.flush()
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
