"""Webhooks that customers set up in the portal: told of their own databases, and of nothing else.

Owns: making one, which kinds there are to choose, tests, sending again, who hears of failures. Does
not own: events, sending, which addresses may be called (as for every webhook).
"""

import secrets

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Command
from odoo.tools import LazyTranslate
from odoo.tools.misc import hmac

from ..kernel.audit.plain import one_line
from ..kernel.errors import Refused
from ..kernel.integration.kinds import CUSTOMER_KINDS, TEST
from ..kernel.portal import roles
from ..kernel.signup.limits import Limit

_lt = LazyTranslate(__name__)

# Customers have databases, not tenants, and read a sentence, not a title.
WORDS = {
    "tenant.created": _lt("Database made"),
    "tenant.activated": _lt("Database on its paid plan"),
    "tenant.suspended": _lt("Database closed"),
    "tenant.resumed": _lt("Database open again"),
    "tenant.archived": _lt("Database archived"),
    "tenant.deletion_requested": _lt("Deletion planned"),
    "tenant.deleted": _lt("Database deleted"),
    "tenant.failed": _lt("Database could not be made"),
    "backup.restored": _lt("Backup restored"),
    "backup.restore_failed": _lt("Backup could not be restored"),
    "quota.warned": _lt("Much of a limit used"),
    "quota.reached": _lt("Limit reached"),
    "quota.released": _lt("Limit lifted"),
    "subscription.started": _lt("Subscription begun"),
    "subscription.trial_converted": _lt("Trial became a subscription"),
    "subscription.trial_ended": _lt("Trial over"),
    "subscription.payment_failed": _lt("Payment failed"),
    "subscription.paid": _lt("Open amount paid"),
    "subscription.dunning_suspended": _lt("Subscription stopped, because an invoice is unpaid"),
    "subscription.dunning_cancelled": _lt("Subscription ended, because an invoice is unpaid"),
    "subscription.paused": _lt("Subscription paused"),
    "subscription.resumed": _lt("Subscription goes on"),
    "subscription.plan_changed": _lt("Plan changed"),
    "subscription.quantity_changed": _lt("Quantity changed"),
    "subscription.addon_changed": _lt("Add-on changed"),
    "subscription.change_withdrawn": _lt("Planned change withdrawn"),
    "subscription.renewed": _lt("Subscription renewed"),
    "subscription.cancellation_planned": _lt("End of the subscription planned"),
    "subscription.cancellation_undone": _lt("Planned end withdrawn"),
    "subscription.ended": _lt("Subscription over"),
    "subscription.cancelled": _lt("Subscription cancelled"),
    "subscription.won_back": _lt("Subscription begun again"),
    "invoice.posted": _lt("Invoice made"),
    "invoice.paid": _lt("Invoice paid"),
    "credit_note.posted": _lt("Credit note made"),
}
MOST_ENDPOINTS = 5
MOST_SHOWN = 20
NAME_LENGTH = 60
TESTS = Limit(20, 3600)


