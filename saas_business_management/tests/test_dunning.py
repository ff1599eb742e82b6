"""Ladders: stages in time, what they do to subscription and tenant, paid, paused, never twice."""

from datetime import date, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from .billing_common import PaymentCommon


@tagged("post_install", "-at_install")
class TestDunning(PaymentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls.env.ref("saas_business_management.dunning_profile_standard")

    def days(self, first, last):
        """Look on each day of March from one to another on which a ladder wants to be looked at."""
        for number in range(first, last + 1):
            day = date(2026, 3, 1) + timedelta(days=number - 1)
            ladders = self.env["saas.dunning"].search([("state", "!=", "closed")])
            if number == first or not ladders or min(ladders.mapped("look_on")) <= day:
                self.look(str(day))

    def stages(self, one):
        rows = one.dunning_ids.step_ids.filtered(lambda step: step.kind == "state").sorted("id")
        return [(row.stage, str(row.on)) for row in rows]

    def retries(self, one):
        rows = one._moves().saas_attempt_ids.sorted("number")
        return [str(row.at.date()) for row in rows]

    def make_failing(self, **values):
        token = self.save_token("error")
        return self.make_billed(payment_token_id=token.id, **values)

    def make_hosted(self, subdomain="overdue"):
        """Return a failing subscription of an open tenant, and the tenant."""
        self.save_token("error")
        with self.on("2026-03-01 08:00:00"):
            tenant = self.make_open_tenant(
                subdomain=subdomain, plan_id=self.standard.plan_id.id, partner_id=self.partner.id
            )
            self.work()
        return tenant.subscription_ids, tenant

    # In time

    def test_the_standard_ladder_charges_and_moves_on_its_days(self):
        one = self.make_failing()
        self.days(1, 32)
        self.assertEqual(
            self.stages(one),
            [
                ("past_due", "2026-03-01"),
                ("restricted", "2026-03-08"),
                ("suspended", "2026-03-15"),
                ("cancelled", "2026-03-31"),
            ],
        )
        days = ("01", "02", "04", "07", "14", "30")
        self.assertEqual(self.retries(one), [f"2026-03-{day}" for day in days])
        self.assertEqual((one.state, one.dunning_ids.closed_for), ("cancelled", "ended"))
        self.days(33, 36)
        self.assertEqual(len(one.dunning_ids), 1, "what was given up is not chased again")

    def test_subscription_and_tenant_follow_each_stage_and_come_back_at_once_when_paid(self):
        one, tenant = self.make_hosted()
        self.days(1, 7)
        self.assertEqual((one.state, tenant.restricted), ("past_due", False))
        self.days(8, 8)
        self.assertEqual((one.state, tenant.restricted), ("past_due", True))
        self.days(9, 15)
        self.assertEqual((one.state, one.suspended_for), ("suspended", "payment"))
        self.assertEqual((tenant.state, tenant.reason), ("suspended", "payment"))
        with self.on("2026-03-20 09:00:00"):
            self.pay(one._moves())
            self.work()
        self.assertEqual((one.state, tenant.state, tenant.restricted), ("active", "active", False))
        self.assertEqual((one.dunning_ids.state, one.dunning_ids.closed_for), ("closed", "paid"))

    def test_a_restriction_is_lifted_when_paid_unless_a_person_made_it(self):
        one, tenant = self.make_hosted()
        self.days(1, 8)
        with self.on("2026-03-09"):
            self.pay(one._moves())
            self.work()
        self.assertEqual((one.state, tenant.restricted), ("active", False))
        other, theirs = self.make_hosted("second")
        theirs.action_restrict("by hand")
        self.days(1, 8)
        with self.on("2026-03-09"):
            self.pay(other._moves())
            self.work()
        self.assertTrue(theirs.restricted)

    def test_paying_does_not_open_what_was_closed_for_security(self):
        one, tenant = self.make_hosted()
        self.days(1, 3)
        tenant.with_user(self.admin).action_suspend("security", "an intruder")
        self.days(4, 15)
        self.assertEqual((one.state, tenant.reason), ("suspended", "security"))
        with self.on("2026-03-20"):
            self.pay(one._moves())
            self.work()
        self.assertEqual((one.state, tenant.state), ("active", "suspended"))

    def test_what_is_closed_for_a_quota_stays_closed_when_it_is_unpaid_as_well(self):
        _one, tenant = self.make_hosted()
        tenant._fire("suspended", system=True, reason="quota")
        self.days(1, 15)
        self.assertEqual((tenant.state, tenant.reason), ("suspended", "payment"))

    def test_a_retry_that_succeeds_ends_the_ladder(self):
        one = self.make_failing()
        self.days(1, 3)
        one.payment_token_id.demo_simulated_state = "done"
        self.days(4, 4)
        self.assertEqual((one.state, one._moves().payment_state), ("active", "paid"))
        self.assertEqual(one.dunning_ids.closed_for, "paid")
        self.days(5, 12)
        self.assertEqual(len(self.stages(one)), 1)

    def test_suspended_days_are_not_charged_and_coming_back_is_from_that_day(self):
        one = self.make_failing()
        self.days(1, 30)
        for day in ("2026-04-01", "2026-04-02"):
            with self.on(day):
                self.bill()
        self.assertEqual(len(one._moves()), 1)

    # Hard declines, new methods

    def test_a_decline_for_good_waits_for_another_method_while_the_stages_go_on(self):
        one = self.make_failing()
        one._moves().saas_attempt_ids._put({"hard": True})
        self.days(1, 8)
        ladder = one.dunning_id
        self.assertEqual((len(self.retries(one)), ladder.waits_for_token), (1, True))
        self.assertEqual(ladder.stage, "restricted")
        with self.on("2026-03-09 10:00:00"):
            token = self.save_token("done")
            self.work()
        self.assertEqual(one.payment_token_id, token)
        self.assertEqual((one.state, self.retries(one)[-1]), ("active", "2026-03-09"))

    # By transfer

    def test_who_pays_by_transfer_is_reminded_from_the_due_date_and_never_charged(self):
        one = self.make_billed()
        self.days(1, 1)
        self.assertFalse(one.dunning_id, "the day of the invoice is the customer's")
        self.days(2, 12)
        ladder = one.dunning_id
        rows = ladder.step_ids.filtered(lambda step: step.kind == "reminder").sorted("id")
        self.assertEqual([str(row.on) for row in rows], ["2026-03-04", "2026-03-11"])
        self.assertEqual(set(rows.mapped("email")), {"a@acme.example"})
        self.assertTrue(ladder.is_offline)
        self.assertEqual((ladder.stage, self.retries(one)), ("restricted", []))

    def test_a_reminder_of_the_day_itself_goes_out_while_the_customer_still_has_that_day(self):
        self.profile.reminder_days = "0, 7"
        one = self.make_billed()
        for _twice in range(2):
            self.look("2026-03-01")
        ladder = one.dunning_id
        self.assertEqual((ladder.stage, one.state), ("waiting", "active"))
        self.assertEqual(str(ladder.next_on), "2026-03-02")
        self.days(2, 8)
        rows = ladder.step_ids.filtered(lambda step: step.kind == "reminder").sorted("id")
        self.assertEqual([str(row.on) for row in rows], ["2026-03-01", "2026-03-08"])
        self.assertEqual(self.stages(one)[0], ("past_due", "2026-03-02"))
        other = self.make_billed("2026-03-10")
        self.look("2026-03-10")
        with self.on("2026-03-10 18:00:00"):
            self.pay(other._moves())
            self.work()
        self.assertEqual((other.state, other.dunning_ids.closed_for), ("active", "paid"))

    def test_a_part_that_is_paid_leaves_the_ladder_running_on_the_rest(self):
        one = self.make_billed()
        self.days(2, 5)
        with self.on("2026-03-05"):
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=one._moves().ids
            ).create({"amount": 100})._create_payments()
            self.work()
        self.days(6, 6)
        self.assertEqual(round(one.dunning_id.amount_due, 2), 6.8)

    def test_less_than_the_least_amount_is_left_alone(self):
        self.profile.minimum_ids = [(0, 0, {"currency_id": self.usd.id, "amount": 200})]
        one = self.make_billed()
        self.days(2, 20)
        self.assertEqual((one.state, one.dunning_ids.ids), ("active", []))
        self.profile.minimum_ids.amount = 50
        self.days(21, 21)
        self.assertEqual(one.state, "past_due")
        with self.on("2026-03-22"):
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=one._moves().ids
            ).create({"amount": 100})._create_payments()
        self.days(22, 22)
        self.assertEqual((one.state, one.dunning_ids.closed_for), ("active", "small"))

    # Twice, late, a clock that jumps

    def test_looking_again_on_the_same_day_changes_nothing(self):
        one = self.make_failing()
        self.days(1, 8)
        before = len(one.dunning_ids.step_ids)
        mails = self.env["mail.mail"].search_count([])
        for _again in range(3):
            self.look("2026-03-08")
            with self.on("2026-03-08 18:00:00"):
                one._step_dun_look()
        self.assertEqual(len(one.dunning_ids.step_ids), before)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_after_a_clock_that_jumped_stages_follow_a_day_apart(self):
        one = self.make_failing()
        self.look("2026-03-01")
        self.look("2026-12-24")
        self.assertEqual((one.dunning_id.stage, len(self.retries(one))), ("restricted", 2))
        self.look("2026-12-24")
        self.assertEqual(one.dunning_id.stage, "restricted")
        self.look("2026-12-25")
        self.assertEqual(one.dunning_id.stage, "suspended")

    # Pauses

    def test_a_person_holds_a_ladder_for_a_reason_and_what_follows_comes_later(self):
        one = self.make_failing()
        self.days(1, 5)
        ladder = one.dunning_id.with_user(self.biller)
        with self.on("2026-03-05 15:00:00"):
            for wrong in ({"reason": " "}, {"reason": "x", "until_on": "2026-03-01"}):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    ladder.action_pause(**wrong)
            ladder.action_pause("promised for Friday", "2026-03-15")
            with self.assertRaises(UserError):
                ladder.action_pause("again")
        self.days(6, 14)
        self.assertEqual((ladder.state, ladder.stage), ("paused", "past_due"))
        self.assertIn("promised", one.dunning_text)
        self.days(15, 18)
        self.assertEqual((ladder.state, ladder.stage), ("open", "restricted"))
        self.assertEqual(self.stages(one)[1], ("restricted", "2026-03-18"))

    def test_a_pause_without_an_end_holds_until_somebody_resumes(self):
        one = self.make_failing()
        self.days(1, 5)
        ladder = one.dunning_id
        with self.on("2026-03-05 15:00:00"):
            dialog = self.env["saas.dunning.pause"].create(
                {"dunning_ids": [(6, 0, ladder.ids)], "reason": "asked to wait"}
            )
            self.assertIn("Acme Ltd", dialog.effect)
            dialog.action_apply()
        self.days(6, 20)
        self.assertEqual(ladder.stage, "past_due")
        with self.on("2026-03-20 15:00:00"):
            ladder.with_user(self.biller).action_resume()
            self.work()
        self.days(21, 23)
        self.assertEqual(ladder.stage, "restricted")

    def test_what_was_due_before_a_pause_waits_for_its_end_as_well(self):
        one = self.make_failing()
        self.days(1, 1)
        with self.on("2026-03-05 15:00:00"):
            one.dunning_id.action_pause("talks", "2026-03-09")
            one._order_dunning()
            self.work()
        self.assertEqual((len(self.retries(one)), str(one.dunning_id.next_on)), (1, "2026-03-09"))
        self.days(9, 9)
        self.assertEqual(self.retries(one), ["2026-03-01", "2026-03-09"])

    def test_who_pays_during_a_pause_is_through_at_once(self):
        one = self.make_failing()
        self.days(1, 5)
        with self.on("2026-03-05 15:00:00"):
            one.dunning_id.action_pause("talks")
            self.pay(one._moves())
            self.work()
        self.assertEqual((one.state, one.dunning_ids.state), ("active", "closed"))

    def test_others_hold_nothing_and_nobody_writes_by_hand(self):
        one = self.make_failing()
        self.days(1, 1)
        ladder = one.dunning_id
        with self.assertRaises(UserError):
            ladder.with_user(self.approver).action_pause("no")
        for change in (
            lambda: ladder.with_user(self.biller).write({"stage": "cancelled"}),
            lambda: ladder.step_ids.write({"result": "x"}),
            ladder.step_ids.unlink,
        ):
            with self.assertRaises(UserError):
                change()
        ladder.with_user(self.biller).message_post(body="called them")
        ladder.with_user(self.biller).activity_schedule("mail.mail_activity_data_todo")

    # Mails

    def test_each_stage_is_told_once_to_the_billing_contact(self):
        one = self.make_failing()
        self.days(1, 32)
        mails = self.env["mail.mail"].search([("model", "=", "saas.dunning")], order="id")
        self.assertEqual(
            [subject.partition(":")[0] for subject in mails.mapped("subject")],
            [
                "Past due",
                "Standard is restricted",
                "Standard is closed",
                "The subscription of Standard has ended",
            ],
        )
        first = mails[0].body_html
        self.assertIn(one._moves().name, first)
        self.assertIn("/my/invoices/", first)
        self.assertIn("March 8, 2026", first.replace("8 March 2026", "March 8, 2026"))

    # Profiles

    def test_the_customers_profile_goes_before_the_plans_and_the_companys(self):
        patient, quick, house = self.profile.create(
            [{"name": name} for name in ("Patient", "Quick", "House")]
        )
        one = self.make_subscription()
        self.assertEqual(one._dunning_profile(), self.profile)
        self.company.saas_dunning_profile_id = house
        self.assertEqual(one._dunning_profile(), house)
        one.plan_id.dunning_profile_id = quick
        self.assertEqual(one._dunning_profile(), quick)
        self.partner.saas_dunning_profile_id = patient
        self.assertEqual(one._dunning_profile(), patient)
        patient.active = False
        self.assertEqual(one._dunning_profile(), quick)

    def test_a_profile_that_makes_no_sense_is_refused(self):
        for wrong in (
            {"retry_days": "3, 1"},
            {"retry_days": "0, 2"},
            {"retry_days": "soon"},
            {"retry_days": "1.5"},
            {"reminder_days": "-3"},
            {"restricted_day": 20},
            {"suspended_day": -1},
            {"cancelled_day": 4000},
        ):
            with (
                self.subTest(wrong=wrong),
                self.assertRaises(ValidationError),
                self.env.cr.savepoint(),
            ):
                self.profile.create({"name": "Wrong", **wrong})
        with (
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            self.profile.minimum_ids.create(
                {"profile_id": self.profile.id, "currency_id": self.usd.id, "amount": -1}
            )
            self.env.flush_all()

    def test_without_a_profile_nobody_is_chased_and_the_doctor_says_so(self):
        self.profile.search([]).active = False
        one = self.make_failing()
        self.days(1, 3)
        self.assertFalse(one.dunning_ids)
        codes = [found["code"] for found in self.env["saas.doctor"]._look_at_dunning()]
        self.assertEqual(codes, ["dunning_profile"])
