"""Support access to a tenant: asked for, consented, timed, ended, and every move of it noted.

Owns: the record and its one writer of the state. Does not own: the course (`kernel/support`),
buttons and operations (`saas_support_access_work.py`), mails and pages
(`saas_support_access_page.py`).
"""

import secrets
from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import messages
from ..kernel.audit.plain import one_line
from ..kernel.errors import Refused
from ..kernel.support import course, times

STATES = [
    ("draft", "Draft"),
    ("asked", "Asked"),
    ("allowed", "Allowed"),
    ("inside", "Inside"),
    ("leaving", "Leaving"),
    ("over", "Over"),
    ("refused", "Refused"),
    ("lapsed", "Lapsed"),
    ("withdrawn", "Withdrawn"),
]
assert [state for state, _label in STATES] == list(course.STATES)
ACTORS = [("operator", "Operator"), ("customer", "Customer"), ("system", "Time or Rule")]
# What the customer is asked for cannot change afterwards.
ASKED_FOR = {"tenant_id", "user_id", "reason", "minutes", "settings"}
GUARDED = {
    *("state", "asked_at", "answered_at", "answered_by", "entered_at", "until_at", "ended_at"),
    *("ended_by", "left_at", "guest_login", "guest_user_ref", "guest_partner_ref", "users_made"),
}
_MOVE = object()


