"""Whose a request is: a patch of how Odoo finds out who asks.

Owns: telling the number of the user, of nobody else. Does not own: what is counted by it
(`counters.py`), calls over RPC (`install_rpc.py`).

A visitor has a user in Odoo, too, the public one; who has neither a session nor a key is a visitor.

Source: `addons/base/models/ir_http.py` (_authenticate_explicit).
"""

from odoo import models
from odoo.http import request

from .context import set_user
from .node import Node

# A program that shows its key has no session.
BY_KEY = "bearer"


def install(_node: Node) -> None:
    """Nothing is left to patch: classes of `_module = "base"` join every registry."""


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"
    _module = "base"

    @classmethod
    def _authenticate_explicit(cls, auth):
        super()._authenticate_explicit(auth)
        known = request.session.uid or auth == BY_KEY
        set_user(request.env.uid if known else None)
