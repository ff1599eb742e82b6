"""How a company spreads revenue over the months that an invoice serves.

Owns: these settings, and the sentences when one is missing. Does not own: the schedules
(`saas_deferral.py`), the entries (`saas_deferral_entry.py`).
"""

from odoo import fields, models

from ..kernel.billing.deferral import DAYS, FULL_MONTHS
from ..kernel.errors import Refused

AT_ONCE = "at_once"
METHODS = [(DAYS, "By Days"), (FULL_MONTHS, "By Full Months")]


class ResCompany(models.Model):
    _inherit = "res.company"

    saas_deferral_method = fields.Selection(
        [*METHODS, (AT_ONCE, "Not at All")],
        string="Revenue Is Spread",
        default=DAYS,
        required=True,
        help="Over the months that an invoice serves, once an account for it is chosen.",
    )
    saas_deferred_account_id = fields.Many2one(
        "account.account",
        string="Account of Deferred Revenue",
        check_company=True,
        ondelete="restrict",
        domain="[('account_type', 'in', ('liability_current', 'liability_non_current'))]",
        help="Fees that were invoiced for months to come wait here.",
    )
    saas_deferral_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of Deferred Revenue",
        check_company=True,
        ondelete="restrict",
        domain="[('type', '=', 'general')]",
        help="One entry a month for each pair of accounts.",
    )

    def _saas_defers(self):
        """Tell whether revenue is spread and everything that it needs is chosen."""
        self.ensure_one()
        chosen = self.saas_deferred_account_id and self.saas_deferral_journal_id
        return bool(chosen) and self.saas_deferral_method != AT_ONCE

    def _saas_deferral_books(self):
        """Return the account of deferred revenue and the journal.

        Raises: Refused (`deferral_off`, `no_deferred_account`, `no_deferral_journal`).
        """
        self.ensure_one()
        if self.saas_deferral_method == AT_ONCE:
            raise Refused("deferral_off", company=self.name)
        if not self.saas_deferred_account_id:
            raise Refused("no_deferred_account", company=self.name)
        if not self.saas_deferral_journal_id:
            raise Refused("no_deferral_journal", company=self.name)
        return self.saas_deferred_account_id, self.saas_deferral_journal_id
