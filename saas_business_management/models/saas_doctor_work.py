"""The doctor's checks of work: scheduled actions, the control worker, tenants.

Owns: these checks. Does not own: operations (`saas_doctor_operations.py`).
"""

from collections.abc import Iterator
from typing import Any

from odoo import fields, models
from odoo.addons.base.models.ir_cron import _intervalTypes

RUNNERS = ("ir_cron_run_1", "ir_cron_run_2", "ir_cron_run_3")
CRONS = (
    *RUNNERS,
    "ir_cron_maintain",
    "ir_cron_audit",
    "ir_cron_doctor",
    "ir_cron_lifecycle",
    "ir_cron_retention",
    "ir_cron_verify_audit",
    "ir_cron_end_support",
    "ir_cron_fold_node_events",
    "ir_cron_prove_isolation",
    "ir_cron_rotate_roles",
    "ir_cron_back_up",
    "ir_cron_prove_backups",
    "ir_cron_watch_backups",
    "ir_cron_webhooks",
    "ir_cron_watch_clusters",
    "ir_cron_collect_metrics",
    "ir_cron_keep_metrics",
)
LATE_MINUTES = 15
ASLEEP_INTERVALS = 3


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        yield self._look_at_crons()
        yield self._look_at_worker()
        yield from self._look_at_tenants()

    def _crons(self, names: tuple[str, ...]) -> models.Model:
        found = self.env["ir.cron"].with_context(active_test=False)
        for name in names:
            cron = self.env.ref(f"saas_business_management.{name}", raise_if_not_found=False)
            found |= cron or found.browse()
        return found

    def _look_at_crons(self) -> dict[str, Any]:
        _ = self.env._
        crons = self._crons(CRONS)
        off = crons.filtered(lambda cron: not cron.active)
        if len(crons) == len(CRONS) and not off:
            return self._look_for_sleepers(crons)
        names = ", ".join(off.mapped("name")) or "—"
        what = _("Scheduled actions are switched off or missing: %(names)s", names=names)
        why = _("Operations, standby copies and audits stand still.")
        mend = _("Switch them on in Odoo's list of scheduled actions, or upgrade this module.")
        return self._told("crons", "work", "failing", what, why, mend)

    def _look_for_sleepers(self, crons: models.Model) -> dict[str, Any]:
        """Tell which actions are switched on and did not run for much longer than they should."""
        _, now = self.env._, fields.Datetime.now()
        asleep = crons.filtered(
            lambda cron: (
                cron.nextcall
                + ASLEEP_INTERVALS * _intervalTypes[cron.interval_type](cron.interval_number)
                < now
            )
        )
        # A runner works for minutes at a time and has a check of its own.
        asleep -= self._crons(RUNNERS)
        if not asleep:
            what = _("Every scheduled action is switched on and runs")
            return self._told("crons", "work", "ok", what)
        names = ", ".join(asleep.mapped("name"))
        what = _("Scheduled actions have not run for too long: %(names)s", names=names)
        why = _("What they do stands still: trials do not end, audits do not look.")
        mend = _("Look whether the control worker runs, and at the failures of these actions.")
        return self._told("crons", "work", "failing", what, why, mend)

    def _look_at_worker(self) -> dict[str, Any]:
        _ = self.env._
        if self._worker_alive():
            return self._told("worker", "work", "ok", _("The control worker runs operations"))
        what = _("The control worker has not run for %(minutes)s minutes", minutes=LATE_MINUTES)
        why = _("Operations are accepted and wait.")
        command = f"odoo --no-http -d {self.env.cr.dbname} --max-cron-threads=4"
        mend = _("Start a worker: %(command)s", command=command)
        return self._told("worker", "work", "failing", what, why, mend)

    def _worker_alive(self) -> bool:
        """Tell whether a runner works: its row is locked, or its next turn is not long overdue."""
        runners = self._crons(RUNNERS).filtered("active")
        limit = fields.Datetime.subtract(fields.Datetime.now(), minutes=LATE_MINUTES)
        at_work = runners - runners.try_lock_for_update()
        return bool(at_work) or any(cron.nextcall > limit for cron in runners)

    def _look_at_tenants(self) -> Iterator[dict[str, Any]]:
        _ = self.env._
        failed = self.env["saas.tenant"].search([("state", "=", "failed")])
        for tenant in failed:
            what = _("%(tenant)s was not provisioned", tenant=tenant.name)
            why = _("Its customer waits.")
            mend = _("Open it, mend what the operation says and choose Retry.")
            yield self._told("tenant_failed", "tenant", "warning", what, why, mend, tenant)
        if not failed:
            yield self._told("tenant_failed", "tenant", "ok", _("No tenant is left half-made"))
