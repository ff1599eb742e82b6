"""How fast a cluster fills with tenants, and on which day its places are used up.

Owns: places used, growth, the day, how many should move away. Does not own: disk, connections and
processors (`saas_cluster_health.py`), the line through the days (`kernel/monitoring/capacity.py`).
"""

from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.tools import format_date

from ..kernel.monitoring import capacity
from .saas_cluster_steps import OCCUPYING

LOOKED_DAYS = 90
MONTH_DAYS = 30


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    places_used = fields.Integer(compute="_compute_growth", string="Places Used")
    places_grown = fields.Integer(compute="_compute_growth", string="More a Month")
    places_full_on = fields.Date(compute="_compute_growth", string="Places Used Up On")
    growth_text = fields.Char(compute="_compute_growth", string="Growth")
    proposal_count = fields.Integer(compute="_compute_proposal_count", string="Fit Report")

    @api.depends("capacity")
    @api.depends_context("lang")
    def _compute_growth(self):
        today = fields.Date.context_today(self)
        groups = self.env["saas.database"]._read_group(
            [("cluster_id", "in", self.ids), ("kind", "=", "tenant"), ("stage", "in", OCCUPYING)],
            ["cluster_id", "create_date:day"],
            ["__count"],
        )
        made = {}
        for cluster, day, count in groups:
            made.setdefault(cluster.id, []).append((day, count))
        for cluster in self:
            rows = made.get(cluster._origin.id, [])
            cluster.places_used = sum(count for _day, count in rows)
            since = fields.Datetime.now() - timedelta(days=LOOKED_DAYS)
            grown = sum(count for day, count in rows if day >= since)
            cluster.places_grown = round(grown * MONTH_DAYS / LOOKED_DAYS)
            samples = cluster._places_by_day(rows, fields.Datetime.now())
            cluster.places_full_on = capacity.full_on(samples, cluster.capacity, today) or False
            cluster.growth_text = cluster._growth_words()

    def _places_by_day(self, rows, now):
        """Return how many places were taken on each of the last days, as far as they still are."""
        for back in range(LOOKED_DAYS, -1, -1):
            at = now - timedelta(days=back)
            used = sum(count for day, count in rows if day <= at)
            if used:
                yield at.replace(tzinfo=timezone.utc), float(used)

    def _growth_words(self):
        _ = self.env._
        told = _(
            "%(used)s of %(most)s places are used; %(grown)s more a month.",
            used=self.places_used,
            most=self.capacity,
            grown=self.places_grown,
        )
        if self.places_used >= self.capacity:
            return f"{told} {_('It is full.')}"
        if not self.places_full_on:
            return told
        day = format_date(self.env, self.places_full_on)
        return f"{told} {_('Full on %(day)s, if it grows on.', day=day)}"

    def _compute_proposal_count(self):
        groups = self.env["saas.placement.proposal"]._read_group(
            [("cluster_id", "in", self.ids), ("state", "in", ("open", "accepted"))],
            ["cluster_id"],
            ["__count"],
        )
        counts = {cluster.id: count for cluster, count in groups}
        for cluster in self:
            cluster.proposal_count = counts.get(cluster._origin.id, 0)

    def action_view_proposals(self):
        """Open who should move away from here."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_placement_proposal"
        )
        return dict(action, domain=[("cluster_id", "=", self.id)], path=False)
