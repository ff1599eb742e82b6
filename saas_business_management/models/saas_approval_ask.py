"""Asking for a second person's approval by a program.

Owns: which record a kind is about, who may ask. Does not own: approvals (`saas_approval.py`), the
dialogs in which people ask.
"""

from odoo import api, models
from odoo.exceptions import UserError

# Kind → model, and the field by which its record is named.
ABOUT = {
    "move": ("saas.tenant", "subdomain"),
    "delete": ("saas.tenant", "subdomain"),
    "unmasked_copy": ("saas.tenant", "subdomain"),
    "start_wave": ("saas.campaign", "id"),
}


class SaasApproval(models.Model):
    _inherit = "saas.approval"

    @api.model
    def action_ask(self, kind, name, reason):
        """Ask for an approval, or join the request that stands; return its id.

        `kind` is one of `ABOUT`, `name` a tenant's subdomain or a campaign's id.
        """
        record = self._asked_about(kind, name)
        record.check_access("write")
        if not self._is_needed(kind):
            raise UserError(self.env._("Nobody has to approve this: it can be done at once."))
        if not (reason or "").strip():
            raise UserError(self.env._("Write why: the second person reads it."))
        return self._ask(record, kind, reason.strip()).id

    def _asked_about(self, kind, name):
        if kind not in ABOUT:
            raise UserError(
                self.env._(
                    "“%(kind)s” is unknown. Known: %(known)s.", kind=kind, known=", ".join(ABOUT)
                )
            )
        model, field = ABOUT[kind]
        wanted = str(name).strip()
        if field == "id" and not wanted.isdecimal():
            wanted = "0"
        gone = ("state", "!=", "deleted")
        more = [gone] if model == "saas.tenant" else []
        record = self.env[model].search([(field, "=", wanted), *more], limit=1)
        if not record:
            raise UserError(self.env._("There is nothing named “%(name)s”.", name=name))
        return record
