"""The doctor's checks of sign-up: mails that cannot leave, plans without a template, terms, floods.

Owns: these checks. Does not own: mending (people).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from odoo import fields, models

RECENT = timedelta(days=1)


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        for policy in self.env["saas.signup.policy"].search([("is_open", "=", True)]):
            yield from self._look_at_signup_mail(policy)
            yield from self._look_at_signup_offer(policy)
            yield from self._look_at_signup_people(policy)

    def _look_at_signup_mail(self, policy) -> Iterator[dict[str, Any]]:
        _ = self.env._
        where = _("Settings › Technical › Outgoing Mail Servers")
        if not self.env["ir.mail_server"].sudo().search_count([], limit=1):
            what = _("Sign-up is open, but no mail server is set up")
            why = _("Nobody gets the confirmation mail unless this machine sends mail itself.")
            mend = _("Add a server: %(where)s.", where=where)
            yield self._told("signup_mail", "platform", "warning", what, why, mend, policy)
        since = fields.Datetime.now() - RECENT
        failed = [
            ("saas_signup_id", "!=", False),
            ("state", "=", "exception"),
            ("create_date", ">=", since),
        ]
        count = self.env["mail.mail"].sudo().search_count(failed)
        if count:
            what = _("Confirmation mails of %(count)s sign-ups did not leave", count=count)
            why = _("People wait for them.")
            mend = _("Test the mail server: %(where)s.", where=where)
            yield self._told("signup_mail_failed", "platform", "failing", what, why, mend, policy)
        brands = self.env["saas.brand"].search(
            [("company_id", "in", (False, policy.company_id.id))]
        )
        if not policy.company_id.email and not any(brand._sender() for brand in brands):
            what = _("Mails of sign-ups have no sender")
            why = _(
                "Neither %(company)s nor a brand has an address.", company=policy.company_id.name
            )
            mend = _("Enter the e-mail of the company, or the sender of the brand.")
            yield self._told("signup_sender", "platform", "failing", what, why, mend, policy)

    def _look_at_signup_offer(self, policy) -> Iterator[dict[str, Any]]:
        _ = self.env._
        plans = self.env["saas.plan"]._signup_plans(policy.company_id)
        if not plans:
            what = _("Sign-up is open, but the pricing page is empty")
            mend = _("Tick “On the Pricing Page” on a published plan.")
            yield self._told("signup_no_plan", "plan", "failing", what, "", mend, policy)
        for plan in plans:
            if not plan._signup_template(policy.company_id):
                what = _("Nobody can sign up for %(plan)s", plan=plan.name)
                why = _("None of its templates has a published version.")
                mend = _("Build a template and publish a version, or take the plan off the page.")
                yield self._told("signup_template", "plan", "failing", what, why, mend, plan)
        if not policy.terms_url and not self.env["saas.brand"]._default().terms_url:
            what = _("People sign up without agreeing to terms")
            mend = _("Enter the address of your terms in the sign-up settings or the brand.")
            yield self._told("signup_terms", "platform", "warning", what, "", mend, policy)

    def _look_at_signup_people(self, policy) -> Iterator[dict[str, Any]]:
        _ = self.env._
        own = ("company_id", "=", policy.company_id.id)
        for one in self.env["saas.signup"].search([own, ("state", "=", "failed")], limit=10):
            what = _("%(name)s confirmed, but has no database", name=one.company_name)
            mend = _("Mend what it says, then press Try Again on the sign-up.")
            yield self._told(
                "signup_stuck", "platform", "failing", what, one.trouble or "", mend, one
            )
        since = fields.Datetime.now() - RECENT
        floods = [("rule", "=", "signup_flood"), ("last_at", ">=", since)]
        if self.env["saas.security.event"].search_count(floods, limit=1):
            what = _("There were more sign-ups in an hour than allowed")
            why = _("Further ones were asked to come back later.")
            mend = _("Look whether these are people. If they are, raise the limit.")
            yield self._told("signup_flood", "platform", "warning", what, why, mend, policy)
