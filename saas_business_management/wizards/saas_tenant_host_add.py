"""Asking for an own host name of a tenant.

Owns: the question. Does not own: the rules (`kernel/hosts`), the row
(`models/saas_tenant_host.py`).
"""

from odoo import fields, models
from odoo.exceptions import UserError

from .. import messages
from ..kernel.errors import Refused


class SaasTenantHostAdd(models.TransientModel):
    _name = "saas.tenant.host.add"
    _description = "Add Host Name"

    tenant_id = fields.Many2one("saas.tenant", required=True, readonly=True)
    host = fields.Char(
        string="Host Name", required=True, help="The name that visitors type, without https://."
    )
    wants_primary = fields.Boolean(
        string="Make It Primary",
        default=True,
        help="Once it works, visitors of all other host names are sent to it, and links in the "
        "tenant's mails use it.",
    )

    def action_add(self):
        """Add it and show the records to set."""
        self.ensure_one()
        hosts = self.env["saas.tenant.host"]
        try:
            row = hosts._add_own(self.tenant_id, self.host, self.wants_primary)
        except Refused as error:
            raise UserError(messages.text(self.env, error)) from None
        return row.action_open_form()
