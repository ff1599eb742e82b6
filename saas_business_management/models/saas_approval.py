"""A risky operation that a second person approves before it is done.

Owns: asking, deciding, the one use of what was granted, running out of time. Does not own: which
operations need it (`saas_approval_kind.py`), where it is asked for (`saas_approval_use.py`).

Asked → granted → used; or refused, or expired. Who asks never decides. One request for a record and
kind is open at a time.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [
    ("asked", "Asked"),
    ("granted", "Granted"),
    ("used", "Used"),
    ("declined", "Declined"),
    ("expired", "Expired"),
]
STANDING = ("asked", "granted")
APPROVER = "saas_business_management.group_saas_approver"
ACTIVITY = "mail.mail_activity_data_todo"


class SaasApproval(models.Model):
    _name = "saas.approval"
    _inherit = ["saas.ledger", "mail.thread", "mail.activity.mixin"]
    _description = "Approval"
    _order = "asked_at desc, id desc"

    kind_id = fields.Many2one(
        "saas.approval.kind", required=True, readonly=True, index=True, ondelete="restrict"
    )
    kind = fields.Char(related="kind_id.code", store=True, precompute=True)
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True, readonly=True)
    what = fields.Char(required=True, readonly=True, string="For")
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    tenant_id = fields.Many2one("saas.tenant", readonly=True, index=True, ondelete="set null")
    reason = fields.Char(required=True, readonly=True, string="Why")
    state = fields.Selection(STATES, default="asked", required=True, readonly=True, index=True)
    asked_by_id = fields.Many2one("res.users", required=True, readonly=True, string="Asked By")
    asked_at = fields.Datetime(required=True, readonly=True, string="Asked")
    expires_at = fields.Datetime(required=True, readonly=True, string="Counts Until")
    decided_by_id = fields.Many2one("res.users", readonly=True, string="Decided By")
    decided_at = fields.Datetime(readonly=True, string="Decided")
    used_by_id = fields.Many2one("res.users", readonly=True, string="Used By")
    used_at = fields.Datetime(readonly=True, string="Used At")
    may_decide = fields.Boolean(compute="_compute_may_decide")

    _once = models.UniqueIndex(
        "(res_model, res_id, kind_id) WHERE state IN ('asked', 'granted')",
        "This is asked for already.",
    )
    _second_person = models.Constraint(
        "CHECK (decided_by_id IS NULL OR decided_by_id != asked_by_id)",
        "Whoever asks does not approve.",
    )

    @api.depends("kind_id.name", "what")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for one in self:
            one.display_name = f"{one.kind_id.name}: {one.what}"

    @api.depends("state", "asked_by_id", "expires_at")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        approver = self.env.user.has_group(APPROVER)
        for one in self:
            one.may_decide = approver and one._is_open("asked") and one.asked_by_id != self.env.user

    # For operations

    @api.model
    @api.private
    def _is_needed(self, kind, size=None):
        """Tell whether a second person has to approve an operation that touches `size` tenants."""
        found_sudo = self._kind(kind)
        return found_sudo.needed and (size is None or size > found_sudo.above)

    @api.model
    @api.private
    def _ask(self, record, kind, reason):
        """Ask for an approval, or return the one that stands already; each approver is told."""
        record.ensure_one()
        standing_sudo = self._standing(record, kind)
        if standing_sudo:
            return standing_sudo._hands_off().with_env(self.env)
        tenant = record if record._name == "saas.tenant" else record.env["saas.tenant"]
        if "tenant_id" in record._fields:
            tenant = record.tenant_id
        company = record.company_id if "company_id" in record._fields else tenant.company_id
        kind_sudo, now = self._kind(kind), fields.Datetime.now()
        made_sudo = self._at_work().create(
            {
                "kind_id": kind_sudo.id,
                "res_model": record._name,
                "res_id": record.id,
                "what": record.display_name,
                "company_id": company.id,
                "tenant_id": tenant.id,
                "reason": reason,
                "asked_by_id": self.env.uid,
                "asked_at": now,
                "expires_at": now + timedelta(hours=kind_sudo.hours),
            }
        )
        made_sudo._tell_approvers()
        self.env["saas.audit.entry"]._note("approval_asked", made_sudo, reason, kind=kind)
        return made_sudo._hands_off().with_env(self.env)

    @api.model
    @api.private
    def _is_granted(self, record, kind, size=None):
        """Tell whether an operation may be done now; an approval is used up by asking.

        True without any when no second person is needed.
        """
        if not self._is_needed(kind, size):
            return True
        found_sudo = self._standing(record, kind).try_lock_for_update()
        if not found_sudo or not found_sudo._is_open("granted"):
            return False
        found_sudo._put(
            {"state": "used", "used_at": fields.Datetime.now(), "used_by_id": self.env.uid}
        )
        self.env["saas.audit.entry"]._note(
            "approval_used", found_sudo.with_env(self.env), found_sudo.reason, kind=kind
        )
        return True

    @api.model
    @api.private
    def _waits(self, record, kind, size=None):
        """Tell whether somebody has to approve first; nothing is used up."""
        if not self._is_needed(kind, size):
            return False
        standing_sudo = self._standing(record, kind)
        return not standing_sudo or not standing_sudo._is_open("granted")

    @api.model
    def _kind(self, code):
        return self.env["saas.approval.kind"].sudo().search([("code", "=", code)], limit=1)

    @api.model
    def _standing(self, record, kind):
        """Return what was asked for a record and did not run out."""
        found_sudo = self._at_work().search(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("kind", "=", kind),
                ("state", "in", STANDING),
            ],
            limit=1,
        )
        found_sudo._run_out()
        return found_sudo.filtered(lambda one: one.state in STANDING)

    def _is_open(self, state):
        return self.state == state and self.expires_at > fields.Datetime.now()

    # People

    @api.model
    def _approvers(self, company):
        people_sudo = self.env.ref(APPROVER).sudo().all_user_ids
        return people_sudo.filtered(
            lambda user: user.active and (not company or company in user.company_ids)
        )

    def _tell_approvers(self):
        note = self.env._(
            "%(person)s asks: %(reason)s", person=self.asked_by_id.name, reason=self.reason
        )
        for user in self._approvers(self.company_id) - self.asked_by_id:
            self.with_context(mail_activity_quick_update=True).activity_schedule(
                ACTIVITY,
                summary=self.env._("Approve or decline: %(what)s", what=self.display_name),
                note=note,
                user_id=user.id,
            )

    def action_grant(self):
        """Allow it, once."""
        return self._decide("granted", "approval_granted")

    def action_decline(self):
        """Do not allow it."""
        return self._decide("declined", "approval_declined")

    def _decide(self, state, code):
        self.check_access("read")
        if not self.env.user.has_group(APPROVER):
            raise UserError(self.env._("Only an approver decides this."))
        for one_sudo in self._at_work():
            if one_sudo.asked_by_id == self.env.user:
                raise UserError(
                    self.env._("You asked for this yourself, so somebody else has to decide.")
                )
            one_sudo.lock_for_update()
            if not one_sudo._is_open("asked"):
                raise UserError(
                    self.env._(
                        "%(name)s does not wait for a decision any more.",
                        name=one_sudo.display_name,
                    )
                )
            now = fields.Datetime.now()
            one_sudo.write(
                {
                    "state": state,
                    "decided_by_id": self.env.uid,
                    "decided_at": now,
                    "expires_at": now + timedelta(hours=one_sudo.kind_id.hours),
                }
            )
            one_sudo.activity_unlink([ACTIVITY])
            one_sudo._tell_asker()
            self.env["saas.audit.entry"]._note(
                code, one_sudo.with_env(self.env), one_sudo.reason, kind=one_sudo.kind
            )
        return True

    def _tell_asker(self):
        granted = self.state == "granted"
        text = (
            self.env._("Granted. It can be done once now.")
            if granted
            else self.env._("Declined. Nothing was done.")
        )
        self.message_post(
            body=text,
            partner_ids=self.asked_by_id.partner_id.ids,
            subtype_xmlid="mail.mt_note",
        )

    def _show(self):
        """Return the form of a request, for the dialog that asked."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Approval"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_open_record(self):
        """Open what it is for."""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(self.env._("%(what)s is not there any more.", what=self.what))
        return {
            "type": "ir.actions.act_window",
            "name": self.what,
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    # Time

    @api.model
    def _cron_expire(self):
        """Let requests that nobody decided, and approvals that nobody used, run out."""
        self._at_work().search(
            [("state", "in", STANDING), ("expires_at", "<=", fields.Datetime.now())]
        )._run_out()

    def _run_out(self):
        now = fields.Datetime.now()
        for one in self.filtered(lambda row: row.expires_at <= now):
            one._put({"state": "expired"})
            one.activity_unlink([ACTIVITY])

    def _expire(self):
        """Forget approvals that no longer count; the retention rule's."""
        self._at_work()._drop()

    def _by_hand_text(self):
        return self.env._("Approvals are asked for by the operation itself, never by hand.")

    def _stays_text(self):
        return self.env._("An approval cannot be deleted: it says who allowed what.")
