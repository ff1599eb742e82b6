"""The doctor's checks of recurring revenue: the ledger says what the subscriptions say.

Owns: these checks. Does not own: writing what is missing (`saas_subscription_mrr.py`).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from odoo import fields, models
from odoo.tools import SQL

# The operation that bills writes the last row of a subscription that has ended.
NOTED_WITHIN = timedelta(hours=1)
# Subscriptions whose rows do not add up to their figure, miss one, or do not end at nothing.
UNEVEN = """
    SELECT one.id
      FROM saas_subscription one
 LEFT JOIN (SELECT subscription_id, sum(amount) AS worth, sum(amount_contract) AS fee,
                   count(*) AS rows, max(sequence) AS last
              FROM saas_mrr_movement GROUP BY subscription_id) ledger
        ON ledger.subscription_id = one.id
     WHERE COALESCE(ledger.worth, 0) <> COALESCE(one.mrr_company, 0)
        OR COALESCE(ledger.fee, 0) <> COALESCE(one.mrr, 0)
        OR ledger.rows <> ledger.last
        OR (one.state = 'cancelled' AND one.state_since < %s AND COALESCE(ledger.worth, 0) <> 0)
     ORDER BY one.id
"""


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        yield self._look_at_mrr()

    def _look_at_mrr(self) -> dict[str, Any]:
        """Tell whether all movements of each subscription come to what it counts."""
        _ = self.env._
        self.env["saas.mrr.movement"].flush_model()
        self.env["saas.subscription"].flush_model()
        before = fields.Datetime.now() - NOTED_WITHIN
        uneven = [number for (number,) in self.env.execute_query(SQL(UNEVEN, before))]
        if not uneven:
            what = _("MRR movements add up to the MRR of every subscription")
            return self._told("mrr_ledger", "plan", "ok", what)
        first = self.env["saas.subscription"].browse(uneven[0])
        what = _("MRR movements of %(count)s subscriptions do not add up", count=len(uneven))
        why = _(
            "MRR, churn and retention are wrong by them. The first is %(subscription)s.",
            subscription=first.display_name,
        )
        mend = _(
            "Choose Check Ledger under Billing › Analytics › MRR Movements: it writes what is "
            "missing. If this stays, somebody changed rows in the database; compare a backup."
        )
        return self._told("mrr_ledger", "plan", "failing", what, why, mend, first)
