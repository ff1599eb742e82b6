"""Brands: one default, readable, small logos, told to nodes in the same transaction."""

import base64
import io
import json

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger
from PIL import Image
from psycopg2 import IntegrityError

from ..kernel.gateway.brand import LOGO_BYTES
from .common import SaasCommon

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(width=900, height=300, form="PNG", noise=False):
    """Return a picture in base64."""
    image = Image.effect_noise((width, height), 90) if noise else Image.new("RGB", (width, height))
    content = io.BytesIO()
    image.convert("RGB").save(content, form)
    return base64.b64encode(content.getvalue())


class BrandCommon(SaasCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.default = cls.env.ref("saas_business_management.brand_default")
        cls.nova = cls.env["saas.brand"].create(
            {
                "name": "Nova Cloud",
                "primary_color": " #FFCC00 ",
                "support_name": "Our team",
                "support_email": "help@nova.example",
                "sender_email": "hello@nova.example",
                "legal_name": "Nova SAS",
            }
        )

    def told(self, brand):
        return self.env["saas.route.brand"].sudo().search([("brand_id", "=", brand.id)])


@tagged("post_install", "-at_install")
class TestBrand(BrandCommon):
    def test_there_is_one_default_brand_and_nodes_know_it(self):
        self.assertTrue(self.default.is_default)
        self.assertTrue(self.told(self.default).is_default)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.nova.is_default = True
            self.nova.flush_recordset()

    def test_another_brand_becomes_the_default_by_its_button(self):
        self.nova.with_user(self.admin).action_make_default()
        self.assertFalse(self.default.is_default)
        self.assertEqual(self.env["saas.brand"]._default(), self.nova)
        self.assertEqual(
            (self.told(self.default).is_default, self.told(self.nova).is_default), (False, True)
        )
        with self.assertRaises(AccessError):
            self.default.with_user(self.operator).action_make_default()

    def test_the_default_brand_and_one_in_use_stay(self):
        with self.assertRaises(ValidationError):
            self.default.unlink()
        for vals in ({"active": False}, {"company_id": self.env.company.id}):
            with self.assertRaises(ValidationError):
                self.default.write(vals)
        self.make_tenant(brand_id=self.nova.id)
        with self.assertRaises(ValidationError):
            self.nova.unlink()

    def test_an_unused_brand_goes_and_its_row_with_it(self):
        brand = self.env["saas.brand"].create({"name": "Short-Lived"})
        row = self.told(brand)
        brand.unlink()
        self.assertFalse(row.exists())

    def test_wrong_colours_addresses_and_mailboxes_are_refused(self):
        for vals in (
            {"primary_color": "red"},
            {"secondary_color": "#12345"},
            {"support_url": "javascript:alert(1)"},
            {"terms_url": "example.com"},
            {"support_email": "nobody"},
            {"sender_email": "a b"},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self.nova.write(vals)

    def test_colours_have_one_form_and_text_on_them_can_be_read(self):
        self.assertEqual(self.nova.primary_color, "#ffcc00")
        self.assertEqual(self.nova.ink_color, "#000000")

    def test_nodes_are_told_what_changed_and_nothing_else_is_written(self):
        row = self.told(self.nova)
        self.assertEqual((row.name, row.support_email), ("Nova Cloud", "help@nova.example"))
        self.env.flush_all()
        self.env.cr.execute("SELECT ctid::text FROM saas_route_brand WHERE id = %s", [row.id])
        before = self.env.cr.fetchone()
        self.nova.sender_name = "Nova"
        self.env.flush_all()
        self.env.cr.execute("SELECT ctid::text FROM saas_route_brand WHERE id = %s", [row.id])
        self.assertEqual(self.env.cr.fetchone(), before)

    def test_own_sentences_are_told_and_taken_back(self):
        text = self.env["saas.brand.text"].create(
            {"brand_id": self.nova.id, "page": "archived", "text": "{name} rests."}
        )
        self.assertEqual(json.loads(self.told(self.nova).texts), {"archived": "{name} rests."})
        text.text = "{name} sleeps."
        self.assertIn("sleeps", self.told(self.nova).texts)
        text.unlink()
        self.assertFalse(self.told(self.nova).texts)

    def test_a_text_is_short_and_there_is_one_for_a_page(self):
        for texts in ([("archived", "x" * 301)], [("archived", "a"), ("archived", "b")]):
            rows = [{"brand_id": self.nova.id, "page": page, "text": one} for page, one in texts]
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env["saas.brand.text"].create(rows).flush_recordset()

    def test_a_logo_becomes_a_small_png(self):
        for form in ("PNG", "JPEG", "GIF"):
            with self.subTest(form=form):
                self.nova.logo = picture(form=form)
                content = base64.b64decode(self.nova.logo)
                self.assertEqual(content[:4], b"\x89PNG")
                self.assertLessEqual(len(content), LOGO_BYTES)
        self.assertEqual(self.told(self.nova).logo, self.nova.logo.decode())

    def test_a_photograph_is_made_small_enough(self):
        self.nova.logo = picture(1200, 400, noise=True)
        self.assertLessEqual(len(base64.b64decode(self.nova.logo)), LOGO_BYTES)

    def test_drawings_with_code_and_what_is_no_picture_are_refused(self):
        webp = b"RIFF\x00\x00\x00\x00WEBPVP8 "
        for content in (SVG, b"\n" + SVG, b"text", webp, b"\x89PNG\r\n\x1a\nbroken"):
            with self.subTest(content=content[:10]), self.assertRaises(UserError):
                self.nova.logo = base64.b64encode(content)
        with self.assertRaises(UserError):
            self.nova.logo = base64.b64encode(b"x" * 5_000_001)

    def test_the_form_shows_the_page_as_it_is_typed(self):
        form = Form(self.nova.with_user(self.admin))
        form.support_email = "new@nova.example"
        self.assertIn("new@nova.example", form.preview)
        self.assertIn("because an invoice is unpaid", form.preview)
        form.preview_page = "archived"
        self.assertIn("out of service", form.preview)
        form.name = "<script>x</script>"
        self.assertNotIn("<script", form.preview)

    def test_another_companys_brand_is_not_seen(self):
        self.nova.company_id = self.env.company
        self.assertFalse(
            self.env["saas.brand"].with_user(self.stranger).search([("id", "=", self.nova.id)])
        )

    def test_every_change_is_in_the_audit_log(self):
        self.nova.with_user(self.admin).legal_name = "Nova Group"
        entry = self.env["saas.audit.entry"].search([("res_name", "=", "Nova Cloud")], limit=1)
        self.assertEqual((entry.action, entry.user_id), ("brand_changed", self.admin))


@tagged("post_install", "-at_install")
class TestTenantBrand(BrandCommon):
    def test_the_route_says_the_tenants_brand_and_nothing_for_the_default(self):
        tenant = self.make_open_tenant()
        routes = self.env["saas.route"].sudo()._of(tenant.database_id)
        self.assertEqual(set(routes.mapped("brand")), {0})
        tenant.brand_id = self.nova
        self.assertEqual(set(routes.mapped("brand")), {self.nova.id})
        self.assertEqual(tenant.shown_brand_id, self.nova)
        tenant.brand_id = False
        self.assertEqual(tenant.shown_brand_id, self.default)

    def welcome_mail(self, **values):
        tenant = self.make_open_tenant(**values)
        tenant._send_welcome()
        return self.env["mail.mail"].sudo().search([("saas_tenant_id", "=", tenant.id)], limit=1)

    def test_the_welcome_mail_is_the_brands(self):
        self.nova.logo = picture()
        mail = self.welcome_mail(brand_id=self.nova.id)
        self.assertEqual(mail.email_from, '"Nova Cloud" <hello@nova.example>')
        for said in ("Nova SAS", "help@nova.example", "#ffcc00", self.nova._logo_path()):
            self.assertIn(said, mail.body_html)
        self.assertNotIn("Powered by", mail.body_html)

    def test_a_brand_without_a_sender_leaves_it_to_the_company(self):
        self.default.write({"sender_email": False, "name": "House Brand", "logo": False})
        self.env.company.email = "office@provider.example"
        mail = self.welcome_mail()
        self.assertIn("office@provider.example", mail.email_from)
        self.assertIn("House Brand", mail.body_html)

    def test_settings_edit_the_default_brand(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.saas_brand_id, self.default)
        settings.saas_brand_name = "Renamed"
        settings.execute()
        self.assertEqual(self.default.name, "Renamed")
        self.assertEqual(self.told(self.default).name, "Renamed")
        self.assertEqual(settings.action_open_saas_brand()["res_id"], self.default.id)


@tagged("post_install", "-at_install")
class TestBrandLogo(BrandCommon, HttpCase):
    def test_a_logo_is_public_under_the_name_of_its_content_alone(self):
        self.nova.logo = picture()
        found = self.url_open(self.nova._logo_path())
        self.assertEqual((found.status_code, found.headers["Content-Type"]), (200, "image/png"))
        self.assertEqual(found.content, base64.b64decode(self.nova.logo))
        self.assertEqual(self.url_open("/saas/brand/other.png").status_code, 404)
        self.assertEqual(self.url_open(f"/saas/brand/{self.nova.id}.png").status_code, 404)
