"""One invoice for several subscriptions of a customer, and the mail with its PDF."""

from unittest.mock import patch

from odoo.addons.base.models.ir_actions_report import IrActionsReport
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestTogether(BillingCommon):
    def setUp(self):
        super().setUp()
        self.partner.saas_one_invoice = True

    def make_running(self, day="2026-03-01", **values):
        one = self.make_subscription(**values)
        with self.on(day):
            one.action_activate()
            self.work()
        return one

    def bill_on(self, day):
        with self.on(day):
            return self.bill()

    # One invoice

    def test_what_is_due_on_a_day_comes_as_one_invoice_with_a_section_for_each(self):
        premium = self.make_plan("Premium", 190)
        one = self.make_running(purchase_reference="PO-1")
        two = self.make_running(version_id=premium.id, purchase_reference="PO-2")
        run = self.bill_on("2026-04-01")
        (invoice,) = run.move_ids
        self.assertEqual((invoice.state, invoice.amount_untaxed), ("posted", 279))
        self.assertEqual(invoice.saas_subscription_ids, one | two)
        self.assertEqual(invoice.invoice_origin, f"{one.name}, {two.name}")
        self.assertEqual(invoice.ref, "PO-1, PO-2")
        told = [(line.display_type, line.saas_period_id.subscription_id) for line in
                invoice.invoice_line_ids.sorted("sequence")]  # fmt: skip
        nothing = one.browse()
        self.assertEqual(
            told,
            [("line_section", nothing), ("product", one), ("line_section", nothing),
             ("product", two)],
        )  # fmt: skip
        amounts = {line.subscription_id: line.amount for line in run.line_ids}
        self.assertEqual(amounts, {one: 89, two: 190})
        self.assertEqual(one._moves()[0], two._moves()[0])
        self.assertEqual(self.bill_on("2026-04-01"), run, "nothing is due a second time")

    def test_who_does_not_want_it_or_differs_has_an_invoice_of_its_own(self):
        other = self.env["res.partner"].create({"name": "Other Ltd"})
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "company_id": self.company.id, "name": "2026-01-01", "rate": 1}
        )
        version = self.make_plan("Euro", 50, currency_id=euro.id)
        ones = self.make_running() | self.make_running(quantity=2)
        apart = self.make_running(version_id=version.id, currency_id=euro.id)
        apart |= self.make_running(partner_id=other.id)
        apart |= self.make_running(partner_id=other.id)
        apart |= self.make_running(billing_contact_id=other.id)
        run = self.bill_on("2026-04-01")
        self.assertEqual(len(run.move_ids), 5)
        self.assertEqual(ones[0]._moves()[0], ones[1]._moves()[0])
        self.assertEqual(ones[0]._moves()[0].saas_subscription_ids, ones)
        self.assertEqual([len(one._moves()[0].saas_subscription_ids) for one in apart], [1] * 4)

    def test_missed_periods_come_one_invoice_each_for_all(self):
        ones = self.make_running("2026-01-01") | self.make_running("2026-01-01", quantity=2)
        run = self.bill_on("2026-04-01")
        self.assertEqual(len(run.move_ids), 3)
        self.assertEqual(set(run.move_ids.mapped("amount_untaxed")), {267})
        self.assertEqual([len(one._moves()) for one in ones], [4, 4])

    def test_a_change_of_one_leaves_the_others_and_is_credited_on_their_invoice(self):
        one, two = self.make_running(), self.make_running(quantity=2)
        (invoice,) = self.bill_on("2026-04-01").move_ids
        with self.on("2026-04-16"):
            one.action_cancel_now("moved")
            self.work()
        refund = one._moves()[0]
        self.assertEqual((refund.move_type, refund.amount_untaxed), ("out_refund", 41.53))
        self.assertEqual(refund.reversed_entry_id, invoice)
        self.assertEqual(refund.saas_subscription_ids, one)
        (next_one,) = self.bill_on("2026-05-01").move_ids
        self.assertEqual((next_one.saas_subscription_ids, next_one.amount_untaxed), (two, 178))

    def test_a_draft_that_is_removed_is_drafted_again_for_all(self):
        self.company.saas_billing_approval = "always"
        ones = self.make_subscription() | self.make_subscription(quantity=2)
        with self.on("2026-03-01"):
            ones.action_activate()
            self.work()
        drafts = ones._moves()
        with self.on("2026-03-02"):
            drafts.unlink()
            run = self.bill()
        (again,) = run.move_ids
        self.assertEqual(again.saas_subscription_ids, ones)
        self.assertEqual(set(run.line_ids.mapped("amount")), {89, 178})

    def test_such_a_customer_is_never_split_between_operations(self):
        other = self.env["res.partner"].create({"name": "Other Ltd"})
        ones = self.env["saas.subscription"]
        for place in range(7):
            ones |= self.make_subscription(partner_id=(self.partner if place % 2 else other).id)
        parts = list(ones._in_chunks(2))
        self.assertEqual(ones.browse().union(*parts), ones)
        self.assertIn(set(ones[1::2].ids), [set(part.ids) for part in parts])
        self.assertTrue(all(len(part) <= 3 for part in parts))

    # The mail

    def test_mails_with_pdf_are_made_by_operations_of_some_each_and_once(self):
        self.with_converter()
        ones = self.env["saas.subscription"]
        for _place in range(12):
            ones |= self.make_subscription(partner_id=self.make_customer().id)
        with self.on("2026-03-01"):
            ones.action_activate()
            self.work()
            jobs = self.env["saas.job"].search([("kind", "=", "mail_invoices")])
            self.assertTrue(jobs)
            ones._moves()._saas_queue_mails()
        mails = self.env["mail.mail"].sudo().search([("res_id", "in", ones._moves().ids)])
        self.assertEqual(len(mails.filtered(lambda one: one.model == "account.move")), 12)

    def make_customer(self):
        return self.env["res.partner"].create({"name": "Some Ltd", "email": "s@some.example"})

    def mails(self, one):
        return self.env["mail.mail"].sudo().search(
            [("model", "=", "account.move"), ("res_id", "in", one._moves().ids)]
        )  # fmt: skip

    def with_converter(self, state="ok", answer=(b"%PDF-1.4 test", "pdf"), error=None):
        def render(reports, report, ids, data=None):
            if error:
                raise error
            return answer

        self.startPatcher(
            patch.object(IrActionsReport, "get_wkhtmltopdf_state", lambda _self: state)
        )
        self.startPatcher(patch.object(IrActionsReport, "_render_qweb_pdf", render))

    def test_with_a_converter_the_mail_has_the_pdf_and_the_link(self):
        self.with_converter()
        one = self.make_running()
        (mail,) = self.mails(one)
        (pdf,) = mail.attachment_ids
        self.assertEqual((pdf.mimetype, pdf.raw), ("application/pdf", b"%PDF-1.4 test"))
        self.assertIn(one._moves().name.replace("/", "_"), pdf.name)
        self.assertIn(one._moves().get_portal_url().split("?")[0], mail.body_html)

    def test_without_a_converter_or_when_it_fails_the_mail_has_the_link_alone(self):
        for values in (
            {"state": "install"},
            {"answer": (b"<html/>", "html")},
            {"error": UserError("Wkhtmltopdf failed")},
        ):
            self.with_converter(**values)
            with mute_logger("odoo.addons.saas_business_management.models.account_move_pdf"):
                one = self.make_running()
            (mail,) = self.mails(one)
            self.assertFalse(mail.attachment_ids, values)
            self.assertIn("/my/invoices/", mail.body_html)

    def test_the_mail_of_one_invoice_for_several_names_each_subscription(self):
        self.with_converter("install")
        ones = self.make_running() | self.make_running(quantity=2)
        self.bill_on("2026-04-01")
        body = self.mails(ones[0]).sorted("id")[-1].body_html
        for one in ones:
            self.assertIn(one.name, body)
