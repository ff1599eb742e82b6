"""For which host names the front proxy may get a certificate.

Owns: the answer, how often it is given. Does not own: the page that gives it
(`controllers/tls.py`).
"""

import re
import threading
import time
from urllib.parse import urlsplit

from odoo import api, models

from ..kernel.hosts.budget import Budget
from ..kernel.lifecycle.states import HOLDS_NAME

# A certificate authority allows fewer; a flood of strangers' names must not reach the database.
ASKED_AT_ONCE, ASKED_EACH_SECOND = 60, 20
LOOKED_LIKE = re.compile(r"[a-z0-9.-]{1,253}")

_budget = Budget(ASKED_AT_ONCE, ASKED_EACH_SECOND)
_lock = threading.Lock()


class SaasTenantHost(models.Model):
    _inherit = "saas.tenant.host"

    @api.model
    @api.private
    def _may_ask_for_certificate(self):
        """Take one of the questions this process answers; the proxy asks again later."""
        with _lock:
            return _budget.take(time.monotonic())

    @api.model
    @api.private
    def _may_have_certificate(self, host):
        """Say whether a name is the control plane's own or leads to a tenant, closed ones too:
        their page says so over TLS.
        """
        host = host.strip().lower()
        if not LOOKED_LIKE.fullmatch(host):
            return False
        if host == self._control_host():
            return True
        rows_sudo = self.sudo().search([("host", "=", host), ("holds", "=", True)], limit=1)
        tenant_open = rows_sudo.tenant_id.state in HOLDS_NAME
        return bool(rows_sudo) and tenant_open and self._shows_pages(rows_sudo)

    @api.model
    def _shows_pages(self, row_sudo):
        return row_sudo.state == "live" or (row_sudo.kind == "custom" and row_sudo._is_routed())

    @api.model
    def _control_host(self):
        """Return the control plane's own host name."""
        return (urlsplit(self.get_base_url()).hostname or "").lower()
