"""Which mails each member of a customer's team gets, and who therefore gets one.

Owns: the choices, the addresses of a mail about a database. Does not own: kinds and what a role
gets at first (`kernel/portal/notices.py`), the mails.
"""

from odoo import api, fields, models
from odoo.tools import LazyTranslate, email_normalize

from ..kernel.portal import notices

_lt = LazyTranslate(__name__)

EXPLAINED = {
    notices.BILLING: (_lt("Plan and trial"), _lt("Before a trial ends, and when it has.")),
    notices.LIMITS: (_lt("Limits"), _lt("When much of a limit is used, and when it is lifted.")),
    notices.BACKUPS: (_lt("Restores"), _lt("When a backup was restored, or could not be.")),
    notices.INCIDENTS: (
        _lt("Maintenance and incidents"),
        _lt("Before planned work, and while something is wrong."),
    ),
    notices.NEWS: (_lt("News"), _lt("New features and changes of what is offered; rarely.")),
}
FIELDS = {kind: f"mail_{kind}" for kind in notices.KINDS}


class SaasCustomerMember(models.Model):
    _inherit = "saas.customer.member"

    mail_billing = fields.Boolean(string="Plan and Trial", default=True)
    mail_limits = fields.Boolean(string="Limits", default=True)
    mail_backups = fields.Boolean(string="Restores", default=True)
    mail_incidents = fields.Boolean(string="Maintenance and Incidents", default=True)
    mail_news = fields.Boolean(string="News", default=True)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([{**self._mails_at_first(vals), **vals} for vals in vals_list])

    @api.model
    def _mails_at_first(self, vals):
        first = notices.at_first(vals.get("role") or self._fields["role"].default(self))
        return {name: kind in first for kind, name in FIELDS.items()}

    @api.private
    def _chosen(self):
        """Return the kinds of mails that this member wants."""
        self.ensure_one()
        return frozenset(kind for kind, name in FIELDS.items() if self[name])

    @api.model
    @api.private
    def _copies(self, tenant, kind):
        """Return the members who get a mail about a database besides its administrator."""
        account_sudo = tenant.sudo().partner_id.commercial_partner_id
        active = [("account_id", "=", account_sudo.id), ("user_id", "!=", False)]
        admin = email_normalize(tenant.admin_email or "")
        return (
            self.sudo()
            .search(active)
            .filtered(
                lambda one: one.email != admin and notices.gets(one.role, one._chosen(), kind)
            )
        )

    @api.model
    @api.private
    def _recipients(self, tenant, kind):
        """Return `(address, language)` of everybody who gets a mail about a database.

        The administrator of the database is one of them, unless they are a member who does not
        want this kind.
        """
        found = [(one.email, one.user_id.lang) for one in self._copies(tenant, kind)]
        tenant_sudo = tenant.sudo()
        admin = email_normalize(tenant_sudo.admin_email or "") or tenant_sudo.admin_email
        if not admin:
            return found
        account = tenant_sudo.partner_id.commercial_partner_id
        theirs = [("account_id", "=", account.id), ("email", "=", admin), ("user_id", "!=", False)]
        member_sudo = self.sudo().search(theirs, limit=1)
        if kind != notices.ALWAYS and member_sudo and kind not in member_sudo._chosen():
            return found
        return [(tenant_sudo.admin_email, tenant_sudo.partner_id.lang), *found]

    # The page

    @api.model
    @api.private
    def _notice_team(self, account_id, role):
        """Return what the page of mails shows of an account."""
        account_sudo = self.env["res.partner"].sudo().browse(account_id)
        mine = [("account_id", "=", account_id), ("user_id", "=", self.env.uid)]
        row_sudo = self.sudo().search(mine, limit=1)
        chosen = row_sudo._chosen() if row_sudo else notices.at_first(role)
        return {
            "account": account_sudo,
            "ref": self._team_ref(account_sudo),
            "rows": [
                {"code": kind, "name": self.env._(name), "text": self.env._(text), "on": on}
                for kind, (name, text) in EXPLAINED.items()
                for on in [kind in chosen]
            ],
            "always": notices.gets(role, frozenset(), notices.ALWAYS),
        }

    @api.model
    @api.private
    def _choose_mails(self, ref, wanted):
        """Keep what the person wants of an account; tell whether it is theirs."""
        for account_id in self._roles():
            account_sudo = self.env["res.partner"].sudo().browse(account_id)
            if self._team_ref(account_sudo) == ref:
                team_sudo = self._team(account_sudo, self.env.user)
                mine_sudo = team_sudo.filtered(lambda one: one.user_id == self.env.user)
                mine_sudo.write({name: kind in wanted for kind, name in FIELDS.items()})
                return True
        return False
