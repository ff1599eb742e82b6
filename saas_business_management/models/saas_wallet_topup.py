"""Filling a wallet: promotions that are given, and top-ups that the customer pays for.

Owns: making grants, the invoice of a top-up, when one is ordered, what its payment and its credit
note do. Does not own: when a wallet is low (`kernel/billing/topup.py`), posting
(`saas_billing_post.py`).

A top-up becomes money when its invoice is paid. Until then it is on its way, so that a wallet that
runs low orders once.
"""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import formatLang

from .. import messages
from ..kernel.billing.topup import topup_amount
from ..kernel.billing.wallet import PAID, PROMO
from ..kernel.errors import Refused, SaasError

MANAGER = "saas_business_management.group_saas_billing_manager"
PRODUCT = "saas_business_management.product_prepaid"


class SaasWallet(models.Model):
    _inherit = "saas.wallet"

    @api.model
    def _check_giver(self):
        """Refuse whoever may not give something for nothing."""
        if self.env.su or self.env.user.has_group(MANAGER):
            return
        people = self.env.ref(MANAGER).sudo().all_user_ids.filtered("active").mapped("name")
        raise UserError(
            self.env._(
                "Only a billing manager gives promotions or withdraws them: %(names)s.",
                names=", ".join(people) or "—",
            )
        )

    @api.private
    def _give_promo(self, amount, name, **terms):
        """Give a promotion, usable from today; return the grant."""
        self.ensure_one()
        grant = self._new_grant(PROMO, amount, name, terms)
        self._take_turn()
        today = fields.Date.context_today(self)
        grant._put({"granted_on": today})
        grant._book("granted", self.currency_id._exactly(grant.amount), moved_on=today)
        self.env["saas.audit.entry"]._note("wallet_promo_given", self, name, amount=str(amount))
        return grant

    @api.private
    def _top_up(self, amount, name="", **terms):
        """Order a top-up: a grant that waits, and its invoice, which is posted like any other.

        Raises: Refused (`no_wallet_account`, `no_wallet_journal`, and as `_check_books`).
        """
        self.ensure_one()
        self._check_topup_books()
        grant = self._new_grant(PAID, amount, name or self.env._("Top-up"), terms)
        invoice = self.env["account.move"].sudo().create(self._topup_vals(grant))
        grant._put({"move_id": invoice.id})
        self._release_topup(invoice)
        return grant

    def _new_grant(self, kind, amount, name, terms):
        rows = self.env["saas.wallet.grant"]._at_work()
        values = {"wallet_id": self.id, "kind": kind, "amount": amount, "name": name}
        return rows.create(values | terms)._hands_off()

    def _check_topup_books(self):
        self.company_id._saas_wallet_books()
        if not self._sales_journal():
            raise Refused("no_sales_journal", company=self.company_id.name)

    def _sales_journal(self):
        return (
            self.env["saas.subscription"].new({"company_id": self.company_id.id})._sales_journal()
        )

    def _topup_vals(self, grant):
        """Return the invoice of a top-up: no revenue and no tax, but a debt to the customer."""
        account, _journal = self.company_id._saas_wallet_books()
        contact = self.partner_id.browse(self.partner_id.address_get(["invoice"])["invoice"])
        reader = self.with_context(lang=contact.lang or self.env.lang)
        product = self.env.ref(PRODUCT)
        return {
            "move_type": "out_invoice",
            "company_id": self.company_id.id,
            "journal_id": self._sales_journal().id,
            "partner_id": contact.id,
            "currency_id": self.currency_id.id,
            "invoice_date": fields.Date.context_today(self),
            "saas_wallet_id": self.id,
            "saas_made": True,
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "name": reader.env._("Prepaid balance, used for later invoices"),
                        "quantity": 1,
                        "price_unit": grant.amount,
                        "account_id": account.id,
                        "tax_ids": [Command.clear()],
                        "saas_grant_id": grant.id,
                    }
                )
            ],
        }

    def _release_topup(self, invoice):
        """Have the invoice posted, or approved first where every document of the company is."""
        if self.company_id._saas_why_approval(0, 0):
            runs_sudo = self.env["saas.billing.run"].sudo()
            runs_sudo._gather(invoice, self.env["saas.job"])._ask_or_post()
        else:
            invoice._saas_order_posting()

    # When

    def _fill_when_low(self):
        """Order a top-up for a wallet that ran low; one that is on its way counts as there."""
        self.ensure_one()
        if self.topup_kind != "threshold":
            return
        self._take_turn()
        self.invalidate_recordset(["balance", "ordered"])
        exactly, unit = self.currency_id._exactly, self.currency_id._to_unit()
        on_its_way = exactly(self.ordered)
        amount = topup_amount(self._topup_rule(), exactly(self.balance), unit, on_its_way)
        if amount:
            self._order_quietly(amount)

    def _fill_by_schedule(self, today):
        """Order the scheduled top-up whose day has come, once for all days that were missed."""
        self.ensure_one()
        if self.topup_kind == "schedule" and self.topup_next_on and self.topup_next_on <= today:
            self._take_turn()
            self.topup_next_on = self._topup_after(today)
            self._order_quietly(self.currency_id._exactly(self.topup_amount))

    def _order_quietly(self, amount):
        """Order a top-up; why it cannot be is told to whoever looks after the wallet."""
        try:
            self._top_up(float(amount), months=self.topup_months)
        except SaasError as error:
            self._tell_once(messages.text(self.env, error))

    def _tell_once(self, text):
        """Ask a person to mend what keeps a wallet from being filled, once until it is done."""
        summary = self.env._("The wallet cannot be filled")
        open_ = self.activity_ids.filtered(lambda one: one.summary == summary)
        if not open_:
            user = self.create_uid if self.create_uid.active else self.env.user
            self.activity_schedule(
                "mail.mail_activity_data_todo", user_id=user.id, summary=summary, note=text
            )


