"""Backups, restores and web addresses, as a customer asks for them in the portal.

Owns: how often, what is asked before, that a restore is allowed by the policy. Does not own: doing
it (`saas_tenant_backup_work.py`, `saas_restore.py`, `saas_backup_export.py`,
`saas_tenant_host.py`).
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessDenied
from odoo.tools import format_datetime

from ..kernel.audit.plain import one_line
from ..kernel.errors import Refused

MOST_BACKUPS = 5
MOST_HOSTS = 10
KINDS = ("sealed", "odoo_zip")


class SaasBackupPolicy(models.Model):
    _inherit = "saas.backup.policy"

    customer_restores = fields.Boolean(
        string="Customers Restore by Themselves",
        tracking=True,
        help="Owners, administrators and technical members of a team replace their database by a "
        "backup in the portal, after their password. Otherwise they ask, and you do it.",
    )


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    # Backups

    @api.private
    def _portal_backups_today(self):
        """Return how many backups people asked for within a day."""
        since = fields.Datetime.now() - timedelta(days=1)
        asked = [("tenant_id", "=", self.id), ("reason", "=", "manual")]
        return self.env["saas.backup"].sudo().search_count([*asked, ("started_at", ">", since)])

    @api.private
    def _portal_most_backups(self):
        return MOST_BACKUPS

    @api.private
    def _portal_back_up(self):
        """Order a backup now; return its row for each target."""
        self.ensure_one()
        with self._portal_doing():
            self._wait_for_turn()
            if self._portal_backups_today() >= MOST_BACKUPS:
                raise Refused("portal_enough_backups", count=MOST_BACKUPS)
            return self._order_backup("manual", priority=15)

    @api.private
    def _portal_order_file(self, backup, kind, passphrase, again, aware):
        """Have a file of a backup made for the person of the environment; return its row."""
        exports_sudo = self.env["saas.backup.export"].sudo()
        with self._portal_doing():
            if not backup or kind not in KINDS:
                raise Refused("portal_gone")
            if kind == "odoo_zip" and not aware:
                raise Refused("portal_aware")
            salt = key = ""
            if kind == "sealed":
                salt, key = exports_sudo._close_key(passphrase, again)
            return exports_sudo._order_for(backup, kind, salt, key)

    @api.private
    def _portal_file_url(self, uuid):
        """Return the one-time address of a file that is ready."""
        with self._portal_doing():
            export_sudo = self._portal_exports().filtered(lambda one: one.uuid == uuid)
            if not export_sudo:
                raise Refused("portal_gone")
            return export_sudo.action_download()["url"]

    # Restores

    @api.private
    def _portal_may_restore(self):
        """Tell whether the policy lets the customer restore without us."""
        return self.sudo().backup_policy_effective_id.customer_restores

    @api.private
    def _portal_ask_restore(self, backup, note):
        """Ask the responsible for a restore; it stands in the activities of the tenant."""
        self.ensure_one()
        with self._portal_doing():
            if not backup:
                raise Refused("portal_gone")
        when = format_datetime(self.env, backup.taken_at or backup.started_at)
        text = self.env._(
            "%(who)s asks to restore the backup of %(when)s. %(note)s",
            who=self.env.user.name,
            when=when,
            note=(note or "").strip()[:500],
        )
        summary = self.env._("Restore asked for in the portal")
        open_ = self.activity_ids.filtered(lambda one: one.summary == summary)
        if open_:
            open_[:1].note = text
        else:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=text,
                user_id=(self.user_id or self.env.ref("base.user_admin")).id,
            )
        self.env["saas.audit.entry"]._note(
            "portal_restore_asked", self, one_line((note or "")[:200]), backup=backup.uuid
        )

    @api.private
    def _portal_restore(self, backup, typed, note):
        """Replace the database by a backup; the person has proven who it is."""
        self.ensure_one()
        with self._portal_doing():
            if not backup:
                raise Refused("portal_gone")
            if not self._portal_may_restore():
                raise Refused("portal_restore_closed")
            why = (note or "").strip()[:200] or self.env._("In the portal")
            self.env["saas.restore"].sudo()._order_restore(
                backup, "in_place", "all", typed=typed, reason=why
            )

    @api.private
    def _portal_undo_restore(self):
        """Have what was live before the last restore in place again."""
        with self._portal_doing():
            if not self._portal_may_restore():
                raise Refused("portal_restore_closed")
            self.action_undo_restore()

    @api.private
    def _portal_prove_person(self, password):
        """Tell whether the person knows their password; guessing is slowed down as at the login."""
        user_sudo = self.env.user.sudo()
        credential = {"login": user_sudo.login, "password": password or "", "type": "password"}
        try:
            with user_sudo._assert_can_auth(user=user_sudo.id):
                user_sudo._check_credentials(credential, {"interactive": True})
        except AccessDenied:
            self.env["saas.security.event"]._record("portal_password", self)
            return False
        return True

    # Web addresses

    @api.private
    def _portal_hosts(self):
        """Return the addresses of the customer's own, as the platform."""
        return self.host_ids.sudo().filtered(
            lambda one: one.kind == "custom" and one.state != "released"
        )

    @api.private
    def _portal_add_host(self, text):
        """Add an own web address and have its records looked up."""
        with self._portal_doing():
            if len(self._portal_hosts()) >= MOST_HOSTS:
                raise Refused("portal_enough_hosts", count=MOST_HOSTS)
            return self.env["saas.tenant.host"].sudo()._add_own(self, text, False)

    @api.private
    def _portal_change_host(self, host, action):
        """Look again, make it the main one, or remove it; by its name."""
        row = self._portal_hosts().filtered(lambda one: one.host == host)[:1]
        if action == "subdomain":
            row = self.host_ids.sudo().filtered(lambda one: one.kind == "subdomain")[:1]
        with self._portal_doing():
            if not row:
                raise Refused("portal_gone")
            if action == "check":
                row.action_check()
            elif action in ("primary", "subdomain"):
                row.action_make_primary()
            else:
                row._remove_own(self.env._("In the portal"))


class SaasBackupExport(models.Model):
    _inherit = "saas.backup.export"

    @api.private
    def _page_url(self):
        """Return where who ordered it finds it: customers in the portal, others in the backend."""
        self.ensure_one()
        if self.user_id.share:
            page = f"/my/databases/{self.tenant_id.public_id}/backups"
        else:
            page = f"/odoo/saas-backup-downloads/{self.id}"
        return f"{self.get_base_url()}{page}"

    @api.private
    def _is_of_customer(self, user):
        """Tell whether a person may still have the file as a member of the customer's team."""
        self.ensure_one()
        return self.env["saas.customer.member"]._may(self.tenant_id, "backup", user)
