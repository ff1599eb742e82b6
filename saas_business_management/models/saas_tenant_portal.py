"""Databases as their customer has them in the portal: whose they are, and what a page shows.

Owns: finding one for the person of a request (the only place), lists, facts of a page. Does not
own: words for states (`saas_tenant_portal_words.py`), usage (`saas_tenant_portal_usage.py`), what
buttons do (`saas_tenant_portal_plan.py`, `saas_tenant_portal_work.py`).

Customers have no rights on these models: everything here is read as the platform, for whom
`_portal_find` has proven that it is theirs.
"""

import re
from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import escape_psql, format_date, formatLang

from .. import messages
from ..kernel.errors import SaasError
from ..kernel.portal import roles
from .saas_backup import RESTORABLE

REFERENCE = re.compile(r"[A-Za-z0-9_-]{22}")
SORTINGS = {
    "name": "name, id",
    "newest": "create_date desc, id desc",
    "state": "state, name, id",
}
FILTERS = {
    "all": Domain.TRUE,
    "open": Domain("state", "in", ("trial", "active", "provisioning", "migrating")),
    "closed": Domain("state", "in", ("suspended", "archived", "deleting")),
    "trial": Domain("state", "=", "trial"),
}
MOST_ROWS = 20


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    # Whose it is

    @api.model
    @api.private
    def _portal_domain(self):
        """Return the domain of the databases that the person of the environment may see."""
        accounts = list(self.env["saas.customer.member"]._roles())
        ours = Domain("partner_id.commercial_partner_id", "in", accounts)
        return ours & Domain("state", "!=", "deleted")

    @api.model
    @api.private
    def _portal_find(self, reference):
        """Return the database with a public reference, as the platform, or nothing.

        What belongs to somebody else and what never existed are the same: nothing.
        """
        none_sudo = self.sudo().browse()
        if not REFERENCE.fullmatch(reference or ""):
            return none_sudo
        domain = self._portal_domain() & Domain("public_id", "=", reference)
        found_sudo = self.sudo().search(domain, limit=1)
        return found_sudo.with_company(found_sudo.company_id) if found_sudo else none_sudo

    @api.model
    @api.private
    def _portal_list(self, text="", filterby="all", sortby="name", offset=0, limit=MOST_ROWS):
        """Return a page of the databases of a person, and how many there are."""
        domain = self._portal_domain() & FILTERS.get(filterby, Domain.TRUE)
        text = escape_psql((text or "").strip()[:60])
        if text:
            domain &= Domain("name", "ilike", text) | Domain("host", "ilike", text)
        tenants_sudo = self.sudo()
        order = SORTINGS.get(sortby, SORTINGS["name"])
        found_sudo = tenants_sudo.search(domain, order=order, offset=offset, limit=limit)
        return found_sudo, tenants_sudo.search_count(domain)

    @api.private
    def _portal_role(self):
        """Return the role that the person of the environment has for this database."""
        account_sudo = self.sudo().partner_id.commercial_partner_id
        return self.env["saas.customer.member"]._roles().get(account_sudo.id, "")

    @api.private
    def _portal_may(self, action):
        self.ensure_one()
        return roles.may(self._portal_role(), action)

    @api.private
    def _portal_rights(self):
        """Return what the person of the environment may do with this database."""
        self.ensure_one()
        return roles.TABLE.get(self._portal_role(), frozenset())

    @contextmanager
    def _portal_doing(self):
        """Tell what is refused as a sentence."""
        try:
            yield
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None

    # What a page shows

    @api.private
    def _portal_subscription(self):
        """Return the subscription that is running for it, as the platform."""
        self.ensure_one()
        one_sudo = self.sudo().subscription_id
        return one_sudo.with_company(self.company_id) if one_sudo else one_sudo

    @api.private
    def _portal_money(self):
        """Return what the side of the page says of plan, price and the next invoice."""
        one = self._portal_subscription()
        if not one or one.state == "cancelled":
            return {}
        scheduled = one.scheduled_phase_id
        return {
            "subscription": one,
            "price": one.price_label,
            "next_on": one.next_invoice_on,
            "ends_on": one.last_day,
            "due": one.amount_due,
            "due_text": formatLang(self.env, one.amount_due, currency_obj=one.currency_id),
            "scheduled": scheduled,
            "addons": self._portal_addons(one),
            "invoices": self._portal_invoices(one),
        }

    def _portal_invoices(self, one):
        """Return the newest documents; drafts are ours until they are posted."""
        posted = one._moves().filtered(lambda move: move.state == "posted")
        return posted.sorted(lambda move: (move.invoice_date, move.id), reverse=True)[:5]

    def _portal_addons(self, one):
        today = one._today()
        return one.addon_ids.filtered(
            lambda addon: addon.start_on <= today and (not addon.end_on or today < addon.end_on)
        )

    @api.private
    def _portal_backups(self):
        """Return the backups that can be used, the newest first."""
        self.ensure_one()
        kept = [("tenant_id", "=", self.id), ("state", "in", RESTORABLE)]
        return (
            self.env["saas.backup"]
            .sudo()
            .search(kept, order="taken_at desc, id desc", limit=MOST_ROWS)
        )

    @api.private
    def _portal_exports(self):
        """Return the files that the person of the environment ordered and that are not gone."""
        mine = [("tenant_id", "=", self.id), ("user_id", "=", self.env.uid)]
        recent = [("create_date", ">=", fields.Datetime.now() - timedelta(days=14))]
        open_ = [("state", "in", ("running", "ready", "failed"))]
        return (
            self.env["saas.backup.export"]
            .sudo()
            .search([*mine, *recent, *open_], limit=5, order="id desc")
        )

    @api.private
    def _portal_backup_of(self, uuid):
        """Return the backup with this reference that can be used, or nothing."""
        found = self._portal_backups().filtered(lambda one: one.uuid == uuid)
        return found[:1]

    @api.private
    def _portal_proof(self):
        """Return the date and length of the last proven restore in words, or that there is none."""
        _ = self.env._
        if not self.backup_proven_at:
            return _("Not proven yet")
        return _(
            "%(day)s (%(seconds)s s)",
            day=format_date(self.env, self.backup_proven_at.date()),
            seconds=round(self.backup_proven_seconds) or 1,
        )
