"""Proving backups by restoring them: when, where, and what came of it.

Owns: the rotation, the place a proof gets, its result as evidence. Does not own: what is done
outside (`jobs/prove_restore.py`), what a proof counts for (`kernel/backup/evidence.py`).
"""

import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..kernel.backup import evidence
from .saas_backup import RESTORABLE
from .saas_backup_work import CLASSES
from .saas_tenant_backup_policy import BACKED_UP

RESTORED, ELSEWHERE = 2, 3
FAILURES = {**CLASSES, "login_page_wrong": "not_served"}
# A cluster proves one after the other, so an hour's orders are what an hour can carry.
MOST_AT_ONCE = 60


class SaasBackup(models.Model):
    _inherit = "saas.backup"

    def action_prove_restore(self):
        """Have these backups restored to a place of their own, compared and dropped again."""
        self._require_provable()
        for backup in self:
            backup._order_restore_proof(backup.tenant_id.cluster_id, priority=15)
        return True

    def action_drill(self):
        """Have these backups restored on another cluster than their tenants'."""
        self._require_provable()
        for backup in self:
            cluster = backup._other_cluster()
            if not cluster:
                raise UserError(
                    self.env._(
                        "A drill needs another cluster than %(cluster)s. Add one that is ready.",
                        cluster=backup.tenant_id.cluster_id.name,
                    )
                )
            backup._order_restore_proof(cluster, priority=15)
        return True

    def action_restore(self):
        """Open the dialog for a restore of this backup."""
        self.ensure_one()
        self.tenant_id.check_access("write")
        return self.env["saas.tenant.restore"]._open_for(self.tenant_id, self)

    def _require_provable(self):
        self.env["saas.job"].check_access("read")
        self.tenant_id.check_access("write")
        if any(one.state not in RESTORABLE or not one.tenant_id for one in self):
            raise UserError(
                self.env._("This backup is not on its target, so there is nothing to prove.")
            )

    def _other_cluster(self):
        own = self.tenant_id.cluster_id
        wanted = [("state", "=", "ready"), ("id", "!=", own.id)]
        return self.env["saas.cluster"].search(wanted, order="id", limit=1)

    @api.private
    def _order_restore_proof(self, cluster, priority=70):
        """Order that a backup is restored and compared on a cluster; one at a time there."""
        self.ensure_one()
        return self.env["saas.job"]._enqueue(
            "prove_restore",
            spec={"targets": [self.sudo().target_id.id]},
            dedupe_key=f"prove_restore:{self.uuid}:{cluster.id}",
            serial_key=f"proof:{cluster.id}",
            priority=priority,
            tenant_id=self.tenant_id.id,
            backup_id=self.id,
            cluster_id=cluster.id,
        )

    # Steps

    def _proof_job(self):
        return self.env["saas.job"].sudo().browse(self.env.context["saas_job_id"])

    @api.private
    def _step_proof_begin(self, fence):
        """Return which backup is restored where; a second call finds the first one's place."""
        job_sudo = self._proof_job()
        database_sudo = job_sudo.database_id
        if not database_sudo:
            database_sudo = self.env["saas.database"]._reserve(
                "proof", job_sudo.cluster_id, fence=fence
            )
            job_sudo.database_id = database_sudo
        host = f"{secrets.token_hex(16)}.{job_sudo.cluster_id.base_host}"
        return {
            "source": self._step_place(),
            "what": "all",
            "link": "database",
            "copy": database_sudo.name,
            "login": database_sudo.generation,
            "birth": database_sudo.birth,
            "host": host,
            "base_url": f"http://{host}",
        }

    @api.private
    def _step_proof_publish(self, host):
        """Lead a host name nobody can guess to the copy."""
        values = {"state": "active", "host": host}
        self.env["saas.route"].sudo()._put(self._proof_job().database_id, values)

    @api.private
    def _step_proof_withdraw(self):
        self._proof_job().database_id._step_close()

    @api.private
    def _step_proof_forget(self):
        database_sudo = self._proof_job().database_id
        if database_sudo:
            database_sudo._step_forget()

    @api.private
    def _step_restored(self, faults, told):
        """Note what came of restoring it."""
        job_sudo = self._proof_job()
        own_sudo = self.tenant_id.sudo().cluster_id
        level = RESTORED if job_sudo.cluster_id == own_sudo else ELSEWHERE
        now = fields.Datetime.now()
        seconds = (now - (job_sudo.started_at or now)).total_seconds()
        facts = {"seconds": seconds, "restore_seconds": seconds}
        facts["facts"] = {**told, "faults": faults}
        if not faults:
            facts["text"] = self.env._(
                "%(tables)s tables, %(rows)s records and %(files)s files equal the backup.",
                tables=told["tables"] or 0,
                rows=told["rows"] or 0,
                files=told["files"] or 0,
            )
            self.env["saas.backup.check"]._told(self, level, True, **facts)
            return
        kind, name = faults[0]
        facts["text"] = self.env._(
            "The restored copy differs in %(count)s places, first: %(kind)s %(name)s.",
            count=len(faults),
            kind=kind,
            name=name,
        )
        # The name of what went wrong in restoring is a code; anything else is a difference.
        failure = FAILURES.get(name, "not_restorable") if kind == "restore" else "different"
        self.env["saas.backup.check"]._told(self, level, False, failure=failure, **facts)

    @api.private
    def _step_not_proven(self):
        """Nothing was proven, for or against; the operation says why."""


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    def action_prove_restore(self):
        """Have the newest backup of these tenants restored and compared now."""
        for tenant in self:
            newest = self.env["saas.backup"]._newest(tenant)
            if not newest:
                raise UserError(
                    self.env._(
                        "%(tenant)s has no backup yet, so there is nothing to prove.",
                        tenant=tenant.name,
                    )
                )
            newest.with_env(self.env).action_prove_restore()
        return True

    @api.model
    def _cron_prove_restores(self):
        """Order a restore for every tenant whose last proof will soon be too old, the oldest
        first.
        """
        due = self._restores_due(fields.Datetime.now())
        for tenant in due[:MOST_AT_ONCE]:
            newest = self.env["saas.backup"]._newest(tenant)
            # What has failed is told; the next backup gets the next try.
            if newest.check_ids.sorted("at")[-1:].outcome != "failed":
                newest._order_restore_proof(tenant.cluster_id)

    @api.private
    def _restores_due(self, now):
        """Return the tenants whose turn to be proven has come, those never proven first."""
        backed_up = self.search([("state", "in", BACKED_UP), ("backup_last_at", "!=", False)])
        due = self.browse()
        for tenant in backed_up:
            policy_sudo = tenant.backup_policy_effective_id.sudo()
            if not policy_sudo or int(policy_sudo.proof_level or 0) < RESTORED:
                continue
            if evidence.proof_due(tenant.backup_proven_at, now, policy_sudo.proof_days):
                due |= tenant
        never = fields.Datetime.from_string("1970-01-01 00:00:00")
        return due.sorted(lambda one: (one.backup_proven_at or never, one.id))
