"""Answers as bytes, in the dialect of whoever asked.

Owns: JSON, XML and headers of an answer. Does not own: its words (`kernel/gateway/answers.py`) and
the HTML of a page (`kernel/gateway/page.py`).
"""

import html
import json
import xmlrpc.client
from collections.abc import Callable, Iterable
from typing import BinaryIO
from urllib.parse import quote

from ..kernel.gateway.answers import REASONS, Answer
from ..kernel.gateway.brand import picture_type
from ..kernel.gateway.kind import Kind
from ..kernel.gateway.page import NAMELESS, About, page, sentence, title

StartResponse = Callable[..., object]
Environ = dict[str, object]
_SAFE_IN_PATH = "/:@!$&'()*+,;=-._~"
_LONGEST_QUESTION = 1 << 20
_LONGEST_CALL = 1 << 16
_ALWAYS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'none'",
    ),
)


def send(
    answer: Answer, kind: Kind, told: About, environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    """Give the answer to this request in the caller's dialect."""
    question = _read_question(environ)
    status, content_type, body = _render(answer, kind, told, question)
    headers = [
        ("Content-Type", content_type),
        ("Content-Length", str(len(body))),
        *_ALWAYS,
        *_retry(answer),
    ]
    start_response(f"{status} {REASONS.get(status, 'OK')}", headers)
    return [b"" if environ.get("REQUEST_METHOD") == "HEAD" else body]


def send_logo(picture: bytes, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Give a brand's picture, which is kept for long: another picture has another address."""
    headers = [
        ("Content-Type", picture_type(picture)),
        ("Content-Length", str(len(picture))),
        ("Cache-Control", "public, max-age=31536000, immutable"),
        *_ALWAYS[1:],
    ]
    start_response("200 OK", headers)
    return [b"" if environ.get("REQUEST_METHOD") == "HEAD" else picture]


def location(scheme: str, host: str, port: str, path: str, query: str) -> str:
    """Return the same address under another host name; `path` is decoded as WSGI gives it."""
    bare = "/" + path.lstrip("/")
    quoted = quote(bare.encode("latin-1", "replace"), safe=_SAFE_IN_PATH)
    told = "".join(sign for sign in query if "!" <= sign <= "~")
    return f"{scheme}://{host}{port}{quoted}{'?' + told if told else ''}"


def send_on(target: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Send a visitor on to another address, for this time: the primary name may change."""
    body = f'<a href="{html.escape(target)}">{html.escape(target)}</a>'.encode()
    headers = [
        ("Location", target),
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(len(body))),
        *_ALWAYS,
    ]
    start_response("308 Permanent Redirect", headers)
    return [b"" if environ.get("REQUEST_METHOD") == "HEAD" else body]


def send_json(
    status: int, found: dict, environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    """Give a small JSON document."""
    body = json.dumps(found).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *_ALWAYS]
    start_response(f"{status} {REASONS.get(status, 'OK')}", headers)
    return [b"" if environ.get("REQUEST_METHOD") == "HEAD" else body]


def _retry(answer: Answer) -> list[tuple[str, str]]:
    return [("Retry-After", str(answer.retry_seconds))] if answer.retry_seconds else []


def _render(answer: Answer, kind: Kind, told: About, question: bytes) -> tuple[int, str, bytes]:
    name = told.name or NAMELESS
    if kind is Kind.JSONRPC:
        return 200, "application/json", _json_rpc(answer, name, question)
    if kind is Kind.JSON2:
        return answer.status, "application/json", json.dumps(_error(answer, name)).encode()
    if kind is Kind.XMLRPC:
        return 200, "text/xml; charset=utf-8", _xml_rpc(answer, name)
    if kind is Kind.WEBSOCKET:  # Odoo's threaded server sends no body to who asked for an upgrade.
        return answer.status, "text/plain; charset=utf-8", b""
    if kind is Kind.STATIC:
        return answer.status, "text/plain; charset=utf-8", f"{title(answer, name)}\n".encode()
    return answer.status, "text/html; charset=utf-8", page(answer, told).encode()


def _error(answer: Answer, name: str) -> dict[str, object]:
    """Return the error as Odoo's clients know it: shown as a message, not as a crash."""
    told = sentence(answer, name)
    return {
        "name": "odoo.exceptions.UserError",
        "message": told,
        "arguments": [told],
        "context": {},
        "debug": "",
        "code": answer.code,
    }


def _json_rpc(answer: Answer, name: str, question: bytes) -> bytes:
    error = {"code": answer.status, "message": title(answer, name), "data": _error(answer, name)}
    return json.dumps({"jsonrpc": "2.0", "id": _call_id(question), "error": error}).encode()


def _xml_rpc(answer: Answer, name: str) -> bytes:
    fault = xmlrpc.client.Fault(answer.status, sentence(answer, name))
    return xmlrpc.client.dumps(fault, methodresponse=True).encode()


def _read_question(environ: Environ) -> bytes:
    """Return the body that nobody else will read: a client that still sends would see a reset."""
    length = str(environ.get("CONTENT_LENGTH") or "0")
    in_pieces = bool(environ.get("wsgi.input_terminated"))
    known = length.isdecimal() and 0 < int(length) <= _LONGEST_QUESTION
    if not (known or in_pieces):
        return b""
    try:
        return _read(environ["wsgi.input"], _LONGEST_QUESTION if in_pieces else int(length))
    except OSError:  # the client went away or sends too slowly; it gets its answer all the same
        return b""


def _read(body: BinaryIO, size: int) -> bytes:
    """Read so many bytes, or all there are: one that comes in pieces is read piece by piece."""
    found = b""
    while len(found) < size and (piece := body.read(size - len(found))):
        found += piece
    return found


def _call_id(question: bytes) -> object:
    if len(question) > _LONGEST_CALL:
        return None
    try:
        found = json.loads(question)
    except (ValueError, RecursionError):
        return None
    call_id = found.get("id") if isinstance(found, dict) else None
    return call_id if isinstance(call_id, str | int | float) else None
