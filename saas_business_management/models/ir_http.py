"""Requests of the control plane get a number, as those of the nodes do.

Owns: taking the number from a trusted proxy or making one, and telling it with the answer. Does not
own: its form (`kernel/gateway/reference.py`), the logs.
"""

import ipaddress
import secrets
import threading

from odoo import models
from odoo.http import request
from odoo.tools import config

from ..kernel.gateway.host import is_within, parse_networks
from ..kernel.gateway.reference import HEADER, OPERATION, THREAD, accepted


def _is_trusted(sender):
    """Tell whether the sender is a proxy of ours; with a wrong option nobody is."""
    try:
        networks = parse_networks(config.get("saas_trusted_proxies") or "")
        ipaddress.ip_address(sender or "")
    except ValueError:
        return False
    return is_within(sender, networks)


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        cls._saas_number()
        return super()._pre_dispatch(rule, args)

    @classmethod
    def _saas_number(cls):
        """Bind the thread to the number of this request."""
        environ = request.httprequest.environ
        # Odoo may have replaced the sender's address by the one a proxy told.
        sender = environ.get("werkzeug.proxy_fix.orig", {}).get("REMOTE_ADDR")
        told = accepted(request.httprequest.headers.get(HEADER, ""))
        trusted = told and _is_trusted(sender or environ.get("REMOTE_ADDR", ""))
        number = told if trusted else secrets.token_hex(8)
        thread = threading.current_thread()
        setattr(thread, THREAD, number), setattr(thread, OPERATION, 0)
        request.saas_number = number
        request.future_response.headers[HEADER] = number
        return number

    @classmethod
    def _handle_error(cls, exception):
        response = super()._handle_error(exception)
        number = getattr(request, "saas_number", "")
        if number and hasattr(response, "headers"):
            response.headers[HEADER] = number
        return response
