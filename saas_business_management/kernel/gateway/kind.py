"""What kind of request this is, told by its path and content type alone.

Owns: the kinds, which of them may log in. Does not own: what is answered (`decide.py`).
"""

import re
from collections.abc import Mapping
from enum import Enum


class Kind(Enum):
    """In which dialect the caller speaks and expects to be answered."""

    PAGE = "page"
    STATIC = "static"
    JSONRPC = "jsonrpc"
    JSON2 = "json2"
    XMLRPC = "xmlrpc"
    WEBSOCKET = "websocket"
    MANAGER = "manager"


HEALTH_PATH = "/saas/health"
# Odoo takes a language in front of any path, in whatever letters a tenant gave it.
_MANAGER = re.compile(r"/+(?:[^/]+/+)?web/+database(?:/|$)", re.IGNORECASE)
_STATIC = re.compile(r"/[A-Za-z0-9_]+/static/")
_FIRST_SEGMENT = {"json": Kind.JSON2, "jsonrpc": Kind.JSONRPC, "xmlrpc": Kind.XMLRPC}
_JSON_TYPES = ("application/json", "application/json-rpc")


def kind_of(path: str, content_type: str = "") -> Kind:
    """Return the kind of a request; `path` is decoded, without query."""
    if "database" in path.lower() and _MANAGER.match(path):
        return Kind.MANAGER
    if "/static/" in path and _STATIC.match(path):
        return Kind.STATIC
    first, _, rest = path[1:].partition("/")
    if found := _FIRST_SEGMENT.get(first):
        return found
    if first == "websocket" and not rest:
        return Kind.WEBSOCKET
    if path.startswith("/web/dataset/"):
        return Kind.JSONRPC
    media_type = content_type.partition(";")[0].strip().lower()
    return Kind.JSONRPC if media_type in _JSON_TYPES else Kind.PAGE


_LOGINS = ("/web/login", "/web/session/authenticate")


def is_login(kind: Kind, path: str, environ: Mapping[str, object]) -> bool:
    """Tell whether the request may carry a password or a key: its source is looked at first."""
    if kind in (Kind.JSON2, Kind.XMLRPC):
        return True
    if kind is Kind.JSONRPC and path.startswith("/jsonrpc"):
        return True
    return environ.get("REQUEST_METHOD") == "POST" and path.startswith(_LOGINS)
