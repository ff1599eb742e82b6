"""Support access seen from the tenant: its rule, its visits, and guests left when it was closed.

Owns: these. Does not own: the visits (`saas_support_access.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError

ADMIN = "saas_business_management.group_saas_admin"


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    support_rule = fields.Selection(
        [
            ("ask", "Ask Each Time"),
            ("always", "Always Allowed"),
            ("never", "Never Allowed"),
        ],
        string="Support Access Rule",
        default="ask",
        required=True,
        tracking=True,
        copy=False,
        help="What the customer agreed to. Only an administrator changes it, and it is noted.",
    )
    support_ids = fields.One2many("saas.support.access", "tenant_id", readonly=True)
    support_count = fields.Integer(compute="_compute_support_count", string="Support Visits")
    support_inside = fields.Boolean(compute="_compute_support_count")

    @api.depends("support_ids.state")
    def _compute_support_count(self):
        groups = self.env["saas.support.access"]._read_group(
            [("tenant_id", "in", self.ids)], ["tenant_id", "state"], ["__count"]
        )
        for tenant in self:
            own = [(state, count) for one, state, count in groups if one == tenant._origin]
            tenant.support_count = sum(count for _state, count in own)
            tenant.support_inside = any(state in ("inside", "leaving") for state, _count in own)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("support_rule", "ask") != "ask":
                self._check_may_rule()
        tenants = super().create(vals_list)
        for tenant in tenants.filtered(lambda one: one.support_rule != "ask"):
            tenant._note_rule("ask")
        return tenants

    def write(self, vals):
        if "support_rule" not in vals:
            return super().write(vals)
        changed = self.filtered(lambda one: one.support_rule != vals["support_rule"])
        if changed:
            self._check_may_rule()
        before = {tenant.id: tenant.support_rule for tenant in changed}
        done = super().write(vals)
        for tenant in changed:
            tenant._note_rule(before[tenant.id])
        return done

    def _check_may_rule(self):
        """Whoever asks for access must not be the one who allows it."""
        if not self.env.su and not self.env.user.has_group(ADMIN):
            raise AccessError(
                self.env._("Only an administrator changes whether support has to ask first.")
            )

    def _note_rule(self, before):
        rule = [before, self.support_rule]
        self.env["saas.audit.entry"]._note("support_rule_changed", self, rule=rule)

    def _fire(self, event, **known):
        """Guests whose time ended while the tenant was closed go as soon as it opens."""
        move = super()._fire(event, **known)
        if self._is_serving():
            leaving = [("tenant_id", "=", self.id), ("state", "=", "leaving")]
            self.env["saas.support.access"].sudo().search(leaving)._enqueue_leaving()
        return move

    def action_view_support(self):
        """Open the visits of support here."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_support"
        )
        return dict(
            action,
            domain=[("tenant_id", "=", self.id)],
            context={"default_tenant_id": self.id},
            path=False,
            display_name=self.env._("Support Access to %(name)s", name=self.display_name),
        )
