"""A pause, as a customer takes one in the portal or by the API, where the plan allows it.

Owns: the right of a plan to be paused, when it may be asked for, going on. Does not own: what a
pause costs and closes (`saas_subscription_change.py`, `saas_subscription_tenant.py`).
"""

from odoo import api, fields, models

from ..kernel.errors import Refused


class SaasPlan(models.Model):
    _inherit = "saas.plan"

    customer_pauses = fields.Boolean(
        string="Customers May Pause",
        tracking=True,
        help="Owners, administrators and billing members of a team close the database for a while "
        "in the portal; the days cost nothing. Otherwise they ask you.",
    )


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    @api.private
    def _portal_can_pause(self):
        """Tell whether it may be paused now: its plan allows it, it is open, and no end is set."""
        one = self._portal_subscription()
        open_ = self.state == "active" and not self.swapping
        return bool(open_ and one.state == "active" and one.plan_id.customer_pauses) and (
            not one.ends_on
        )

    @api.private
    def _portal_can_go_on(self):
        """Tell whether it rests because its customer wished so: what we closed we open."""
        one = self._portal_subscription()
        if one.state != "paused" or (self.state, self.reason) != ("suspended", "manual"):
            return False
        paused = self.env["saas.subscription.event"].sudo()
        wanted = [("subscription_id", "=", one.id), ("event", "=", "paused")]
        return paused.search(wanted, order="id desc", limit=1).user_id.share

    @api.private
    def _portal_pause(self, note=""):
        """Close it for a while; from tomorrow it costs nothing.

        Raises: UserError.
        """
        self.ensure_one()
        with self._portal_doing():
            if not self._portal_can_pause():
                raise Refused("portal_no_pause")
            self._portal_running().action_pause(note or self.env._("In the portal"))

    @api.private
    def _portal_go_on(self, note=""):
        """Open it again; the days of invoicing stay.

        Raises: UserError.
        """
        self.ensure_one()
        with self._portal_doing():
            if not self._portal_can_go_on():
                raise Refused("portal_no_rest")
            self._portal_running().action_resume(note or self.env._("In the portal"))
