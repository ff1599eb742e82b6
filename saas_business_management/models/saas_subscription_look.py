"""How a subscription looks: its price in words, counts behind its buttons, the next document.

Owns: what only screens need. Does not own: anything that is decided.
"""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import formatLang


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    price = fields.Monetary(
        compute="_compute_price", string="Price", help="Of one period, without tax."
    )
    price_label = fields.Char(compute="_compute_price", string="Fee")
    move_count = fields.Integer(string="Documents", compute="_compute_moves")
    amount_due = fields.Monetary(string="Due", compute="_compute_moves")
    run_count = fields.Integer(string="Runs", compute="_compute_counts")
    usage_count = fields.Integer(string="Usage", compute="_compute_counts")
    scheduled_phase_id = fields.Many2one(
        "saas.subscription.phase", compute="_compute_scheduled", string="Changes To"
    )

    @api.depends("version_id", "quantity", "currency_id", "addon_ids")
    def _compute_price(self):
        for one in self:
            offers = [(one.version_id, one.quantity)]
            today = one._today() if one.timezone else fields.Date.today()
            offers += [
                (addon.version_id, addon.quantity)
                for addon in one.addon_ids
                if addon.start_on <= today and (not addon.end_on or today < addon.end_on)
            ]
            one.price = sum(
                version._price_in(one.currency_id).amount * quantity
                for version, quantity in offers
                if version
            )
            one.price_label = one.version_id and self.env._(
                "%(price)s %(cycle)s",
                price=formatLang(self.env, one.price, currency_obj=one.currency_id),
                cycle=one.version_id.cycle_label,
            )

    def _compute_moves(self):
        found = defaultdict(self.env["account.move"].sudo().browse)
        for move in self._moves():
            for one in move.saas_subscription_ids:
                found[one.id] |= move
        for one in self:
            moves = found[one._origin.id]
            open_ = moves.filtered(lambda move: move.state == "posted")
            one.move_count = len(moves)
            one.amount_due = sum(
                move.amount_residual if move.move_type == "out_invoice" else -move.amount_residual
                for move in open_
            )

    def _compute_counts(self):
        lines = self.env["saas.billing.run.line"]._read_group(
            [("subscription_id", "in", self.ids)], ["subscription_id"], ["run_id:count_distinct"]
        )
        usage = self.env["saas.usage.bucket"]._read_group(
            [("subscription_id", "in", self.ids)], ["subscription_id"], ["__count"]
        )
        runs = {one.id: count for one, count in lines}
        rows = {one.id: count for one, count in usage}
        for one in self:
            one.run_count = runs.get(one._origin.id, 0)
            one.usage_count = rows.get(one._origin.id, 0)

    @api.depends("phase_ids.start_on")
    def _compute_scheduled(self):
        for one in self:
            ahead = one.phase_ids.filtered(lambda phase, one=one: phase.start_on > one._today())
            one.scheduled_phase_id = ahead.sorted("start_on")[:1]

    def action_view_moves(self) -> dict:
        """Open the documents of this subscription."""
        self.ensure_one()
        return self._moves()._saas_open()

    def action_view_tenant(self) -> dict:
        """Open the tenant of this subscription."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.tenant",
            "res_id": self.tenant_id.id,
            "views": [(False, "form")],
        }

    def action_view_runs(self) -> dict:
        """Open the billing runs that met this subscription."""
        self.ensure_one()
        lines = self.env["saas.billing.run.line"].search([("subscription_id", "=", self.id)])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_billing_run"
        )
        return dict(action, domain=[("id", "in", lines.run_id.ids)], context={}, path=False)

    def action_view_usage(self) -> dict:
        """Open the usage of this subscription."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_usage_bucket"
        )
        return dict(
            action,
            domain=[("subscription_id", "=", self.id)],
            context={"default_subscription_id": self.id},
            path=False,
        )

    def action_bill_now(self):
        """Bill what is due of this subscription, without waiting for the next run."""
        self.check_access("write")
        jobs = self._order_billing(priority=12)
        return jobs.action_open_form() if len(jobs) == 1 else True

    def action_ask_change(self) -> dict:
        """Open the dialog for the change that the context names."""
        self.ensure_one()
        self.check_access("write")
        return self.env["saas.subscription.change"]._open_for(
            self, self.env.context.get("saas_change", "plan")
        )

    def action_withdraw_change(self) -> bool:
        """Take back a change that has not begun."""
        self._withdraw_change()
        return True
