"""The monthly service review: made once, sent where wanted, read by its customer alone."""

from unittest.mock import patch

from odoo import fields
from odoo.addons.base.models.ir_actions_report import IrActionsReport
from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .service_common import MONTH, ServiceCommon


@tagged("post_install", "-at_install")
class TestServiceReview(ServiceCommon, HttpCase):
    def made(self):
        self.served(("2026-03-10 10:00:00", 100))
        self.level = self.reckoned()
        reviews = self.env["saas.service.review"]
        with self.on("2026-04-02 06:00:00"):
            reviews._gather(fields.Date.to_date(MONTH))
            mine = reviews.search([("partner_id", "=", self.partner.id)])
            mine._make()
        return mine

    def test_it_says_what_the_month_was_like(self):
        review = self.made()
        paper = review.attachment_id
        self.assertEqual(paper.mimetype, "text/html", "this machine is said to make no PDF")
        text = paper.raw.decode()
        for words in (
            "Acme Ltd",
            "March 2026",
            "99.775 %",
            "99.9 %",
            "1 h 40 min",
            "no backup yet",
        ):
            self.assertIn(words, text)
        self.assertNotIn("False", text)
        self.assertTrue(review.missed)

    def test_it_tells_published_incidents_by_their_public_title_alone(self):
        rows = self.env["saas.incident"].create(
            [
                {
                    "title": f"Loud Analytics slows {name}",
                    "public_title": f"Slow {name}",
                    "started_at": "2026-03-10 10:00:00",
                    "tenant_ids": [fields.Command.set(self.tenant.ids)],
                }
                for name in ("answers", "exports")
            ]
        )
        rows[0]._put_course({"is_public": True, "published_at": "2026-03-10 10:05:00"})
        text = self.made().attachment_id.raw.decode()
        self.assertIn("Slow answers", text)
        self.assertNotIn("Loud Analytics", text)
        self.assertNotIn("Slow exports", text)

    def test_with_a_converter_it_is_a_pdf(self):
        state = patch.object(IrActionsReport, "get_wkhtmltopdf_state", lambda _self: "ok")
        paper = patch.object(
            IrActionsReport, "_render_qweb_pdf", lambda _self, _report, _ids: (b"%PDF", "pdf")
        )
        with state, paper:
            review = self.made()
        self.assertEqual(review.attachment_id.mimetype, "application/pdf")
        self.assertTrue(review.attachment_id.name.endswith("2026-03 Acme Ltd.pdf"))

    def test_it_is_made_once_and_mailed_where_that_is_wanted(self):
        review = self.made()
        paper = review.attachment_id
        self.assertFalse(self.env["saas.service.review"]._gather(fields.Date.to_date(MONTH)))
        review._make()
        self.assertEqual(review.attachment_id, paper)
        with self.assertRaises(UserError):
            review.with_user(self.viewer).action_send()
        review.with_user(self.operator).action_send()
        review.with_user(self.operator).action_send()
        mails = (
            self.env["mail.mail"].sudo().search([("subject", "=", "Service review of March 2026")])
        )
        self.assertEqual(len(mails), 1)
        self.assertEqual(mails.attachment_ids, paper)
        self.assertTrue(review.sent_at)

    def test_the_customer_reads_it_in_the_portal_and_nobody_else(self):
        self.made()
        alice = new_test_user(self.env, "alice@acme.example", groups="base.group_portal")
        viewer = new_test_user(self.env, "vic@acme.example", groups="base.group_portal")
        for user, role in ((alice, "owner"), (viewer, "viewer")):
            self.env["saas.customer.member"].create(
                {
                    "account_id": self.partner.id,
                    "user_id": user.id,
                    "email": user.login,
                    "role": role,
                }
            )
        base = f"/my/databases/{self.tenant.public_id}/service"
        self.authenticate(alice.login, alice.login)
        page = self.url_open(base).text
        for words in ("99.775 %", "March 2026", "1 h 40 min", "/service/review/2026-03"):
            self.assertIn(words, page)
        paper = self.url_open(f"{base}/review/2026-03")
        self.assertEqual(paper.status_code, 200)
        self.assertIn("Service Review", paper.text)
        missing = self.url_open(f"{base}/review/2026-02")
        self.assertEqual(missing.status_code, 404)
        self.authenticate(viewer.login, viewer.login)
        self.assertEqual(self.url_open(f"{base}/review/2026-03").status_code, 403)
        self.assertNotIn("/service/review/", self.url_open(base).text)
