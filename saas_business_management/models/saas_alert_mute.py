"""Which firing alerts wake nobody: explained by others, by their tenant's state, or silenced.

Owns: gathering what is around, writing the reason. Does not own: the reasons
(`kernel/alerting/muting.py`).
"""

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..kernel.alerting import muting
from .saas_alert_silence import MATCHERS

FIRING = """
SELECT a.id, a.code, a.layer, a.severity, a.rule_id, a.cluster_id, a.tenant_id, a.machine_id,
       a.muted, a.silence_id, t.state
  FROM saas_alert AS a LEFT JOIN saas_tenant AS t ON t.id = a.tenant_id
 WHERE a.state = 'firing'
"""
# Longer than an operation may keep a front door closed.
ANNOUNCED = timedelta(minutes=30)


class SaasAlert(models.Model):
    _inherit = "saas.alert"

    @api.model
    def _mute(self, now):
        """Mute what is explained or silenced now, and unmute what no longer is."""
        self.env.flush_all()
        self.env.cr.execute(SQL(FIRING))
        names = [column.name for column in self.env.cr.description]
        rows = [dict(zip(names, row, strict=True)) for row in self.env.cr.fetchall()]
        around = self._around(rows, now)
        lasting = self.env["saas.alert.silence"]._lasting(now)
        silences = {one.id: one._to_silence() for one in lasting}
        moves = defaultdict(list)
        for row in rows:
            reason = muting.inhibited(_subject(row), around)
            silence = False
            if not reason and silences:
                labels = {name: row[name] for name in MATCHERS}
                silence = next(
                    (
                        number
                        for number, one in silences.items()
                        if muting.silenced(labels, [one], now)
                    ),
                    False,
                )
                reason = muting.BY_SILENCE if silence else ""
            if (reason, silence) != (row["muted"] or "", row["silence_id"] or False):
                moves[reason, silence].append(row["id"])
        for (reason, silence), numbers in moves.items():
            self.browse(numbers)._put({"muted": reason or False, "silence_id": silence})

    @api.private
    def _mute_now(self):
        """Mute what a silence that has just begun is about."""
        self._mute(fields.Datetime.now())

    def _around(self, rows, now):
        down = {row["cluster_id"] for row in rows if row["code"] == muting.CLUSTER_DOWN}
        missing = {row["tenant_id"] for row in rows if row["code"] == muting.DATABASE_MISSING}
        states = {row["tenant_id"]: row["state"] for row in rows if row["tenant_id"]}
        doors = [row["tenant_id"] for row in rows if row["code"] == muting.DOOR_CLOSED]
        return muting.Around(down, missing, states, self._at_work_on(doors, now))

    def _at_work_on(self, tenants, now):
        """Return the tenants of these on which an operation works that closes their door."""
        if not tenants:
            return set()
        jobs_sudo = self.env["saas.job"].sudo()
        running = jobs_sudo.search(
            [
                ("tenant_id", "in", tenants),
                ("state", "in", ("running", "undoing")),
                ("kind", "in", jobs_sudo._exclusive_kinds()),
                ("started_at", ">=", now - ANNOUNCED),
            ]
        )
        return set(running.tenant_id.ids)


def _subject(row):
    return muting.Subject(row["code"], row["layer"], row["cluster_id"] or 0, row["tenant_id"] or 0)
