"""Health of a cluster, and on which day it is full.

Owns: what is stored of both, their words, the daily forecast. Does not own: judging
(`saas_tenant_layers_judge.py`), the line through the figures (`kernel/monitoring/capacity.py`).
"""

from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.tools import format_date

from ..kernel.monitoring import capacity
from .saas_tenant_health import HEALTHS

LOOKED = timedelta(days=28)
STEP = timedelta(hours=6)
FULL = 100.0
SOON_DAYS = 30
# Sessions at work above this many for each core make everybody wait.
SESSIONS_PER_CORE = 1.5


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    health = fields.Selection(HEALTHS, readonly=True, copy=False, index=True)
    health_since = fields.Datetime(readonly=True, copy=False)
    health_reasons = fields.Json(readonly=True, copy=False)
    health_text = fields.Text(compute="_compute_health_text", string="Why")
    layers_judged_at = fields.Datetime(
        string="Health Judged", readonly=True, copy=False, help="Of the cluster and its tenants."
    )
    full_disk_on = fields.Date(string="Disk Full On", readonly=True, copy=False)
    full_connections_on = fields.Date(string="Connections Used Up On", readonly=True, copy=False)
    full_sessions_on = fields.Date(string="Processors Busy On", readonly=True, copy=False)
    full_on = fields.Date(
        string="Full On",
        compute="_compute_full_on",
        store=True,
        help="The first day on which something is used up, if use grows on as in the last 4 weeks.",
    )
    full_text = fields.Char(compute="_compute_full_text", string="Outlook")
    capacity_on = fields.Date(string="Outlook Of", readonly=True, copy=False)
    noisy_count = fields.Integer(compute="_compute_noisy_count", string="Noisy Findings")

    @api.depends("health_reasons")
    @api.depends_context("lang", "tz")
    def _compute_health_text(self):
        told = self.env["saas.tenant"]._told_reason
        for cluster in self:
            cluster.health_text = "\n".join(map(told, cluster.health_reasons or ())) or False

    @api.depends("full_disk_on", "full_connections_on", "full_sessions_on")
    def _compute_full_on(self):
        for cluster in self:
            days = [cluster.full_disk_on, cluster.full_connections_on, cluster.full_sessions_on]
            cluster.full_on = min(filter(None, days), default=False)

    @api.depends("full_on", "capacity_on")
    @api.depends_context("lang")
    def _compute_full_text(self):
        _ = self.env._
        for cluster in self:
            first = cluster.full_on
            if not cluster.capacity_on:
                cluster.full_text = _("Not looked at yet: it is done once a day.")
            elif not first:
                cluster.full_text = _(
                    "Nothing is used up within a year, or there are not 7 days of figures yet."
                )
            else:
                what = {
                    cluster.full_sessions_on: _("Processors are busy"),
                    cluster.full_connections_on: _("Connections are used up"),
                    cluster.full_disk_on: _("The disk is full"),
                }[first]
                day = format_date(self.env, first)
                cluster.full_text = _("%(what)s on %(day)s", what=what, day=day)

    def _compute_noisy_count(self):
        groups = self.env["saas.noisy.finding"]._read_group(
            [("cluster_id", "in", self.ids), ("state", "!=", "over")], ["cluster_id"], ["__count"]
        )
        counts = {cluster.id: count for cluster, count in groups}
        for cluster in self:
            cluster.noisy_count = counts.get(cluster._origin.id, 0)

    def action_view_noisy(self):
        """Open the noisy neighbours of this cluster."""
        return self._open_list("action_saas_noisy")

    # Once a day

    @api.model
    def _cron_forecast(self):
        """Foresee for every cluster on which day it is full."""
        self.search([])._forecast()

    @api.private
    def _forecast(self):
        now = fields.Datetime.now()
        machines_sudo = self.env["saas.machine"].sudo().search([("cluster_id", "in", self.ids)])
        for cluster in self:
            here = machines_sudo.filtered(lambda one, at=cluster: one.cluster_id == at)
            disks = [self._day("disk_used_percent", one.id, FULL, now) for one in here]
            cores = self.env["saas.metric"]._latest(["cores"], here.ids)
            most = max((found["cores"][0] for found in cores.values() if found), default=0)
            cluster.sudo().write(
                {
                    "full_disk_on": min(filter(None, disks), default=False),
                    "full_connections_on": self._day("connections_percent", cluster.id, FULL, now),
                    "full_sessions_on": self._day(
                        "sessions_active", cluster.id, most * SESSIONS_PER_CORE, now
                    ),
                    "capacity_on": now.date(),
                }
            )

    @api.model
    def _day(self, code, subject, limit, now):
        rows = self.env["saas.metric"]._series(code, subject, now - LOOKED, now, STEP)
        samples = [
            (at.replace(tzinfo=timezone.utc), highest)
            for at, _average, highest in rows
            if highest is not None
        ]
        return capacity.full_on(samples, limit or None, now.date()) or False
