"""Python written by tenants: patches of `safe_eval` and of QWeb.

Owns: where expressions are compiled with the guards of `kernel/gateway/expressions.py`. Does not
own: the guards. Without these a tenant's administrator reads the memory of the process.

Source: `odoo/tools/safe_eval.py` (compile_codeobj, _UNSAFE_ATTRIBUTES, _BUILTINS),
`addons/base/models/ir_qweb.py` (_compile_expr, __prepare_globals), `markupsafe` (Markup.format).
"""

import ast
import importlib

from markupsafe import EscapeFormatter, Markup
from odoo.addons.base.models.ir_qweb import IrQweb

from ..kernel.gateway.expressions import (
    GUARD_NAME,
    REFUSED_ATTRIBUTES,
    GuardedFields,
    GuardedFormatter,
    guard_expression,
    guard_formats,
    guarded_format,
    may_format,
)

# The package has a function of the same name, which `from odoo.tools import safe_eval` may give.
safe_eval = importlib.import_module("odoo.tools.safe_eval")
_MARK = "saas_guarded"


def install() -> None:
    """Put the guards into place; a second call changes nothing."""
    if hasattr(safe_eval, _MARK):
        return
    known = safe_eval._UNSAFE_ATTRIBUTES
    known.extend(name for name in REFUSED_ATTRIBUTES if name not in known)
    # Both kinds of expressions take their builtins from this one dictionary.
    safe_eval._BUILTINS[GUARD_NAME] = _saas_format
    safe_eval.compile_codeobj = _compile_codeobj(safe_eval.compile_codeobj)
    IrQweb._compile_expr = _compile_expr(IrQweb._compile_expr)
    IrQweb._IrQweb__prepare_globals = _prepare_globals(IrQweb._IrQweb__prepare_globals)
    setattr(safe_eval, _MARK, True)


class _Text(GuardedFormatter):
    refused = safe_eval._UNSAFE_ATTRIBUTES


class _MarkupText(GuardedFields, EscapeFormatter):
    """Escapes what is put into markup, as `Markup.format` does."""

    refused = safe_eval._UNSAFE_ATTRIBUTES
    result = Markup


def _formatter_of(text: str):
    return _MarkupText(text.escape) if isinstance(text, Markup) else _Text()


def _saas_format(value: object, attribute: str) -> object:
    return guarded_format(value, attribute, _formatter_of)


def _compile_codeobj(original):
    def compile_codeobj(expr, /, filename: str = "<unknown>", mode: str = "eval"):
        code = original(expr, filename, mode)  # complains as it always did
        if not may_format(expr):
            return code
        source = expr.strip() if mode == "eval" else expr
        tree = guard_formats(ast.parse(source, filename or "", mode))
        return code if tree is None else compile(tree, filename or "", mode)

    return compile_codeobj


def _compile_expr(original):
    def compile_expr(self, expr, raise_on_missing: bool = False) -> str:
        return guard_expression(original(self, expr, raise_on_missing=raise_on_missing))

    return compile_expr


def _prepare_globals(original):
    def prepare_globals(self) -> dict:
        return {**original(self), GUARD_NAME: _saas_format}

    return prepare_globals
