"""Figures for the sample tenants of the demo data, so that every health can be seen.

Owns: which sample gets which figures. Does not own: judging them; samples are judged as any tenant.

Nothing here touches a tenant outside the sample cluster, which is in no database without demo data.
"""

from odoo import api, fields, models

SAMPLES = "saas_business_management.demo_cluster_samples"
# By subdomain: the status its front door answers with, after how many seconds; None: nobody looks.
DOORS = {
    "sample-healthy": (200, 0.2),
    "sample-warning": (200, 7.5),
    "sample-critical": (503, 0.1),
    "sample-unknown": None,
}
MACHINE = {
    "cpu_percent": 38.0,
    "cores": 8,
    "memory_used_percent": 61.0,
    "disk_used_percent": 72.0,
    "pressure_cpu_percent": 4.0,
    "pressure_io_percent": 2.0,
}
FIGURES = {
    "database": {"active_sessions_average": 0.3, "transactions": 600, "blocks_read": 900},
    "size": {"database_bytes": 4.2e8},
    "probe": {"cron_lag_s": 5},
    "audit": {"admins": 2},
}


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    @api.model
    def _cron_feed_samples(self):
        """Give the sample tenants their figures of this minute."""
        cluster = self.env.ref(SAMPLES, raise_if_not_found=False)
        if cluster:
            self._feed_samples(cluster)

    @api.model
    def _feed_samples(self, cluster):
        now, metrics = fields.Datetime.now(), self.env["saas.metric"]
        machines = self.env["saas.machine"].sudo().search([("cluster_id", "=", cluster.id)])
        metrics._add("machine", [(now, machine.id, MACHINE) for machine in machines])
        metrics._add("cluster", [(now, cluster.id, {"cluster_up": 1, "connections_percent": 41.0})])
        samples = self.sudo().search([("cluster_id", "=", cluster.id)])
        watched = samples.filtered(lambda one: DOORS.get(one.subdomain))
        for family, figures in FIGURES.items():
            metrics._add(family, [(now, one.id, figures) for one in watched])
        looks = []
        for tenant in watched:
            status, seconds = DOORS[tenant.subdomain]
            seen = {"problem": "", "status": status, "seconds": seconds}
            looks.append({"tenant": tenant.id, **seen, "until": "", "trusted": True})
        cluster._step_health_seen(looks)

    @api.model
    @api.private
    def _open_samples(self):
        """Open the samples without a database, and judge them once; for the demo data."""
        cluster = self.env.ref(SAMPLES)
        samples = self.search([("cluster_id", "=", cluster.id)])
        samples._set({"state": "active"})
        for _twice in range(2):
            self._feed_samples(cluster)
        self._judge_layers()
