"""The page on which a customer keeps a trial: price, payment method, one button.

For who may change the plan of the tenant; for everybody else it leads nowhere.
"""

from odoo import http
from odoo.http import request

from ..kernel.errors import Refused
from ..messages import text
from .signup import public_page

KEEPABLE = ("trial", "suspended", "archived")


class SignupKeep(http.Controller):
    @http.route(
        "/saas/signup/keep/<string:reference>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
        readonly=True,
    )
    def page(self, reference, **_query):
        """Show what keeping it costs and with what it is paid."""
        return self._render(self._own(reference))

    @http.route(
        "/saas/signup/keep/<string:reference>",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def keep(self, reference, **_form):
        """Let the trial become the paid plan."""
        signup_sudo = self._own(reference)
        if not signup_sudo:
            return self._render(signup_sudo)
        try:
            with request.env.cr.savepoint():
                signup_sudo.tenant_id._keep()
        except Refused as error:
            return self._render(signup_sudo, text(request.env, error))
        return request.redirect(f"/saas/signup/keep/{reference}", code=303)

    def _own(self, reference):
        """Return the sign-up when this person may change the plan of its tenant."""
        signup_sudo = request.env["saas.signup"]._found(reference)
        may = request.env["saas.customer.member"]._may(signup_sudo.tenant_id, "plan")
        return signup_sudo if may else signup_sudo.browse()

    def _render(self, signup_sudo, fault=""):
        if not signup_sudo:
            return public_page("signup_gone_page", {"why": "unknown"}, 404)
        tenant_sudo = signup_sudo.tenant_id
        waits = tenant_sudo.state == "trial" or tenant_sudo.reason == "trial_end"
        values = {
            "signup": signup_sudo,
            "tenant": tenant_sudo,
            "card": signup_sudo._card(),
            "waits": waits and tenant_sudo.state in KEEPABLE,
            "needs_method": tenant_sudo._needs_method(),
            "fault": fault,
        }
        return public_page("signup_keep_page", values, 409 if fault else 200)
