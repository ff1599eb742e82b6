"""After the click in the mail: customer and tenant, made together or not at all.

Owns: the confirmation, trying again, what grows old. Does not own: making databases (`jobs/`).
"""

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import messages
from ..kernel.errors import Refused, SaasError
from ..kernel.provisioning import link as links

# Nothing but another name mends these; the link stays as it is.
NAME_CODES = "subdomain_"
MADE, KNOWN, GONE = "made", "known", "gone"


class SaasSignup(models.Model):
    _inherit = "saas.signup"

    @api.private
    def _confirm(self, link_sudo, subdomain=""):
        """Use the link and make customer and tenant. Return `(outcome, sentence)`.

        Outcomes: `made`, also when it waits for a person; `known`, when there is an account
        meanwhile; `gone`, when the link is used or over; `name`, with a sentence, when the
        subdomain was taken meanwhile: then nothing has changed.
        """
        self.ensure_one()
        self._wait_for_others()
        if link_sudo._state() != links.FRESH or self.state != "waiting":
            return GONE, ""
        if self._account_exists():
            link_sudo._use()
            self.state = "known"
            return KNOWN, ""
        try:
            name = self._free_subdomain(subdomain or self.subdomain, self.plan_id, self.company_id)
        except Refused as error:
            if error.code.startswith(NAME_CODES):
                return "name", messages.text(self.env, error)
            name = self.subdomain
        try:
            with self.env.cr.savepoint():
                self._take(link_sudo, name)
        except Refused as error:
            return "name", messages.text(self.env, error)
        return MADE, ""

    def _take(self, link_sudo, name):
        """Note the confirmation and make what was asked for.

        Raises:
            Refused: a code of subdomains, when somebody else was quicker by a moment.
        """
        link_sudo._use()
        self.write({"state": "confirmed", "confirmed_at": fields.Datetime.now(), "subdomain": name})
        self._end_others()
        self._make_or_wait()

    def _wait_for_others(self):
        """Let one of two confirmations of an address go first; the other starts anew after it."""
        rows = "SELECT id FROM saas_signup WHERE counted_email = %s ORDER BY id FOR UPDATE"
        self.env.cr.execute(SQL(rows, self.counted_email))

    def _end_others(self):
        """One trial for an address: what else it asked for cannot be confirmed any more."""
        same = [("counted_email", "=", self.counted_email), ("id", "!=", self.id)]
        others = self.search([*same, ("state", "in", ("waiting", "expired"))])
        others.write({"state": "expired"})
        unused = [("signup_id", "in", others.ids), ("used_at", "=", False)]
        self.env["saas.link"].sudo().search(unused).write({"replaced": True})

    @api.private
    def _make_or_wait(self):
        """Make customer and tenant; what only a person can mend waits for one.

        Raises:
            Refused: a code of subdomains.
        """
        self.ensure_one()
        one = self.with_user(SUPERUSER_ID).with_company(self.company_id)
        try:
            with self.env.cr.savepoint():
                one._make()
        except SaasError as error:
            if error.code.startswith(NAME_CODES):
                raise
            one._needs_person(messages.text(self.env, error))
        except UserError as error:
            one._needs_person(str(error))

    def _make(self):
        """Make the customer and order the tenant.

        Raises:
            SaasError: what stands in the way.
        """
        template = self.plan_id._signup_template(self.company_id)
        if not template:
            raise Refused("signup_plan_unready")
        contact = self.env["res.partner"].create(self._prepare_contact_vals())
        tenant = self.env["saas.tenant"].create(
            {
                "name": self.company_name,
                "subdomain": self.subdomain,
                "company_id": self.company_id.id,
                "partner_id": contact.commercial_partner_id.id,
                "admin_name": self.name,
                "admin_email": self.email,
                "template_id": template.id,
                "plan_id": self.plan_id.id,
                "brand_id": self.brand_id.id,
                "user_id": self._responsible().id,
            }
        )
        self.write(
            {
                "partner_id": contact.id,
                "tenant_id": tenant.id,
                "state": "confirmed",
                "trouble": False,
            }
        )
        self._choose_currency(tenant)
        tenant._begin_provisioning(system=True)

    def _prepare_contact_vals(self):
        """Return a new person in a new company: who happens to have the same address in our books
        is not handed to a stranger.
        """
        shared = {
            "email": self.email,
            "country_id": self.country_id.id,
            "lang": self.lang or False,
            "tz": self.timezone or False,
            "company_id": self.company_id.id,
        }
        company = self.env["res.partner"].create(
            {**shared, "name": self.company_name, "is_company": True}
        )
        return {**shared, "name": self.name, "parent_id": company.id}

    def _choose_currency(self, tenant):
        """Have the subscription in the currency that was chosen, when it is not the usual one."""
        version = self.plan_id.version_id
        if self.currency_id == version.currency_id or not version._price_in(self.currency_id):
            return
        self.env["saas.subscription"].create(
            {
                "tenant_id": tenant.id,
                "partner_id": tenant.partner_id.id,
                "company_id": tenant.company_id.id,
                "currency_id": self.currency_id.id,
                "version_id": version.id,
                "timezone": tenant._zone(),
            }
        )

    def _responsible(self):
        policy = self.env["saas.signup.policy"]._of(self.company_id)
        return policy.responsible_id

    def _needs_person(self, trouble):
        self.write({"state": "failed", "trouble": trouble})
        responsible = self._responsible()
        if responsible:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("A confirmed sign-up could not be made"),
                note=trouble,
                user_id=responsible.id,
            )

    # With time

    @api.model
    def _cron_tend(self):
        """Close links that are over, and try again what could not be made."""
        now = fields.Datetime.now()
        waiting = self.search([("state", "=", "waiting")])
        live = (
            self.env["saas.link"]
            .sudo()
            .search(
                [
                    ("signup_id", "in", waiting.ids),
                    ("used_at", "=", False),
                    ("replaced", "=", False),
                    ("expires_at", ">", now),
                ]
            )
        )
        (waiting - live.signup_id).write({"state": "expired"})
        self.env["ir.cron"]._commit_progress(len(waiting))
        for one in self.search([("state", "=", "failed"), ("tenant_id", "=", False)]):
            one._try_quietly()
            self.env["ir.cron"]._commit_progress(1)

    def _try_quietly(self):
        """Try again; a person hears of it once."""
        before = self.activity_ids
        try:
            self._make_or_wait()
        except Refused as error:
            self.trouble = messages.text(self.env, error)
        (self.activity_ids - before).unlink()
        if self.state == "confirmed":
            before.action_feedback(feedback=self.env._("It was made meanwhile."))
