"""Evidence: what was proven of a tenant, when, with which result, and how long that counts.

Owns: rows of a claim, the newest of which speaks. Does not own: proving (operations), what a screen
claims (`saas_tenant_isolation.py`).

A repeated result of the same facts renews its row, any other is a new row: rows tell when something
changed, and the newest one when it was last seen.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

CLAIMS = [
    ("isolated", "Isolated from other tenants"),
    ("rights", "Rights on the cluster as they should be"),
]
RESULTS = [("passed", "Passed"), ("failed", "Failed"), ("unknown", "Unknown")]


class SaasEvidence(models.Model):
    _name = "saas.evidence"
    _inherit = "saas.ledger"
    _description = "Evidence"
    _order = "at desc, id desc"
    _rec_name = "claim"

    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    claim = fields.Selection(CLAIMS, required=True, readonly=True)
    result = fields.Selection(RESULTS, required=True, readonly=True)
    since = fields.Datetime(required=True, readonly=True, string="First Seen")
    at = fields.Datetime(required=True, readonly=True, string="Last Checked")
    expires_at = fields.Datetime(required=True, readonly=True, string="Counts Until")
    expired = fields.Boolean(compute="_compute_expired", search="_search_expired")
    facts = fields.Json(readonly=True)
    summary = fields.Char(compute="_compute_summary", string="What Was Found")

    _newest_idx = models.Index("(tenant_id, claim, id DESC)")

    @api.depends("expires_at")
    def _compute_expired(self):
        now = fields.Datetime.now()
        for row in self:
            row.expired = row.expires_at < now

    def _search_expired(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = set(value)
        if wanted == {True, False}:
            return []
        return [("expires_at", "<" if True in wanted else ">=", fields.Datetime.now())]

    @api.depends("facts", "result")
    def _compute_summary(self):
        for row in self:
            told = row.facts or {}
            bad = ", ".join(told.get("bad") or ())
            if bad:
                row.summary = bad[:300]
            elif told.get("count"):
                row.summary = self.env._("%(count)s attempts, all refused", count=told["count"])
            else:
                row.summary = False

    @api.model
    @api.private
    def _keep(self, claim, results, days):
        """Write down results of a claim: `results` maps a tenant to (result, facts).

        Return the rows whose result or facts are new.
        """
        now = fields.Datetime.now()
        dates = {"at": now, "expires_at": now + timedelta(days=days)}
        newest = self._newest(claim, [tenant.id for tenant in results])
        proven_sudo = self._at_work()
        same, new = proven_sudo.browse(), []
        for tenant, (result, facts) in results.items():
            row = newest.get(tenant.id)
            if row and row.result == result and (row.facts or {}) == facts:
                same |= proven_sudo.browse(row.id)
                continue
            new.append({"tenant_id": tenant.id, "claim": claim, "result": result, "facts": facts})
        same.write(dates)
        return proven_sudo.create([{**vals, **dates, "since": now} for vals in new])

    @api.model
    def _newest(self, claim, tenant_ids):
        """Return the newest row of a claim by tenant id."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (tenant_id) id FROM saas_evidence
                 WHERE claim = %s AND tenant_id = ANY(%s) ORDER BY tenant_id, id DESC
                """,
                claim,
                list(tenant_ids),
            )
        )
        found_sudo = self.sudo().browse([number for (number,) in rows])
        return {row.tenant_id.id: row for row in found_sudo}

    def _stays_text(self):
        return self.env._("Evidence cannot be deleted.")

    def _by_hand_text(self):
        return self.env._("Evidence is written by checks alone, never by hand.")

    def action_check_now(self):
        """Have these claims checked again."""
        for row in self:
            row.tenant_id._check_claim(row.claim)
        return True
