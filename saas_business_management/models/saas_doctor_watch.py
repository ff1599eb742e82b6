"""The doctor's checks of alerting: is it running, can every rule be judged, does an outside watcher
know when it stops.

Owns: these checks. Does not own: the pass, the sign of life.
"""

from collections.abc import Iterator
from typing import Any

from odoo import fields, models

from ..kernel.alerting.course import GAP
from .saas_alert_deliver import BEAT_URL
from .saas_doctor_backup import MOST_TOLD


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        yield self._look_at_watch()
        yield self._look_at_beat()
        yield from self._look_at_rules()
        yield from self._look_at_channels()

    def _look_at_watch(self) -> dict[str, Any]:
        _ = self.env._
        age = self.env["saas.alert.watch"]._age()
        if age is not None and age <= GAP.total_seconds():
            return self._told("alerts_watched", "alerts", "ok", _("Alerts are looked after"))
        what = _("Alerts are not looked after")
        mend = _("Look whether the control worker runs and its scheduled actions are active.")
        level = "unknown" if age is None else "failing"
        return self._told("alerts_watched", "alerts", level, what, "", mend)

    def _look_at_beat(self) -> dict[str, Any]:
        _ = self.env._
        if not self.env["ir.config_parameter"].sudo().get_param(BEAT_URL):
            what = _("Nobody outside notices when the control plane stops")
            why = _("No alert can come from a control plane that does not run.")
            mend = _(
                "Make a check at an outside watcher that expects a call every minute, and enter "
                "its address in the settings under Sign of Life."
            )
            return self._told("sign_of_life", "alerts", "warning", what, why, mend)
        row = self.env["saas.alert.watch"].sudo().search([], limit=1)
        fresh = row.beat_at and fields.Datetime.now() - row.beat_at <= GAP
        if fresh and not row.beat_text:
            return self._told("sign_of_life", "alerts", "ok", _("The outside watcher hears of us"))
        mend = _("Check the address under Sign of Life in the settings.")
        what = _("The outside watcher does not hear of us")
        return self._told("sign_of_life", "alerts", "failing", what, row.beat_text or "", mend)

    def _look_at_rules(self) -> Iterator[dict[str, Any]]:
        _ = self.env._
        broken = self.env["saas.alert.rule"].search([("broken_text", "!=", False)])
        for one in broken[:MOST_TOLD]:
            what = _("The alert rule “%(name)s” cannot be judged", name=one.name)
            mend = _("Correct its conditions, or archive it.")
            yield self._told("alert_rules", "alerts", "failing", what, one.broken_text, mend, one)
        if not broken:
            yield self._told("alert_rules", "alerts", "ok", _("Every alert rule can be judged"))

    def _look_at_channels(self) -> Iterator[dict[str, Any]]:
        _ = self.env._
        channels = self.env["saas.alert.channel"]
        failing = channels.search([("failing_since", "!=", False)])
        for one in failing[:MOST_TOLD]:
            what = _("The alert channel %(name)s delivers nothing", name=one.name)
            mend = _("Mend it and send a test message. What waits is sent by itself.")
            yield self._told(
                "alert_channels", "alerts", "failing", what, one.failing_text or "", mend, one
            )
        if not failing:
            yield self._told("alert_channels", "alerts", "ok", _("Every alert channel delivers"))
