"""The hourly audit of rights on a cluster (A5): what it is compared with, what came of it.

Owns: the records' side, the doctor's and the evidence's share of the result. Does not own: the
baseline (`kernel/provisioning/privileges.py`), looking and putting right (job `audit_rights`).
"""

from odoo import api, fields, models

from ..kernel.work.states import UNSETTLED
from .saas_cluster_connection import ADMIN

JUDGED = ("standby", "claimed")
THERE = ("building", "ready", "standby", "claimed", "dropping")
MOST_KEPT = 200
# Operations beside which a database is as it should be.
CHANGING_NOTHING = ("prove_isolation", "apply_limits")
RIGHTS_COUNT_DAYS = 0.25


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    trusted_roles = fields.Char(
        default="postgres",
        tracking=True,
        groups=ADMIN,
        help="Roles on this server that may be superuser, separated by commas. Any other strong "
        "role is a finding of the doctor.",
    )
    rights_audited_at = fields.Datetime(string="Last Audit of Rights", readonly=True, copy=False)
    rights_findings = fields.Json(readonly=True, copy=False)

    @api.model
    def _cron_audit(self):
        super()._cron_audit()
        for cluster in self.search([("state", "=", "ready")]).filtered("has_secrets"):
            cluster._start("audit_rights", {})

    @api.private
    def _step_rights_wanted(self):
        """Return the tenants' databases on the cluster as the audit has to see them."""
        rows_sudo = (
            self.env["saas.database"]
            .sudo()
            .search(
                [("cluster_id", "=", self.id), ("kind", "=", "tenant"), ("stage", "in", THERE)],
                order="id",
            )
        )
        busy = self._rights_busy()
        trusted = (self.sudo().trusted_roles or "").split(",")
        return {
            "trusted": [name.strip() for name in trusted if name.strip()],
            "tenants": [
                {
                    "name": row.name,
                    "generation": row.generation,
                    "busy": row.stage not in JUDGED or row.id in busy,
                    "addresses": self._addresses(row),
                    **row.tenant_id._share_expected(),
                }
                for row in rows_sudo
            ],
        }

    @api.model
    def _rights_busy(self):
        """Return the ids of databases that are being changed; a proof changes nothing."""
        unsettled = [("state", "in", tuple(UNSETTLED)), ("kind", "not in", CHANGING_NOTHING)]
        jobs_sudo = self.env["saas.job"].sudo().search(unsettled)
        return set((jobs_sudo.database_id | jobs_sudo.tenant_id.database_id).ids)

    def _addresses(self, database_sudo):
        """Return the addresses a tenant's Odoo may call its own."""
        tenant_sudo = database_sudo.tenant_id
        if database_sudo.stage != "claimed" or not tenant_sudo._is_serving():
            return []
        hosts_sudo = tenant_sudo.host_ids.filtered(lambda one: one.state != "released")
        pattern = self.public_url_pattern
        return sorted(
            {tenant_sudo.url, *(pattern.replace("{host}", one.host) for one in hosts_sudo)}
        )

    @api.private
    def _step_rights_audited(self, found, mended):
        """Keep what is wrong, log what was put right, renew the evidence of every tenant."""
        self.ensure_one()
        self.sudo().write(
            {"rights_findings": found[:MOST_KEPT], "rights_audited_at": fields.Datetime.now()}
        )
        for row in mended:
            self.env["saas.audit.entry"]._note(
                "right_mended", self, kind=row["kind"], on=row["name"], found=row["facts"]
            )
        self._note_rights(found)
        return {"findings": len(found), "mended": len(mended)}

    def _note_rights(self, found):
        busy = self._rights_busy()
        rows_sudo = (
            self.env["saas.database"]
            .sudo()
            .search([("cluster_id", "=", self.id), ("stage", "=", "claimed")])
        )
        bad = {}
        for one in found:
            if one["level"] == "failing":
                bad.setdefault(one["name"], []).append(one["kind"])
        results = {
            row.tenant_id: ("failed" if row.name in bad else "passed", self._bad(bad, row.name))
            for row in rows_sudo
            if row.id not in busy and row.tenant_id
        }
        self.env["saas.evidence"]._keep("rights", results, RIGHTS_COUNT_DAYS)

    @api.model
    def _bad(self, bad, name):
        return {"bad": sorted(bad[name])} if name in bad else {}
