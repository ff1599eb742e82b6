"""Service credits: proposed once, decided by somebody else, a credit note for ever."""

from datetime import date
from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .service_common import ServiceCommon


@tagged("post_install", "-at_install")
class TestServiceCredit(ServiceCommon):
    def proposed(self, minutes=100):
        self.served(("2026-03-10 10:00:00", minutes))
        self.level = self.reckoned()
        return self.credit()

    def approve(self, credit):
        with self.on("2026-04-03 09:00:00"):
            credit.with_user(self.approver).action_approve()
            self.work()

    def test_the_ladder_follows_the_month(self):
        for minutes, percent, amount in (
            (44, 0, 0),
            (100, 10, 8.9),
            (500, 25, 22.25),
            (2500, 100, 89),
        ):
            with self.subTest(minutes=minutes):
                self.credit().unlink()
                credit = self.proposed(minutes)
                self.assertEqual((credit.percent or 0, credit.amount or 0), (percent, amount))

    def test_it_is_proposed_once_and_the_approvers_hear_of_it(self):
        credit = self.proposed()
        self.reckoned()
        self.assertEqual(self.credit(), credit)
        self.assertEqual((credit.state, self.level.credit_state), ("proposed", "proposed"))
        self.assertIn(self.approver, credit.activity_ids.user_id)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            credit.copy({"level_id": self.level.id, "tenant_id": self.tenant.id})

    def test_approved_it_becomes_a_posted_credit_note_for_ever(self):
        credit = self.proposed()
        self.approve(credit)
        move = credit.move_id
        self.assertEqual((credit.state, self.level.credit_state), ("credited", "credited"))
        self.assertEqual((move.state, move.move_type), ("posted", "out_refund"))
        self.assertEqual(move.amount_untaxed, 8.9)
        self.assertEqual(move.partner_id, self.partner)
        self.assertEqual(move.invoice_line_ids.tax_ids, self.tax, "the tax of the fee")
        self.assertIn("99.775 % available, 99.9 % promised", move.invoice_line_ids.name)
        self.assertFalse(credit.activity_ids)
        with self.assertRaises(UserError):
            self.approve(credit)
        self.reckoned()
        credit.sudo()._draft_note()
        self.assertEqual((self.credit().move_id, credit.amount), (move, 8.9))

    def test_it_pays_the_next_invoice(self):
        credit = self.proposed()
        self.approve(credit)
        owed = credit.move_id.amount_residual
        with self.on("2026-05-11 08:00:00"):
            self.bill()
        self.assertLess(credit.move_id.amount_residual, owed)

    def test_whoever_had_a_hand_in_the_figures_does_not_decide(self):
        credit = self.proposed()
        for who in (self.operator, self.biller, self.pricer, self.viewer):
            with self.subTest(who=who.login), self.assertRaises(UserError):
                credit.with_user(who).action_approve()
        credit.sudo().prepared_by_id = self.approver
        with self.assertRaisesRegex(UserError, "had a hand"):
            credit.with_user(self.approver).action_approve()
        credit.sudo().prepared_by_id = self.env.ref("base.user_root")
        self.level._put({"reviewed_by_id": self.approver.id})
        with self.assertRaisesRegex(UserError, "had a hand"):
            credit.with_user(self.approver).action_approve()
        self.assertEqual(credit.state, "proposed")
        self.assertFalse(credit.move_id)

    def test_rejected_it_keeps_the_reason_and_makes_no_document(self):
        credit = self.proposed()
        action = credit.with_user(self.approver).action_reject()
        dialog = (
            self.env["saas.service.credit.reject"]
            .with_user(self.approver)
            .with_context(**action["context"])
            .create({"reason": "Agreed otherwise"})
        )
        dialog.action_confirm()
        self.assertEqual((credit.state, credit.reject_reason), ("rejected", "Agreed otherwise"))
        self.assertFalse(credit.move_id)
        self.reckoned()
        self.assertEqual(credit.state, "rejected")

    def test_a_draft_that_is_removed_leaves_it_approved(self):
        credit = self.proposed()
        with self.on("2026-04-03 09:00:00"):
            credit.with_user(self.approver).action_approve()
            credit.move_id.unlink()
            self.assertEqual(credit.state, "approved")
            self.assertFalse(credit.move_id)
            self.env["saas.job"].search([("kind", "=", "post_invoices")]).sudo().state = "done"
            credit.with_user(self.approver).action_draft_again()
            self.assertTrue(credit.move_id)

    def test_a_month_without_a_fee_gives_nothing_back(self):
        free = patch.object(
            type(self.subscription), "_fee_of_month", lambda _self, _first, _zone: Decimal(0)
        )
        with free:
            self.assertFalse(self.proposed())
        self.assertTrue(self.level.missed)

    def test_the_fee_is_that_of_the_month(self):
        first = date(2026, 3, 1)
        self.assertEqual(self.subscription._fee_of_month(first, "UTC"), Decimal("89.00"))
        before = date(2026, 1, 1)
        self.assertEqual(self.subscription._fee_of_month(before, "UTC"), 0)

    def test_another_company_sees_none(self):
        credit = self.proposed()
        self.approver.company_ids |= self.other_company
        theirs = self.credits.with_user(self.approver).with_context(
            allowed_company_ids=self.other_company.ids
        )
        self.assertFalse(theirs.search([("id", "=", credit.id)]))
