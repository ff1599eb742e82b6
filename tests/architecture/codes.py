"""Finding the error codes that the addon raises and the sentences that `messages.py` has for them."""

import ast
import re
from collections.abc import Iterable, Iterator

from .scan import Source, calls

ERRORS = frozenset({"Refused", "Unavailable", "Broken", "SaasError"})
_CODE = re.compile(r"[a-z][a-z0-9_]*")


def raised(files: Iterable[Source]) -> dict[str, str]:
    """Return every code with the place of its first use.

    Found are texts in the first argument of an error, and in functions whose name ends in `_fault` or
    `_code`, which return codes for it.
    """
    found: dict[str, str] = {}
    for source in files:
        for code, node in _codes(source):
            found.setdefault(code, source.line(node))
    return found


def unclear(files: Iterable[Source]) -> list[str]:
    """Return the errors whose code cannot be read from the source: neither text, choice of texts nor a `code` name."""
    return [
        f"{source.line(node)}: {name} is raised with a code that nobody can look up"
        for source in files
        for name, node in _errors(source)
        if not _texts(node.args[0]) and not _is_code_name(node.args[0])
    ]


def _errors(source: Source) -> Iterator[tuple[str, ast.Call]]:
    for name, node in calls(source):
        kind = name.rsplit(".", 1)[-1]
        if kind in ERRORS and node.args:
            yield kind, node


def _codes(source: Source) -> Iterator[tuple[str, ast.AST]]:
    for _name, node in _errors(source):
        for text in _texts(node.args[0]):
            yield text, node
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef) and node.name.endswith(("_fault", "_code")):
            for part in ast.walk(node):
                if isinstance(part, ast.Return) and part.value is not None:
                    for text in _texts(part.value):
                        yield text, part


def _texts(node: ast.AST) -> list[str]:
    """Return the codes an expression may give: a text, or either side of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value] if _CODE.fullmatch(node.value) else []
    if isinstance(node, ast.IfExp):
        return _texts(node.body) + _texts(node.orelse)
    return []


def _is_code_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name | ast.Attribute) and _last(node).endswith("code")


def _last(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr
