"""The stage of the sign-up tests: sign-up is open, with one plan that is ready to be made."""

import re
from urllib.parse import urlparse

from .common import SaasCommon


class SignupCommon(SaasCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["saas.plan"].search([]).published = False
        cls.plan.write(
            {
                "published": True,
                "code": "test-plan",
                "limit_users": 7,
                "template_ids": cls.template.ids,
            }
        )
        cls.plan._publish_version()
        cls.env["saas.signup.policy"].search([]).unlink()
        cls.policy = cls.env["saas.signup.policy"].create(
            {
                "is_open": True,
                "terms_url": "https://example.com/terms",
                "responsible_id": cls.operator.id,
            }
        )

    def form(self, **values):
        """Return a form as a person fills it in."""
        return {
            "plan": "test-plan",
            "currency": self.plan.currency_id.name,
            "name": "Nora Lind",
            "email": "nora@cedar.example",
            "company_name": "Cedar Books Ltd",
            "country": "BE",
            "subdomain": "cedar",
            "terms": "1",
            **values,
        }

    def ask(self, source="203.0.113.9", **values):
        """Return what the model says of a form."""
        brand = self.env["saas.brand"]._default()
        return self.env["saas.signup"]._ask(self.form(**values), brand, self.env.company, source)

    def asked(self, **values):
        """Return the sign-up of a form that is right."""
        made, errors = self.ask(**values)
        self.assertFalse(errors)
        return made

    def mails(self, email="nora@cedar.example"):
        return self.env["mail.mail"].search([("email_to", "=", email)], order="id")

    def token(self, email="nora@cedar.example"):
        """Return the token in the newest mail."""
        return re.search(r"/saas/signup/confirm/([\w-]{43})", self.mails(email)[-1].body_html)[1]

    def link(self, email="nora@cedar.example"):
        return self.env["saas.link"]._find("signup", self.token(email))

    def confirm(self, signup, **values):
        return signup._confirm(self.link(signup.email), **values)

    def finish(self, tenant):
        """Leave the records as the operation leaves them."""
        at_work = tenant.sudo().with_context(saas_job_id=tenant.job_ids.id)
        at_work._step_claim(fence=1)
        at_work._step_publish()
        at_work._step_open(admin={"admin_user_id": 2, "admin_partner_id": 3})
        at_work._step_welcome()
        tenant.job_ids.sudo().write({"state": "done"})

    @staticmethod
    def path(response):
        return urlparse(response.headers["Location"]).path
