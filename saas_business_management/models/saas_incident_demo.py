"""Demonstration: an incident that is over, with what was told of it, and maintenance to come.

Owns: these. Does not own: anything real; nothing here is mailed.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

from ..kernel.monitoring import component, incident

TOLD = (
    (0, "", "Since a quarter of an hour logging in takes over 10 seconds. We look into it."),
    (12, "identify", "A database server has a full disk. Work that is open goes on slowly."),
    (31, "watch", "There is room again, and logging in takes a second. We keep an eye on it."),
    (55, "resolve", "Everything runs as ever. The disk is larger now, and we are told earlier."),
)
KINDS = {"": "opened", "resolve": "resolved"}


class SaasIncident(models.Model):
    _inherit = "saas.incident"

    @api.model
    @api.private
    def _make_demo(self):
        """Make what a demonstration shows, once."""
        if self.search_count([], limit=1):
            return
        began = fields.Datetime.now() - timedelta(days=6, hours=3)
        login = self.env.ref("saas_business_management.status_component_login")
        one = self.create(
            {
                "title": "Disk of the database server is full",
                "public_title": "Slow login",
                "severity": incident.MAJOR,
                "everyone": True,
                "started_at": began,
                "component_ids": [Command.set(login.ids)],
                "impact": component.DEGRADED,
                "cause": "Disk full",
                "root_cause": "Logs of one day filled the disk; the warning came an hour before.",
                "actions": "Warn at 80 % and by the pace of growth. Logs are kept elsewhere.",
            }
        )
        for minutes, event, text in TOLD:
            one._demo_told(event, text, began + timedelta(minutes=15 + minutes))
        one._put_course(
            {
                "detected_at": began + timedelta(minutes=4),
                "acknowledged_at": began + timedelta(minutes=9),
                "resolved_at": began + timedelta(minutes=70),
                "published_at": began + timedelta(minutes=15),
            }
        )
        self._make_demo_maintenance()

    def _demo_told(self, event, text, at):
        if event:
            self._fire(event, text)
        else:
            self._fire("investigate")
            self._publish()
        row = self._write_down(KINDS.get(event, "update"), text, True)
        row._put({"at": at, "told_at": at})

    @api.model
    def _make_demo_maintenance(self):
        start = fields.Datetime.now().replace(hour=1, minute=0, second=0, microsecond=0)
        start += timedelta(days=5)
        one = self.env["saas.maintenance"].create(
            {
                "title": "Database servers get security updates",
                "everyone": True,
                "start_at": start,
                "end_at": start + timedelta(minutes=30),
                "tz": "Europe/Paris",
                "interruption": "about 3 seconds",
                "text": "Each server is updated and started anew. Nothing has to be done by you.",
            }
        )
        one._put_course({"published_at": fields.Datetime.now(), "was_told": True})
