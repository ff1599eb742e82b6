"""Prepaid money in the books: it pays an invoice from the liability, or expires into revenue.

Owns: these entries and their reconciliation. Does not own: which grants are used
(`saas_wallet_burn.py`), the top-up's own invoice (`saas_wallet_topup.py`).
"""

from odoo import fields, models
from odoo.fields import Command

from ..kernel.billing.settlement import settle
from ..kernel.billing.wallet import PAID


class SaasWallet(models.Model):
    _inherit = "saas.wallet"

    def _is_of(self, invoice):
        """Tell whether this wallet may pay an invoice."""
        customers = invoice.saas_subscription_ids.partner_id.commercial_partner_id
        return (
            self.partner_id in customers
            and self.company_id == invoice.company_id
            and self.currency_id == invoice.currency_id
        )

    def _settle(self, invoice):
        """Let paid money pay an open invoice, as far as it goes."""
        on = invoice.invoice_date
        usable = sum(self._usable(PAID, on).mapped("amount_left"))
        exactly, unit = self.currency_id._exactly, self.currency_id._to_unit()
        # Credit notes have paid already: what they left is the total here.
        shares = settle(exactly(invoice.amount_residual), unit.zero, exactly(usable), unit)
        if not shares.wallet_used:
            return
        links = {"move_id": invoice.id, "subscription_id": invoice.saas_subscription_ids[:1].id}
        burned = self._burn(PAID, invoice._saas_dues(), on, **links)
        rows = self.env["saas.wallet.entry"].union(*burned.values())
        if rows:
            self._book_payment(invoice, rows)

    def _book_payment(self, invoice, rows):
        """Post the entry from the liability to the receivable, and match both of its sides."""
        receivable = invoice.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        label = self.env._("Prepaid money for %(invoice)s", invoice=invoice.name)
        lines = [self._liability_line(row.grant_id, row._total(), label) for row in rows]
        paid = rows._total()
        lines.append(
            self._entry_line(receivable.account_id[:1], -paid, label)
            | {"partner_id": invoice.commercial_partner_id.id}
        )
        entry = self._post_entry(lines, invoice.invoice_date, invoice.name)
        rows._put({"settlement_id": entry.id})
        theirs = entry.line_ids.filtered(lambda line: line.account_id == receivable.account_id[:1])
        (theirs | receivable).reconcile()
        self._match_liability(entry, rows.grant_id)

    def _book_breakage(self, rows, on):
        """Post what expired of paid money as revenue."""
        label = self.env._("Prepaid money expired")
        account = self.company_id._saas_breakage_account()
        lines = [self._liability_line(row.grant_id, row._total(), label) for row in rows]
        lines.append(self._entry_line(account, -rows._total(), label))
        entry = self._post_entry(lines, on, label)
        rows._put({"settlement_id": entry.id})
        self._match_liability(entry, rows.grant_id)

    def _post_entry(self, lines, on, reference):
        """Post an entry; rounding of another currency is borne by its last line."""
        _account, journal = self.company_id._saas_wallet_books()
        lines[-1]["balance"] = -sum(line["balance"] for line in lines[:-1])
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "company_id": self.company_id.id,
                "journal_id": journal.id,
                "date": on,
                "ref": reference,
                "saas_wallet_id": self.id,
                "line_ids": [Command.create(line | {"date_maturity": on}) for line in lines],
            }
        )
        entry._post(soft=False)
        return entry

    def _liability_line(self, grant, amount, label):
        account, _journal = self.company_id._saas_wallet_books()
        return self._entry_line(account, amount, label) | {"saas_grant_id": grant.id}

    def _entry_line(self, account, amount, label):
        today = fields.Date.context_today(self)
        ours = self.company_id.currency_id
        return {
            "account_id": account.id,
            "partner_id": self.partner_id.id,
            "name": label,
            "currency_id": self.currency_id.id,
            "amount_currency": float(amount),
            "balance": self.currency_id._convert(float(amount), ours, self.company_id, today),
        }

    def _match_liability(self, entry, grants):
        """Match what was used with the top-up that it came from, where the account allows it."""
        account, _journal = self.company_id._saas_wallet_books()
        if not account.reconcile:
            return
        for grant in grants:
            used = entry.line_ids.filtered(lambda line, grant=grant: line.saas_grant_id == grant)
            bought = grant.move_id.line_ids.filtered(
                lambda line: line.account_id == account and not line.reconciled
            )
            if used and bought:
                (used | bought).reconcile()
