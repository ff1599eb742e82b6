"""A restore: which backup was brought back where, why, by whom, and what became of it.

Owns: its row, its course, who may ask for one. Does not own: the dialog
(`wizards/saas_tenant_restore.py`), what steps note (`saas_restore_work.py`), what is done outside
(`jobs/restore_tenant.py`, `jobs/restore_copy.py`, `jobs/undo_restore.py`).

Rows are written by operations alone and stay: they say what was done with a customer's data.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from .. import messages
from ..kernel.backup import restore
from ..kernel.errors import Refused, SaasError
from ..kernel.work.states import UNSETTLED

WHERE = [
    (restore.COPY, "New Tenant"),
    (restore.SANDBOX, "Sandbox, Neutralised"),
    (restore.IN_PLACE, "This Tenant, in Place"),
]
WHAT = [
    (restore.ALL, "Everything"),
    (restore.RECORDS, "Records Only"),
    (restore.FILES, "Files Only"),
]
STATES = [
    ("running", "Running"),
    ("done", "Restored"),
    ("undone", "Undone"),
    ("failed", "Failed"),
]


class SaasRestore(models.Model):
    _name = "saas.restore"
    _inherit = ["saas.ledger", "saas.swap"]
    _description = "Restore"
    _order = "started_at desc, id desc"
    _swap_tenant = "into_id"

    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    backup_id = fields.Many2one(
        "saas.backup", required=True, readonly=True, index=True, ondelete="restrict"
    )
    taken_at = fields.Datetime(related="backup_id.taken_at", string="Shows")
    where = fields.Selection(WHERE, required=True, readonly=True)
    what = fields.Selection(WHAT, required=True, readonly=True)
    state = fields.Selection(STATES, default="running", required=True, readonly=True, index=True)
    into_id = fields.Many2one(
        "saas.tenant",
        string="Into",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The tenant that has the data now.",
    )
    reason = fields.Char(readonly=True, string="Why")
    user_id = fields.Many2one("res.users", string="Ordered By", readonly=True)
    job_ids = fields.One2many("saas.job", "restore_id", readonly=True, string="Operations Log")
    safety_id = fields.Many2one(
        "saas.backup", string="Safety Backup", readonly=True, ondelete="set null"
    )
    kept_id = fields.Many2one("saas.database", readonly=True, ondelete="set null")
    undo_until = fields.Datetime(readonly=True, string="Undo Until")
    can_undo = fields.Boolean(compute="_compute_can_undo", search="_search_can_undo")
    started_at = fields.Datetime(
        required=True, readonly=True, default=lambda self: fields.Datetime.now(), string="Started"
    )
    finished_at = fields.Datetime(readonly=True, string="Finished")
    seconds = fields.Float(readonly=True, string="Took (Seconds)", digits=(12, 1))
    tables = fields.Integer(readonly=True)
    rows = fields.Integer(readonly=True, string="Records")
    files = fields.Integer(readonly=True)
    error_text = fields.Char(readonly=True, string="Why It Failed")

    _running_uniq = models.UniqueIndex(
        "(into_id) WHERE state = 'running'", "A restore of this tenant is running."
    )

    @api.depends("tenant_id", "taken_at", "started_at")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for one in self:
            at = one.taken_at or one.started_at
            when = format_datetime(self.env, at, dt_format="short") if at else ""
            one.display_name = f"{one.tenant_id.name} · {when}"

    @api.depends("kept_id.stage", "undo_until", "state")
    def _compute_can_undo(self):
        now = fields.Datetime.now()
        for one in self:
            kept_sudo = one.kept_id.sudo()
            one.can_undo = (
                one.state in ("done", "undone")
                and kept_sudo.stage == "ready"
                and bool(one.undo_until)
                and one.undo_until > now
            )

    def _search_can_undo(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = [
            *(("state", "in", ("done", "undone")), ("kept_id.stage", "=", "ready")),
            ("undo_until", ">", fields.Datetime.now()),
        ]
        found = [("id", "in", self.sudo().search(wanted).ids)]
        return found if True in value else ["!", *found]

    # Asking for one

    @api.model
    @api.private
    def _order_restore(self, backup, where, what, *, typed="", reason="", **copy):
        """Have a backup brought back; return the row. `copy` has `name` and `subdomain` of a copy,
        and `until`, the last day of a sandbox.

        Raises: Refused (`kernel/backup/restore.py`, `backup_no_target`, `subdomain_…`,
        `sandbox_end`).
        """
        tenant = backup.tenant_id
        backup.check_access("read")
        tenant.check_access("write")
        tenant._wait_for_turn()
        wish = tenant._restore_wish(backup, where, what, typed=typed, reason=reason)
        for hindrance in restore.hindrances(wish):
            raise hindrance
        values = {"tenant_id": tenant.id, "backup_id": backup.id, "where": where, "what": what}
        values |= {"reason": reason, "user_id": self.env.uid}
        # A row is written at once, what became of the one before perhaps not yet.
        self.flush_model(["state"])
        if where == restore.IN_PLACE:
            one = self._at_work().create({**values, "into_id": tenant.id})
            one._enqueue("restore_tenant", tenant)
        else:
            into = tenant._make_copy(where, **copy)
            one = self._at_work().create({**values, "into_id": into.id})
            into._start_copy(one)
        self.env["saas.audit.entry"]._note(
            "restore_ordered", tenant, reason, where=where, what=what, backup=backup.uuid
        )
        return one.with_env(self.env)

    @api.private
    def _enqueue(self, kind, tenant, priority=5):
        self.ensure_one()
        return self.env["saas.job"]._enqueue(
            kind,
            spec={"targets": [self.backup_id.sudo().target_id.id]},
            dedupe_key=f"{kind}:{self.id}",
            serial_key=f"tenant:{tenant.id}",
            priority=priority,
            tenant_id=tenant.id,
            restore_id=self.id,
            backup_id=self.backup_id.id,
            cluster_id=tenant.cluster_id.id,
        )

    def action_undo_restore(self):
        """Have what was live before in place again."""
        self.into_id.check_access("write")
        for one in self:
            if not one.can_undo:
                raise UserError(
                    self.env._("What was live before is not kept any more, so nothing can go back.")
                )
            try:
                one._require_free()
            except SaasError as error:
                raise UserError(messages.text(self.env, error)) from None
            one.sudo()._enqueue("undo_restore", one.into_id)
            self.env["saas.audit.entry"]._note("restore_undo_ordered", one.into_id)
        return True

    @api.private
    def _require_free(self):
        """Make sure nothing else is under way with the tenant.

        Raises: Refused (`restore_busy`).
        """
        if self.into_id._restore_busy():
            raise Refused("restore_busy")

    def action_view_operation(self):
        """Open its operation."""
        self.ensure_one()
        job = self.job_ids.filtered(lambda one: one.state in UNSETTLED)[:1] or self.job_ids[-1:]
        return job.action_open_form()

    # Nobody else writes

    def _stays_text(self):
        return self.env._("The record of a restore stays: it says what was done.")

    def _by_hand_text(self):
        return self.env._("Restores are written by operations, never by hand.")
