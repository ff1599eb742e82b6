"""Looking after wallets day by day: what expired goes, what is low or due is filled.

Owns: ordering this work for each company, its steps. Does not own: the order of the steps
(`jobs/tend_wallets.py`), what has expired (`kernel/billing/wallet.py`).

A step may run twice: what has expired is gone, and a top-up that was ordered is on its way.
"""

from odoo import api, fields, models

from ..kernel.billing.wallet import PAID, expire


class SaasWallet(models.Model):
    _inherit = "saas.wallet"

    @api.model
    def _cron_tend(self):
        """Have the wallets of each company looked after."""
        for company in self._companies_to_tend():
            self._order_tending(company)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _companies_to_tend(self):
        today = fields.Date.today()
        grants = [("state", "=", "open"), ("expires_on", "<", today)]
        low = [("topup_kind", "=", "threshold")]
        due = [("topup_kind", "=", "schedule"), ("topup_next_on", "<=", today)]
        companies = self.env["saas.wallet.grant"].sudo().search(grants).company_id
        for domain in (low, due):
            companies |= self.sudo().search(domain).company_id
        return companies

    @api.model
    @api.private
    def _order_tending(self, company):
        """Have the wallets of a company looked after; asking twice is harmless."""
        journal_sudo = company.sudo().saas_wallet_journal_id
        return self.env["saas.job"]._enqueue(
            "tend_wallets",
            spec={"company": company.id},
            dedupe_key=f"tend:{company.id}",
            serial_key=f"journal:{journal_sudo.id}" if journal_sudo else None,
            priority=25,
        )

    # Steps of the operation

    @api.private
    def _step_wallet_expire(self, company):
        """Take out what has expired; of paid money it becomes revenue."""
        today = fields.Date.today()
        grants_sudo = (
            self.env["saas.wallet.grant"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company),
                    ("state", "=", "open"),
                    ("expires_on", "<", today),
                ],
                order="wallet_id, id",
            )
        )
        for wallet_sudo in grants_sudo.wallet_id:
            wallet_sudo._expire(today)
        return {"expired": len(grants_sudo)}

    def _expire(self, on):
        """Take out what has expired on a day, and book what of it was paid."""
        self._take_turn()
        grants = self.grant_ids.filtered(lambda one: one.state == "open")
        gone = expire([grant._to_spec(set()) for grant in grants], on)
        rows = self.env["saas.wallet.entry"]
        for lost in gone.lost:
            grant = grants.browse(int(lost.grant_id))
            row = grant._book("expired", -lost.amount, moved_on=on)
            self.env["saas.audit.entry"]._note(
                "wallet_grant_expired", self, grant.name, kind=lost.kind, amount=str(lost.amount)
            )
            rows |= row if lost.kind == PAID else rows
        if gone.amount(PAID):
            self._book_breakage(rows, on)

    @api.private
    def _step_wallet_fill(self, company):
        """Order top-ups for wallets that are low, and those whose day has come."""
        today = fields.Date.today()
        wallets_sudo = self.sudo().search(
            [("company_id", "=", company), ("topup_kind", "!=", "hand")], order="id"
        )
        for wallet_sudo in wallets_sudo:
            wallet_sudo._fill_by_schedule(today)
            wallet_sudo._fill_when_low()
        return {"looked_at": len(wallets_sudo)}
