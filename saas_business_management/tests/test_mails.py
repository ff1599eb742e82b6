"""The mails are one set: the same frame, a sender, a language, one heading, and no dead end."""

import re

from odoo.tests import tagged

from .common import SaasCommon

LAYOUT = "saas_business_management.mail_layout"
# Whoever lost a database or a right has nothing left to open.
WITHOUT_A_WAY = {"mail_tenant_deleted", "mail_template_support_left"}


@tagged("post_install", "-at_install")
class TestMails(SaasCommon):
    def test_every_mail_is_of_the_set(self):
        found = self.env["ir.model.data"].search(
            [("module", "=", "saas_business_management"), ("model", "=", "mail.template")]
        )
        self.assertGreater(len(found), 30)
        wrong = []
        for row in found:
            mail = self.env["mail.template"].browse(row.res_id)
            body = mail.body_html or ""
            wrong += [
                f"{row.name}: {complaint}"
                for complaint, holds in (
                    ("another frame", mail.email_layout_xmlid == LAYOUT),
                    ("no sender of the brand", "_sender_of(object)" in (mail.email_from or "")),
                    ("no language", mail.lang),
                    ("no word to operators what it is for", mail.description),
                    ("not one heading", len(re.findall(r"<h1", body)) == 1),
                    ("no subject", mail.subject),
                    ("no link or address", row.name in WITHOUT_A_WAY or "href" in body),
                    ("a picture or script from elsewhere", not re.search(r"<(img|script)", body)),
                )
                if not holds
            ]
        self.assertFalse(wrong, "\n".join(wrong))

    def test_a_mail_wears_the_brand_of_its_tenant(self):
        brands = self.env["saas.brand"]
        brand = brands.create(
            {"name": "Nova", "sender_name": "Nova Cloud", "sender_email": "hello@nova.example"}
        )
        tenant = self.make_tenant(brand_id=brand.id)
        self.assertEqual(brands._sender_of(tenant), '"Nova Cloud" <hello@nova.example>')
        self.assertEqual(brands._of_mail(tenant), brand)
        # A record that leads to no tenant is told in the default brand.
        self.assertEqual(brands._of_mail(self.env.user.partner_id), brands._default())
        host = self.env["saas.tenant.host"].new({"tenant_id": tenant.id})
        self.assertEqual(brands._of_mail(host), brand)

    def test_who_is_told_that_a_database_is_closed_finds_its_page(self):
        tenant = self.make_open_tenant()
        tenant._tell("closed")
        mail = self.env["mail.mail"].search([("email_to", "=", tenant.admin_email)], limit=1)
        self.assertIn(f"/my/databases/{tenant.public_id}", mail.body_html)