class SaasWalletGrant(models.Model):
    _inherit = "saas.wallet.grant"

    def _paid(self):
        """The invoices of top-ups are paid: what they paid for can be used from today."""
        today = fields.Date.context_today(self)
        for grant in self.filtered(lambda one: one.state == "waiting"):
            grant.wallet_id._take_turn()
            values = {"granted_on": today}
            if grant.months:
                values["expires_on"] = fields.Date.add(today, months=grant.months)
            bought = grant.currency_id._exactly(grant.amount) - grant.move_id._saas_refunded()
            grant._put(values | {"amount": float(bought)})
            grant._book("granted", bought, moved_on=today, move_id=grant.move_id.id)

    def _refunded_by(self, refund):
        """A credit note gives money of this top-up back: it cannot be spent any more."""
        if self.state == "waiting":
            if refund.amount_untaxed >= self.amount:
                self._give_up()
            return
        self.wallet_id._take_turn()
        asked = self.currency_id._exactly(refund.amount_untaxed)
        left = self.currency_id._exactly(self.amount_left)
        if asked > left:
            raise UserError(
                self.env._(
                    "Only %(left)s of this top-up is left in the wallet; the rest has paid "
                    "invoices. Credit that much or less.",
                    left=formatLang(self.env, float(left), currency_obj=self.currency_id),
                )
            )
        if asked:
            today = fields.Date.context_today(self)
            self._book("withdrawn", -asked, moved_on=today, move_id=refund.id)

    def _give_up(self):
        """The invoice of a top-up is gone unpaid: nothing comes of it."""
        self.filtered(lambda one: one.state == "waiting")._put({"state": "withdrawn"})


class AccountMove(models.Model):
    _inherit = "account.move"

    saas_wallet_id = fields.Many2one(
        "saas.wallet",
        string="Wallet",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="This document fills it, or books what it paid.",
    )

    def _saas_grants_sudo(self):
        """Return the grants that these invoices pay for."""
        mine = self.filtered("saas_wallet_id")
        grants_sudo = self.env["saas.wallet.grant"].sudo()
        return grants_sudo.search([("move_id", "in", mine.ids)]) if mine else grants_sudo

    def _saas_refunded(self):
        """Return what posted credit notes took off these invoices, before tax."""
        refunds = self.reversal_move_ids.filtered(lambda one: one.state == "posted")
        return sum((one.currency_id._exactly(one.amount_untaxed) for one in refunds), Decimal(0))

    def _invoice_paid_hook(self):
        done = super()._invoice_paid_hook()
        self._saas_grants_sudo()._paid()
        return done

    def _saas_withdraw(self):
        """Take back from wallets what these credit notes give back of their top-ups."""
        for refund in self.filtered(lambda one: one.move_type == "out_refund"):
            for grant in refund.reversed_entry_id._saas_grants_sudo():
                grant._refunded_by(refund)

    def button_cancel(self):
        done = super().button_cancel()
        self._saas_leave_wallets()
        return done

    def _saas_leave_wallets(self):
        """These documents are gone: what they took is given back, what they were for is not."""
        self.env["saas.wallet.entry"]._give_back(self)
        self._saas_grants_sudo()._give_up()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    saas_grant_id = fields.Many2one(
        "saas.wallet.grant",
        string="Wallet Grant",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
