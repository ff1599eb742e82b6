"""Logins: patches of `odoo.http` and `odoo.service`.

Owns: where a try is noticed and whether it failed. Does not own: how many are too many
(`throttle.py`) and the answer then (`middleware.py`).

Source: `odoo/http.py` (Session.authenticate), `odoo/service/{common,model}.py`,
`addons/base/models/ir_http.py` (_auth_method_bearer answers 401).
"""

from odoo import http
from odoo.exceptions import AccessDenied
from odoo.service import common, model

from .node import Node

NAMES_A_LOGIN = frozenset({"login", "authenticate"})


def install(node: Node) -> None:
    """Patch the web client's login and both services a program logs in to."""
    http.Session.authenticate = _session(http.Session.authenticate, node)
    common.dispatch = _service_login(common.dispatch, node)
    model.dispatch = _service_call(model.dispatch, node)


def _session(original, node: Node):
    def authenticate(self, env, credential):
        login, throttle = credential.get("login", ""), node.throttle
        with throttle.counting(login, AccessDenied), throttle.hashing(AccessDenied):
            return original(self, env, credential)

    return authenticate


def _service_login(original, node: Node):
    """Count what `common` answers with False where the web client's login raises."""

    def dispatch(method: str, params):
        if method not in NAMES_A_LOGIN:
            return original(method, params)
        login = params[1] if len(params) > 1 else ""
        throttle = node.throttle
        with throttle.counting(login, AccessDenied), throttle.hashing(AccessDenied):
            found = original(method, params)
        if not found:
            node.throttle.failed(login)
        return found

    return dispatch


def _service_call(original, node: Node):
    """A call carries user and password itself; the user's number stands for the login."""

    def dispatch(method: str, params):
        login = f"#{params[1]}" if len(params) > 1 else ""
        with node.throttle.counting(login, AccessDenied):
            return original(method, params)

    return dispatch
