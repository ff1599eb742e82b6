"""The copy of the route map on a node's disk: its form, and how a damaged one is known.

Owns: the format. Does not own: the file (`gateway/cache.py`) and the key's origin.

A line of JSON (`format`, `node`, `hmac`), then a line of JSON with the routes. The HMAC covers
format, node and routes, and the first line has to be what we would write, so every changed byte is
noticed.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import astuple, fields

from ..errors import Broken
from ..secret import Secret
from .route import Route

FORMAT = 1
FIELDS = tuple(field.name for field in fields(Route))


def write_copy(routes: Iterable[Route], node: str, key: Secret) -> bytes:
    """Return the bytes of a copy; equal routes give equal bytes."""
    rows = [astuple(route) for route in sorted(routes, key=lambda route: route.id)]
    body = json.dumps({"fields": FIELDS, "rows": rows}, ensure_ascii=True)
    return f"{_head(body, node, key)}\n{body}\n".encode("ascii")


def read_copy(content: bytes, node: str, key: Secret) -> list[Route]:
    """Return the routes of a copy.

    Raises: Broken (`route_copy_damaged`) when it is cut, changed, of another node, format or key.
    """
    try:
        head, body, rest = content.decode("ascii").split("\n")
    except ValueError as error:
        raise Broken("route_copy_damaged", node=node) from error
    if rest or not hmac.compare_digest(head, _head(body, node, key)):
        raise Broken("route_copy_damaged", node=node)
    found = json.loads(body)
    return [Route(**dict(zip(found["fields"], row, strict=True))) for row in found["rows"]]


def _head(body: str, node: str, key: Secret) -> str:
    message = f"saas route copy {FORMAT}\0{node}\0{body}".encode()
    seal = hmac.new(key.reveal().encode(), message, hashlib.sha256).hexdigest()
    return json.dumps({"format": FORMAT, "node": node, "hmac": seal})
