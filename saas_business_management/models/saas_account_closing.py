"""The end of a customer account, at the wish of its owner: export, cancel, archive, delete.

Owns: the wish, waiting for the export, cancelling every subscription, undoing. Does not own: the
end of a subscription, archiving and deletion with their notices (as for every tenant).
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..kernel.errors import Refused

EXPORT_DAYS = 30
STATES = [
    ("waiting", "Waits for the Export"),
    ("planned", "Ends"),
    ("undone", "Undone"),
    ("done", "Closed"),
]
OPEN = ("waiting", "planned")
CLOSED = ("archived", "deleting", "deleted")


class SaasAccountClosing(models.Model):
    _name = "saas.account.closing"
    _inherit = "saas.ledger"
    _description = "Closing of an Account"
    _order = "id desc"
    _rec_name = "account_id"

    account_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, precompute=True, index=True
    )
    user_id = fields.Many2one(
        "res.users", string="Asked By", required=True, readonly=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="waiting", index=True)
    asked_at = fields.Datetime(
        string="Asked", required=True, readonly=True, default=lambda self: fields.Datetime.now()
    )
    ends_on = fields.Date(string="Last Day", readonly=True, help="Of its last database.")
    ended_at = fields.Datetime(string="Ended", readonly=True)
    trouble = fields.Char(string="What Is Wrong", readonly=True)

    _open_uniq = models.UniqueIndex(
        "(account_id) WHERE state IN ('waiting', 'planned')", "This account is being closed."
    )

    @api.model
    @api.private
    def _open_of(self, account):
        """Return the closing of an account that is under way, as the platform, or nothing."""
        wanted = [("account_id", "=", account.id), ("state", "in", OPEN)]
        return self.sudo().search(wanted, limit=1)

    @api.model
    @api.private
    def _preview(self, account):
        """Return for each database `{"name", "last", "until"}`: its last day, and the last one on
        which its data is there.
        """
        rows = []
        for tenant_sudo in self.env["saas.account.export"]._databases(account):
            one = tenant_sudo._portal_subscription()
            running = one and one.state not in ("draft", "cancelled")
            last = one.ends_on or one._period_end() if running else tenant_sudo._today()
            policy = tenant_sudo._policy()
            until = last + timedelta(days=policy.archive_days + policy.deletion_undo_days)
            shown = fields.Date.subtract(last, days=1) if running else last
            rows.append({"name": tenant_sudo.name, "last": shown, "until": until})
        return rows

    @api.model
    @api.private
    def _ask(self, account, typed):
        """Close an account whose name was typed.

        Raises: UserError.
        """
        with self.env["saas.tenant"]._portal_doing():
            account.sudo().lock_for_update()
            if (typed or "").strip() != account.sudo().name.strip():
                raise Refused("account_typed", name=account.sudo().name)
            if self._open_of(account):
                raise Refused("account_closing")
            if not self._export_of(account):
                raise Refused("account_export_first")
            made_sudo = self._at_work().create({"account_id": account.id, "user_id": self.env.uid})
        made_sudo = made_sudo._hands_off()
        self.env["saas.audit.entry"]._note("account_deletion_asked", made_sudo)
        made_sudo._tend()
        return made_sudo

    def _export_of(self, account):
        """Return the newest export that is being made or is ready; an old one does not count."""
        since = fields.Datetime.now() - timedelta(days=EXPORT_DAYS)
        wanted = [("account_id", "=", account.id), ("asked_at", ">", since)]
        states = ("running", "ready", "over")
        exports_sudo = self.env["saas.account.export"].sudo()
        return exports_sudo.search([*wanted, ("state", "in", states)], limit=1)

    # Its course

    @api.model
    @api.private
    def _tend_all(self):
        """Take every closing a step further."""
        for one_sudo in self.sudo().search([("state", "in", OPEN)]):
            one_sudo._tend()

    def _tend(self):
        tenants_sudo = self.env["saas.account.export"]._databases(self.account_id)
        if self.state == "waiting":
            export_sudo = self._export_of(self.account_id)
            if export_sudo.state in ("ready", "over"):
                self._cancel_all(tenants_sudo)
            elif not export_sudo:
                self._put({"trouble": self.env._("The export failed. Ask for it again.")})
        elif all(tenant.state in CLOSED for tenant in tenants_sudo):
            self._put({"state": "done", "ended_at": fields.Datetime.now()})

    def _cancel_all(self, tenants_sudo):
        """Cancel what runs with the period that is paid; what has no end of its own ends by us."""
        note = self.env._("The account is being closed.")
        last = fields.Date.today()
        try:
            with self.env.cr.savepoint():
                for tenant_sudo in tenants_sudo.filtered(lambda one: one.state not in CLOSED):
                    one = tenant_sudo._portal_subscription()
                    if not one or one.state in ("draft", "cancelled"):
                        tenant_sudo._closing_activity(note)
                    elif not one.ends_on:
                        one.with_user(self.user_id).sudo().action_cancel_at_end(note)
                    last = max(last, one.ends_on or last)
        except UserError as error:
            self._put({"trouble": error.args[0]})
            return
        self._put({"state": "planned", "ends_on": last, "trouble": False})

    @api.private
    def _undo(self):
        """Let everything go on that was cancelled by it.

        Raises: UserError.
        """
        with self.env["saas.tenant"]._portal_doing():
            if not self:
                raise Refused("portal_gone")
            note = self.env._("The account stays.")
            tenants_sudo = self.env["saas.account.export"]._databases(self.account_id)
            if self.state == "planned":
                for tenant_sudo in tenants_sudo:
                    one = tenant_sudo._portal_subscription()
                    if one.ends_on and one.state != "cancelled":
                        one.action_undo_cancellation(note)
        self._put({"state": "undone", "ended_at": fields.Datetime.now()})
        self.env["saas.audit.entry"]._note("account_deletion_undone", self)

    def _by_hand_text(self):
        return self.env._("An account is closed in the portal, by its owner.")

    def _stays_text(self):
        return self.env._("The record of a closing stays: it says who asked for it.")


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    def _closing_activity(self, note):
        """Have a person end a database that no subscription ends."""
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Its customer closes the account"),
            note=note,
            user_id=(self.user_id or self.env.ref("base.user_admin")).id,
        )


class SaasErasure(models.Model):
    _inherit = "saas.erasure"

    @api.model
    @api.private
    def _erase(self, partner, reason):
        family = partner.commercial_partner_id or partner
        for name in ("saas.account.export", "saas.account.closing"):
            rows_sudo = self.env[name].sudo()
            found_sudo = rows_sudo.search(
                [
                    "|",
                    ("account_id", "=", family.id),
                    ("user_id.partner_id.commercial_partner_id", "=", family.id),
                ]
            )
            if name == "saas.account.export":
                found_sudo.data_id.unlink()
            found_sudo._at_work()._drop()
        return super()._erase(partner, reason)
