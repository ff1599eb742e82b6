"""What customers get back for the months that an incident fell into.

Owns: the button, which months those are. Does not own: how much and who approves
(`saas_service_credit.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import date_utils

BILLERS = (
    "saas_business_management.group_saas_billing_user",
    "saas_business_management.group_saas_billing_approver",
)


class SaasIncident(models.Model):
    _inherit = "saas.incident"

    def action_credits(self) -> dict:
        """Propose the service credits of the tenants it touched; somebody else approves them."""
        self.ensure_one()
        self.check_access("read")
        if not any(self.env.user.has_group(one) for one in BILLERS):
            raise UserError(self.env._("Only a billing user proposes credits. Ask one."))
        levels = self._service_levels()
        for level in levels.filtered(lambda one: one.state != "running"):
            self.env["saas.service.credit"]._propose(level)
        found = self.env["saas.service.credit"].search([("level_id", "in", levels.ids)])
        if not found:
            raise UserError(self._no_credit_words(levels))
        self.env["saas.audit.entry"]._note("incident_credits", self, credits=len(found))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_service_credit"
        )
        return dict(action, domain=[("id", "in", found.ids)], context={}, path=False)

    @api.private
    def _service_levels(self):
        """Return the months of its tenants that it fell into, as far as they were reckoned."""
        until = self.resolved_at or fields.Datetime.now()
        first = date_utils.start_of(self.started_at.date(), "month")
        near = fields.Date.subtract(first, months=1)
        return self.env["saas.service.level"].search(
            [
                ("tenant_id", "in", self.affected_ids.ids),
                ("month", ">=", near),
                ("start_at", "<", until),
                ("end_at", ">", self.started_at),
            ]
        )

    def _no_credit_words(self, levels):
        _ = self.env._
        if not levels or any(one.state == "running" for one in levels):
            return _(
                "The month is not reckoned yet. Credits follow from it on its own, two days after "
                "its end."
            )
        return _(
            "Nothing is due: no tenant that it touched was served less than promised, or none of "
            "them pays a fee."
        )
