"""The timeline of an incident: alerts, operations on the tenants it touches, what was written.

Owns: gathering and showing them in order of time, how long tenants were down meanwhile. Does not
own: these records.
"""

from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import format_datetime

from ..kernel.monitoring import health

MOST_OPERATIONS = 50


class SaasIncident(models.Model):
    _inherit = "saas.incident"

    timeline = fields.Html(compute="_compute_timeline", string="Timeline", sanitize=False)
    down_minutes = fields.Integer(
        compute="_compute_down_minutes",
        string="Minutes Down",
        help="Of all tenants it touched together, as their service was measured meanwhile.",
    )

    @api.depends("affected_ids", "started_at", "resolved_at")
    def _compute_down_minutes(self):
        for one in self:
            one.down_minutes = one._down_seconds() // 60 if one.started_at else 0

    def _down_seconds(self):
        """Return how long the tenants it touched were down, from what was noted of them."""
        until = self.resolved_at or fields.Datetime.now()
        if until <= self.started_at:
            return 0
        told = self.env["saas.status.interval"]._intervals(
            self.affected_ids.ids, "service", self.started_at, until
        )
        return sum(
            int((end - start).total_seconds())
            for pieces in told.values()
            for start, end, state in pieces
            if state == health.CRITICAL
        )

    @api.depends("alert_ids", "update_ids", "started_at", "resolved_at")
    def _compute_timeline(self):
        for one in self:
            one.timeline = one._timeline_html() if one.started_at else False

    def _timeline_html(self):
        rows = sorted(self._timeline_rows(), key=lambda row: row[0])
        line = Markup(
            '<tr><td class="text-nowrap text-muted pe-3">{at}</td>'
            '<td class="text-nowrap pe-3">{what}</td>'
            '<td class="text-break" style="white-space:pre-line">{text}</td></tr>'
        )
        told = [
            line.format(at=format_datetime(self.env, at), what=what, text=text)
            for at, what, text in rows
        ]
        body = Markup("").join(told)
        return Markup('<table class="table table-sm"><tbody>{}</tbody></table>').format(body)

    def _timeline_rows(self):
        """Yield `(instant, what, text)` of everything that belongs to it."""
        _ = self.env._
        for alert in self.alert_ids:
            text = alert.text or alert.display_name
            yield alert.since, _("Alert"), text
            if alert.ended_at:
                yield alert.ended_at, _("Alert over"), text
        labels = dict(self.update_ids._fields["state"]._description_selection(self.env))
        for row in self.update_ids.filtered(lambda one: not one.general_id):
            who = row.user_id.name or ""
            what = _("Published") if row.is_public else _("Note")
            yield row.at, f"{what}, {labels[row.state]}", f"{row.text} ({who})" if who else row.text
        for job in self._operations():
            what = job.label or job.display_name
            yield job.create_date, _("Operation"), f"{job.tenant_id.name}: {what}"

    def _operations(self):
        until = self.resolved_at or fields.Datetime.now()
        return self.env["saas.job"].search(
            [
                ("tenant_id", "in", self.affected_ids.ids),
                ("create_date", ">=", self.started_at),
                ("create_date", "<=", until),
            ],
            order="create_date",
            limit=MOST_OPERATIONS,
        )
