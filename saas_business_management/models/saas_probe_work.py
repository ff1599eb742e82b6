"""Probing a cluster's tenants: who is due, what came of it.

Owns: the order of an operation `probe_tenants`, keeping what it read, security events of what an
audit found. Does not own: asking (the job), what answers mean (`kernel/monitoring/reading.py`).
"""

from datetime import timedelta, timezone

from odoo import api, fields, models

from ..kernel.lifecycle.states import SERVING
from ..kernel.metering.cadence import is_due
from ..kernel.monitoring import cadence
from ..kernel.monitoring.reading import Reading, behind, compare, read, trouble

AT_ONCE = 1000
PROBE, AUDIT = "probe", "audit"
ALARMED = ("warning", "critical")


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    @api.model
    def _cron_probe(self):
        """Order probes on each cluster where a tenant is due, and forget orders of yesterday."""
        for cluster in self.search([("state", "=", "ready")]).filtered("has_secrets"):
            if cluster._probe_due(PROBE) or cluster._probe_due(AUDIT):
                cluster._start("probe_tenants", {})
        old = fields.Datetime.now() - timedelta(days=1)
        done = [("kind", "=", "probe_tenants"), ("state", "=", "done"), ("ended_at", "<", old)]
        self.env["saas.job"].sudo().search(done, limit=AT_ONCE).unlink()

    def _probe_due(self, source):
        """Return the open tenants here that it is time to ask, who was not asked for longest
        first.
        """
        self.ensure_one()
        tenants_sudo = (
            self.env["saas.tenant"]
            .sudo()
            .search(
                [
                    ("cluster_id", "=", self.id),
                    ("state", "in", tuple(SERVING)),
                    ("database_id.stage", "=", "claimed"),
                ],
                order="id",
            )
        )
        every = self._probe_seconds(tenants_sudo, source)
        busy = self._busy(tenants_sudo.database_id)
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        rows = (
            self.env["saas.probe"]
            .sudo()
            .search([("tenant_id", "in", tenants_sudo.ids), ("source", "=", source)])
        )
        looks = {row.tenant_id.id: row._to_look() for row in rows}
        never = self.env["saas.probe"]._to_look()

        def due(tenant):
            look, database = looks.get(tenant.id) or never, tenant.database_id
            return database.id not in busy and is_due(database.name, look, every[tenant.id], now)

        asked = {
            number: look.asked_at.timestamp() for number, look in looks.items() if look.asked_at
        }
        found = tenants_sudo.filtered(due)
        return found.sorted(lambda one: asked.get(one.id, 0))[:AT_ONCE]

    def _probe_seconds(self, tenants_sudo, source):
        """Return how often each tenant is asked, by id."""
        if source == AUDIT:
            return dict.fromkeys(tenants_sudo.ids, cadence.AUDIT_SECONDS)
        minutes, at_work = self.env["saas.look.cadence"]._probe_minutes(), self._at_work_tenants()
        return {
            tenant.id: cadence.probe_seconds(
                minutes,
                full=tenant.plan_id.service_tier_id.monitoring_depth == "full",
                idle=at_work is not None and tenant.id not in at_work,
                alarmed=tenant.health in ALARMED,
            )
            for tenant in tenants_sudo
        }

    @api.private
    def _step_probe_due(self, source):
        """Return which tenants are asked, and where they are."""
        return {
            "tenants": [
                {
                    "tenant": tenant.id,
                    "database": tenant.sudo().database_id.name,
                    "generation": tenant.sudo().database_id.generation,
                }
                for tenant in self._probe_due(source)
            ]
        }

    @api.private
    def _step_probe_read(self, source, looks):
        """Keep what was told: `tenant`, `problem`, `told` = answer and problem by code."""
        now = fields.Datetime.now()
        tenants = self.env["saas.tenant"].sudo().browse([one["tenant"] for one in looks]).exists()
        known = self.env["saas.probe"]._of(tenants, source)
        figures = []
        for look in looks:
            row = known.get(look["tenant"])
            if row is None:
                continue
            reading = read({code: tuple(told) for code, told in look["told"].items()})
            problem = look["problem"] or trouble(reading)
            numbers = self._probe_figures(row, reading, problem, now)
            if numbers:
                told = {code: float(value) for code, value in numbers.items()}
                figures.append((now, look["tenant"], told))
        self.env["saas.metric"]._add(source, figures)
        return {"kept": len(figures)}

    def _probe_figures(self, row, reading, problem, now):
        """Write down how a round went and return its figures, none when there was no answer."""
        if row.source == PROBE or problem:
            row._note(now, problem, dict(reading.unknown))
            return {} if problem and not reading.numbers else dict(reading.numbers)
        before = row.sudo().remembered or {}
        audit = compare(before, reading)
        numbers, remember = dict(audit.numbers), dict(audit.remember)
        numbers |= self._patch_figures(before, reading, remember, now)
        numbers |= self._certificate_figures(row.tenant_id, now)
        row._note(now, "", dict(reading.unknown), remember)
        for rule, facts in audit.findings:
            self.env["saas.security.event"]._record(
                rule, tenant=row.tenant_id, source="monitoring", facts=dict(facts)
            )
        return numbers

    def _patch_figures(self, before, reading: Reading, remember, now):
        """Return for how long a tenant's base is not the cluster's, where both are known."""
        target = (
            self.env["saas.module"]
            .sudo()
            .search([("cluster_id", "=", self.id), ("technical_name", "=", "base")], limit=1)
            .version
        )
        if not target or "base_version" not in reading.words:
            return {}
        days, since = behind(before, reading, target, now.date())
        remember["behind_since"] = since
        return {"patch_behind_days": days}

    def _certificate_figures(self, tenant, now):
        until = tenant.sudo().certificate_until
        return {"certificate_days": max((until - now).days, 0)} if until else {}
