"""The dialog before a restore: which moment, what of it, where to, and what that means.

Owns: its four pages, the checks and the sentences about effects. Does not own: what refuses a
restore (`kernel/backup/restore.py`), ordering it (`models/saas_restore.py`).
"""

from odoo import api, fields, models
from odoo.addons.base.models.res_users import check_identity
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime

from .. import messages
from ..kernel.errors import SaasError

PAGES = [
    ("point", "Point in Time"),
    ("what", "What"),
    ("where", "Where"),
    ("check", "Check"),
]
ORDER = [page for page, _label in PAGES]
IN_PLACE, SANDBOX, FILES, RECORDS = "in_place", "sandbox", "files", "records"


class SaasTenantRestore(models.TransientModel):
    _name = "saas.tenant.restore"
    _description = "Restore of a Tenant"

    tenant_id = fields.Many2one("saas.tenant", required=True, readonly=True, ondelete="cascade")
    page = fields.Selection(PAGES, default="point", required=True, readonly=True)
    backup_id = fields.Many2one(
        "saas.backup", string="Point in Time", ondelete="cascade", help="What it showed then."
    )
    backup_count = fields.Integer(compute="_compute_backup_count")
    backup_badge_text = fields.Char(related="backup_id.badge_text", string="Proof")
    what = fields.Selection(
        selection=lambda self: self.env["saas.restore"]._fields["what"].selection,
        default="all",
        required=True,
    )
    where = fields.Selection(
        selection=lambda self: self.env["saas.restore"]._fields["where"].selection,
        default="copy",
        required=True,
    )
    name = fields.Char(string="Name of the Copy")
    subdomain = fields.Char(string="Subdomain of the Copy")
    until = fields.Date(
        string="Sandbox Ends",
        default=lambda self: self.env["saas.tenant"]._sandbox_end(),
        help="Its last day. Then it is archived by itself; it can be kept longer on its form.",
    )
    typed = fields.Char(string="Subdomain")
    wanted = fields.Char(related="tenant_id.subdomain", string="Type This")
    reason = fields.Char(string="Why", help="It stands in the timeline and in the audit log.")
    effect = fields.Text(compute="_compute_effect", string="What Will Happen")
    hindrance = fields.Text(compute="_compute_effect")

    @api.model
    @api.private
    def _open_for(self, tenant, backup=None):
        """Return the dialog for a tenant, the newest of its backups chosen."""
        backup = backup or self.env["saas.backup"]._newest(tenant).with_env(self.env)
        wizard = self.create({"tenant_id": tenant.id, "backup_id": backup.id})
        wizard._propose()
        return wizard._show()

    @api.depends("tenant_id")
    def _compute_backup_count(self):
        for wizard in self:
            wizard.backup_count = wizard.tenant_id.backup_count

    @api.depends("backup_id", "what", "where", "subdomain", "name", "until", "tenant_id.state")
    @api.depends_context("lang", "tz")
    def _compute_effect(self):
        for wizard in self:
            wizard.effect, wizard.hindrance = False, False
            if wizard.backup_id:
                wizard.effect = "\n".join(wizard._effects())
                wizard.hindrance = "\n".join(wizard._hindrances()) or False

    def _effects(self):
        """Return what will happen, a sentence each."""
        _ = self.env._
        taken = self.backup_id.taken_at or self.backup_id.started_at
        facts = {
            "tenant": self.tenant_id.name,
            "at": format_datetime(self.env, taken, dt_format="medium"),
            "days": self.env["saas.restore"]._undo_days(),
            "size": self.backup_id.size_mb,
        }
        if self.where == IN_PLACE:
            return self._effects_in_place(facts)
        told = [
            _("A tenant of its own is made as %(tenant)s was at %(at)s.", **facts),
            _("%(tenant)s itself stays as it is.", **facts),
        ]
        if self.where == SANDBOX:
            told.append(
                _("The copy sends no mail, runs no scheduled work and takes no payment.", **facts)
            )
            told.append(_("Personal data is masked before anybody can open it."))
            if self.until:
                ends = format_date(self.env, self.until)
                told.append(_("It is open until %(date)s; then it is archived.", date=ends))
        else:
            told.append(
                _("The copy works like the original: it sends mail and runs scheduled work.")
            )
        if self.what == RECORDS:
            told.append(_("Files stay behind: attachments and pictures are missing in the copy."))
        return told

    def _effects_in_place(self, facts):
        _ = self.env._
        if self.what == FILES:
            return [
                _("Files that %(tenant)s lacks or that are damaged are put back.", **facts),
                _("Nothing else is touched, and nobody notices."),
            ]
        way_back = _(
            "A safety backup is made first, and for %(days)s days you can go back.", **facts
        )
        if not self.tenant_id._wants_safety():
            way_back = _("No safety backup is made: its policy does without.")
        return [
            _("%(tenant)s is as it was at %(at)s.", **facts),
            _("What was changed since then leaves the live database."),
            way_back,
            _("Its address is closed for about two seconds; people go on with their sessions."),
        ]

    def _hindrances(self):
        """Return what stands in the way apart from what is typed on the last page."""
        told = self.tenant_id._restore_hindrances(self.backup_id, self.where, self.what)
        if self.where != IN_PLACE:
            told += self._name_hindrance()
        if self.where == SANDBOX:
            told += self._end_hindrance()
        return told

    def _end_hindrance(self):
        try:
            self.tenant_id._sandbox_end(self.until)
        except SaasError as error:
            return [messages.text(self.env, error)]
        return []

    def _name_hindrance(self):
        copy = self.env["saas.tenant"].new(
            {"subdomain": self.subdomain, "cluster_id": self.tenant_id.cluster_id.id}
        )
        try:
            copy._checked_subdomain()
        except SaasError as error:
            return [messages.text(self.env, error)]
        return []

    @api.onchange("backup_id")
    def _onchange_backup_id(self):
        if self.backup_id:
            self._propose()

    def _propose(self):
        if self.backup_id:
            proposed = self.tenant_id._proposed_copy(self.backup_id)
            self.update({"name": proposed["name"], "subdomain": proposed["subdomain"]})

    # Its pages

    def action_next(self):
        """Go on to the next page; what was entered stays."""
        if not self.backup_id:
            raise UserError(self.env._("Choose a point in time first."))
        return self._turn(1)

    def action_back(self):
        """Go back a page; what was entered stays."""
        return self._turn(-1)

    def _turn(self, by):
        place = ORDER.index(self.page) + by
        self.page = ORDER[max(0, min(place, len(ORDER) - 1))]
        return self._show()

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Restore %(name)s", name=self.tenant_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_back_up_now(self):
        """There is nothing to restore yet: make a backup."""
        self.tenant_id.action_back_up_now()
        return {"type": "ir.actions.act_window_close"}

    def action_restore_copy(self):
        """Order a copy."""
        if self.where == IN_PLACE:
            raise UserError(self.env._("Type the subdomain to restore the tenant in place."))
        return self._restore()

    @check_identity
    def action_restore_in_place(self):
        """Order a restore in place, once the person has proven who it is."""
        return self._restore()

    def _restore(self):
        self.ensure_one()
        copy = {}
        if self.where != IN_PLACE:
            copy = {"name": self.name, "subdomain": self.subdomain, "until": self.until}
        try:
            made = self.env["saas.restore"]._order_restore(
                self.backup_id,
                self.where,
                self.what,
                typed=self.typed,
                reason=self.reason or "",
                **copy,
            )
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None
        return made.action_view_operation()
