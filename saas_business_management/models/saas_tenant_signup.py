"""A tenant that somebody signed up for: what its moves mean for the sign-up and the person.

Owns: the funnel's last states, the login for the portal, the way to a payment method. Does not own:
the moves (`saas_tenant_lifecycle.py`).
"""

from odoo import api, fields, models

from ..kernel.errors import Refused

FOLLOWS = {
    "provisioned": "open",
    "provisioning_failed": "failed",
    "provisioning_cancelled": "failed",
    "provisioning_started": "confirmed",
    "trial_converted": "paid",
}


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    signup_ids = fields.One2many("saas.signup", "tenant_id", string="Sign-Ups", readonly=True)

    def _moved(self, move, why):
        super()._moved(move, why)
        state, signups_sudo = FOLLOWS.get(move.event), self.sudo().signup_ids
        if move.event == "trial_ended" and move.target == "active":
            state = "paid"
        if not state or not signups_sudo:
            return
        vals = {"state": state}
        if state == "open":
            vals |= {"opened_at": fields.Datetime.now(), "trouble": False}
        if state == "failed":
            vals["trouble"] = self.env._("The operation failed. Its log says why.")
        signups_sudo.write(vals)

    def _step_welcome(self):
        """After the tenant is open: give the person a login to the portal, then say welcome."""
        done = super()._step_welcome()
        for signup_sudo in self.sudo().signup_ids.filtered("partner_id")[:1]:
            signup_sudo._give_login()
        return done

    def _keep_url(self):
        """Return the page on which its customer keeps it after the trial; empty where nobody
        signed up.
        """
        signup = self.sudo().signup_ids[:1]
        return f"{signup.get_base_url()}/saas/signup/keep/{signup.reference}" if signup else ""

    @api.private
    def _keep(self):
        """Let the trial become the paid plan, at the wish of its customer.

        Raises:
            Refused: `signup_no_method`, `transition_refused`.
        """
        self.ensure_one()
        if self._needs_method():
            raise Refused("signup_no_method")
        note = self.env._("The customer kept it.")
        self._fire("trial_converted", system=True, note=note)

    def _needs_method(self):
        """Tell whether invoices are charged and there is nothing to charge them to."""
        if not self.company_id.saas_charging or not self._methods_can_be_saved():
            return False
        running_sudo = self.sudo().subscription_ids.filtered(lambda one: one.state != "cancelled")
        return not (running_sudo and running_sudo[:1]._payment_token())

    def _methods_can_be_saved(self):
        """Tell whether a provider is there with which a customer can save a payment method."""
        usable = [
            ("state", "in", ("enabled", "test")),
            ("allow_tokenization", "=", True),
            ("company_id", "parent_of", self.company_id.ids),
        ]
        return bool(self.env["payment.provider"].sudo().search_count(usable, limit=1))


class SaasSignup(models.Model):
    _inherit = "saas.signup"

    def _give_login(self):
        """Give the person who confirmed a login to the portal, without a password and without a
        mail: Odoo's own page lets its owner choose one.
        """
        users_sudo = (
            self.env["res.users"].sudo().with_context(active_test=False, no_reset_password=True)
        )
        if users_sudo.search_count([("login", "=ilike", self.email)], limit=1):
            return
        users_sudo.create(
            {
                "login": self.email,
                "partner_id": self.partner_id.id,
                "group_ids": [fields.Command.set(self.env.ref("base.group_portal").ids)],
                "company_id": self.company_id.id,
                "company_ids": [fields.Command.set(self.company_id.ids)],
            }
        )
