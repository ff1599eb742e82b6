"""Deferred revenue of the demonstration: where it waits, and a subscription that pays for a year.

Owns: what a demonstration needs. Does not own: schedules and entries (`saas_deferral_work.py`).
"""

from odoo import api, models

ACCOUNT, JOURNAL = "219900", "DEFR"


class SaasDeferral(models.Model):
    _inherit = "saas.deferral"

    @api.model
    @api.private
    def _add_demo(self, subscription_ids):
        """Let a company with books defer revenue, and begin yearly subscriptions of it.

        Their invoices come with the first operation of billing, schedules with the nightly one.
        """
        ones = self.env["saas.subscription"].browse(subscription_ids)
        company = ones.company_id
        if not company.chart_template:
            return
        values = {"saas_deferral_method": "days"}
        if not company.saas_deferred_account_id:
            values["saas_deferred_account_id"] = self._demo_account(company).id
        if not company.saas_deferral_journal_id:
            values["saas_deferral_journal_id"] = self._demo_journal(company).id
        company.write(values)
        ones.action_activate()

    def _demo_account(self, company):
        return self.env["account.account"].create(
            {
                "name": self.env._("Deferred Revenue"),
                "code": ACCOUNT,
                "account_type": "liability_current",
                "company_ids": [(6, 0, company.ids)],
            }
        )

    def _demo_journal(self, company):
        return self.env["account.journal"].create(
            {
                "name": self.env._("Deferred Revenue"),
                "code": JOURNAL,
                "type": "general",
                "company_id": company.id,
            }
        )
