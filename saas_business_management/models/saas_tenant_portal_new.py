"""More databases for who has an account already: a new one by a published plan, or a sandbox.

Owns: which plans there are, bounds against abuse, ordering. Does not own: judging a subdomain and
making the database (as at sign-up), copies (`saas_copy.py`), prices.
"""

from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain

from ..kernel.audit.plain import one_line
from ..kernel.errors import Refused
from ..kernel.migration import copying
from ..kernel.portal import roles
from ..kernel.signup.limits import Limit

MOST_DATABASES = 20
ORDERS = Limit(3, 24 * 3600)
COPIES = Limit(10, 24 * 3600)
GONE = ("deleted", "deleting", "archived", "failed")
NAME_LENGTH = 80


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    # A new database

    @api.model
    @api.private
    def _portal_buyers(self):
        """Return the accounts for which the person may order, with a database as the pattern:
        company, brand and responsible are its.
        """
        mine = self.env["saas.customer.member"]._roles()
        buyers = [account for account, role in mine.items() if roles.may(role, roles.PLAN)]
        ours = Domain("partner_id.commercial_partner_id", "in", buyers)
        found_sudo = self.sudo().search(ours & Domain("is_sandbox", "=", False), order="id")
        patterns = {}
        for tenant_sudo in found_sudo:
            patterns.setdefault(tenant_sudo.partner_id.commercial_partner_id, tenant_sudo)
        return patterns

    @api.model
    @api.private
    def _portal_new_page(self):
        """Return what the page of a new database shows: accounts with their plans; or nothing."""
        members = self.env["saas.customer.member"]
        return [
            {
                "account": account_sudo,
                "ref": members._team_ref(account_sudo),
                "cards": pattern_sudo._portal_new_cards(),
                "needs_method": pattern_sudo._portal_needs_method(),
            }
            for account_sudo, pattern_sudo in self._portal_buyers().items()
        ]

    def _portal_new_cards(self):
        plans = self.env["saas.plan"]._signup_plans(self.company_id)
        cards = [
            {**plan._signup_card(plan.version_id.currency_id), "zone": plan._signup_zone(company)}
            for company in self.company_id
            for plan in plans
        ]
        return [card for card in cards if card["ready"]]

    def _portal_needs_method(self):
        """Tell whether invoices are charged, and the account has nothing to charge them to."""
        if not self.company_id.saas_charging or not self._methods_can_be_saved():
            return False
        account_sudo = self.partner_id.commercial_partner_id.sudo()
        tokens = self.partner_id.sudo().saas_payment_token_id | account_sudo.saas_payment_token_id
        return not tokens.filtered("active")

    @api.model
    @api.private
    def _portal_order(self, form):
        """Order a database; return it, or nothing where the account is not theirs.

        Raises: UserError.
        """
        patterns = self._portal_buyers()
        members = self.env["saas.customer.member"]
        for account_sudo, pattern_sudo in patterns.items():
            if members._team_ref(account_sudo) == form.get("team"):
                with pattern_sudo._portal_doing():
                    return pattern_sudo._portal_order_for(account_sudo, form)
        return self.sudo().browse()

    def _portal_order_for(self, account_sudo, form):
        account_sudo.lock_for_update()
        self._portal_check_bounds(account_sudo)
        company = self.company_id
        plans = self.env["saas.plan"]._signup_plans(company)
        plan = plans.filtered(lambda one: one.code == form.get("plan"))
        if len(plan) != 1:
            raise Refused("portal_plan")
        name = one_line(form.get("name", "")).strip()[:NAME_LENGTH]
        if not name:
            raise Refused("portal_name")
        signups = self.env["saas.signup"].sudo()
        subdomain = signups._free_subdomain(form.get("subdomain", ""), plan, company)
        count, _wait = (
            self.env["saas.signup.count"].sudo()._add("portal_new", account_sudo.id, ORDERS)
        )
        if not ORDERS.allows(count):
            raise Refused("portal_new_enough_today", count=ORDERS.most)
        made_sudo = self.create(
            {
                "name": name,
                "subdomain": subdomain,
                "company_id": company.id,
                "partner_id": account_sudo.id,
                "admin_name": self.env.user.name,
                "admin_email": self.env.user.email or self.env.user.login,
                "template_id": plan._signup_template(company).id,
                "plan_id": plan.id,
                "brand_id": self.brand_id.id,
                "user_id": self.user_id.id,
            }
        )
        made_sudo._begin_provisioning(system=True)
        self.env["saas.audit.entry"]._note("portal_database_ordered", made_sudo, plan=plan.code)
        return made_sudo

    def _portal_check_bounds(self, account_sudo):
        ours = [("partner_id", "child_of", account_sudo.id), ("is_sandbox", "=", False)]
        open_sudo = self.sudo().search([*ours, ("state", "not in", GONE)])
        if len(open_sudo) >= MOST_DATABASES:
            raise Refused("portal_new_enough", count=MOST_DATABASES)
        if open_sudo.filtered(lambda one: one.state in ("trial", "provisioning", "draft")):
            raise Refused("portal_new_trial")
        if open_sudo.filtered(lambda one: one.state == "suspended" and one.reason == "payment"):
            raise Refused("portal_new_unpaid")
        if self._portal_needs_method():
            raise Refused("portal_new_no_method")

    # Copies

    @api.private
    def _portal_sandboxes(self):
        """Return its copies that are open."""
        uses = (copying.SANDBOX, copying.STAGING)
        return self.browse().union(*(self._copies_open(use) for use in uses)).sudo()

    @api.private
    def _portal_most_sandboxes(self):
        """Return how many copies the plan entitles to at the same time; none of a copy."""
        return sum(self._copies_most(use) for use in (copying.SANDBOX, copying.STAGING))

    @api.private
    def _portal_copy_uses(self):
        """Return what the plan gives of each kind of copy, for the page."""
        label = dict(self._fields["copy_use"]._description_selection(self.env))
        return [
            {
                "use": use,
                "label": label[use],
                "most": self._copies_most(use),
                "used": len(self._copies_open(use)),
            }
            for use in (copying.SANDBOX, copying.STAGING)
        ]

    @api.private
    def _portal_make_sandbox(self, subdomain, use=copying.SANDBOX):
        """Order a masked copy of it as it is now; return the copy.

        Raises: UserError.
        """
        self.ensure_one()
        with self._portal_doing():
            self._portal_count_copy()
            # Provisioning is no right of customers: the platform orders it, the log says for whom.
            one = (
                self.env["saas.copy"]
                .with_user(SUPERUSER_ID)
                ._order_copy(
                    self.with_user(SUPERUSER_ID),
                    use,
                    reason=self.env._("In the portal"),
                    subdomain=(subdomain or "")[:200],
                )
            )
            made_sudo = self.browse(one.into_id.id)
            made_sudo.user_id = self.user_id
            self.env["saas.audit.entry"]._note("portal_sandbox_ordered", made_sudo)
            return made_sudo

    @api.private
    def _portal_refresh_sandbox(self):
        """Have a copy get the data of its database as it is now.

        Raises: UserError.
        """
        self.ensure_one()
        with self._portal_doing():
            if not self.copied_from_id or not self.made_copy_ids or not self.is_masked:
                raise Refused("portal_gone")
            self.copied_from_id._portal_count_copy()
            copies = self.env["saas.copy"].with_user(SUPERUSER_ID)
            copies._order_refresh(self.with_user(SUPERUSER_ID))
            self.env["saas.audit.entry"]._note("portal_sandbox_refreshed", self)

    @api.private
    def _portal_remove_sandbox(self):
        """Close a copy; it is deleted when the time for archived data is over.

        Raises: UserError.
        """
        self.ensure_one()
        with self._portal_doing():
            if not self.copied_from_id or self.state not in copying.REFRESHED:
                raise Refused("portal_gone")
            self._wait_for_turn()
            if self._restore_busy():
                raise Refused("copy_busy")
            self._fire("archived", system=True, reason=self.env._("In the portal"))
            self.env["saas.audit.entry"]._note("portal_sandbox_removed", self)

    def _portal_count_copy(self):
        """Raises: Refused (`portal_copies_today`)."""
        counts_sudo = self.env["saas.signup.count"].sudo()
        count, _wait = counts_sudo._add("portal_copy", self.id, COPIES)
        if not COPIES.allows(count):
            raise Refused("portal_copies_today", count=COPIES.most)
