"""A tenant that somebody signed up for: what its moves mean for the sign-up and the person.

Owns: the funnel's last states, the login for the portal, the way to a payment method. Does not own:
the moves (`saas_tenant_lifecycle.py`).
"""

from odoo import fields, models

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

    def _payment_url(self):
        """Return where its customer adds a payment method."""
        signup = self.sudo().signup_ids[:1]
        base = signup.get_base_url() if signup else self.get_base_url()
        return f"{base}/my/payment_method"


class SaasSignup(models.Model):
    _inherit = "saas.signup"

    def _give_login(self):
        """Give the person who confirmed a login to the portal, without a password and without a
        mail: Odoo's own page lets its owner choose one.
        """
        users_sudo = self.env["res.users"].sudo().with_context(
            active_test=False, no_reset_password=True
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
