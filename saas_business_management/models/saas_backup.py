"""A backup: one attempt to copy a tenant's data to one target, and what became of it.

Owns: its row, its course, the spec an operation gets. Does not own: bytes and manifests
(`adapters/`), making one (operations), checks of it (`saas_backup_check.py`), which ones are kept
(`saas_backup_retention.py`).

Rows are written by operations alone and are never deleted: a backup that is gone says so. The
control database's own backups have no tenant.
"""

import uuid
from datetime import timezone

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..kernel.backup import evidence, layout

REASONS = [
    ("schedule", "Automatic"),
    ("manual", "By Hand"),
    ("safety", "Safety Backup"),
    ("pre_upgrade", "Before an Upgrade"),
    ("import", "Imported"),
]
STATES = [
    ("running", "Running"),
    ("stored", "Stored"),
    ("failed", "Failed"),
    ("expired", "Expired"),
    ("deleting", "Being Deleted"),
    ("deleted", "Deleted"),
]
BADGES = [
    ("proven", "Proven"),
    ("stored", "Not Restored"),
    ("unproven", "Not Proven"),
    ("none", "—"),
]
LEVELS = [
    ("0", "Sizes and Hashes"),
    ("1", "Every Byte Read"),
    ("2", "Restored and Compared"),
    ("3", "Restored Elsewhere as a Drill"),
]
assert [int(level) for level, _label in LEVELS] == [*evidence.LEVELS]
RESTORABLE = ("stored", "expired")