class SaasWebhookEndpoint(models.Model):
    _inherit = "saas.webhook.endpoint"

    public_id = fields.Char(readonly=True, copy=False)
    of_customer = fields.Boolean(
        string="Made in the Portal",
        readonly=True,
        copy=False,
        help="A member of the customer's team set it up and looks after it.",
    )

    _public_uniq = models.UniqueIndex("(public_id) WHERE public_id IS NOT NULL")

    @api.model
    @api.private
    def _of_account(self, account_id):
        """Return the webhooks that an account set up itself, as the platform."""
        mine = [("partner_id", "=", account_id), ("of_customer", "=", True)]
        return self.sudo().search(mine, limit=MOST_ENDPOINTS * 2)

    @api.model
    @api.private
    def _make_for(self, account, name, url, codes):
        """Set one up for an account; it is told from now on. Return `(row, Secret)`.

        Raises: Refused (`webhook_…`), ValidationError (its address).
        """
        name = one_line(name or "").strip()[:NAME_LENGTH]
        if not name:
            raise Refused("webhook_name")
        kinds_sudo = self._chosen_kinds(codes)
        if len(self._of_account(account.id)) >= MOST_ENDPOINTS:
            raise Refused("webhook_enough", count=MOST_ENDPOINTS)
        # Made by the platform: people of the portal are no followers and get no activities.
        made_sudo = self.with_user(SUPERUSER_ID).create(
            {
                "name": name,
                "url": (url or "").strip()[:500],
                "partner_id": account.id,
                "company_id": account.company_id.id,
                "kind_ids": [Command.set(kinds_sudo.ids)],
                "user_id": False,
            }
        )
        made_sudo._put({"public_id": secrets.token_urlsafe(16), "of_customer": True})
        made_sudo._make_secret()
        secret = made_sudo._opened("secret_sealed")
        made_sudo._put({"secret_shown": True})
        self.env["saas.audit.entry"]._note("webhook_secret_shown", made_sudo)
        made_sudo.action_enable()
        return made_sudo, secret

    @api.model
    def _chosen_kinds(self, codes):
        codes = set(codes)
        if not codes:
            raise Refused("webhook_no_kind")
        if codes - set(CUSTOMER_KINDS):
            raise Refused("portal_gone")
        return self.env["saas.webhook.kind"].sudo().search([("code", "in", list(codes))])

    @api.private
    def _portal_act(self, action, delivery=""):
        """Do what a button of its page asks; return a new secret, or nothing.

        Raises: Refused (`portal_gone`, `webhook_tests_enough`), UserError.
        """
        self.ensure_one()
        if action == "test":
            count, _wait = self.env["saas.signup.count"].sudo()._add("webhook", self.id, TESTS)
            if not TESTS.allows(count):
                raise Refused("webhook_tests_enough")
            self.action_send_test()
        elif action == "again":
            rows = self._portal_deliveries().filtered(lambda one: one._portal_ref() == delivery)
            if not rows:
                raise Refused("portal_gone")
            rows[:1].action_send_again()
        elif action == "rotate":
            self.action_rotate_secret()
            return self._opened("secret_sealed")
        elif action in ("pause", "enable"):
            getattr(self, f"action_{action}")()
        elif action == "remove":
            self._portal_remove()
        else:
            raise Refused("portal_gone")
        return None

    def _portal_remove(self):
        """Take it away; what it was told stays on record with us."""
        if self.state == "enabled":
            self.action_pause()
        self.active = False

    @api.private
    def _portal_deliveries(self):
        """Return the newest deliveries."""
        return (
            self.env["saas.webhook.delivery"]
            .sudo()
            .search([("endpoint_id", "=", self.id)], limit=MOST_SHOWN)
        )

    def _tell(self, summary, note):
        """Mail who looks after the customer's own; operators cannot mend them."""
        if not self.of_customer:
            return super()._tell(summary, note)
        members_sudo = self.env["saas.customer.member"].sudo()
        team_sudo = members_sudo.search([("account_id", "=", self.partner_id.id)])
        emails = [
            one.email for one in team_sudo if one.user_id and roles.may(one.role, roles.CONNECT)
        ]
        template = self.env.ref("saas_business_management.mail_webhook_customer").sudo()
        told = {"saas_summary": summary, "saas_note": note}
        for email in emails:
            template.with_context(**told).send_mail(self.id, email_values={"email_to": email})
        return None


class SaasWebhookDelivery(models.Model):
    _inherit = "saas.webhook.delivery"

    @api.private
    def _portal_ref(self):
        """Return what stands for a delivery in a form; nobody can guess another one."""
        return hmac(self.env(su=True), "saas-delivery", self.id)[:32]


class SaasWebhookEvent(models.Model):
    _inherit = "saas.webhook.event"

    @api.model
    @api.private
    def _customer_kinds(self):
        """Return the kinds that a customer can choose, in order of the list."""
        kinds_sudo = self.env["saas.webhook.kind"].sudo()
        found = kinds_sudo.search([("code", "in", CUSTOMER_KINDS), ("code", "!=", TEST)])
        return found.sorted(lambda one: CUSTOMER_KINDS.index(one.code))


class SaasWebhookKind(models.Model):
    _inherit = "saas.webhook.kind"

    @api.private
    def _customer_name(self):
        """Return what customers read for this kind."""
        word = WORDS.get(self.code)
        return self.env._(word) if word else self.name
