"""What a person waits for while a price is typed. The best of some tries counts, so that a busy
machine is no fault.
"""

import logging
from time import CLOCK_MONOTONIC, clock_gettime

from odoo.fields import Command
from odoo.tests import tagged

from .billing_common import BillingCommon

_logger = logging.getLogger(__name__)
TRIES = 5
LIMIT_MS = 200


@tagged("post_install", "-at_install")
class TestBillingSpeed(BillingCommon):
    def best(self, what, attempt):
        """Return the milliseconds of the quickest try, and tell them all."""
        found = []
        for _try in range(TRIES):
            self.env.flush_all()
            self.env.invalidate_all()
            started = clock_gettime(CLOCK_MONOTONIC)
            attempt()
            self.env.flush_all()
            found.append((clock_gettime(CLOCK_MONOTONIC) - started) * 1000)
        told = ", ".join(f"{one:.0f}" for one in found)
        _logger.info("%s: %s ms", what, told)
        # Turned clocks stand still; this one is none of those that are turned.
        self.assertGreater(min(found), 0.1)
        return min(found)

    def test_the_price_preview_of_a_charge_with_many_tiers_is_there_at_once(self):
        tiers = [{"up_to": str(1000 * number), "unit_price": "0.01"} for number in range(1, 20)]
        values = {
            "meter_id": self.meter.id,
            "currency_id": self.usd.id,
            "model": "graduated",
            "preview_quantity": "12400",
            "tier_ids": [Command.create(one) for one in [*tiers, {"unit_price": "0.001"}]],
        }
        tier = {"over": {}, "up_to": {}, "unit_price": {}, "flat_fee": {}}
        asked = {name: {} for name in values} | {"preview": {}, "preview_text": {}}
        asked |= {"tier_ids": {"fields": tier}, "meter_id": {"fields": {}}}
        charges = self.env["saas.plan.charge"].with_user(self.pricer)

        def typed():
            told = charges.onchange(values, ["preview_quantity"], asked)["value"]
            self.assertIn("amount", told["preview"])

        self.assertLess(self.best("price preview, 20 tiers", typed), LIMIT_MS)
