"""The copy of the route map on a node's disk: its form, and how a damaged one is known.

Owns: the format. Does not own: the file (`gateway/cache.py`) and the key's origin.

A line of JSON (`format`, `node`, `hmac`), then a line of JSON with the routes. The HMAC covers the node
and the second line, so that a copy of another node is refused like a damaged one.
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
    head = json.dumps({"format": FORMAT, "node": node, "hmac": _seal(body, node, key)})
    return f"{head}\n{body}\n".encode("ascii")


def read_copy(content: bytes, node: str, key: Secret) -> list[Route]:
    """Return the routes of a copy.

    Raises: Broken (`route_copy_damaged`) when it is cut, changed, of another node, format or key.
    """
    try:
        head_line, body, rest = content.decode("ascii").split("\n")
        head = json.loads(head_line)
        genuine = hmac.compare_digest(str(head["hmac"]), _seal(body, node, key))
        if rest or head["format"] != FORMAT or not genuine:
            raise Broken("route_copy_damaged", node=node)
        rows = json.loads(body)
        return [Route(**dict(zip(rows["fields"], row, strict=True))) for row in rows["rows"]]
    except (ValueError, KeyError, TypeError) as error:
        raise Broken("route_copy_damaged", node=node) from error


def _seal(body: str, node: str, key: Secret) -> str:
    message = f"saas route copy {FORMAT}\0{node}\0{body}".encode()
    return hmac.new(key.reveal().encode(), message, hashlib.sha256).hexdigest()
