"""Saved payment methods: which one pays for a subscription, and what it must be able to.

Owns: the default of a customer, which method a charge takes, what stands in its way. Does not own:
saving one (Odoo's `payment`), charging (`saas_payment_charge.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..kernel.errors import Refused

USER = "saas_business_management.group_saas_billing_user"


class ResPartner(models.Model):
    _inherit = "res.partner"

    saas_payment_token_id = fields.Many2one(
        "payment.token",
        string="Default Payment Method",
        ondelete="set null",
        copy=False,
        groups=USER,
        help="Pays for subscriptions that have none of their own. The one saved last, at first.",
    )

    @api.constrains("saas_payment_token_id")
    def _check_saas_payment_token(self):
        for partner in self:
            partner.saas_payment_token_id._check_saas_owner(partner)


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    charged_token_id = fields.Many2one(
        "payment.token", compute="_compute_charged_token_id", string="Charged To"
    )

    @api.depends("payment_token_id", "partner_id")
    def _compute_charged_token_id(self):
        for one in self:
            one.charged_token_id = one._payment_token()

    @api.constrains("payment_token_id", "partner_id")
    def _check_payment_token(self):
        for one in self.filtered("payment_token_id"):
            one.payment_token_id._check_saas_owner(one.partner_id)

    def _payment_token(self):
        """Return the saved payment method that pays: its own, else the customer's default.

        Empty for who pays by transfer, and when what there is cannot be used any more.
        """
        self.ensure_one()
        if not self.company_id.saas_charging:
            return self.env["payment.token"]
        family_sudo = self.partner_id.sudo().commercial_partner_id
        for token_sudo in (
            self.sudo().payment_token_id,
            self.partner_id.sudo().saas_payment_token_id,
            family_sudo.saas_payment_token_id,
        ):
            if token_sudo.active and token_sudo.company_id.root_id == self.company_id.root_id:
                return token_sudo.sudo(False)
        return self.env["payment.token"]


class PaymentToken(models.Model):
    _inherit = "payment.token"

    def _check_saas_owner(self, partner):
        """Refuse that one customer pays with what another one saved."""
        for token_sudo in self.sudo():
            theirs = token_sudo.partner_id.commercial_partner_id
            if theirs != partner.sudo().commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(method)s was saved by %(owner)s, so it cannot pay for %(customer)s. "
                        "Choose one of the customer's own.",
                        method=token_sudo.display_name,
                        owner=token_sudo.partner_id.name,
                        customer=partner.name,
                    )
                )

    @api.private
    def _check_saas_usable(self, move):
        """Refuse a payment method by which an invoice cannot be paid.

        Raises: Refused (`payment_provider_off`, `payment_currency`, `payment_no_journal`).
        """
        provider_sudo = self.sudo().provider_id
        told = {"provider": provider_sudo.name, "invoice": move.name}
        if provider_sudo.state == "disabled":
            raise Refused("payment_provider_off", **told)
        sold_in = provider_sudo.available_currency_ids
        if sold_in and move.currency_id not in sold_in:
            raise Refused("payment_currency", currency=move.currency_id.name, **told)
        lines = provider_sudo.journal_id.inbound_payment_method_line_ids
        if not lines.filtered(lambda line: line.payment_provider_id == provider_sudo):
            raise Refused("payment_no_journal", **told)

    @api.model_create_multi
    def create(self, vals_list):
        tokens = super().create(vals_list)
        for token in tokens:
            token._offer_to_customer()
        return tokens

    def _offer_to_customer(self):
        """Let a method that was just saved pay where there is none, or where one was declined."""
        customer_sudo = self.sudo().partner_id.commercial_partner_id
        present_sudo = customer_sudo.saas_payment_token_id
        if not present_sudo.active or present_sudo._saas_declined():
            customer_sudo.saas_payment_token_id = self.id
        waiting = self.env["saas.subscription"].sudo()._waiting_for_payment(customer_sudo)
        for one in waiting:
            if one.payment_token_id._saas_declined():
                one.payment_token_id = self.id
        for move in waiting._overdue_moves():
            move._saas_order_charge("new_token")

    def _saas_declined(self):
        """Tell whether the last thing that was heard of a method is that it works no more."""
        if not self:
            return False
        attempts_sudo = self.env["saas.payment.attempt"].sudo()
        latest = attempts_sudo.search([("token_id", "in", self.ids)], limit=1)
        return latest.outcome in ("hard", "declined")

    def _handle_archiving(self):
        """Nothing is charged to a method that its owner took away."""
        done = super()._handle_archiving()
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        partners.search([("saas_payment_token_id", "in", self.ids)]).saas_payment_token_id = False
        taken = self.env["saas.subscription"].sudo().search([("payment_token_id", "in", self.ids)])
        for one in taken:
            one.payment_token_id = False
            one.message_post(
                body=self.env._("Its payment method was removed; the customer's default pays now.")
            )
        return done

    def get_linked_records_info(self):
        """Return also the subscriptions that this method pays for, so that people are warned."""
        linked = super().get_linked_records_info()
        paid = [("payment_token_id", "=", self.id), ("state", "!=", "cancelled")]
        for one in self.env["saas.subscription"].sudo().search(paid):
            linked.append(
                {
                    "description": one._description,
                    "id": one.id,
                    "name": one.name,
                    "url": f"/odoo/saas-subscriptions/{one.id}",
                }
            )
        return linked
