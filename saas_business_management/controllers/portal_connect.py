"""API keys and webhooks of a customer account in the portal.

Owns: the pages; that a key or a secret is shown on the one page that answers the button. Does not
own: keys (`models/saas_api_key.py`), webhooks (`models/saas_webhook_customer.py`).
"""

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .. import messages
from ..kernel.errors import SaasError
from .portal import PortalPages

ROUTE = {"type": "http", "auth": "user", "sitemap": False, "website": True}


class PortalConnect(PortalPages):
    @http.route("/my/api-keys", methods=["GET"], **ROUTE)
    def keys(self, **_query):
        """Show the API keys of the accounts of the person."""
        return self._keys_page()

    @http.route("/my/api-keys", methods=["POST"], **ROUTE)
    def change_keys(self, **form):
        """Make a key, and show it once; or revoke one."""
        scopes = [name for name in form if name.startswith("scope.")]
        self._only(form, ("action", "team", "key", "name", "days", *scopes))
        account_sudo, role = self._account(form.get("team", ""))
        if not account_sudo:
            return self._foreign()
        keys = request.env["saas.api.key"]
        if form.get("action") == "revoke":
            mine = keys._page(account_sudo.id, role)["keys"]
            found_sudo = mine.filtered(lambda one: one.public_id == form.get("key"))
            if not found_sudo:
                return self._foreign()
            found_sudo._revoke()
            self._tell("success", request.env._("The key was revoked: it works no more."))
            return request.redirect("/my/api-keys", code=303)
        days = form.get("days", "")
        wanted = [name.removeprefix("scope.") for name in scopes]

        def make():
            number = int(days) if days.isdecimal() and len(days) < 5 else 0
            return keys._make(account_sudo, role, form.get("name", ""), wanted, number)

        made, fault = self._tried(make)
        if fault:
            return self._keys_page(fault=fault, form=form)
        return self._keys_page(made=made[0], secret=made[1].reveal())

    def _keys_page(self, **values):
        teams = self._teams()
        if not teams:
            return self._nothing()
        keys = request.env["saas.api.key"]
        for team in teams:
            team.update(keys._page(team["account"].id, team["role"]))
        fresh = {"made": None, "secret": "", "fault": "", "form": {}, "page_name": "saas_keys"}
        return self._render(
            "saas_business_management.portal_keys", {**fresh, "teams": teams, **values}
        )

    @http.route("/my/webhooks", methods=["GET"], **ROUTE)
    def webhooks(self, **_query):
        """Show the webhooks of the accounts of the person."""
        return self._webhooks_page()

    @http.route("/my/webhooks", methods=["POST"], **ROUTE)
    def make_webhook(self, **form):
        """Set a webhook up, and show its secret once."""
        kinds = [name for name in form if name.startswith("kind.")]
        self._only(form, ("team", "name", "url", *kinds))
        account_sudo, _role = self._account(form.get("team", ""))
        if not account_sudo:
            return self._foreign()
        codes = [name.removeprefix("kind.") for name in kinds]
        endpoints = request.env["saas.webhook.endpoint"]
        made, fault = self._tried(
            lambda: endpoints._make_for(account_sudo, form.get("name"), form.get("url"), codes)
        )
        if fault:
            return self._webhooks_page(fault=fault, form=form)
        return self._webhook_page(made[0], secret=made[1].reveal())

    def _webhooks_page(self, **values):
        teams = self._teams()
        if not teams:
            return self._nothing()
        for team in teams:
            team["webhooks"] = request.env["saas.webhook.endpoint"]._of_account(team["account"].id)
        kinds = request.env["saas.webhook.event"]._customer_kinds()
        fresh = {"fault": "", "form": {}, "kinds": kinds, "page_name": "saas_webhooks"}
        return self._render(
            "saas_business_management.portal_webhooks", {**fresh, "teams": teams, **values}
        )

    @http.route("/my/webhooks/<string:ref>", methods=["GET"], **ROUTE)
    def webhook(self, ref, **_query):
        """Show one: what it is told, and its last deliveries with their answers."""
        endpoint_sudo = self._webhook(ref)
        return self._webhook_page(endpoint_sudo) if endpoint_sudo else self._foreign()

    @http.route("/my/webhooks/<string:ref>", methods=["POST"], **ROUTE)
    def change_webhook(self, ref, **form):
        """Send a test, send again, pause, go on, make another secret, remove."""
        self._only(form, ("action", "delivery"))
        endpoint_sudo = self._webhook(ref)
        if not endpoint_sudo:
            return self._foreign()
        action = form.get("action", "")
        secret, fault = self._tried(
            lambda: endpoint_sudo._portal_act(action, form.get("delivery", ""))
        )
        if fault:
            self._tell("danger", fault)
        elif secret:
            return self._webhook_page(endpoint_sudo, secret=secret.reveal())
        else:
            self._tell("success", self._said(action))
        gone = action == "remove" and not fault
        return request.redirect("/my/webhooks" if gone else f"/my/webhooks/{ref}", code=303)

    def _said(self, action):
        _ = request.env._
        return {
            "test": _("A test is being sent. Its answer stands here in a moment."),
            "again": _("It is being sent again. Its answer stands here in a moment."),
            "pause": _("Nothing is sent now. What happens is kept and sent later."),
            "enable": _("What waits is sent now."),
            "remove": _("The webhook was removed."),
        }[action]

    def _webhook_page(self, endpoint_sudo, secret=""):
        values = {
            "webhook": endpoint_sudo,
            "deliveries": endpoint_sudo._portal_deliveries(),
            "secret": secret,
            "page_name": "saas_webhooks",
        }
        return self._render("saas_business_management.portal_webhook", values)

    # Whose it is

    def _teams(self):
        """Return the accounts of the person, with what the role may."""
        members = request.env["saas.customer.member"]
        return [members._connect_team(account, role) for account, role in members._roles().items()]

    def _account(self, ref):
        """Return the account of a form and the role in it, when the role may; or nothing."""
        found = [team for team in self._teams() if team["ref"] == ref and team["connects"]]
        if not found:
            return request.env["res.partner"], ""
        return found[0]["account"], found[0]["role"]

    def _webhook(self, ref):
        """Return the webhook of an account for which the person may; or nothing."""
        endpoints = request.env["saas.webhook.endpoint"].sudo()
        for team in self._teams():
            if team["connects"]:
                endpoints |= endpoints._of_account(team["account"].id)
        return endpoints.filtered(lambda one: one.public_id == ref)

    def _foreign(self):
        request.env["saas.security.event"]._record("portal_unknown")
        return self._nothing()

    def _tried(self, work):
        """Return `(what came of it, sentence of a refusal)`."""
        try:
            with request.env.cr.savepoint():
                return work(), ""
        except SaasError as error:
            return None, messages.text(request.env, error)
        except UserError as error:
            return None, error.args[0]
