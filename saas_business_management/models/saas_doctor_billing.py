"""The doctor's checks of billing: what cannot be billed, runs that wait, books that are missing.

Owns: these checks. Does not own: refusing to bill (`saas_subscription_check.py`).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from odoo import fields, models
from odoo.tools import SQL

WAITING_TOO_LONG = timedelta(days=2)
NOT_BILLED_FOR = timedelta(days=1)
# Without these the database would take two periods for the same days.
KEPT_APART = (
    "saas_billing_period_apart",
    "saas_billing_period_once",
    "saas_subscription_phase_apart",
)


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        yield self._look_at_constraints()
        yield from self._look_at_unbilled()
        yield from self._look_at_runs()

    def _look_at_constraints(self) -> dict[str, Any]:
        _ = self.env._
        rows = self.env.execute_query(
            SQL("SELECT conname FROM pg_constraint WHERE conname = ANY(%s)", list(KEPT_APART))
        )
        missing = sorted(set(KEPT_APART) - {name for (name,) in rows})
        if missing:
            what = _("The database does not keep billing periods apart")
            why = _("Missing: %(names)s. A fault could bill days twice.", names=", ".join(missing))
            mend = _("Upgrade the addon; the log says why the constraint cannot be made.")
            return self._told("billing_constraint", "plan", "failing", what, why, mend)
        what = _("The database refuses to bill days twice")
        return self._told("billing_constraint", "plan", "ok", what)

    def _look_at_unbilled(self) -> Iterator[dict[str, Any]]:
        _ = self.env._
        subscriptions = self.env["saas.subscription"]
        late = fields.Datetime.now() - NOT_BILLED_FOR
        for one in subscriptions.search([("problem_code", "!=", False)]):
            what = _("%(subscription)s cannot be billed", subscription=one.display_name)
            mend = _("Mend the cause; it is tried again with every run.")
            yield self._told(
                "billing_problem", "plan", "failing", what, one.problem_text, mend, one
            )
        waiting = subscriptions.search(
            [("next_bill_at", "<", late), ("problem_code", "=", False)], limit=1
        )
        if waiting:
            what = _("Subscriptions are due for over a day and nobody bills them")
            why = _("The first is %(subscription)s.", subscription=waiting.display_name)
            mend = _("Look at the scheduled action “Bill what is due” and at failed operations.")
            yield self._told("billing_late", "plan", "failing", what, why, mend, waiting)

    def _look_at_runs(self) -> Iterator[dict[str, Any]]:
        _ = self.env._
        before = fields.Datetime.now() - WAITING_TOO_LONG
        runs = self.env["saas.billing.run"].search(
            [("state", "=", "to_approve"), ("create_date", "<", before)]
        )
        for run in runs:
            what = _("%(run)s waits for an approver for over two days", run=run.name)
            names = ", ".join(run._approvers().mapped("name")) or _("nobody")
            why = _(
                "Its invoices are drafts, so nobody pays them. May approve: %(names)s.", names=names
            )
            mend = _("Have it approved, or give somebody the right of a billing approver.")
            yield self._told("billing_approval", "plan", "warning", what, why, mend, run)
