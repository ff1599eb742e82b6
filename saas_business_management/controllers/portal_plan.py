"""Plan, add-ons and the end of a subscription in the customer portal.

Owns: the pages; a change is made only when its documents come to what the page showed. Does not
own: what it costs (`models/saas_tenant_portal_plan.py`).
"""

from odoo import http
from odoo.http import request

from .portal import PortalPages

KINDS = ("plan", "addon")
ROUTE = {"type": "http", "auth": "user", "sitemap": False, "website": True}


class PortalPlan(PortalPages):
    @http.route("/my/databases/<string:ref>/plan", methods=["GET"], **ROUTE)
    def plans(self, ref, plan="", when="now", **_query):
        """Show the plans there are; with one chosen, what it costs."""
        return self._offers(ref, "plan", plan, when)

    @http.route("/my/databases/<string:ref>/addon", methods=["GET"], **ROUTE)
    def addons(self, ref, plan="", **_query):
        """Show the add-ons there are; with one chosen, what it costs."""
        return self._offers(ref, "addon", plan, "now")

    def _offers(self, ref, kind, code, when):
        def show(tenant_sudo):
            preview = {}
            if code:
                preview = tenant_sudo._portal_preview(kind, code[:100], when)
            return self._page(
                tenant_sudo,
                "portal_plan",
                kind=kind,
                cards=tenant_sudo._portal_cards(kind),
                preview=preview,
                money=tenant_sudo._portal_money(),
            )

        return self._on(ref, "plan", {}, (), show)

    @http.route("/my/databases/<string:ref>/plan", methods=["POST"], **ROUTE)
    def change_plan(self, ref, **form):
        """Change to the plan that was shown, for the sum that was shown."""
        return self._change(ref, "plan", form)

    @http.route("/my/databases/<string:ref>/addon", methods=["POST"], **ROUTE)
    def add_addon(self, ref, **form):
        """Add the add-on that was shown, for the sum that was shown."""
        return self._change(ref, "addon", form)

    def _change(self, ref, kind, form):
        def change(tenant_sudo):
            plan, when = form.get("plan", ""), form.get("when", "now")
            tenant_sudo._portal_change(kind, plan, when, form.get("sum", ""))
            if kind == "addon":
                text = request.env._("The add-on was added. Its invoice follows within seconds.")
            elif when == "period_end":
                text = request.env._("The plan changes with the next period.")
            else:
                text = request.env._("The plan was changed. Its documents follow within seconds.")
            return self._done(tenant_sudo, text)

        return self._on(ref, "plan", form, ("plan", "when", "sum"), change)

    @http.route("/my/databases/<string:ref>/plan/withdraw", methods=["POST"], **ROUTE)
    def withdraw(self, ref, **form):
        """Take back a change that has not begun."""

        def withdraw(tenant_sudo):
            tenant_sudo._portal_withdraw_change()
            return self._done(tenant_sudo, request.env._("The planned change was withdrawn."))

        return self._on(ref, "plan", form, (), withdraw)

    @http.route("/my/databases/<string:ref>/addon/remove", methods=["POST"], **ROUTE)
    def remove_addon(self, ref, **form):
        """End an add-on with the period that is paid."""

        def remove(tenant_sudo):
            tenant_sudo._portal_remove_addon(form.get("plan", ""))
            text = request.env._("The add-on ends with the period that is paid.")
            return self._done(tenant_sudo, text)

        return self._on(ref, "plan", form, ("plan",), remove)

    @http.route("/my/databases/<string:ref>/cancel", methods=["GET"], **ROUTE)
    def ask_cancel(self, ref, **_query):
        """Ask why, and show the last day."""

        def show(tenant_sudo):
            if not tenant_sudo._portal_can_cancel():
                return request.redirect(f"/my/databases/{tenant_sudo.public_id}", code=303)
            last = tenant_sudo._portal_last_day()
            reasons = tenant_sudo._portal_reasons()
            return self._page(
                tenant_sudo,
                "portal_cancel",
                last=last,
                reasons=reasons,
                can_pause=tenant_sudo._portal_can_pause(),
                smaller=tenant_sudo._portal_smaller(),
            )

        return self._on(ref, "plan", {}, (), show)

    @http.route("/my/databases/<string:ref>/cancel", methods=["POST"], **ROUTE)
    def cancel(self, ref, **form):
        """End the subscription with the period that is paid."""

        def cancel(tenant_sudo):
            tenant_sudo._portal_cancel(form.get("reason", ""), form.get("note", ""))
            text = request.env._("The subscription is cancelled. You can undo it until its end.")
            return self._done(tenant_sudo, text)

        return self._on(ref, "plan", form, ("reason", "note"), cancel)

    @http.route("/my/databases/<string:ref>/cancel/undo", methods=["POST"], **ROUTE)
    def undo_cancel(self, ref, **form):
        """Let the subscription go on."""

        def undo(tenant_sudo):
            tenant_sudo._portal_undo_cancel()
            return self._done(tenant_sudo, request.env._("The subscription goes on as before."))

        return self._on(ref, "plan", form, (), undo)
