"""Subscription and tenant: what one's move means for the other.

Owns: passing events on, in the same transaction. Does not own: whether the other may follow (its
own table), when an unpaid invoice closes a tenant (dunning).
"""

from odoo import api, fields, models

from ..kernel.billing.subscription import RUNNING
from ..kernel.errors import Refused

# What a tenant hears of its subscription: the event, and why it is closed.
PASSED_ON = {
    "trial_converted": ("trial_converted", ""),
    "dunning_suspended": ("suspended", "payment"),
    "paid": ("resumed", ""),
    "paused": ("suspended", "manual"),
    "resumed": ("resumed", ""),
    "dunning_cancelled": ("archived", "payment"),
    "ended": ("archived", "subscription_ended"),
    "cancelled": ("archived", "subscription_ended"),
    "won_back": ("reactivated", ""),
}
# A way back lifts what the same subscription closed its tenant for, and nothing else.
LIFTS = {"paid": "payment", "resumed": "manual"}


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    def _moved(self, move):
        super()._moved(move)
        if self.tenant_id and not self.env.context.get("saas_from_tenant"):
            self._tell_tenant(move)

    def _tell_tenant(self, move):
        """Let the tenant follow where its own table allows it."""
        event, reason = PASSED_ON.get(move.event, ("", ""))
        if move.event == "ended" and self.ends_on and self.ends_on > self._today():
            return
        tenant = self.tenant_id.sudo().with_context(saas_from_subscription=True)
        if not event or tenant.reason != LIFTS.get(move.event, tenant.reason):
            return
        if event == "suspended" and tenant.state == "suspended":
            # Closed for something weaker, it would open again although it is unpaid.
            event = "reason_changed"
        try:
            with self.env.cr.savepoint():
                tenant._fire(event, system=True, reason=reason, note=self.name)
        except Refused as error:
            self.message_post(
                body=self.env._(
                    "The tenant stays as it is (%(why)s).", why=error.facts.get("why", "")
                )
            )

    def _set(self, vals):
        done = super()._set(vals)
        if "version_id" in vals:
            self._give_plan()
        return done

    def _give_plan(self):
        """Let tenants have the plan that is paid for: its limits are theirs."""
        for one in self.filtered("tenant_id"):
            tenant_sudo = one.tenant_id.sudo()
            if tenant_sudo.plan_id != one.plan_id:
                tenant_sudo.plan_id = one.plan_id


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    subscription_ids = fields.One2many(
        "saas.subscription", "tenant_id", readonly=True, string="Subscriptions"
    )
    subscription_id = fields.Many2one(
        "saas.subscription",
        string="Subscription",
        compute="_compute_subscription_id",
        groups="saas_business_management.group_saas_billing_user",
    )
    subscription_price = fields.Char(
        string="Fee",
        compute="_compute_subscription_id",
        groups="saas_business_management.group_saas_billing_user",
    )

    @api.depends("subscription_ids.state", "subscription_ids.version_id")
    def _compute_subscription_id(self):
        for tenant in self:
            running = tenant.subscription_ids.filtered(lambda one: one.state in RUNNING)
            latest = tenant.subscription_ids.sorted("id")[-1:]
            tenant.subscription_id = (running or latest)[:1]
            tenant.subscription_price = tenant.subscription_id.price_label or False

    def action_view_subscription(self) -> dict:
        """Open the subscription of this tenant."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.subscription",
            "res_id": self.subscription_id.id,
            "views": [(False, "form")],
        }

    def _moved(self, move, why):
        super()._moved(move, why)
        if self.env.context.get("saas_from_subscription"):
            return
        if move.event == "provisioned":
            self._begin_subscription()
        elif move.event == "trial_converted":
            for one in self.sudo().subscription_ids.with_context(saas_from_tenant=True):
                if one.state == "trial" or one.suspended_for == "trial_end":
                    one._fire("trial_converted", system=True)
                    one._bill_soon()

    def _begin_subscription(self):
        """Let the subscription begin that a tenant with a published plan is sold with."""
        ours = self._propose_subscription()
        if ours:
            ours.action_activate()

    def _propose_subscription(self):
        """Return the draft that a tenant with a published plan is sold with, or nothing when there
        is no such plan or a subscription already.
        """
        version = self.plan_id.version_id
        sudo = self.sudo().with_context(saas_from_tenant=True)
        ours = sudo.subscription_ids.filtered(lambda one: one.state == "draft")[:1]
        if not version or sudo.subscription_ids - ours:
            return ours.browse()
        if not ours:
            partner = sudo.partner_id or sudo._make_customer()
            sudo.partner_id = partner
            ours = sudo.env["saas.subscription"].create(
                {
                    "tenant_id": self.id,
                    "partner_id": partner.id,
                    "company_id": self.company_id.id,
                    "currency_id": version.currency_id.id,
                    "version_id": version.id,
                    "timezone": self._zone(),
                    "payment_term_id": partner.with_company(
                        self.company_id
                    ).property_payment_term_id.id,
                }
            )
        return ours

    def _zone(self):
        partner = self.partner_id
        return partner.tz or self.company_id.partner_id.tz or "UTC"
