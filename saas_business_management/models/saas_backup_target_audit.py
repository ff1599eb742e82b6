"""What lies on a backup target, compared with the records (audit A3).

Owns: what the comparison is told and leaves on the target, taking over a backup nobody noted. Does
not own: comparing (`jobs/audit_target.py`), what the doctor says of it (`saas_doctor_contents.py`).
"""

from collections import Counter
from datetime import datetime, timedelta, timezone

from odoo import api, fields, models

from ..kernel.backup import layout
from .saas_backup import RESTORABLE
from .saas_backup_work import CLASSES

EVERY = timedelta(days=7)
KEPT = 100
SHOWN = 20
DAMAGE = ("missing", "size", "unreadable")
# What a worker that died leaves in the record of a backup that is whole.
UNNOTED = ("running", "failed")


class SaasJob(models.Model):
    _inherit = "saas.job"

    def _backup_keys(self):
        if self.kind != "audit_target":
            return super()._backup_keys()
        targets_sudo = self.env["saas.backup.target"].sudo().browse(self.sudo().spec["targets"])
        found = targets_sudo._canary_keys()._openable()
        if layout.CONTROL in targets_sudo._audited_tenants():
            found |= self.env["saas.control.backup"]._keys()
        return found


class SaasBackupTarget(models.Model):
    _inherit = "saas.backup.target"

    audited_at = fields.Datetime(readonly=True, copy=False, string="Contents Checked")
    audit_findings = fields.Json(readonly=True, copy=False)
    audit_count = fields.Integer(compute="_compute_audit_text", string="Differences")
    audit_text = fields.Text(compute="_compute_audit_text", string="What Differs")

    @api.depends("audit_findings", "audited_at")
    @api.depends_context("lang")
    def _compute_audit_text(self):
        for target in self:
            told = target.audit_findings or {}
            target.audit_count = sum((told.get("counts") or {}).values())
            lines = [target._audit_line(one) for one in (told.get("found") or [])[:SHOWN]]
            target.audit_text = "\n".join(lines) or False

    def _audit_line(self, one):
        _ = self.env._
        said = {
            "missing": _("Missing: %(name)s", **one),
            "size": _("Wrong size: %(name)s (%(size)s bytes)", **one),
            "unreadable": _("Cannot be opened: %(name)s (%(code)s)", **one),
            "unknown": _("A backup nobody knows: %(name)s", **one),
            "stranger": _("Of a tenant nobody knows: %(name)s (%(size)s bytes)", **one),
            "extra": _("Nobody needs it: %(name)s (%(size)s bytes)", **one),
        }
        return said.get(one["kind"], one["name"])

    @api.model
    def _cron_audit(self):
        """Have the contents of each target compared once a week."""
        since = fields.Datetime.now() - EVERY
        for target in self.search(["|", ("audited_at", "=", False), ("audited_at", "<", since)]):
            if target._audited_tenants():
                target._order_audit()

    def action_check_contents(self):
        """Have what lies on these targets compared with the records now."""
        self.check_access("read")
        self.env["saas.tenant"].check_access("write")
        for target in self:
            target._order_audit(priority=15)
        return True

    def _order_audit(self, priority=70):
        self.ensure_one()
        return (
            self.env["saas.job"]
            .sudo()
            ._enqueue(
                "audit_target",
                spec={"targets": [self.id]},
                dedupe_key=f"audit_target:{self.id}",
                priority=priority,
                target_id=self.id,
            )
        )

    def _audited_tenants(self, *states):
        """Return the references under which something of ours lies there, as in the format."""
        wanted = [("target_id", "in", self.ids), *(states or [("state", "!=", "deleted")])]
        groups = self.env["saas.backup"].sudo()._read_group(wanted, ["tenant_id"])
        found = {tenant._backup_uuid() if tenant else layout.CONTROL for (tenant,) in groups}
        return sorted(found)

    # Steps of the operation

    @api.private
    def _step_audit_begin(self):
        """Return whose backups are looked at, and who ever had one there."""
        every = self._audited_tenants(("state", "!=", False))
        return {"tenants": self._audited_tenants(), "known": every}

    @api.private
    def _step_audit_known(self, tenant):
        """Return which backups of a tenant must be there, with the hashes of their manifests."""
        self.ensure_one()
        wanted = [("target_id", "=", self.id), ("state", "in", RESTORABLE)]
        if tenant == layout.CONTROL:
            wanted.append(("tenant_id", "=", False))
        else:
            wanted.append(("tenant_id.public_id", "=", layout.reference_of(tenant)))
        there_sudo = self.env["saas.backup"].sudo().search(wanted)
        return {"known": {one.uuid: one.manifest_hash or "" for one in there_sudo}}

    @api.private
    def _step_audit_adoptable(self, backups):
        """Return those of which a record says that they came to nothing, and nobody is at work."""
        wanted = [("uuid", "in", backups), ("target_id", "=", self.id)]
        rows_sudo = self.env["saas.backup"].sudo().search([*wanted, ("state", "in", UNNOTED)])
        places = [one._step_place() for one in rows_sudo if not one._is_in_use()]
        return {
            "places": [
                {name: one[name] for name in ("tenant", "backup", "fence", "key", "sha256")}
                for one in places
            ]
        }

    @api.private
    def _step_audit_adopted(self, backup, figures):
        """Note a backup that is whole: its worker had died before it could."""
        row_sudo = self.env["saas.backup"].sudo().search([("uuid", "=", backup)])
        if row_sudo.state in UNNOTED:
            row_sudo._adopt(figures)

    @api.private
    def _step_audit_told(self, found, counts):
        """Keep what differs, without what has changed since; a backup that lacks something gets a
        check that failed.
        """
        self.ensure_one()
        rows = {
            one.uuid: one
            for one in self.env["saas.backup"]
            .sudo()
            .search([("uuid", "in", [one["backup"] for one in found])])
        }
        still = [one for one in found if self._still_differs(one, rows.get(one["backup"]))]
        dropped = [one for one in found if one not in still]
        left = Counter(counts) - Counter(one["kind"] for one in dropped)
        damaged = {one["backup"]: one for one in still if one["kind"] in DAMAGE}
        for uuid, one in damaged.items():
            if uuid in rows and rows[uuid].state in RESTORABLE:
                self._note_damage(rows[uuid], one)
        self.sudo().write(
            {
                "audited_at": fields.Datetime.now(),
                "audit_findings": {
                    "found": still[:KEPT],
                    "counts": dict(left),
                },
            }
        )

    def _still_differs(self, one, row):
        """Tell whether a difference is one now: backups are made and deleted meanwhile."""
        if one["kind"] in ("extra", "stranger"):
            return True
        if not row:
            return one["kind"] in ("unknown", "unreadable")
        if row.key_id.state == "destroyed" or row.state == "deleting":
            return False
        if one["kind"] == "missing":
            return row.state in RESTORABLE
        # A manifest beside a record that knows of no backup; in a known one it is damage.
        unnoted = row.state not in RESTORABLE and not row._is_in_use()
        return unnoted if one["kind"] == "unknown" else unnoted or row.state in RESTORABLE

    def _note_damage(self, row, one):
        newest = row.check_ids.sorted(lambda check: (check.at, check.id))[-1:]
        if newest.outcome == "failed":
            return
        code = one["code"] or ("object_missing" if one["kind"] == "missing" else "object_differs")
        text = self.env._(
            "%(name)s is not on the target as it was written (%(code)s).",
            name=one["name"],
            code=code,
        )
        failure = CLASSES.get(code, "other")
        self.env["saas.backup.check"]._told(row, 0, False, failure=failure, text=text)


class SaasBackup(models.Model):
    _inherit = "saas.backup"

    @api.private
    def _adopt(self, figures):
        """Note that all of it lies on the target, found there by an audit."""
        self.ensure_one()
        taken_at = datetime.fromisoformat(figures["taken_at"]).astimezone(timezone.utc)
        told = {name: figures[name] for name in figures if name in self._fields}
        told["taken_at"] = taken_at.replace(tzinfo=None, microsecond=0)
        # It was complete long ago: that counts for its place among the others.
        told["finished_at"] = max(told["taken_at"], self.started_at)
        self._stored(**told, error_code=False, error_text=False)
        self.env["saas.backup.check"]._told(self, 0, True)
        self.env["saas.audit.entry"]._note("backup_adopted", self)