class SaasSupportAccess(models.Model):
    _name = "saas.support.access"
    _description = "Support Access"
    _inherit = ["mail.thread", "saas.operations", "saas.noted.export"]
    _order = "id desc"
    _job_link = "support_id"

    tenant_id = fields.Many2one(
        "saas.tenant",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('state', 'in', ('trial', 'active'))]",
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Who",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    reason = fields.Text(
        required=True, help="What you want to look at; the customer reads it before deciding."
    )
    minutes = fields.Integer(default=times.DEFAULT_MINUTES, required=True, string="Minutes")
    settings = fields.Boolean(
        string="Administrator Settings",
        help="Also ask for the right to users, access rights and settings.",
    )
    state = fields.Selection(
        STATES, default="draft", required=True, readonly=True, copy=False, index=True, tracking=True
    )
    asked_at = fields.Datetime(readonly=True, copy=False, string="Asked")
    answered_at = fields.Datetime(readonly=True, copy=False, string="Answered")
    answered_by = fields.Selection(ACTORS, readonly=True, copy=False)
    entered_at = fields.Datetime(readonly=True, copy=False, string="In Since")
    until_at = fields.Datetime(readonly=True, copy=False, string="Until")
    ended_at = fields.Datetime(readonly=True, copy=False, string="Ended")
    ended_by = fields.Selection(ACTORS, readonly=True, copy=False)
    left_at = fields.Datetime(readonly=True, copy=False, string="Left")
    guest_login = fields.Char(readonly=True, copy=False, string="Login in the Tenant")
    guest_user_ref = fields.Integer(readonly=True, copy=False, string="User Id in the Tenant")
    guest_partner_ref = fields.Integer(readonly=True, copy=False, string="Contact Id in the Tenant")
    users_made = fields.Integer(
        readonly=True, copy=False, help="Users that support made in the tenant and left there."
    )
    job_ids = fields.One2many("saas.job", "support_id", readonly=True, string="Operations Log")
    mine = fields.Boolean(compute="_compute_mine")

    @api.depends("tenant_id.name", "user_id.name")
    def _compute_display_name(self):
        for access in self:
            names = (access.tenant_id.name, access.user_id.name)
            access.display_name = " – ".join(name for name in names if name)

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_mine(self):
        for access in self:
            access.mine = access.user_id == self.env.user

    # Keeping it right

    @api.constrains("minutes")
    def _check_minutes(self):
        for access in self:
            try:
                times.checked_minutes(access.minutes)
            except Refused as error:
                raise ValidationError(messages.text(self.env, error)) from None

    @api.constrains("reason")
    def _check_reason(self):
        for access in self:
            if not (access.reason or "").strip():
                raise ValidationError(
                    self.env._("Write what you want to look at: the customer decides by it.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_guarded(vals)
            vals["user_id"] = self.env.uid
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_guarded(vals)
        if ASKED_FOR & set(vals) and any(access.state != "draft" for access in self):
            raise UserError(
                self.env._(
                    "The customer was asked already, so what was asked for cannot change. "
                    "Withdraw it and ask anew."
                )
            )
        if "user_id" in vals:
            raise UserError(self.env._("Each person asks for themselves."))
        return super().write(vals)

    def _refuse_guarded(self, vals):
        if self.env.context.get("saas_move") is _MOVE:
            return
        if any(vals[name] not in (False, 0, "draft") for name in GUARDED & set(vals)):
            raise UserError(
                self.env._(
                    "The course of a support access is not written by hand: use its buttons."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(access.state != "draft" for access in self):
            raise ValidationError(
                self.env._("Only a draft can be removed: who was asked what is kept for good.")
            )

    # Its course

    def _fire(self, event, actor, **vals):
        """Let an event happen: state, times, audit log, chatter of the tenant. Return the state.

        Raises:
            Refused: `support_move`.
        """
        self.ensure_one()
        self.lock_for_update()
        target = course.decide(self.state, event, actor)
        facts = {"by": actor, "minutes": self.minutes, "settings": self.settings}
        if event == "left":
            facts["users_made"] = vals.get("users_made", 0)
        self.with_context(saas_move=_MOVE).write(
            {"state": target, **self._times_of(event, actor, target), **vals}
        )
        self.env["saas.audit.entry"]._note(f"support_{event}", self, self.reason, **facts)
        self.tenant_id.message_post(body=self._told(event), author_id=self._author(actor).id)
        return target

    def _times_of(self, event, actor, target):
        now = fields.Datetime.now()
        if event == "asked":
            return {"asked_at": now}
        if event in ("allowed", "refused"):
            return {"asked_at": self.asked_at or now, "answered_at": now, "answered_by": actor}
        if event == "entered":
            return {"entered_at": now, "until_at": fields.Datetime.add(now, minutes=self.minutes)}
        if event in ("ended", "expired"):
            return {"ended_at": now, "ended_by": actor}
        return {"left_at": now} if event == "left" else {}

    def _author(self, actor):
        """Return in whose name the tenant's chatter tells it; customers have no login here."""
        root = self.env.ref("base.partner_root")
        return self.user_id.partner_id if actor == course.OPERATOR else root

    def _told(self, event):
        _ = self.env._
        facts = {"who": self.user_id.name, "minutes": self.minutes, "reason": self.reason}
        return {
            "asked": _("%(who)s asks for support access, %(minutes)s minutes: %(reason)s", **facts),
            "allowed": _("Support access of %(who)s was allowed.", **facts),
            "refused": _("Support access of %(who)s was refused.", **facts),
            "withdrawn": _("%(who)s withdrew the support access.", **facts),
            "lapsed": _("Support access of %(who)s lapsed unused.", **facts),
            "entered": _("%(who)s entered for support, for %(minutes)s minutes.", **facts),
            "ended": _("Support access of %(who)s was ended.", **facts),
            "expired": _("The time of %(who)s's support access is over.", **facts),
            "left": _("The support user of %(who)s was archived in the tenant.", **facts),
        }[event]

    def _guest(self):
        """Return the user inside the tenant (`adapters.ports.Guest`)."""
        name = self.env._("Support (%(who)s)", who=one_line(self.user_id.name))
        return {
            "login": self.guest_login,
            "name": name,
            "email": self.user_id.email_normalized or "",
            "settings": self.settings,
        }

    def _keep_login(self):
        """Give the guest its login before it is made, so that whatever is left can be found."""
        login = times.guest_login(secrets.token_hex(8))
        self.with_context(saas_move=_MOVE).write({"guest_login": login})

    @api.model
    def _aware(self, naive):
        return naive.replace(tzinfo=timezone.utc) if naive else None

    def _overdue(self, now):
        """Return the event that time brings about, or nothing."""
        moments = (self.asked_at, self.answered_at, self.until_at)
        return times.overdue(self.state, now, *moments)
