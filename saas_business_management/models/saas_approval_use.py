"""A tenant is deleted only when a second person approved it, where the platform asks for that.

Owns: the check before a deletion. Does not own: approvals (`saas_approval.py`), asking for one
(`wizards/saas_tenant_change.py`, `wizards/saas_backup_key_destroy.py`).

What the product does by itself, such as deleting an archived tenant when its time is over, needs
nobody.
"""

from odoo import models
from odoo.exceptions import UserError

DELETE = "delete"


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    def action_request_deletion(self, note):
        """Mark for deletion; each tenant needs its own approval when the platform asks for it."""
        if not self.env.su:
            self.check_access("write")
            approvals = self.env["saas.approval"]
            waiting = self.filtered(
                lambda one: not approvals._is_granted(one, DELETE, size=len(self))
            )
            if waiting:
                raise UserError(waiting._approval_needed_text())
        return super().action_request_deletion(note)

    def _approval_needed_text(self):
        names = ", ".join(self.mapped("name"))
        return self.env._(
            "A second person has to approve the deletion of %(tenants)s first. Nothing was "
            "changed.",
            tenants=names,
        )
