"""The likely cause of an alert: the neighbour that was named while it was open.

Owns: which finding explains which alert, the sentence, where people read it. Does not own: naming
(`kernel/monitoring/noisy.py`), findings (`saas_noisy_finding.py`).

Names of tenants stay inside: no webhook and no channel with addresses from outside tells a cause.
"""

from odoo import api, fields, models

from ..kernel.monitoring import layers
from .saas_alert_channel import WEBHOOK

# What a busy server explains; a backup that failed has other reasons.
EXPLAINED = (layers.INFRASTRUCTURE, layers.APPLICATION, layers.DATABASE)


class SaasAlert(models.Model):
    _inherit = "saas.alert"

    cause_id = fields.Many2one(
        "saas.noisy.finding", compute="_compute_cause", string="Noisy Neighbour"
    )
    cause_text = fields.Char(compute="_compute_cause", string="Likely Cause")

    @api.depends("tenant_id", "cluster_id", "layer", "code", "since", "ended_at")
    @api.depends_context("lang", "uid")
    def _compute_cause(self):
        clusters = self.cluster_id | self.tenant_id.cluster_id | self.machine_id.cluster_id
        findings = self.env["saas.noisy.finding"]
        if clusters and findings.has_access("read"):
            first = min(self.filtered("since").mapped("since"), default=fields.Datetime.now())
            lasted = ["|", ("ended_at", "=", False), ("ended_at", ">=", first)]
            findings = findings.search([("cluster_id", "in", clusters.ids), *lasted])
        for row in self:
            row.cause_id = findings.filtered(row._is_explained_by)[:1]
            row.cause_text = row._cause_sentence(row.cause_id) if row.cause_id else False

    def _is_explained_by(self, finding):
        """Tell whether a finding says why: at the same time, of this tenant, one that it slowed
        down, or the cluster they share.
        """
        until = self.ended_at or fields.Datetime.now()
        if finding.since > until or (finding.ended_at and finding.ended_at < self.since):
            return False
        if self.tenant_id and self.tenant_id == finding.tenant_id:
            return self.layer in EXPLAINED or self.code == "noisy_neighbour"
        if self.layer not in EXPLAINED:
            return False
        if self.scope == layers.TENANT:
            return self.tenant_id in finding.victim_ids
        here = self.cluster_id or self.machine_id.cluster_id
        return self.scope in (layers.CLUSTER, layers.MACHINE) and here == finding.cluster_id

    def _cause_sentence(self, finding):
        lines = finding._evidence_lines()
        said = self.env._(
            "%(tenant)s takes %(summary)s", tenant=finding.tenant_id.name, summary=finding.summary
        )
        return f"{said}. {lines[0]}" if lines else said

    def action_view_cause(self):
        """Open the neighbour that was named, with what can be done about it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.noisy.finding",
            "res_id": self.cause_id.id,
            "views": [(False, "form")],
        }


class SaasAlertNotification(models.Model):
    _inherit = "saas.alert.notification"

    def _lines(self):
        """Add the likely cause for the people of the platform."""
        lines = super()._lines()
        named = self._alerts("firing_ids").filtered(
            lambda one: one.cause_id and self.channel_id._may_name(one.cause_id)
        )
        if named:
            lines.append((self.env._("Likely cause"), named[0].cause_text))
        return lines


class SaasAlertChannel(models.Model):
    _inherit = "saas.alert.channel"

    def _may_name(self, finding):
        """Tell whether all who listen here are people of the platform that owns the tenant."""
        if self.kind == WEBHOOK or self.addresses:
            return False
        return not self.company_id or self.company_id == finding.company_id
