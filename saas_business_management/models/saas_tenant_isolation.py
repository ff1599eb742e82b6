"""A tenant is kept apart from the others: proving it every week, saying so only while it is proven.

Owns: the claim *Isolated* on screens, when it is proven anew, what happens when a proof fails, what
nodes are told about Python code. Does not own: the statements (`adapters/postgres/hostile.py`),
rows of evidence (`saas_evidence.py`).
"""

from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..kernel.provisioning.spread import is_due

PROOF_DAYS = 7
# One proof may be a day late before the badge falls.
COUNTS_DAYS = 8
MOST_AT_ONCE = 200
ISOLATION = [("passed", "Isolated"), ("failed", "Not Isolated"), ("unknown", "Not Proven")]
PROVABLE = ("trial", "active")


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    evidence_ids = fields.One2many("saas.evidence", "tenant_id", readonly=True, string="Evidence")
    isolation = fields.Selection(
        ISOLATION,
        compute="_compute_isolation",
        search="_search_isolation",
        help="Proven when every hostile statement was refused within the last 8 days.",
    )

    @api.depends("evidence_ids.result", "evidence_ids.at", "evidence_ids.expires_at")
    def _compute_isolation(self):
        newest = self.env["saas.evidence"]._newest("isolated", self._origin.ids)
        now = fields.Datetime.now()
        for tenant in self:
            tenant.isolation = self._claim_result(newest.get(tenant._origin.id), now)

    @api.model
    def _claim_result(self, row, now):
        """A failed proof stands until another one; a passed one only while it is fresh."""
        if not row:
            return "unknown"
        fresh = row.expires_at > now and row.at > now - timedelta(days=COUNTS_DAYS)
        return "failed" if row.result == "failed" else row.result if fresh else "unknown"

    def _search_isolation(self, operator, value):
        if operator != "in":
            return NotImplemented
        rows_sudo = self.env["saas.evidence"].sudo().search([("claim", "=", "isolated")])
        newest = self.env["saas.evidence"]._newest("isolated", rows_sudo.tenant_id.ids)
        now, wanted = fields.Datetime.now(), set(value)
        results = {number: self._claim_result(row, now) for number, row in newest.items()}
        found = [number for number, result in results.items() if result in wanted]
        domain = Domain("id", "in", found)
        if "unknown" in wanted:
            domain |= Domain("id", "not in", list(results))
        return domain

    def write(self, vals):
        result = super().write(vals)
        if "plan_id" in vals:
            for tenant in self.filtered("database_id"):
                tenant._sync_route()
        return result

    def _route_values(self):
        return {**super()._route_values(), "code": self.plan_id.allow_code}

    def _step_welcome(self):
        """The tenant is open and the mail written; from here on nobody waits."""
        result = super()._step_welcome()
        self._order_first_proof()
        return result

    @api.private
    def _order_first_proof(self):
        """Order the proof of a tenant that has just opened, once."""
        ordered = [("kind", "=", "prove_isolation"), ("database_id", "=", self.database_id.id)]
        if not self.env["saas.job"].sudo().search_count(ordered, limit=1):
            self._prove_isolation(once=False)

    def _prove_isolation(self, once=True):
        """Order the proof; return the operation, with `once` the one that is open already.

        It belongs to the database: an operation of the tenant would keep people from its buttons.
        A step orders it without the key of which there is one: a worker that is frozen in that step
        holds it, and the one that took over would wait for it.
        """
        self.ensure_one()
        database_sudo = self.database_id.sudo()
        return self.env["saas.job"]._enqueue(
            "prove_isolation",
            dedupe_key=f"isolation:{database_sudo.name}" if once else None,
            serial_key=f"database:{database_sudo.name}",
            priority=50,
            database_id=database_sudo.id,
            cluster_id=database_sudo.cluster_id.id,
        )

    def action_check_evidence(self):
        """Have everything that is claimed about this tenant checked now."""
        self.check_access("write")
        for tenant in self:
            for claim in ("isolated", "rights"):
                tenant._check_claim(claim)
        return True

    def _check_claim(self, claim):
        self.check_access("write")
        if not self.database_id or not self._is_serving():
            raise UserError(
                self.env._(
                    "%(tenant)s is not open, so there is nothing to check.", tenant=self.name
                )
            )
        if claim == "isolated":
            self._prove_isolation()
        else:
            self.cluster_id._start("audit_rights", {})

    @api.private
    def _isolation_told(self, attacks):
        """Write the evidence of a proof down, and call people when something was not refused."""
        self.ensure_one()
        broken = [one["name"] for one in attacks if one["outcome"] == "succeeded"]
        unsure = [one["name"] for one in attacks if one["outcome"] == "unknown"]
        result = "failed" if broken else "unknown" if unsure or not attacks else "passed"
        facts = {"count": len(attacks), "bad": broken or unsure}
        self.env["saas.evidence"]._keep("isolated", {self: (result, facts)}, COUNTS_DAYS)
        if broken:
            self._isolation_broken(broken)

    def _isolation_broken(self, names):
        """A wall does not hold: put it into the audit log and before somebody's eyes."""
        self.env["saas.audit.entry"]._note("isolation_broken", self, attacks=names)
        self.env["saas.security.event"]._record("hostile_statement", self, facts={"allowed": names})
        summary = self.env._("Isolation is broken")
        if summary not in self.sudo().activity_ids.mapped("summary"):
            self.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=self.env._(
                    "PostgreSQL let its role do this: %(attacks)s. Read the doctor's findings "
                    "about this cluster, mend them and choose Check Now.",
                    attacks=", ".join(names),
                ),
                user_id=self.user_id.id or self.env.ref("base.user_admin").id,
            )

    @api.model
    def _cron_prove_isolation(self):
        """Prove every open tenant's isolation once a week, each at its own hour."""
        tenants = self.search([("state", "in", PROVABLE), ("database_id", "!=", False)])
        newest = self.env["saas.evidence"]._newest("isolated", tenants.ids)
        for tenant in self._due(tenants, PROOF_DAYS, lambda one: newest[one.id].at, newest):
            tenant._prove_isolation()

    @api.model
    def _due(self, tenants, days, last, known):
        """Return those whose turn has come; `last` gives when, for those in `known`."""
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)

        def due(tenant):
            at = last(tenant).replace(tzinfo=timezone.utc) if tenant.id in known else None
            return is_due(tenant.public_id, at, now, timedelta(days=days))

        return tenants.filtered(due)[:MOST_AT_ONCE]
