"""Where a company books prepaid money: the liability, what expires of it, the journal.

Owns: these settings, and the sentences when one is missing. Does not own: the entries
(`saas_wallet_books.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..kernel.errors import Refused


class ResCompany(models.Model):
    _inherit = "res.company"

    saas_wallet_account_id = fields.Many2one(
        "account.account",
        string="Account of Prepaid Money",
        check_company=True,
        ondelete="restrict",
        domain="[('account_type', '=', 'liability_current')]",
        help="What customers paid ahead is owed to them here until it is used.",
    )
    saas_breakage_account_id = fields.Many2one(
        "account.account",
        string="Account of Expired Prepaid Money",
        check_company=True,
        ondelete="restrict",
        domain="[('account_type', 'in', ('income', 'income_other'))]",
        help="Paid money that expires unused becomes revenue here.",
    )
    saas_wallet_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of Wallets",
        check_company=True,
        ondelete="restrict",
        domain="[('type', '=', 'general')]",
        help="Entries in which prepaid money pays an invoice or expires.",
    )

    @api.constrains("saas_wallet_account_id")
    def _check_saas_wallet_account(self):
        paid = [("kind", "=", "paid"), ("amount_left", ">", 0)]
        grants_sudo = self.env["saas.wallet.grant"].sudo()
        for company in self.filtered(lambda one: not one.saas_wallet_account_id):
            if grants_sudo.search_count([*paid, ("company_id", "=", company.id)], limit=1):
                raise ValidationError(
                    self.env._(
                        "%(company)s owes prepaid money to customers, so the account of it cannot "
                        "be left empty. Choose the account it moves to.",
                        company=company.name,
                    )
                )

    def _saas_wallet_books(self):
        """Return the account of prepaid money and the journal.

        Raises: Refused (`no_wallet_account`, `no_wallet_journal`).
        """
        self.ensure_one()
        if not self.saas_wallet_account_id:
            raise Refused("no_wallet_account", company=self.name)
        if not self.saas_wallet_journal_id:
            raise Refused("no_wallet_journal", company=self.name)
        return self.saas_wallet_account_id, self.saas_wallet_journal_id

    def _saas_breakage_account(self):
        """Return the account of what expired.

        Raises: Refused (`no_breakage_account`).
        """
        self.ensure_one()
        if not self.saas_breakage_account_id:
            raise Refused("no_breakage_account", company=self.name)
        return self.saas_breakage_account_id
