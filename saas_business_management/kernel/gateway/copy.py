"""The copy of the route map on a node's disk: its form, and how a damaged one is known.

Owns: the format. Does not own: the file (`gateway/cache.py`) and the key's origin.

A line of JSON (`format`, `node`, `hmac`), then a line of JSON with routes and brands. The HMAC
covers format, node and that line, and the first line has to be what we would write, so every
changed byte is noticed.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import astuple, fields

from ..errors import Broken
from ..secret import Secret
from .brand import Brand
from .route import Route

FORMAT = 3


def write_copy(routes: Iterable[Route], brands: Iterable[Brand], node: str, key: Secret) -> bytes:
    """Return the bytes of a copy; equal rows give equal bytes."""
    body = json.dumps({"routes": _table(routes, Route), "brands": _table(brands, Brand)})
    return f"{_head(body, node, key)}\n{body}\n".encode("ascii")


def is_of_earlier_format(content: bytes) -> bool:
    """Tell whether an earlier version wrote this copy, as far as its first line can be believed."""
    try:
        found = json.loads(content.partition(b"\n")[0])["format"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    return isinstance(found, int) and found < FORMAT


def read_copy(content: bytes, node: str, key: Secret) -> tuple[list[Route], list[Brand]]:
    """Return the routes and brands of a copy.

    Raises: Broken (`route_copy_damaged`) when it is cut, changed, of another node, format or key.
    """
    try:
        head, body, rest = content.decode("ascii").split("\n")
    except ValueError as error:
        raise Broken("route_copy_damaged", node=node) from error
    if rest or not hmac.compare_digest(head, _head(body, node, key)):
        raise Broken("route_copy_damaged", node=node)
    found = json.loads(body)
    return _rows(found["routes"], Route), _rows(found["brands"], Brand)


def _table(rows: Iterable, kind: type) -> dict[str, list]:
    names = [field.name for field in fields(kind)]
    return {"fields": names, "rows": [astuple(row) for row in sorted(rows, key=lambda row: row.id)]}


def _rows(table: dict[str, list], kind: type) -> list:
    return [kind(**dict(zip(table["fields"], row, strict=True))) for row in table["rows"]]


def _head(body: str, node: str, key: Secret) -> str:
    message = f"saas route copy {FORMAT}\0{node}\0{body}".encode()
    seal = hmac.new(key.reveal().encode(), message, hashlib.sha256).hexdigest()
    return json.dumps({"format": FORMAT, "node": node, "hmac": seal})
