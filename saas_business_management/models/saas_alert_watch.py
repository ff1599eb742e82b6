"""Whether alerts are looked after at all: each stretch of watching, and the blind time before it.

Owns: the rows and what is said of the last pass. Does not own: the pass (`saas_alert_pass.py`), the
sign of life that goes outside (`saas_alert_beat.py`).
"""

from markupsafe import Markup
from odoo import api, fields, models

from ..kernel.alerting.course import GAP, is_gap


class SaasAlertWatch(models.Model):
    _name = "saas.alert.watch"
    _inherit = "saas.ledger"
    _description = "Stretch of Watching"
    _order = "id desc"
    _rec_name = "started_at"

    started_at = fields.Datetime(required=True, readonly=True, string="From")
    last_at = fields.Datetime(required=True, readonly=True, string="Last Pass")
    pass_count = fields.Integer(readonly=True, string="Passes")
    blind_from = fields.Datetime(readonly=True, string="Blind From")
    blind_minutes = fields.Float(
        compute="_compute_blind_minutes", store=True, string="Blind (Minutes)", digits=(16, 1)
    )
    rule_count = fields.Integer(readonly=True, string="Rules Judged")
    broken_count = fields.Integer(readonly=True, string="Rules Broken")

    @api.depends("blind_from", "started_at")
    def _compute_blind_minutes(self):
        for row in self:
            blind = row.blind_from and (row.started_at - row.blind_from).total_seconds() / 60
            row.blind_minutes = blind or 0

    @api.model
    @api.private
    def _note(self, now):
        """Write down that a pass begins; tell whether nobody watched before it."""
        row_sudo = self.sudo().search([], limit=1)
        last = row_sudo.last_at or None
        if row_sudo and not is_gap(last, now):
            row_sudo._put({"last_at": now, "pass_count": row_sudo.pass_count + 1})
            return False
        vals = {"started_at": now, "last_at": now, "pass_count": 1, "blind_from": last}
        self._at_work().create(vals)
        return True

    @api.model
    @api.private
    def _judged(self, rules, broken):
        """Write down how many rules a pass judged, and how many it could not."""
        row_sudo = self.sudo().search([], limit=1)
        if (row_sudo.rule_count, row_sudo.broken_count) != (rules, broken):
            row_sudo._put({"rule_count": rules, "broken_count": broken})

    @api.model
    @api.private
    def _age(self):
        """Return the seconds since the last pass, None before the first."""
        last = self.sudo().search([], limit=1).last_at
        return (fields.Datetime.now() - last).total_seconds() if last else None

    @api.model
    @api.private
    def _said(self):
        """Return what people read above an empty list: when it was looked, in red when long ago."""
        age = self._age()
        if age is None or age > GAP.total_seconds():
            text = (
                self.env._("Alerts are not looked after: no check yet.")
                if age is None
                else self.env._(
                    "Alerts are not looked after: the last check was %(minutes)s minutes ago. "
                    "Look whether the control worker runs.",
                    minutes=round(age / 60),
                )
            )
            return Markup('<p class="text-danger fw-bold">%s</p>') % text
        return Markup('<p class="o_view_nocontent_neutral_face">%s</p>') % self.env._(
            "No alert is firing. Last check %(seconds)s seconds ago.", seconds=round(age)
        )

    @api.private
    def _expire(self):
        """Forget stretches that ended long ago; the retention rule's."""
        self._at_work()._drop()

    def _by_hand_text(self):
        return self.env._("Watching is written down by the watcher, never by hand.")

    def _stays_text(self):
        return self.env._("What was watched cannot be deleted.")
