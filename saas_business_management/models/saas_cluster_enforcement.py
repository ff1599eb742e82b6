"""Limits inside tenants' databases, as a cluster's operations compare and apply them.

Owns: the hourly round, what the operation `apply_limits` reads and writes, the log of what somebody
did to limits. Does not own: the work (`jobs/apply_limits.py`), single tenants
(`saas_tenant_enforcement.py`).
"""

import secrets
from dataclasses import asdict

from odoo import api, fields, models

from ..kernel.errors import Refused
from ..kernel.lifecycle.states import SERVING
from ..kernel.metering.builtin import SIZES


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    @api.model
    def _cron_audit(self):
        super()._cron_audit()
        for cluster in self.search([("state", "=", "ready")]).filtered("has_secrets"):
            if cluster.sudo().limits_password_sealed:
                cluster._start("apply_limits", {})

    @api.private
    def _step_limits_wanted(self, tenant_ids=None):
        """Return the tenants whose limits are to be compared: those of the order, or every one that
        is open, was given limits or should have some, and is not being changed.
        """
        job_sudo = self.env["saas.job"].sudo().browse(self.env.context.get("saas_job_id"))
        ids = tenant_ids or job_sudo.tenant_id.ids
        wanted = [
            ("cluster_id", "=", self.id),
            ("database_id.stage", "=", "claimed"),
            ("state", "in", tuple(SERVING)),
        ]
        wanted += [("id", "in", ids)] if ids else []
        tenants_sudo = self.env["saas.tenant"].sudo().search(wanted, order="id")
        if not ids:
            busy = self._busy(tenants_sudo.database_id)
            tenants_sudo = tenants_sudo.filtered(lambda one: one.database_id.id not in busy)
        rows = [self._limits_row(tenant_sudo) for tenant_sudo in tenants_sudo]
        rows = [row for row in rows if row]
        # A round that is cut short begins elsewhere the next time.
        start = secrets.randbelow(len(rows)) if len(rows) > 1 else 0
        return {"rows": rows[start:] + rows[:start]}

    def _limits_row(self, tenant_sudo):
        database_sudo = tenant_sudo.database_id
        applied = database_sudo._limits_applied()
        try:
            wanted = tenant_sudo._enforced_limits()
        except Refused as error:
            database_sudo.limits_problem = error.code
            return None
        share = tenant_sudo._share()
        if wanted.nothing and applied is None and share is None:
            database_sudo.limits_problem = False
            return None
        return {
            "tenant_id": tenant_sudo.id,
            "database": database_sudo.name,
            "generation": database_sudo.generation,
            "oid": database_sudo.oid,
            "wanted": asdict(wanted),
            "applied": asdict(applied) if applied else None,
            "failed": bool(database_sudo.limits_problem),
            **({} if share is None else {"share": asdict(share)}),
        }

    @api.private
    def _step_limits_applied(self, rows):
        """Take over what was done: `problem` the code of an error or empty, `tampered` the codes of
        what somebody must have done since limits were applied last.
        """
        for row in rows:
            tenant_sudo = self.env["saas.tenant"].sudo().browse(row["tenant_id"]).exists()
            database_sudo = tenant_sudo.database_id
            # One that was replaced meanwhile gets an operation of its own.
            if database_sudo.name == row["database"] and database_sudo.oid == row["oid"]:
                self._note_limits(tenant_sudo, database_sudo, row)

    def _note_limits(self, tenant_sudo, database_sudo, row):
        database_sudo.limits_problem = row["problem"]
        # Where only a share of the server is set, nothing stands inside the database.
        if not row["problem"] and not row.get("only_share"):
            database_sudo.write(
                {
                    "limits_applied": row["wanted"],
                    "limits_applied_at": fields.Datetime.now(),
                    "limits_oid": row["oid"],
                }
            )
        if row["tampered"]:
            found = {"found": ", ".join(row["tampered"])}
            self.env["saas.security.event"]._record("limits_tampered", tenant_sudo, facts=found)
            if not row["problem"]:
                self.env["saas.audit.entry"]._note("limits_put_back", tenant_sudo, **found)

    @api.private
    def _step_usage_read(self, source, looks):
        """What was measured may leave more or less room for files than the database knows."""
        told = super()._step_usage_read(source, looks)
        if source == SIZES:
            tenants = self.env["saas.tenant"].browse([one["tenant"] for one in looks]).exists()
            tenants.filtered(_has_room)._have_limits_applied(at_once=False)
        return told


def _has_room(tenant):
    """Tell whether its database counts down what files may grow."""
    applied = tenant.sudo().database_id._limits_applied()
    return applied is not None and applied.storage_room is not None
