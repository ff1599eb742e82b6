"""Everything of a customer account to take away: a file of each database, and its own data.

Owns: the order, its course, who may fetch it. Does not own: files of databases
(`saas_backup_export.py`), what stands in the account's data (`saas_account_data.py`).

A database without a backup gets one first; the file is ordered when it is there. What a passphrase
was made into lies here closed until every file is ordered.
"""

import secrets
from datetime import timedelta

from odoo import api, fields, models

from ..kernel.errors import Refused, SaasError
from ..kernel.portal import roles
from ..messages import text

KEPT = timedelta(days=7)
AGAIN = timedelta(hours=12)
STATES = [("running", "Being Made"), ("ready", "Ready"), ("failed", "Failed"), ("over", "Over")]
KINDS = [("sealed", "Under a Passphrase"), ("odoo_zip", "Odoo Zips and Open Data, Not Encrypted")]
GONE = ("draft", "deleted", "failed", "provisioning")


class SaasAccountExport(models.Model):
    _name = "saas.account.export"
    _inherit = "saas.ledger"
    _description = "Export of an Account"
    _order = "id desc"
    _rec_name = "account_id"

    public_id = fields.Char(
        required=True, readonly=True, copy=False, default=lambda self: secrets.token_urlsafe(16)
    )
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
    kind = fields.Selection(KINDS, required=True, readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="running", index=True)
    salt = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    sealed_key = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    file_ids = fields.One2many("saas.backup.export", "account_export_id", readonly=True)
    data_id = fields.Many2one("ir.attachment", readonly=True, ondelete="set null")
    asked_at = fields.Datetime(
        string="Asked", required=True, readonly=True, default=lambda self: fields.Datetime.now()
    )
    ready_at = fields.Datetime(string="Ready", readonly=True)
    kept_until = fields.Datetime(readonly=True, help="The files are removed then.")
    error_text = fields.Char(readonly=True, string="Why It Failed")

    _public_uniq = models.Constraint("UNIQUE (public_id)", "Two exports cannot share a reference.")
    _running_uniq = models.UniqueIndex(
        "(account_id) WHERE state = 'running'", "An export of this account is being made."
    )

    @api.model
    @api.private
    def _teams(self):
        """Return the accounts of the person with what the page shows of each."""
        members = self.env["saas.customer.member"]
        closings = self.env["saas.account.closing"]
        teams = []
        for account_id, role in members._roles().items():
            account_sudo = self.env["res.partner"].sudo().browse(account_id)
            mine = [("account_id", "=", account_id), ("user_id", "=", self.env.uid)]
            teams.append(
                {
                    "account": account_sudo,
                    "ref": members._team_ref(account_sudo),
                    "exports": roles.may(role, roles.EXPORT),
                    "closes": roles.may(role, roles.CLOSE),
                    "owners": members._owner_names(account_sudo),
                    "export": self.sudo().search(mine, limit=1),
                    "closing": closings._open_of(account_sudo),
                    "databases": self._databases(account_sudo),
                }
            )
        return teams

    @api.model
    @api.private
    def _databases(self, account):
        """Return the databases of an account whose data are there."""
        ours = [("partner_id", "child_of", account.id), ("state", "not in", GONE)]
        return self.env["saas.tenant"].sudo().search([*ours, ("is_sandbox", "=", False)])

    @api.model
    @api.private
    def _mine(self, ref):
        """Return an export that the person ordered and may still fetch, or nothing."""
        mine = [("public_id", "=", ref), ("user_id", "=", self.env.uid), ("state", "=", "ready")]
        found_sudo = self.sudo().search(mine, limit=1)
        role = self.env["saas.customer.member"]._roles().get(found_sudo.account_id.id, "")
        return found_sudo if roles.may(role, roles.EXPORT) else found_sudo.browse()

    @api.model
    @api.private
    def _ask_for(self, account, form):
        """Order everything of an account; return the row.

        Raises: UserError.
        """
        with self.env["saas.tenant"]._portal_doing():
            account.sudo().lock_for_update()
            kind = form.get("kind", "")
            if kind not in dict(KINDS):
                raise Refused("portal_gone")
            if kind == "odoo_zip" and form.get("aware") != "1":
                raise Refused("portal_aware")
            recent = [("account_id", "=", account.id), ("state", "!=", "failed")]
            since = fields.Datetime.now() - AGAIN
            if self.sudo().search_count([*recent, ("asked_at", ">", since)], limit=1):
                raise Refused("account_export_soon")
            salt = key = False
            if kind == "sealed":
                typed = (form.get("passphrase", ""), form.get("again", ""))
                salt, key = self.env["saas.backup.export"].sudo()._close_key(*typed)
            made_sudo = self._at_work().create(
                {
                    "account_id": account.id,
                    "user_id": self.env.uid,
                    "kind": kind,
                    "salt": salt,
                    "sealed_key": key,
                }
            )
        made_sudo = made_sudo._hands_off()
        self.env["saas.audit.entry"]._note("account_export_ordered", made_sudo, kind=kind)
        self.env.ref("saas_business_management.ir_cron_account").sudo()._trigger()
        return made_sudo

    @api.private
    def _taken(self):
        """Return the account's data; that somebody took it stands in the audit log."""
        self.env["saas.audit.entry"]._note("account_export_downloaded", self)
        return self.sudo().data_id.raw

    # Its course

    @api.model
    def _cron_tend(self):
        """Take every export a step further, end those whose time is over, and go on closing."""
        for one_sudo in self.sudo().search([("state", "=", "running")]):
            one_sudo._tend()
            self.env["ir.cron"]._commit_progress(1)
        past = [("state", "=", "ready"), ("kept_until", "<=", fields.Datetime.now())]
        self.sudo().search(past)._end()
        self.env["saas.account.closing"]._tend_all()
        self.env["ir.cron"]._commit_progress(1)

    @api.private
    def _tend(self):
        """Order what is not ordered yet; offer it all when the last file is there."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                waiting = self._order_files()
        except SaasError as error:
            self._put({"state": "failed", "sealed_key": False, "error_text": text(self.env, error)})
            return
        failed = self.file_ids.filtered(lambda one: one.state in ("failed", "deleted"))
        if failed:
            why = failed[:1].error_text or ""
            self._put({"state": "failed", "sealed_key": False, "error_text": why})
        elif not waiting and all(one.state == "ready" for one in self.file_ids):
            self._offer()

    def _order_files(self):
        """Order files and the backups they need; return the databases that wait for one."""
        exports = self.env["saas.backup.export"].with_user(self.user_id).sudo()
        waiting = self.env["saas.tenant"].sudo()
        for tenant_sudo in self._databases(self.account_id):
            if tenant_sudo in self.file_ids.tenant_id:
                continue
            backup_sudo = tenant_sudo._portal_backups()[:1]
            if backup_sudo:
                made = exports._order_for(backup_sudo, self.kind, self.salt, self.sealed_key)
                made.sudo()._put({"account_export_id": self.id})
            else:
                waiting |= tenant_sudo
                running = [("tenant_id", "=", tenant_sudo.id), ("state", "=", "running")]
                if not self.env["saas.backup"].sudo().search_count(running, limit=1):
                    tenant_sudo._order_backup("manual", priority=25)
        return waiting

    def _offer(self):
        now = fields.Datetime.now()
        content = self.env["saas.tenant"]._account_data(self.account_id)
        made_sudo = (
            self.env["ir.attachment"]
            .sudo()
            .create({"name": "account-data.zip", "raw": content, "public": False})
        )
        ends = {"ready_at": now, "kept_until": now + KEPT}
        self._put({"state": "ready", "sealed_key": False, "data_id": made_sudo.id, **ends})
        if self.user_id.email:
            template = self.env.ref("saas_business_management.mail_account_export").sudo()
            template.send_mail(self.id)
            self.env["mail.mail"]._send_soon()

    def _end(self):
        for one in self:
            one.data_id.unlink()
            one._put({"state": "over"})

    def _by_hand_text(self):
        return self.env._("Exports are asked for in the portal, by their customer.")

    def _stays_text(self):
        return self.env._("The record of an export stays: it says what was taken away.")


class SaasBackupExport(models.Model):
    _inherit = "saas.backup.export"

    account_export_id = fields.Many2one(
        "saas.account.export", readonly=True, index="btree_not_null", ondelete="set null"
    )

    def _step_ready(self, size, sha256):
        """Files of a whole account are told together, when all are there."""
        done = super()._step_ready(size, sha256)
        if self.account_export_id:
            self.env.ref("saas_business_management.ir_cron_account").sudo()._trigger()
        return done
