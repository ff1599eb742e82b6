"""Telling of Python that was refused: patches of `safe_eval` and of our own formatter.

Owns: noticing. Does not own: what is refused (`install_expressions.py`, `safe_eval`).

Source: `odoo/tools/safe_eval.py` (assert_no_dunder_name, also called for QWeb).
"""

import importlib

from ..kernel.gateway.event import EXPRESSION_REFUSED
from ..kernel.gateway.expressions import GuardedFields
from .node import Node

# The package has a function of the same name, which `from odoo.tools import safe_eval` may give.
safe_eval = importlib.import_module("odoo.tools.safe_eval")


def install(node: Node) -> None:
    """Note each refusal of a name, in code and in a format."""
    safe_eval.assert_no_dunder_name = _noting(safe_eval.assert_no_dunder_name, node)
    GuardedFields.get_field = _noting(GuardedFields.get_field, node)


def _noting(original, node: Node):
    def checked(*args, **kwargs):
        try:
            return original(*args, **kwargs)
        except NameError:
            node.events.note(EXPRESSION_REFUSED)
            raise

    return checked