class SaasBackup(models.Model):
    _name = "saas.backup"
    _inherit = "saas.ledger"
    _description = "Backup"
    _order = "started_at desc, id desc"
    _rec_name = "started_at"

    uuid = fields.Char(
        required=True, readonly=True, copy=False, default=lambda self: str(uuid.uuid4())
    )
    tenant_id = fields.Many2one("saas.tenant", readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    owner_name = fields.Char(compute="_compute_owner_name", string="Of")
    policy_id = fields.Many2one(
        "saas.backup.policy", readonly=True, index="btree_not_null", ondelete="set null"
    )
    target_id = fields.Many2one(
        "saas.backup.target", required=True, readonly=True, index=True, ondelete="restrict"
    )
    key_id = fields.Many2one(
        "saas.backup.key", string="Key", readonly=True, index=True, ondelete="restrict"
    )
    control_key = fields.Char(
        readonly=True, help="Key of a backup of the control database: it follows from the key file."
    )
    job_id = fields.Many2one("saas.job", string="Operation", readonly=True, ondelete="set null")
    reason = fields.Selection(REASONS, required=True, readonly=True, string="Kind")
    state = fields.Selection(STATES, default="running", required=True, readonly=True, index=True)
    user_id = fields.Many2one("res.users", string="Ordered By", readonly=True)

    fence = fields.Integer(readonly=True, string="Claim")
    started_at = fields.Datetime(
        required=True, readonly=True, default=lambda self: fields.Datetime.now(), string="Started"
    )
    taken_at = fields.Datetime(
        readonly=True, string="Shows", help="The instant whose data it holds."
    )
    finished_at = fields.Datetime(readonly=True, string="Finished")
    seconds = fields.Float(readonly=True, string="Took (Seconds)", digits=(12, 1))
    database_bytes = fields.Float(
        readonly=True, string="Database (Bytes)", digits=(20, 0), help="Before it was packed."
    )
    file_bytes = fields.Float(readonly=True, string="Files (Bytes)", digits=(20, 0))
    file_count = fields.Integer(readonly=True, string="Files")
    new_bytes = fields.Float(
        readonly=True,
        string="Newly Stored (Bytes)",
        digits=(20, 0),
        help="What it added to the target: packed, and without what was there already.",
    )
    size_mb = fields.Float(
        compute="_compute_size", store=True, string="Size (MB)", digits=(16, 1), aggregator="sum"
    )
    new_mb = fields.Float(
        compute="_compute_size",
        store=True,
        string="Newly Stored (MB)",
        digits=(16, 1),
        aggregator="sum",
    )
    new_ratio = fields.Float(
        compute="_compute_size",
        store=True,
        string="Newly Stored (Share)",
        digits=(16, 4),
        aggregator="avg",
        help="How much of its size was not on the target already.",
    )
    manifest_hash = fields.Char(readonly=True, string="Hash of the Manifest")
    previous_id = fields.Many2one(
        "saas.backup", string="Previous Backup", readonly=True, ondelete="restrict"
    )
    error_code = fields.Char(readonly=True)
    error_text = fields.Char(readonly=True, string="Why It Failed")

    check_ids = fields.One2many("saas.backup.check", "backup_id", readonly=True, string="Checks")
    level = fields.Selection(LEVELS, readonly=True, string="Proven By")
    proven_at = fields.Datetime(readonly=True, string="Proven", help="Restored and compared then.")
    proof_seconds = fields.Float(readonly=True, string="Restore Took (Seconds)", digits=(12, 1))
    badge = fields.Selection(BADGES, compute="_compute_badge", string="Proof")
    badge_text = fields.Char(compute="_compute_badge", string="Evidence")

    _uuid_uniq = models.Constraint("UNIQUE (uuid)", "Two backups cannot share an identity.")
    _newest_idx = models.Index("(tenant_id, state, taken_at DESC)")

    @api.depends("tenant_id.name")
    @api.depends_context("lang")
    def _compute_owner_name(self):
        for backup in self:
            backup.owner_name = backup.tenant_id.name or self.env._("Control plane")

    @api.depends("owner_name", "taken_at", "started_at")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for backup in self:
            at = backup.taken_at or backup.started_at
            when = format_datetime(self.env, at, dt_format="short") if at else ""
            backup.display_name = f"{backup.owner_name} · {when}"

    @api.depends("state", "check_ids.outcome", "check_ids.at", "check_ids.level", "finished_at")
    @api.depends_context("lang", "tz")
    def _compute_badge(self):
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        for backup in self:
            backup.badge, backup.badge_text = "none", False
            if backup.state in RESTORABLE and backup.finished_at:
                stored_at = backup.finished_at.replace(tzinfo=timezone.utc)
                told = evidence.backup_badge(stored_at, backup.check_ids._to_checks(), now)
                backup.badge = told.state
                backup.badge_text = self.env["saas.backup.check"]._said(told)

    @api.depends("database_bytes", "file_bytes", "new_bytes")
    def _compute_size(self):
        for backup in self:
            backup.size_mb = (backup.database_bytes + backup.file_bytes) / 1e6
            backup.new_mb = backup.new_bytes / 1e6
            whole = backup.database_bytes + backup.file_bytes
            backup.new_ratio = backup.new_bytes / whole if whole else 0

    # For operations

    @api.model
    @api.private
    def _begin(self, tenant, target, reason, *, fence, **vals):
        """Write down that a backup is begun; return its row.

        `tenant` may be empty for the control database, whose key is named in `control_key`. A
        repeated step passes the `uuid` it got first and gets the same row.
        """
        same = [("uuid", "=", vals["uuid"])] if vals.get("uuid") else None
        known_sudo = self.sudo().search(same) if same else None
        if known_sudo:
            known_sudo._put({"fence": fence})
            return known_sudo
        previous_sudo = self._newest(tenant, target)
        policy = tenant.backup_policy_effective_id
        made_sudo = self._at_work().create(
            {
                "tenant_id": tenant.id,
                "policy_id": policy.id,
                "target_id": target.id,
                "reason": reason,
                "fence": fence,
                "previous_id": previous_sudo.id,
                "job_id": self.env.context.get("saas_job_id"),
                **vals,
            }
        )
        if tenant:
            tenant.sudo()._backup_tried(made_sudo)
        return made_sudo._hands_off()

    @api.private
    def _stored(self, *, taken_at, manifest_hash, **facts):
        """Write down that everything of it lies on the target, its manifest too.

        `facts` are sizes, counts and `seconds` by field name; instants are naive UTC.
        """
        self.ensure_one()
        self._put(
            {
                "state": "stored",
                "taken_at": taken_at,
                "finished_at": fields.Datetime.now(),
                "manifest_hash": manifest_hash,
                **facts,
            }
        )
        if self.tenant_id:
            self.tenant_id.sudo()._backup_renewed()

    @api.private
    def _failed(self, code, text):
        """Write down that it came to nothing, and why."""
        self._put(
            {
                "state": "failed",
                "finished_at": fields.Datetime.now(),
                "error_code": code,
                "error_text": text,
            }
        )

    @api.private
    def _deleted(self, freed_bytes=0):
        """Write down that nothing of it is left on the target."""
        gone = {"state": "deleted", "deleted_at": fields.Datetime.now(), "kept_for": False}
        self._put({**gone, "freed_bytes": freed_bytes})
        if self.tenant_id:
            self.tenant_id.sudo()._backup_renewed()

    @api.model
    @api.private
    def _newest(self, tenant, target=None):
        """Return the newest stored backup of a tenant, on one target or on any."""
        domain = [("tenant_id", "=", tenant.id), ("state", "in", RESTORABLE)]
        if target:
            domain.append(("target_id", "=", target.id))
        return self.sudo().search(domain, order="taken_at desc, id desc", limit=1)

    @api.private
    def _to_spec(self):
        """Return what an operation needs to know of a backup: plain values, no secrets."""
        self.ensure_one()
        return {
            "backup": self.uuid,
            "tenant": self.tenant_id._backup_uuid() if self.tenant_id else layout.CONTROL,
            "target": self.target_id.id,
            "key": self.key_id.key_id or self.control_key or "",
            "reason": self.reason,
            "fence": self.fence,
            "taken_at": self.taken_at.isoformat() if self.taken_at else "",
            "manifest_hash": self.manifest_hash or "",
            "previous": self.previous_id.uuid or "",
            "previous_hash": self.previous_id.manifest_hash or "",
        }

    # Looking at it

    @api.model
    def _show(self, domain, name):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_backup"
        )
        return dict(action, domain=domain, context={}, path=False, display_name=name)

    # Nobody else writes

    @api.private
    def _expire(self):
        """Forget the rows of backups that are long gone; the retention rule's."""
        at_work_sudo = self._at_work().browse(self.ids)
        at_work_sudo.check_ids._forget()
        at_work_sudo.search([("previous_id", "in", self.ids)]).write({"previous_id": False})
        at_work_sudo.unlink()

    def _may_go(self):
        return self._is_at_work() and all(one.state in ("failed", "deleted") for one in self)

    def _stays_text(self):
        return self.env._("The record of a backup stays: it says what became of it.")

    def _by_hand_text(self):
        return self.env._("Backups are written by operations, never by hand.")
