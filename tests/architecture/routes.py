"""The routes of the controllers, read from their source: for the OpenAPI file and its test."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .scan import ADDON

VERBS = ("GET", "POST")


def routes(folder: Path = ADDON / "controllers") -> list[dict[str, Any]]:
    """Return `{"path", "methods", "auth", "summary"}` of every route below a folder."""
    return [
        route
        for path in sorted(folder.rglob("*.py"))
        for route in _of_file(ast.parse(path.read_text(encoding="utf-8")))
    ]


def _of_file(tree: ast.Module) -> Iterator[dict[str, Any]]:
    known: dict[str, Any] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            known[node.targets[0].id] = _value(node.value, known)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and _is_route(decorator.func):
                    yield from _of_route(node, decorator, known)


def _is_route(node: ast.AST) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name == "route"


def _of_route(
    node: ast.FunctionDef, call: ast.Call, known: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    told: dict[str, Any] = {}
    for keyword in call.keywords:
        value = _value(keyword.value, known)
        told.update(value if keyword.arg is None else {keyword.arg: value})
    paths = _value(call.args[0], known)
    docstring = (ast.get_docstring(node) or "").splitlines()
    for path in [paths] if isinstance(paths, str) else paths:
        yield {
            "path": path,
            "methods": tuple(told.get("methods") or VERBS),
            "auth": told.get("auth", "user"),
            "summary": docstring[0] if docstring else node.name.replace("_", " "),
        }


def _value(node: ast.AST, known: dict[str, Any]) -> Any:
    """Return what a literal says, with names of the module filled in; None for anything else."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.JoinedStr):
        parts = [
            part.value if isinstance(part, ast.FormattedValue) else part for part in node.values
        ]
        return "".join(str(_value(part, known)) for part in parts)
    if isinstance(node, ast.List | ast.Tuple):
        return [_value(one, known) for one in node.elts]
    if isinstance(node, ast.Dict):
        return _dict(node, known)
    return None


def _dict(node: ast.Dict, known: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        found = _value(value, known)
        told.update(found if key is None else {_value(key, known): found})
    return told
