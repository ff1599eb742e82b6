"""The OpenAPI 3.1 file: the customers' API in full, every other route of ours by name.

Owns: the form of the file. Does not own: the operations (`api.py`), which other routes there are
(read from the controllers when the file is made).
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from . import api

VERSION = "1.0.0"
TITLE = "SaaS Business Management"
DESCRIPTION = (
    "For programs of customers: /saas/api/v1 with an API key of the portal as bearer token. Other "
    "routes are pages for people, or of other machines; they are named here to be complete and may "
    "change with any version."
)
JSON, PROBLEM, HTML = "application/json", "application/problem+json", "text/html"
_PLACE = re.compile(r"<(?:[a-z_]+(?:\([^)]*\))?:)?([a-z_]+)>")


@dataclass(frozen=True, slots=True)
class Page:
    """A route besides the API: how Odoo writes its path, its methods, whom it lets in."""

    path: str
    methods: tuple[str, ...]
    auth: str
    summary: str


def document(pages: Iterable[Page]) -> str:
    """Return the file as text; the same routes give the same bytes."""
    told = {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION, "description": DESCRIPTION},
        "servers": [{"url": "/"}],
        "tags": [
            {"name": "api", "description": "For programs of customers"},
            {"name": "pages", "description": "Pages and routes of other machines"},
        ],
        "paths": {**_operations(), **_pages(pages)},
        "components": {
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "Portal › API Keys"},
                "session": {"type": "apiKey", "in": "cookie", "name": "session_id"},
            },
            "schemas": {name: _schema(fields) for name, fields in api.SCHEMAS.items()},
        },
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def path_of(route: str) -> str:
    """Return a path as OpenAPI writes it: `/a/<string:b>` → `/a/{b}`."""
    return _PLACE.sub(r"{\1}", route)


def _operations() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for one in api.OPERATIONS:
        paths.setdefault(api.BASE + one.path, {})[one.method.lower()] = _operation(one)
    return paths


def _operation(one: api.Operation) -> dict[str, Any]:
    schema: dict[str, Any] = {"$ref": f"#/components/schemas/{one.answer}"}
    if one.many:
        rows = {"data": {"type": "array", "items": schema}}
        numbers = {"page": {"type": "integer"}, "total": {"type": "integer"}}
        schema = {"type": "object", "properties": {**rows, **numbers}, "required": ["data"]}
    answers: dict[str, Any] = {
        str(one.status): {
            "description": "Done" if one.status == 200 else "Ordered",
            "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
            "content": {JSON: {"schema": schema}},
        }
    }
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    for status, (_code, text) in api.PROBLEMS.items():
        answers[str(status)] = {"description": text, "content": {PROBLEM: problem}}
    return {
        "operationId": one.name,
        "summary": one.summary,
        "description": f"Needs the scope {one.scope}.",
        "tags": ["api"],
        "security": [{"key": []}],
        "x-scope": one.scope,
        "parameters": [*_places(one.path), *map(_question, one.query)],
        "responses": answers,
    }


def _question(name: str) -> dict[str, Any]:
    text, schema = api.QUESTIONS[name]
    return {"name": name, "in": "query", "description": text, "schema": schema}


def _places(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{([a-z_]+)}", path)
    ]


def _schema(fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields)}


def _pages(pages: Iterable[Page]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for page in sorted(pages, key=lambda one: (one.path, one.methods)):
        path = path_of(page.path)
        if path.startswith(api.BASE + "/"):
            continue
        for method in page.methods:
            paths.setdefault(path, {})[method.lower()] = {
                "summary": page.summary,
                "tags": ["pages"],
                "security": [{"session": []}] if page.auth == "user" else [],
                "parameters": _places(path),
                "responses": {"default": {"description": "A page, a file or a short answer"}},
            }
    return paths
