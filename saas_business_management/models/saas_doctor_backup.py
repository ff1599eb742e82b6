"""The doctor's checks of backups: the key file, the paper about it, policies, gaps, proofs.

Owns: these checks, from records and the key file. Does not own: what may be said of a tenant
(`kernel/backup/evidence.py`), targets (their own test).
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from odoo import fields, models

MOST_TOLD = 20


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        yield self._look_at_backup_keys()
        yield self._look_at_recovery_sheet()
        yield from self._look_at_coverage()
        yield from self._look_at_targets()
        yield from self._look_at_canaries()

    def _look_at_backup_keys(self) -> dict[str, Any]:
        _ = self.env._
        faults = {
            "": _("The key file of the backups is there and readable by its owner alone"),
            "backup_kek_missing": _("The key file of the backups was not found"),
            "backup_kek_open_to_others": _("The key file of the backups can be read by others"),
            "backup_kek_shared": _("The backups and the stored secrets have the same key"),
            "keyring_missing": _("The key file of the backups cannot be compared with the other"),
        }
        fault = self.env["saas.backup.keyring"]._fault()
        what = faults.get(fault) or _("The key file of the backups is damaged")
        why = _("Without it no backup can be made or opened.")
        mend = _(
            "Make one with odoo saas backup-key-create, name it as saas_backup_key_file in the "
            "configuration, or bring it back from its safe copy and make it 0600."
        )
        used = self.env["saas.backup.policy"].search_count([("state", "=", "on")], limit=1)
        level = "ok" if not fault else "failing" if used else "warning"
        return self._told("backup_keys", "keys", level, what, why, mend)

    def _look_at_recovery_sheet(self) -> dict[str, Any]:
        _ = self.env._
        sheets = self.env["saas.recovery.sheet"]
        if sheets._is_confirmed():
            what = _("The key of the backups stands on a confirmed recovery sheet")
            return self._told("recovery_sheet", "keys", "ok", what)
        known = sheets._was_confirmed()
        what = _("The key of the backups stands on no confirmed recovery sheet")
        why = _("A missing key file is the usual reason why a backup cannot be restored.")
        mend = _("Configuration › Data › Keys: make a recovery sheet, print it and confirm it.")
        return self._told(
            "recovery_sheet", "keys", "failing" if known else "warning", what, why, mend
        )

    def _look_at_coverage(self) -> Iterator[dict[str, Any]]:
        _ = self.env._
        tenants = self.env["saas.tenant"]
        uncovered = tenants.search(
            [
                ("state", "in", ("trial", "active", "suspended")),
                ("backup_policy_effective_id", "=", False),
            ]
        )
        if uncovered:
            what = _("No backup policy counts for %(count)s tenants", count=len(uncovered))
            why = _("Nothing of them is backed up by itself.")
            mend = _("Switch a policy on and make it the default of their company.")
            yield self._told("backup_policy", "backups", "warning", what, why, mend)
        gaps = tenants.search([("backup_badge", "=", "gap")])
        for tenant in gaps[:MOST_TOLD]:
            what = _(
                "%(tenant)s has had no backup for %(hours)s hours",
                tenant=tenant.name,
                hours=tenant.backup_gap_hours,
            )
            mend = _("Look at its last backups for what fails, mend it and choose Back Up Now.")
            yield self._told("backup_gap", "backups", "failing", what, "", mend, tenant)
        unproven = tenants.search([("backup_badge", "=", "unproven")])
        for tenant in unproven[:MOST_TOLD]:
            what = _("The backups of %(tenant)s are not proven", tenant=tenant.name)
            why = tenant.backup_badge_text
            mend = _("See what its last check says, then have a restore proven.")
            yield self._told("backup_unproven", "backups", "warning", what, why, mend, tenant)
        if not (uncovered or gaps or unproven):
            yield self._told("backup_gap", "backups", "ok", _("Every tenant is backed up in time"))

    def _look_at_targets(self) -> Iterator[dict[str, Any]]:
        """Tell targets that lag behind: a backup elsewhere hides them from the badges."""
        _ = self.env._
        covered = [("backup_badge", "in", ("proven", "stored", "unproven"))]
        tenants = self.env["saas.tenant"].search([*covered, ("backup_last_at", "!=", False)])
        newest, behind = tenants._backup_newest(), Counter()
        for tenant in tenants:
            policy = tenant.backup_policy_effective_id
            oldest = fields.Datetime.now() - policy._to_schedule().gap_limit
            for target in policy.target_ids:
                at = newest.get((tenant.id, target.id))
                behind[target] += at is None or at < oldest
        for target, count in behind.items():
            if count:
                what = _(
                    "%(target)s has no recent backup of %(count)s tenants",
                    target=target.name,
                    count=count,
                )
                why = _("They are backed up elsewhere; the second place is missing.")
                mend = _("Look at its failed backups. A new target is filled with the next turns.")
                yield self._told("backup_lag", "backups", "warning", what, why, mend, target)

    def _look_at_canaries(self) -> Iterator[dict[str, Any]]:
        _ = self.env._
        for row in self.env["saas.backup.canary"].search([]).filtered("is_fatal")[:MOST_TOLD]:
            what = _(
                "The key of %(tenant)s does not open its backups on %(target)s",
                tenant=row.tenant_id.name,
                target=row.target_id.name,
            )
            why = _("A restore from there would fail.")
            mend = _("See whether the key file is the right one and whether the target lost data.")
            yield self._told("backup_key_opens", "backups", "failing", what, why, mend, row.key_id)
