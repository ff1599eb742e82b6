"""The doctor's checks of the books of billing: accounts that are missing, revenue nobody booked.

Owns: these checks. Does not own: refusing to book (`res_company_wallet.py`,
`res_company_deferral.py`).
"""

from collections.abc import Iterator
from typing import Any

from odoo import fields, models
from odoo.tools import date_utils, format_date

from .res_company_deferral import AT_ONCE
from .saas_deferral_work import UNSCHEDULED

# From this day of a month on the revenue of the one before should be booked.
BOOKED_BY_DAY = 5


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        for company in self.env["res.company"].sudo().search([]):
            yield from self._look_at_wallets(company)
            yield from self._look_at_revenue(company)

    def _look_at_wallets(self, company: models.BaseModel) -> Iterator[dict[str, Any]]:
        _ = self.env._
        paid = [("company_id", "=", company.id), ("kind", "=", "paid"), ("state", "=", "open")]
        if not self.env["saas.wallet.grant"].search_count(paid, limit=1):
            return
        names = ("saas_wallet_account_id", "saas_wallet_journal_id", "saas_breakage_account_id")
        missing = [
            company._fields[name]._description_string(self.env)
            for name in names
            if not company[name]
        ]
        if missing:
            what = _("Prepaid money of %(company)s cannot be booked", company=company.name)
            why = _("Missing in its settings: %(names)s.", names=", ".join(missing))
            mend = _("Choose them in the settings of SaaS Management, under Wallets.")
            yield self._told("wallet_books", "plan", "failing", what, why, mend)

    def _look_at_revenue(self, company: models.BaseModel) -> Iterator[dict[str, Any]]:
        _ = self.env._
        if company.saas_deferral_method == AT_ONCE:
            return
        if not company._saas_defers():
            if self.env["saas.deferral"]._ids_of(UNSCHEDULED, company):
                what = _("%(company)s books fees of months to come at once", company=company.name)
                why = _("Its account or its journal of deferred revenue is missing.")
                mend = _(
                    "Choose both in the settings of SaaS Management, under Deferred Revenue, or "
                    "Not at All when every invoice is to be revenue of its own month."
                )
                yield self._told("deferral_books", "plan", "warning", what, why, mend)
            return
        row = self.env["saas.deferral.row"].search(
            [
                ("company_id", "=", company.id),
                ("entry_id", "=", False),
                ("month", "<", self._booked_before()),
            ],
            order="month",
            limit=1,
        )
        if row:
            month = format_date(self.env, row.month, date_format="MMMM yyyy")
            what = _("Revenue of %(month)s is not booked", month=month)
            why = _("Its entry in the books of %(company)s is missing.", company=company.name)
            mend = _("Look at failed operations, then press Recognize Revenue.")
            yield self._told("deferral_late", "plan", "failing", what, why, mend)

    def _booked_before(self) -> Any:
        """Return the first month that need not be booked yet."""
        today = fields.Date.context_today(self)
        month = date_utils.start_of(today, "month")
        if today.day >= BOOKED_BY_DAY:
            return month
        return date_utils.start_of(fields.Date.subtract(month, days=1), "month")
