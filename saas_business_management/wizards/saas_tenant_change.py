"""The dialog before a tenant's life is changed: what will happen to each, why, and then the result.

Owns: the questions and the result for each tenant. Does not own: what is allowed and what it does
(`models/saas_tenant_change.py`).
"""

from odoo import api, fields, models
from odoo.addons.base.models.res_users import check_identity
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_datetime

from .. import messages
from ..kernel.errors import SaasError

_lt = LazyTranslate(__name__)
DELETE = "delete"

CHANGES = [
    ("suspended", "Suspend"),
    ("resumed", "Resume"),
    ("archived", "Archive"),
    ("reactivated", "Reactivate"),
    ("trial_converted", "End Trial"),
    ("restricted", "Restrict"),
    ("unrestricted", "Lift Restriction"),
    ("deletion_requested", "Delete"),
    ("deletion_undone", "Undo Deletion"),
]
EFFECTS = {
    "suspended": _lt(
        "Its page is closed with the reason, its scheduled work stops and everybody is logged "
        "out of it. Its data stays."
    ),
    "resumed": _lt("It opens within a second, as it was left."),
    "archived": _lt("It is taken out of service. Its data stays until the policy's time is over."),
    "reactivated": _lt("It opens within a second, as it was left."),
    "trial_converted": _lt("It becomes active; its trial is over."),
    "restricted": _lt("It stays open, but no users or apps can be added."),
    "unrestricted": _lt("Users and apps can be added again."),
    "deletion_requested": _lt(
        "It is closed for good. Its database and files are destroyed %(days)s days from now; "
        "until then one click undoes it."
    ),
    "deletion_undone": _lt("It becomes what it was before."),
}
NEEDS_NOTE = ("suspended", "archived", "restricted", "deletion_requested")


