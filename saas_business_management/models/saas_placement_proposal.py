"""A tenant that should be on another cluster, why, and what was decided about it.

Owns: the rows of the fit report, deciding, settling them when the tenant moved. Does not own: which
tenants and why (`kernel/migration/fit.py`), the daily look (`saas_placement_look.py`), moving.

Open → accepted → done; or rejected, with a reason. What was rejected is not proposed again for the
same reasons within 90 days.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from ..kernel.migration import fit

_lt = LazyTranslate(__name__)
STATES = [
    ("open", "Open"),
    ("accepted", "Accepted"),
    ("rejected", "Rejected"),
    ("done", "Done"),
]
STANDING = ("open", "accepted")
TARGETS = [
    (fit.DEDICATED, "Should Be on a Cluster of Its Own"),
    (fit.SHARED, "Could Be on a Shared Cluster"),
    (fit.ELSEWHERE, "Should Be on Another Cluster"),
]
REASONS = [
    (fit.RESIDENCY, "Data Is in Another Region"),
    (fit.TIER, "Service Tier Promises It"),
    (fit.NOISY, "Disturbs Its Neighbours"),
    (fit.ROOM, "Cluster Is Almost Full"),
    (fit.LARGE, "Takes Most of Its Cluster"),
    (fit.RULE, "Placement Rule"),
    (fit.ALONE, "Nothing Asks for Its Own Cluster"),
]
SENTENCES = {
    fit.RESIDENCY: _lt("Its data must stay in %(must_stay)s, the cluster is in %(region)s."),
    fit.TIER: _lt("Its service tier %(tier)s promises a cluster of its own."),
    fit.NOISY: _lt(
        "It was named a noisy neighbour %(noisy)s times in 30 days; tenants that became slow: "
        "%(victims)s."
    ),
    fit.ROOM: _lt("The cluster is %(fill)s %% full; this is one of the quickest to move."),
    fit.LARGE: _lt("It takes %(share)s %% of what all tenants of the cluster store."),
    fit.RULE: _lt("A placement rule leads to %(rule_cluster)s today."),
    fit.ALONE: _lt("Its service tier does not promise a cluster of its own."),
}
SPARED = timedelta(days=90)


class SaasPlacementProposal(models.Model):
    _name = "saas.placement.proposal"
    _inherit = "saas.ledger"
    _description = "Placement Proposal"
    _order = "weight desc, found_at, id"
    _rec_name = "tenant_id"

    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    partner_id = fields.Many2one(related="tenant_id.partner_id", store=True, string="Customer")
    cluster_id = fields.Many2one(
        "saas.cluster", required=True, readonly=True, index=True, ondelete="cascade", string="Is On"
    )
    destination_id = fields.Many2one(
        "saas.cluster",
        readonly=True,
        ondelete="set null",
        string="Would Go To",
        help="Empty: no cluster that fits is there yet.",
    )
    target = fields.Selection(TARGETS, required=True, readonly=True, index=True, string="Proposal")
    reason = fields.Selection(REASONS, required=True, readonly=True, string="Main Reason")
    facts = fields.Json(readonly=True)
    reason_text = fields.Text(compute="_compute_reason_text", string="Because")
    weight = fields.Integer(
        readonly=True, aggregator=None, help="The higher, the sooner: promises before tidiness."
    )
    state = fields.Selection(STATES, default="open", required=True, readonly=True, index=True)
    found_at = fields.Datetime(required=True, readonly=True, string="Found")
    seen_at = fields.Datetime(required=True, readonly=True, string="Last Seen")
    decided_by_id = fields.Many2one("res.users", readonly=True, string="Decided By")
    decided_at = fields.Datetime(readonly=True, string="Decided")
    outcome = fields.Char(readonly=True, string="Result")

    _standing = models.UniqueIndex(
        "(tenant_id) WHERE state IN ('open', 'accepted')", "This tenant has a proposal already."
    )

    @api.depends("facts")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        for row in self:
            facts = row.facts or {}
            told = [self.env._(SENTENCES[code]) % facts for code in facts.get("codes", ())]
            row.reason_text = "\n".join(told) or False

    # Found

    @api.private
    def _proposed(self, tenant, verdict, facts, destination):
        """Keep a verdict: carry on the standing proposal or open one; return it, or nothing when
        the same was rejected lately.
        """
        rows_sudo, now = self._at_work(), fields.Datetime.now()
        vals = {
            "target": verdict.target,
            "reason": verdict.reasons[0],
            "weight": verdict.weight,
            "destination_id": destination.id,
            "facts": {**facts, "codes": list(verdict.reasons)},
            "seen_at": now,
        }
        row_sudo = rows_sudo.search(
            [("tenant_id", "=", tenant.id), ("state", "in", STANDING)], limit=1
        )
        if row_sudo:
            row_sudo.write(vals)
            return row_sudo
        if self._was_rejected(tenant, verdict, now):
            return rows_sudo.browse()
        return rows_sudo.create(
            {**vals, "tenant_id": tenant.id, "cluster_id": tenant.cluster_id.id, "found_at": now}
        )

    def _was_rejected(self, tenant, verdict, now):
        lately_sudo = self.sudo().search(
            [
                ("tenant_id", "=", tenant.id),
                ("cluster_id", "=", tenant.cluster_id.id),
                ("state", "=", "rejected"),
                ("decided_at", ">=", now - SPARED),
            ]
        )
        known = {code for row in lately_sudo for code in (row.facts or {}).get("codes", ())}
        return bool(lately_sudo) and set(verdict.reasons) <= known

    @api.model
    @api.private
    def _settle(self, tenants):
        """Close standing proposals of tenants that are on another cluster now."""
        rows_sudo = self._at_work().search(
            [("tenant_id", "in", tenants.ids), ("state", "in", STANDING)]
        )
        for row_sudo in rows_sudo:
            if row_sudo.tenant_id.cluster_id != row_sudo.cluster_id:
                name = row_sudo.tenant_id.cluster_id.name
                row_sudo.write(
                    {"state": "done", "outcome": self.env._("It is on %(name)s now.", name=name)}
                )

    @api.private
    def _over(self):
        """Close open proposals for which there is no reason any more."""
        text = self.env._("Nothing speaks for it any more.")
        self._at_work().filtered(lambda row: row.state == "open").write(
            {"state": "done", "outcome": text}
        )

    # Deciding

    def action_accept(self):
        """Say that these tenants are to move."""
        return self._decide("accepted", ("open",), "")

    def action_ask_reject(self):
        """Ask why these tenants stay."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject"),
            "res_model": "saas.placement.reject",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_proposal_ids": self.ids},
        }

    @api.private
    def _reject(self, why):
        return self._decide("rejected", STANDING, why)

    def _decide(self, state, before, why):
        self.check_access("read")
        self.env["saas.tenant"].check_access("write")
        for row_sudo in self._at_work():
            if row_sudo.state not in before:
                raise UserError(
                    self.env._(
                        "The proposal for %(tenant)s was decided already.",
                        tenant=row_sudo.tenant_id.name,
                    )
                )
            row_sudo.write(
                {
                    "state": state,
                    "decided_by_id": self.env.uid,
                    "decided_at": fields.Datetime.now(),
                    "outcome": why or False,
                }
            )
            self.env["saas.audit.entry"]._note(
                "placement_decided", row_sudo.tenant_id.with_env(self.env), why, decided=state
            )
        return True

    def action_move(self):
        """Open the dialog that moves the tenant."""
        self.ensure_one()
        self.env["saas.tenant"].check_access("write")
        if self.state not in STANDING:
            raise UserError(self.env._("This proposal was decided already."))
        return self._open_move()

    def _open_move(self):
        """Return the dialog of a move, with the destination filled in."""
        return self.env["saas.tenant.move"]._open_for(
            self.tenant_id, self.destination_id, self.reason_text
        )

    def action_open_tenant(self):
        """Open the tenant."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.tenant_id.name,
            "res_model": "saas.tenant",
            "res_id": self.tenant_id.id,
            "views": [(False, "form")],
        }

    def _expire(self):
        """Forget proposals that were settled long ago; the retention rule's."""
        self._at_work()._drop()

    def _by_hand_text(self):
        return self.env._("Proposals come from the daily look at the fleet, never by hand.")

    def _stays_text(self):
        return self.env._("A proposal cannot be deleted. Reject it, with a reason.")


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    def write(self, vals):
        done = super().write(vals)
        if "cluster_id" in vals:
            self.env["saas.placement.proposal"]._settle(self)
        return done
