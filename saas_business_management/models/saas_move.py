"""A move: which tenant went from which cluster to which, why, by whom, and what became of it.

Owns: its row, who may ask for one, the undo. Does not own: the dialog
(`wizards/saas_tenant_move.py`), what steps note (`saas_move_work.py`), what is done outside
(`jobs/move_tenant.py`, `jobs/undo_move.py`), what stands in the way
(`kernel/migration/move_fit.py`).

Rows are written by operations alone and stay: they say where a customer's data was.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import messages
from ..kernel.errors import Refused, SaasError
from ..kernel.migration import move, move_fit
from ..kernel.work.states import UNSETTLED

METHODS = [("dump", "Dump and Restore")]
STATES = [
    (move.COPYING, "Copying Ahead"),
    (move.FROZEN, "Frozen"),
    (move.SWITCHED, "Switched"),
    (move.DONE, "Moved"),
    (move.FAILED, "Failed"),
    (move.UNDONE, "Undone"),
]


class SaasMove(models.Model):
    _name = "saas.move"
    _inherit = "saas.ledger"
    _description = "Move"
    _order = "started_at desc, id desc"

    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    source_id = fields.Many2one(
        "saas.cluster",
        string="From",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    destination_id = fields.Many2one(
        "saas.cluster", string="To", required=True, readonly=True, index=True, ondelete="restrict"
    )
    method = fields.Selection(METHODS, default="dump", required=True, readonly=True)
    state = fields.Selection(STATES, default=move.COPYING, required=True, readonly=True, index=True)
    reason = fields.Char(readonly=True, string="Why")
    user_id = fields.Many2one("res.users", string="Ordered By", readonly=True)
    job_ids = fields.One2many("saas.job", "tenant_move_id", readonly=True, string="Operations Log")
    source_database_id = fields.Many2one("saas.database", readonly=True, ondelete="restrict")
    database_id = fields.Many2one("saas.database", readonly=True, ondelete="restrict")
    started_at = fields.Datetime(
        required=True, readonly=True, default=lambda self: fields.Datetime.now(), string="Started"
    )
    frozen_at = fields.Datetime(
        readonly=True, string="Frozen", help="From here on visitors were asked to wait."
    )
    point_of_no_return_at = fields.Datetime(
        readonly=True,
        string="Point of No Return",
        help="From here on the tenant is what lies at the destination.",
    )
    opened_at = fields.Datetime(readonly=True, string="Open Again")
    ended_at = fields.Datetime(readonly=True, string="Ended")
    undo_until = fields.Datetime(readonly=True, string="Undo Until")
    can_undo = fields.Boolean(compute="_compute_can_undo", search="_search_can_undo")
    outage_seconds = fields.Float(
        readonly=True,
        string="Outage (Seconds)",
        digits=(12, 1),
        help="From the freeze until the login page was seen at the destination.",
    )
    seconds = fields.Float(readonly=True, string="Took (Seconds)", digits=(12, 1))
    tables = fields.Integer(readonly=True)
    rows = fields.Integer(readonly=True, string="Records")
    files = fields.Integer(readonly=True)
    files_ahead = fields.Integer(
        readonly=True, string="Copied Ahead", help="Files that were copied while people worked."
    )
    sessions_ended = fields.Integer(
        readonly=True,
        string="Requests Cut Off",
        help="Requests that were not over within 2 seconds of the freeze; what they had not saved "
        "was refused.",
    )
    former_url = fields.Char(readonly=True, string="Address Before")
    report = fields.Json(readonly=True)
    marks = fields.Json(readonly=True)
    error_code = fields.Char(readonly=True)
    error_text = fields.Char(readonly=True, string="Why It Failed")

    _running_uniq = models.UniqueIndex(
        f"(tenant_id) WHERE state IN {tuple(sorted(move.RUNNING))}",
        "A move of this tenant is running.",
    )

    @api.depends("tenant_id", "source_id", "destination_id")
    def _compute_display_name(self):
        for one in self:
            ends = f"{one.source_id.name} → {one.destination_id.name}"
            one.display_name = f"{one.tenant_id.name}, {ends}"

    @api.depends("state", "undo_until", "source_database_id.stage")
    def _compute_can_undo(self):
        now = fields.Datetime.now()
        for one in self:
            kept_sudo = one.source_database_id.sudo()
            one.can_undo = (
                one.state == move.DONE
                and (kept_sudo.kind, kept_sudo.stage) == ("moved", "ready")
                and bool(one.undo_until)
                and one.undo_until > now
            )

    def _search_can_undo(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = [
            *(("state", "=", move.DONE), ("undo_until", ">", fields.Datetime.now())),
            *(
                ("source_database_id.kind", "=", "moved"),
                ("source_database_id.stage", "=", "ready"),
            ),
        ]
        found = [("id", "in", self.sudo().search(wanted).ids)]
        return found if True in value else ["!", *found]

    # Asking for one

    @api.model
    @api.private
    def _order_move(self, tenant, destination, reason, region_agreed=False, outside_window=False):
        """Have a tenant moved to another cluster; return the row. With `outside_window` it does not
        wait for a release window.

        Raises: Refused (`kernel/migration/move_fit.py`, `approval_missing`).
        """
        tenant.check_access("write")
        destination.check_access("read")
        tenant._wait_for_turn()
        agreed = {"region_agreed": region_agreed, "outside_window": outside_window}
        wish = tenant._move_wish(destination, reason=reason, **agreed)
        for hindrance in move_fit.hindrances(wish):
            raise hindrance
        if not self.env["saas.approval"]._is_granted(tenant, "move", size=1):
            raise Refused("approval_missing", name=tenant.name)
        one = self._at_work().create(
            {
                "tenant_id": tenant.id,
                "source_id": tenant.cluster_id.id,
                "destination_id": destination.id,
                "reason": reason,
                "user_id": self.env.uid,
                "source_database_id": tenant.database_id.id,
                "former_url": tenant.url,
            }
        )
        one._enqueue("move_tenant")
        told = {"from": one.source_id.key, "to": one.destination_id.key}
        told["outside_window"] = outside_window
        self.env["saas.audit.entry"]._note("move_ordered", tenant, reason, **told)
        return one._hands_off().with_env(self.env)

    @api.private
    def _enqueue(self, kind):
        """The operation is the source's; the destination comes along (`_destination_spec`)."""
        self.ensure_one()
        return self.env["saas.job"]._enqueue(
            kind,
            dedupe_key=f"{kind}:{self.id}",
            serial_key=f"tenant:{self.tenant_id.id}",
            priority=5,
            tenant_id=self.tenant_id.id,
            tenant_move_id=self.id,
            cluster_id=self.source_id.id,
        )

    def action_undo_move(self):
        """Have the tenant live where it was, when nothing was written since."""
        for one in self:
            one.tenant_id.check_access("write")
            try:
                one._order_undo()
            except SaasError as error:
                raise UserError(messages.text(self.env, error)) from None
        return True

    def _order_undo(self):
        """Return the operation that takes it back.

        Raises: Refused (`move_undo_missing`, `move_busy`).
        """
        self.tenant_id._wait_for_turn()
        if not self.can_undo or self.tenant_id.database_id != self.database_id:
            raise Refused("move_undo_missing")
        if self.tenant_id._restore_busy():
            raise Refused("move_busy")
        job = self.sudo()._enqueue("undo_move")
        self.env["saas.audit.entry"]._note("move_undo_ordered", self.tenant_id)
        return job

    def action_view_operation(self):
        """Open its operation."""
        self.ensure_one()
        job = self.job_ids.filtered(lambda one: one.state in UNSETTLED)[:1] or self.job_ids[:1]
        return job.action_open_form()

    # Nobody else writes

    def _stays_text(self):
        return self.env._("The record of a move stays: it says where the data was.")

    def _by_hand_text(self):
        return self.env._("Moves are written by operations, never by hand.")
