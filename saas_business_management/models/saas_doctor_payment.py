"""The doctor's checks of payments: charges without an outcome, and who is chased by nobody.

Owns: these checks. Does not own: mending (people, and the next look of the ladder).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from odoo import fields, models

from ..kernel.billing.charging import UNKNOWN_BLOCKS

LATE = timedelta(days=2)


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        yield from self._look_at_unknown_charges()
        yield from self._look_at_dunning()

    def _look_at_unknown_charges(self) -> Iterator[dict[str, Any]]:
        _ = self.env._
        before = fields.Datetime.now() - UNKNOWN_BLOCKS
        attempts = self.env["saas.payment.attempt"].search(
            [("outcome", "=", "unknown"), ("at", "<", before)]
        )
        for one in attempts:
            what = _("Nobody knows how the charge %(reference)s ended", reference=one.reference)
            why = _("The provider told nothing for over a day.")
            mend = _("Look at it in the provider's pages; press Not Charged when no money moved.")
            yield self._told("payment_unknown", "plan", "warning", what, why, mend, one)

    def _look_at_dunning(self) -> Iterator[dict[str, Any]]:
        _ = self.env._
        if not self.env["saas.dunning.profile"].search_count([], limit=1):
            what = _("There is no dunning profile, so nobody who does not pay is chased")
            mend = _("Make one: Configuration › Money › Dunning Profiles.")
            yield self._told("dunning_profile", "plan", "failing", what, "", mend)
        late = fields.Date.today() - LATE
        waiting = self.env["saas.dunning"].search(
            [("state", "!=", "closed"), ("look_on", "<", late)], limit=1
        )
        if waiting:
            what = _("Overdue customers were not looked at for over two days")
            why = _("The first is %(customer)s.", customer=waiting.partner_id.name)
            mend = _(
                "Look at the scheduled action “Charge and chase what is due” and at failed "
                "operations."
            )
            yield self._told("dunning_late", "plan", "failing", what, why, mend, waiting)
