"""The dialog that adds money to a wallet: a promotion as a gift, or a top-up with its invoice.

Owns: the questions. Does not own: what is made of the answers (`models/saas_wallet_topup.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import messages
from ..kernel.errors import SaasError


class SaasWalletAdd(models.TransientModel):
    _name = "saas.wallet.add"
    _description = "Money for a Wallet"

    kind = fields.Selection(lambda self: self._of_grant("kind"), required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    balance = fields.Monetary(compute="_compute_balance", string="Usable Today")
    amount = fields.Monetary(required=True, default=0)
    name = fields.Char(string="What For", help="Stands on the invoice that it lowers.")
    priority = fields.Integer(default=50, help="0 is used first, 100 last.")
    expires_on = fields.Date(string="Last Day", help="Empty: it never expires.")
    scope = fields.Selection(
        lambda self: self._of_grant("scope"), string="Only For", help="Empty: everything."
    )
    plan_ids = fields.Many2many("saas.plan", string="Only Plans", help="Empty: every plan.")

    @api.model
    def _of_grant(self, name):
        """Return the choices of a field of grants."""
        return self.env["saas.wallet.grant"]._fields[name]._description_selection(self.env)

    @api.depends("partner_id", "company_id", "currency_id")
    def _compute_balance(self):
        wallets = self.env["saas.wallet"]
        for wizard in self:
            found = wallets._of(wizard.company_id, wizard.partner_id, wizard.currency_id)
            wizard.balance = found.balance if found else 0

    @api.model
    @api.private
    def _open_for(self, company, partner, currency, kind):
        """Return the dialog for the wallet of a customer, which may have to be opened first."""
        wizard = self.create(
            {
                "kind": kind,
                "company_id": company.id,
                "partner_id": partner.commercial_partner_id.id,
                "currency_id": currency.id,
            }
        )
        titles = {"promo": self.env._("Give Promotion"), "paid": self.env._("Top Up")}
        return {
            "type": "ir.actions.act_window",
            "name": titles[kind],
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_apply(self):
        """Add the money; a top-up can be used as soon as its invoice is paid."""
        self.ensure_one()
        self._check_answers()
        wallets = self.env["saas.wallet"]
        wallet = wallets._open_for(self.company_id, self.partner_id, self.currency_id)
        terms = {
            "priority": self.priority,
            "expires_on": self.expires_on,
            "scope": self.scope,
            "plan_ids": [fields.Command.set(self.plan_ids.ids)],
        }
        try:
            if self.kind == "promo":
                wallet._give_promo(self.amount, self.name, **terms)
            else:
                wallet._top_up(self.amount, self.name or "", **terms)
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.wallet",
            "res_id": wallet.id,
            "views": [(False, "form")],
        }

    def _check_answers(self):
        _ = self.env._
        self.env["saas.wallet"].check_access("write")
        if self.kind == "promo":
            self.env["saas.wallet"]._check_giver()
            if not self.name:
                raise UserError(_("Say what the promotion is for: it stands on the invoice."))
        if self.currency_id.compare_amounts(self.amount, 0) <= 0:
            raise UserError(_("Enter an amount above zero."))
        if self.currency_id.compare_amounts(self.amount, self.currency_id.round(self.amount)):
            raise UserError(
                _(
                    "%(currency)s has no such small parts. Round the amount.",
                    currency=self.currency_id.name,
                )
            )
        if not 0 <= self.priority <= 100:
            raise UserError(_("A priority counts from 0 to 100."))
        if self.expires_on and self.expires_on < fields.Date.context_today(self):
            raise UserError(_("The last day has passed already. Choose a later one, or none."))
