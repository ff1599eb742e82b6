"""Who was last asked inside a tenant, what came of it, and what could not be told.

Owns: one row for each tenant and round (probe, audit), its state, what an audit remembers. Does not
own: when to ask again (`saas_probe_work.py`), the figures (`saas.metric`).
"""

from datetime import timezone

from odoo import api, fields, models
from odoo.fields import Domain

from ..kernel.metering.cadence import REST, RESTS_AFTER, Look
from ..messages.probes import label, problem_text

SOURCES = [("probe", "Probe"), ("audit", "Security Audit")]
STATES = [
    ("known", "Known"),
    ("partly", "Partly"),
    ("unknown", "Unknown"),
    ("paused", "Paused"),
]


class SaasProbe(models.Model):
    _name = "saas.probe"
    _description = "Probe of a Tenant"
    _inherit = ["saas.ledger"]
    _order = "state_rank desc, asked_at desc, id"
    _rec_name = "tenant_id"

    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    cluster_id = fields.Many2one(related="tenant_id.cluster_id", store=True, index=True)
    source = fields.Selection(SOURCES, string="Round", required=True, readonly=True)
    state = fields.Selection(STATES, default="unknown", required=True, readonly=True, index=True)
    state_rank = fields.Integer(readonly=True, aggregator=None)
    asked_at = fields.Datetime(string="Last Asked", readonly=True)
    answered_at = fields.Datetime(string="Last Answer", readonly=True)
    failures = fields.Integer(string="Without Answer in a Row", readonly=True)
    problem = fields.Char(string="Code", readonly=True)
    unknown = fields.Json(readonly=True, string="Unknown Figures")
    remembered = fields.Json(readonly=True, groups="saas_business_management.group_saas_admin")
    reason = fields.Char(compute="_compute_reason")
    paused_until = fields.Datetime(compute="_compute_paused_until")

    _once = models.Constraint("UNIQUE (tenant_id, source)", "A round of a tenant is one row.")

    def _may_go(self):
        return True

    @api.depends("problem", "unknown")
    def _compute_reason(self):
        for row in self:
            told = [problem_text(self.env, row.problem)] if row.problem else []
            by_problem = {}
            for code, problem in sorted((row.unknown or {}).items()):
                by_problem.setdefault(problem, []).append(label(self.env, code))
            if not row.problem:
                told = [
                    f"{', '.join(names)}: {problem_text(self.env, problem)}"
                    for problem, names in by_problem.items()
                ]
            row.reason = " ".join(told) or False

    @api.depends("state", "asked_at")
    def _compute_paused_until(self):
        for row in self:
            row.paused_until = row.state == "paused" and row.asked_at and row.asked_at + REST

    def _to_look(self):
        """Return what tells when to ask again."""
        asked = self.asked_at and self.asked_at.replace(tzinfo=timezone.utc)
        return Look(asked or None, self.failures)

    @api.model
    @api.private
    def _of(self, tenants, source):
        """Return the rows of these tenants by tenant id, making those that are not there."""
        found = self._at_work().search(
            Domain("tenant_id", "in", tenants.ids) & Domain("source", "=", source)
        )
        found |= self._at_work().create(
            [{"tenant_id": one.id, "source": source} for one in tenants - found.tenant_id]
        )
        return {row.tenant_id.id: row for row in found}

    @api.private
    def _note(self, at, problem, unknown, remembered=None):
        """Write down what came of a round: `problem` = there was no answer at all; `unknown` = the
        figures that could not be told, by code.
        """
        self.ensure_one()
        failures = self.failures + 1 if problem else 0
        state = ("partly" if unknown else "known") if not problem else "unknown"
        if failures >= RESTS_AFTER:
            state = "paused"
        vals = {
            "asked_at": at,
            "failures": failures,
            "problem": problem or False,
            "unknown": unknown or False,
            "state": state,
            "state_rank": [name for name, _label in STATES].index(state),
        }
        if not problem:
            vals["answered_at"] = at
        if remembered is not None:
            vals["remembered"] = remembered
        self._put(vals)

    def action_probe_now(self):
        """Ask these tenants again at once, also those that are paused."""
        self.tenant_id._check_probe_now()
        self._put({"asked_at": False, "failures": 0})
        for cluster in self.cluster_id:
            cluster._start("probe_tenants", {})
        return True

    def _by_hand_text(self):
        return self.env._("What a tenant was asked is written by monitoring, never by hand.")

    def _stays_text(self):
        return self.env._("What monitoring knows of a tenant cannot be deleted by hand.")