class SaasTenantChange(models.TransientModel):
    _name = "saas.tenant.change"
    _description = "Change of Tenants"

    change = fields.Selection(CHANGES, required=True, readonly=True)
    reason = fields.Selection(
        selection=lambda self: self.env["saas.tenant"]._fields["reason"].selection,
        default="manual",
        help="What visitors read on its page, in their words.",
    )
    note = fields.Char(string="Why", help="For your team: it stands in the timeline.")
    tell_customer = fields.Boolean(string="Mail the Customer", default=True)
    typed = fields.Char(string="Subdomain")
    wanted = fields.Char(compute="_compute_wanted")
    done = fields.Boolean(readonly=True)
    failed_count = fields.Integer(compute="_compute_failed_count")
    unsaved_count = fields.Integer(compute="_compute_unsaved_count")
    backup_ordered = fields.Boolean(readonly=True)
    only = fields.Text(compute="_compute_only", string="What Will Happen")
    line_ids = fields.One2many("saas.tenant.change.line", "wizard_id")

    @api.depends("line_ids")
    def _compute_wanted(self):
        """Say what has to be typed before something is deleted: the subdomain, or how many."""
        for wizard in self:
            lines = wizard.line_ids
            wanted = lines.tenant_id.subdomain if len(lines) == 1 else str(len(lines))
            wizard.wanted = wanted if wizard.change == "deletion_requested" else False

    @api.depends("line_ids.effect")
    def _compute_only(self):
        """Tell what will happen when there is one tenant alone; a list of one says it badly."""
        for wizard in self:
            lines = wizard.line_ids
            wizard.only = f"{lines.tenant_id.name}: {lines.effect}" if len(lines) == 1 else False

    @api.depends("line_ids.ok", "done")
    def _compute_failed_count(self):
        for wizard in self:
            wizard.failed_count = len(wizard.line_ids.filtered(lambda line: not line.ok))

    @api.depends("line_ids.tenant_id", "change")
    def _compute_unsaved_count(self):
        """Count those that cannot be deleted before they are backed up."""
        for wizard in self:
            wizard.unsaved_count = sum(line._is_unsaved() for line in wizard.line_ids)

    @api.model
    @api.private
    def _open_for(self, tenants, change):
        """Return the dialog for these tenants."""
        lines = [fields.Command.create({"tenant_id": one.id}) for one in tenants]
        wizard = self.create({"change": change, "line_ids": lines})
        return wizard._show()

    def _show(self):
        titles = dict(self._fields["change"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": titles[self.change],
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_apply(self):
        """Change each tenant by itself; what cannot be changed does not hold the others up."""
        self._check_answers()
        self._ask_second_person()
        for line in self.line_ids.filtered(lambda one: not one.ok and not one._is_asked()):
            line._apply()
        self.done = True
        if self.failed_count or len(self.line_ids) > 1:
            return self._show()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_back_up(self):
        """Order what the deletion of these tenants waits for; the dialog says when it has ended."""
        self.ensure_one()
        self.env["saas.tenant"].check_access("write")
        for line in self.line_ids.filtered(lambda one: one._is_unsaved()):
            try:
                line.tenant_id._order_deletion_backup()
            except SaasError as error:
                raise UserError(messages.text(self.env, error)) from None
        self.backup_ordered = True
        return self._show()

    def _ask_second_person(self):
        """Ask for each tenant whose deletion somebody else has to approve."""
        for line in self.line_ids.filtered(lambda one: not one.ok and one._is_asked()):
            asked = self.env["saas.approval"]._ask(line.tenant_id, DELETE, self.note.strip())
            line.result = self.env._(
                "Asked: a second person has to approve it until %(at)s. Then delete it again.",
                at=format_datetime(self.env, asked.expires_at),
            )

    @check_identity
    def action_delete(self):
        """Mark for deletion, once the person has proven who it is; answers are checked as ever."""
        return self.action_apply()

    def _check_answers(self):
        self.ensure_one()
        self.env["saas.tenant"].check_access("write")
        if self.change in NEEDS_NOTE and not (self.note or "").strip():
            raise UserError(self.env._("Write why: it stands in the timeline."))
        if self.wanted and (self.typed or "").strip().lower() != self.wanted:
            raise UserError(self.env._("Type %(text)s to go on.", text=self.wanted))


class SaasTenantChangeLine(models.TransientModel):
    _name = "saas.tenant.change.line"
    _description = "Tenant to Change"

    wizard_id = fields.Many2one("saas.tenant.change", required=True, ondelete="cascade")
    tenant_id = fields.Many2one("saas.tenant", required=True, readonly=True, ondelete="cascade")
    state = fields.Selection(related="tenant_id.state")
    effect = fields.Text(compute="_compute_effect", string="What Will Happen")
    possible = fields.Boolean(compute="_compute_effect")
    result = fields.Text(readonly=True)
    ok = fields.Boolean(readonly=True)

    @api.depends("tenant_id.state", "wizard_id.change", "wizard_id.reason")
    def _compute_effect(self):
        for line in self:
            hindrance = line._hindrance()
            line.possible = not hindrance
            line.effect = hindrance or line._promise()

    def _hindrance(self):
        change, tenant = self.wizard_id.change, self.tenant_id
        if change in ("restricted", "unrestricted"):
            return ""
        reason = self.wizard_id.reason if change == "suspended" else "asked"
        return tenant._hindrance(change, reason=reason)

    def _is_unsaved(self):
        change = self.wizard_id.change
        return change == "deletion_requested" and self.tenant_id._waits_for_backup()

    def _is_asked(self):
        """Tell whether a second person has to approve it first."""
        wizard = self.wizard_id
        return wizard.change == "deletion_requested" and self.env["saas.approval"]._waits(
            self.tenant_id, DELETE, size=len(wizard.line_ids)
        )

    def _promise(self):
        days = self.tenant_id._policy().deletion_undo_days
        return self.env._(EFFECTS[self.wizard_id.change]) % {"days": days}

    def _apply(self):
        wizard = self.wizard_id
        tenant = self.tenant_id.with_context(saas_tell_customer=wizard.tell_customer)
        try:
            with self.env.cr.savepoint():
                tenant._make_change(wizard.change, wizard.reason, (wizard.note or "").strip())
        except (UserError, SaasError) as error:
            self.write({"result": str(error), "ok": False})
        else:
            self.write({"result": self.env._("Done"), "ok": True})
