"""The daily look at the fleet: which tenants are not where they belong.

Owns: gathering facts of each tenant, keeping verdicts, noisy neighbours that a person wants moved.
Does not own: judging (`kernel/migration/fit.py`), the rows (`saas_placement_proposal.py`).
"""

from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models

from ..kernel.errors import Refused
from ..kernel.lifecycle.states import SERVING, SUSPENDED
from ..kernel.migration import fit
from ..kernel.provisioning.placement import Wish, choose
from ..kernel.provisioning.rule import place

LOOKED = timedelta(days=30)
SIZE = "storage_gb"


class SaasPlacementProposal(models.Model):
    _inherit = "saas.placement.proposal"

    @api.model
    def _cron_look(self):
        """Look at the tenants of each cluster."""
        clusters = self.env["saas.cluster"].sudo().search([])
        for left, cluster in zip(range(len(clusters) - 1, -1, -1), clusters, strict=True):
            self._look_at(cluster)
            self.env["ir.cron"]._commit_progress(1, remaining=left)

    def action_look(self):
        """Look at the whole fleet now; nothing outside is asked."""
        self.env["saas.tenant"].check_access("write")
        for cluster_sudo in self.env["saas.cluster"].sudo().search([]):
            self._look_at(cluster_sudo)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _look_at(self, cluster_sudo):
        """Propose for each tenant of a cluster that does not belong there, close what is over."""
        tenants_sudo = self._living(cluster_sudo)
        self._settle(self.sudo().search([("state", "in", ("open", "accepted"))]).tenant_id)
        stays = self._stays(cluster_sudo, tenants_sudo)
        kept_sudo = self.sudo().browse()
        for tenant_sudo, stay in zip(tenants_sudo, stays, strict=True):
            verdict = fit.judge(stay)
            if verdict:
                facts = self._told_facts(tenant_sudo, stay)
                there = self._destination(tenant_sudo, verdict)
                kept_sudo |= self._proposed(tenant_sudo, verdict, facts, there)
        here_sudo = self.sudo().search([("cluster_id", "=", cluster_sudo.id)])
        (here_sudo - kept_sudo)._over()

    @api.model
    def _living(self, cluster_sudo):
        return (
            self.env["saas.tenant"]
            .sudo()
            .search(
                [
                    ("cluster_id", "=", cluster_sudo.id),
                    ("state", "in", tuple(SERVING | {SUSPENDED})),
                ],
                order="id",
            )
        )

    @api.model
    def _stays(self, cluster_sudo, tenants_sudo):
        facts = cluster_sudo._placement_facts()
        sizes = self._sizes(tenants_sudo)
        whole = sum(sizes.values())
        noisy = self._noisy(tenants_sudo)
        shares = [(one.id, round(sizes.get(one.id, 0) * 1000)) for one in tenants_sudo]
        leaving = set(fit.make_room(facts.capacity, facts.used, shares))
        clusters = self._all_facts()
        for one in tenants_sudo:
            count, victims = noisy.get(one.id, (0, 0))
            size = sizes.get(one.id)
            yield fit.Stay(
                tenant=one.id,
                cluster=facts.key,
                hosting=facts.hosting,
                promised=one.plan_id.service_tier_id.hosting or fit.SHARED,
                region=facts.region,
                must_stay=one._residency(),
                noisy=count,
                victims=victims,
                share_percent=round(size * 100 / whole) if whole and size is not None else None,
                neighbours=len(tenants_sudo),
                rule_cluster=self._by_rule(one, clusters),
                makes_room=one.id in leaving,
            )

    @api.model
    def _sizes(self, tenants_sudo):
        rows = (
            self.env["saas.usage.reading"]
            .sudo()
            .search([("tenant_id", "in", tenants_sudo.ids), ("meter_id.code", "=", SIZE)])
        )
        return {row.tenant_id.id: row.quantity for row in rows if row.known}

    @api.model
    def _noisy(self, tenants_sudo):
        """Return how often each was named in 30 days, and how many it slowed down at most."""
        since = fields.Datetime.now() - LOOKED
        groups = (
            self.env["saas.noisy.finding"]
            .sudo()
            ._read_group(
                [("tenant_id", "in", tenants_sudo.ids), ("last_seen_at", ">=", since)],
                ["tenant_id"],
                ["__count", "victim_count:max"],
            )
        )
        return {tenant.id: (count, victims or 0) for tenant, count, victims in groups}

    @api.model
    def _all_facts(self):
        return [one._placement_facts() for one in self.env["saas.cluster"].sudo().search([])]

    @api.model
    def _by_rule(self, tenant_sudo, clusters):
        """Return the cluster to which a rule leads; its own when that keeps the same rule."""
        own = tenant_sudo.cluster_id.key
        clusters = [replace(one, used=one.used - 1) if one.key == own else one for one in clusters]
        rows = self.env["saas.placement.rule"]._of(tenant_sudo.company_id)
        rules = [row._to_rule() for row in rows]
        wish, subject = tenant_sudo._placement_wish(), tenant_sudo._placement_subject()
        try:
            best = place(clusters, replace(wish, cluster=""), rules, subject)
        except Refused:
            return ""
        if not best.rule:
            return ""
        try:
            stays = place(clusters, replace(wish, cluster=own), rules, subject).rule == best.rule
        except Refused:
            stays = False
        return own if stays else best.cluster

    @api.model
    def _destination(self, tenant_sudo, verdict):
        """Return the cluster that fits best, or nothing."""
        wish = Wish(
            company_id=tenant_sudo.company_id.id,
            region=tenant_sudo._residency(),
            hosting="" if verdict.target == fit.ELSEWHERE else verdict.target,
            customer=tenant_sudo.partner_id.commercial_partner_id.id or 0,
        )
        own = tenant_sudo.cluster_id.key
        others = [one for one in self._all_facts() if one.key != own]
        clusters_sudo = self.env["saas.cluster"].sudo()
        if fit.RULE in verdict.reasons:
            key = self._by_rule(tenant_sudo, self._all_facts())
        else:
            try:
                key = choose(others, wish)
            except Refused:
                return clusters_sudo.browse()
        return clusters_sudo.search([("key", "=", key)], limit=1)

    @api.model
    def _told_facts(self, tenant_sudo, stay):
        """Return what the sentences of a proposal name."""
        cluster_sudo = tenant_sudo.cluster_id
        led_sudo = cluster_sudo.search([("key", "=", stay.rule_cluster)], limit=1)
        facts = cluster_sudo._placement_facts()
        return {
            "must_stay": stay.must_stay,
            "region": stay.region or "—",
            "tier": tenant_sudo.plan_id.service_tier_id.name or "—",
            "noisy": stay.noisy,
            "victims": stay.victims,
            "share": stay.share_percent or 0,
            "fill": round(facts.used * 100 / facts.capacity),
            "rule_cluster": led_sudo.name or "—",
        }

    # Noisy neighbours

    @api.model
    @api.private
    def _suggested(self, finding):
        """Propose a cluster of its own for a noisy neighbour that a person wants moved."""
        tenant_sudo = finding.tenant_id.sudo()
        count, victims = self._noisy(tenant_sudo).get(tenant_sudo.id, (1, finding.victim_count))
        verdict = fit.Verdict(tenant_sudo.id, fit.DEDICATED, (fit.NOISY,), fit.WEIGHTS[fit.NOISY])
        stay = fit.Stay(
            tenant_sudo.id,
            tenant_sudo.cluster_id.key,
            tenant_sudo.cluster_id.hosting,
            noisy=count,
            victims=victims,
        )
        there = self._destination(tenant_sudo, verdict)
        return self._proposed(tenant_sudo, verdict, self._told_facts(tenant_sudo, stay), there)

    @api.model
    @api.private
    def _taken_back(self, tenant):
        """Close the open proposal of a tenant: the step that led to it was undone."""
        self._at_work().search([("tenant_id", "=", tenant.id), ("state", "=", "open")])._over()
