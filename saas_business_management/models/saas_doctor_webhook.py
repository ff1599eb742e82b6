"""The doctor's checks of webhooks: which are disabled, fail, or gave something up.

Owns: these checks, from records. Does not own: sending and switching off.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from odoo import fields, models

from .saas_doctor_backup import MOST_TOLD

LATE = timedelta(minutes=15)


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        yield from self._look_at_webhooks()

    def _look_at_webhooks(self) -> Iterator[dict[str, Any]]:
        _ = self.env._
        bad = [("state", "in", ("enabled", "disabled"))]
        ill = (
            self.env["saas.webhook.endpoint"]
            .search(bad)
            .filtered(lambda one: one.state == "disabled" or one.failing_since or one.dead_count)
        )
        for one in ill[:MOST_TOLD]:
            if one.state == "disabled":
                what = _("Webhook %(name)s is disabled", name=one.name)
                yield self._told(
                    "webhook_disabled", "webhooks", "failing", what, one._disabled_text(), "", one
                )
                continue
            what = _("Webhook %(name)s does not take everything", name=one.name)
            open_rows = [("endpoint_id", "=", one.id), ("state", "in", ("waiting", "dead_letter"))]
            why = self.env["saas.webhook.delivery"].search(open_rows, limit=1).last_text
            mend = _("Mend the receiver. What was given up is sent again under its deliveries.")
            yield self._told("webhook_failing", "webhooks", "warning", what, why or "", mend, one)
        late = self.env["saas.webhook.delivery"].search_count(
            [
                ("state", "=", "waiting"),
                ("attempt_count", "=", 0),
                ("begun_at", "<", fields.Datetime.now() - LATE),
                ("endpoint_id.state", "=", "enabled"),
                ("endpoint_id.failing_since", "=", False),
            ]
        )
        if late:
            what = _("%(count)s deliveries of webhooks wait longer than they should", count=late)
            mend = _("Look whether the control worker runs, and raise At Once of the webhooks.")
            yield self._told("webhook_late", "webhooks", "warning", what, "", mend)
        if not ill and not late:
            yield self._told(
                "webhook_failing", "webhooks", "ok", _("Every webhook takes its events")
            )
