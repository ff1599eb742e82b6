"""The dashboard's rings of clusters: how much of processors, memory, disk and connections is used.

Owns: the fullest of each, on which day it is full. Does not own: the figures (`saas.metric`), the
forecast (`saas_cluster_health.py`).
"""

from datetime import timedelta

from odoo import api, fields, models

# Ring: metric, and the day of the forecast that belongs to it.
RINGS = {
    "cpu": ("cpu_percent", "full_sessions_on"),
    "memory": ("memory_used_percent", None),
    "disk": ("disk_used_percent", "full_disk_on"),
    "connections": ("connections_percent", "full_connections_on"),
}
OF_MACHINE = ("cpu", "memory", "disk")
FRESH = timedelta(minutes=15)


class SaasDashboard(models.AbstractModel):
    _inherit = "saas.dashboard"

    @api.model
    def _capacity(self, asked):
        """Return a row for each ring: `key`, `percent` of the fullest (None when nobody measured
        lately), `name` of that machine or cluster, `full_on` of the first cluster to be full.
        """
        clusters_sudo = self._clusters().filtered(
            lambda one: not asked.cluster or one.id == asked.cluster
        )
        machines_sudo = (
            self.env["saas.machine"]
            .sudo()
            .search_fetch([("cluster_id", "in", clusters_sudo.ids)], ["name"])
        )
        latest = self.env["saas.metric"]._latest
        of_machines = latest([RINGS[key][0] for key in OF_MACHINE], machines_sudo.ids)
        of_clusters = latest([RINGS["connections"][0]], clusters_sudo.ids)
        rings = []
        for key, (code, day) in RINGS.items():
            at_machines = key in OF_MACHINE
            found = of_machines if at_machines else of_clusters
            fullest = max(
                (
                    (row[code][0], number)
                    for number, row in found.items()
                    if code in row
                    and row[code][0] is not None
                    and row[code][1] >= asked.now - FRESH
                ),
                default=(None, 0),
            )
            records = machines_sudo if at_machines else clusters_sudo
            named = records.filtered(lambda one, number=fullest[1]: one.id == number)
            days = [one for one in clusters_sudo.mapped(day) if one] if day else []
            rings.append(
                {
                    "key": key,
                    "percent": fullest[0],
                    "name": named.name or "",
                    "full_on": fields.Date.to_string(min(days)) if days else None,
                }
            )
        return rings
