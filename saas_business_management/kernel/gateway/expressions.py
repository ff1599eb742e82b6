"""Rules for Python expressions that tenants write: `str.format` may reach no hidden attribute.

Owns: the rewriting of a syntax tree, the guarded formatter, the list of refused attributes. Does
not own: where expressions are compiled (`gateway/install_expressions.py`).

`'{0.x}'.format(obj)` reads attributes at run time, past every check of the compiled code. So each
`X.format` and `X.format_map` becomes a call of ours that gives a formatter with the same checks.
"""

import ast
import string
from _string import formatter_field_name_split
from collections.abc import Callable, Container, Mapping, Sequence

GUARD_NAME = "_saas_format"
GUARDED = frozenset({"format", "format_map"})
REFUSED_ATTRIBUTES = (
    "_cnx",
    "_obj",
    "connection",
    "set_session",
    "autocommit",
    "_db",
    "_db_readonly",
    "_lock",
    "delete_all",
)


class _Rewrite(ast.NodeTransformer):
    """Remembers in `found` whether there was anything to guard."""

    found = False

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if node.attr not in GUARDED or not isinstance(node.ctx, ast.Load):
            return node
        self.found = True
        called = ast.Name(id=GUARD_NAME, ctx=ast.Load())
        return ast.copy_location(
            ast.Call(func=called, args=[node.value, ast.Constant(node.attr)], keywords=[]), node
        )


def may_format(source: str | bytes) -> bool:
    """Tell whether the source could hold one of the guarded names; in doubt it does.

    Python folds look-alike letters of identifiers into ASCII, and bytes may declare any encoding.
    """
    return isinstance(source, bytes) or not source.isascii() or "format" in source


def guard_formats(tree: ast.AST) -> ast.AST | None:
    """Return the tree with every guarded attribute turned into a call of ours, None without any."""
    rewrite = _Rewrite()
    changed = ast.fix_missing_locations(rewrite.visit(tree))
    return changed if rewrite.found else None


def guard_expression(expression: str) -> str:
    """Return the text of one expression with its formats guarded, unchanged without any.

    Raises: SyntaxError when it is no expression.
    """
    if not may_format(expression):
        return expression
    changed = guard_formats(ast.parse(expression, mode="eval"))
    return expression if changed is None else f"({ast.unparse(changed)})"


class GuardedFields:
    """Mix-in for a `string.Formatter`: refuses hidden and listed attributes."""

    refused: Container[str] = REFUSED_ATTRIBUTES

    def get_field(
        self, field_name: str, args: Sequence[object], kwargs: Mapping[str, object]
    ) -> tuple[object, object]:
        """Return the value of a field and its first part.

        Raises: NameError when it goes through a name that expressions may not read.
        """
        first, steps = formatter_field_name_split(field_name)
        value = self.get_value(first, args, kwargs)
        for is_attribute, name in steps:
            if is_attribute and (name.startswith("_") or name in self.refused):
                raise NameError(f"Access to forbidden name {name!r} in a format")
            value = getattr(value, name) if is_attribute else value[name]
        return value, first


class GuardedFormatter(GuardedFields, string.Formatter):
    """`str.format` with the checks of `GuardedFields`; `result` makes the value out of the text."""

    result: Callable[[str], str] = str


def guarded_format(
    value: object, attribute: str, formatter_of: Callable[[str], GuardedFormatter]
) -> object:
    """Return what `value.format` or `value.format_map` stands for, guarded when it formats text.

    `formatter_of(text)` gives the formatter to use for a text; anything that is no text keeps its
    own attribute.
    """
    if isinstance(value, str):
        return _bound(value, attribute, formatter_of)
    found = getattr(value, attribute)
    if isinstance(value, type) and issubclass(value, str):
        return lambda text, /, *args, **kwargs: _bound(text, attribute, formatter_of)(
            *args, **kwargs
        )
    owner = getattr(found, "__self__", None)
    return _bound(owner, attribute, formatter_of) if isinstance(owner, str) else found


def _bound(
    text: str, attribute: str, formatter_of: Callable[[str], GuardedFormatter]
) -> Callable[..., str]:
    formatter = formatter_of(text)
    if attribute == "format_map":
        return lambda mapping, /: formatter.result(formatter.vformat(text, (), mapping))
    return lambda *args, **kwargs: formatter.result(formatter.vformat(text, args, kwargs))
