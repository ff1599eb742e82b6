"""Charging saved payment methods: once, whatever is lost, late, told twice or out of order."""

from contextlib import suppress
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .billing_common import PaymentCommon

NEWS = "odoo.addons.payment.models.payment_transaction"


@tagged("post_install", "-at_install")
class TestPayment(PaymentCommon):
    def move(self, one):
        return one._moves().sorted("id")[:1]

    def attempt(self, one):
        return self.move(one).saas_attempt_ids[:1]

    def asked(self):
        """Count how often the provider is asked, whoever asks."""
        transactions = type(self.env["payment.transaction"])
        return patch.object(
            transactions, "_send_payment_request", autospec=True, side_effect=self.count
        )

    def count(self, tx):
        self.calls.append(tx.reference)
        self.answers.get(tx.token_id.demo_simulated_state, self.answer)(tx)

    def setUp(self):
        super().setUp()
        self.calls, self.answers = [], {}

    def answer(self, tx):
        tx._process(
            "demo",
            {"reference": tx.reference, "simulated_state": tx.token_id.demo_simulated_state},
        )

    # Which method pays

    def test_a_due_invoice_is_charged_to_the_customers_saved_method_and_booked(self):
        token = self.save_token()
        one = self.make_billed()
        move, attempt = self.move(one), self.attempt(one)
        self.assertEqual(one.charged_token_id, token)
        self.assertEqual((move.payment_state, self.told(move)), ("paid", ["paid"]))
        self.assertEqual(attempt.reference, f"{move.name}-A1")
        self.assertEqual((attempt.amount, attempt.transaction_id.state), (106.8, "done"))
        self.assertEqual((one.state, one.dunning_id), ("active", one.dunning_id.browse()))

    def test_what_a_customer_pays_without_a_saved_method_is_booked_though_the_page_is_left(self):
        one = self.make_billed()
        move = self.move(one)
        booking = self.env.ref("payment.cron_post_process_payment_tx")
        woken = self.env["ir.cron.trigger"].sudo().search([("cron_id", "=", booking.id)])
        tx = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.provider.payment_method_ids[:1].id,
                "reference": "by themselves",
                "amount": move.amount_residual,
                "currency_id": move.currency_id.id,
                "partner_id": self.partner.id,
                "invoice_ids": [(6, 0, move.ids)],
            }
        )
        with self.on("2026-03-01 09:00:00"):
            tx._set_done()
        new = self.env["ir.cron.trigger"].sudo().search([("cron_id", "=", booking.id)]) - woken
        self.assertEqual([str(at) for at in new.mapped("call_at")], ["2026-03-01 09:01:00"])

    def test_the_method_of_a_subscription_goes_before_the_default_of_the_customer(self):
        first, second = self.save_token(), self.save_token()
        self.assertEqual(self.partner.saas_payment_token_id, first, "the first stays the default")
        one = self.make_billed(payment_token_id=second.id)
        self.assertEqual(self.attempt(one).token_id, second)

    def test_an_invoice_that_is_due_later_is_charged_on_its_day(self):
        self.save_token()
        days = self.env["account.payment.term"].create(
            {"name": "10", "line_ids": [(0, 0, {"value_amount": 100, "nb_days": 10})]}
        )
        one = self.make_billed(payment_term_id=days.id)
        self.look("2026-03-10")
        self.assertFalse(self.attempt(one))
        self.look("2026-03-11")
        self.assertEqual(self.told(self.move(one)), ["paid"])

    def test_without_a_method_or_where_charging_is_off_nobody_is_asked(self):
        one = self.make_billed()
        self.save_token()
        self.company.saas_charging = False
        with self.asked():
            self.look("2026-03-01")
        self.assertEqual((self.calls, self.told(self.move(one))), ([], []))

    def test_one_customer_never_pays_with_what_another_one_saved(self):
        other = self.env["res.partner"].create({"name": "Other"})
        token = self.save_token(partner=other)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.make_subscription(payment_token_id=token.id)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.partner.saas_payment_token_id = token

    def test_a_method_that_was_taken_away_is_not_charged_and_the_owner_is_warned_before(self):
        token = self.save_token()
        one = self.make_subscription(payment_token_id=token.id)
        self.assertEqual(token.get_linked_records_info()[0]["name"], one.name)
        token.active = False
        self.assertFalse(one.payment_token_id or self.partner.saas_payment_token_id)
        self.assertFalse(one.charged_token_id)

    def test_what_stands_in_the_way_is_told_to_a_person_once_and_nothing_is_charged(self):
        self.save_token()
        self.provider.available_currency_ids = self.env.ref("base.EUR")
        with self.asked():
            one = self.make_billed()
            self.look("2026-03-01")
        self.assertEqual((self.calls, self.told(self.move(one))), ([], []))
        self.assertEqual(len(one.activity_ids), 1)
        self.assertIn("takes no USD", one.activity_ids.note)

    # Once

    def test_a_charge_that_is_ordered_often_is_made_once(self):
        self.save_token()
        with self.asked():
            one = self.make_billed()
            move = self.move(one)
            for _again in range(3):
                move._saas_order_charge("person")
                self.work()
            move._step_charge_prepare("person")
        self.assertEqual(self.calls, [f"{move.name}-A1"])

    def test_a_worker_that_takes_over_in_the_middle_of_a_call_asks_nobody(self):
        self.save_token()
        self.company.saas_charging = False
        one = self.make_billed()
        self.company.saas_charging = True
        move = self.move(one)
        with self.asked():
            number = move._step_charge_prepare("due")["attempt"]
            move._step_charge_announce(number, fence=1)
            move._step_charge_ask(number, fence=2)
        self.assertEqual((self.calls, self.told(move)), ([], ["unknown"]))
        self.assertEqual(move._step_charge_prepare("due"), {"attempt": 0, "why": "unknown"})

    def test_the_database_takes_an_attempt_once(self):
        self.save_token()
        one = self.make_billed()
        attempt = self.attempt(one)
        again = attempt._at_work().copy_data()[0] | {"transaction_id": attempt.transaction_id.id}
        with (
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            attempt._at_work().create(again | {"number": 1})
            self.env.flush_all()

    def test_companies_with_the_same_number_of_an_invoice_charge_both(self):
        self.save_token()
        self.company.saas_charging = False
        one = self.make_billed()
        self.company.saas_charging = True
        move = self.move(one)
        self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.provider.payment_method_ids[:1].id,
                "amount": 5,
                "currency_id": self.usd.id,
                "partner_id": self.partner.id,
                "reference": f"{move.name}-A1",
            }
        )
        self.look("2026-03-01")
        self.assertEqual(self.attempt(one).reference, f"{move.name}-{move.id}-A1")
        self.assertEqual(move.payment_state, "paid")

    # No answer, late answers

    def lose_answer(self, tx):
        tx.saas_attempt_ids._put({"unclear": True})
        words = "Could not establish the connection to the payment provider."
        raise ValidationError(words)  # pylint: disable=translation-required

    def test_without_an_answer_nothing_is_charged_for_a_day_and_then_once_more(self):
        self.save_token()
        self.answers["done"] = self.lose_answer
        with self.asked():
            one = self.make_billed()
            move = self.move(one)
            self.assertEqual(self.told(move), ["unknown"])
            self.look("2026-03-01")
            self.assertEqual(len(self.calls), 1)
            self.answers = {}
            self.look("2026-03-02")
            self.look("2026-03-03")
        self.assertEqual(self.told(move)[0], "unknown")
        self.assertEqual(len(self.calls), 2)
        self.assertEqual(move.payment_state, "paid")

    def test_a_late_notice_settles_an_attempt_without_an_answer(self):
        self.save_token()
        self.answers["done"] = self.lose_answer
        with self.asked():
            one = self.make_billed()
            tx = self.attempt(one).transaction_id
            for _twice in range(2):
                tx._process("demo", {"reference": tx.reference, "simulated_state": "done"})
            self.work()
            self.look("2026-03-04")
        self.assertEqual((self.calls, self.told(self.move(one))), ([tx.reference], ["paid"]))
        self.assertEqual(self.move(one).payment_state, "paid")
        self.assertFalse(one.dunning_ids)

    def test_a_pending_charge_blocks_another_and_holds_the_ladder_until_it_is_known(self):
        self.save_token("pending")
        with self.asked():
            one = self.make_billed()
            for day in ("2026-03-02", "2026-03-05"):
                self.look(day)
            self.assertEqual((len(self.calls), one.dunning_ids.ids), (1, []))
            tx = self.attempt(one).transaction_id
            tx.action_demo_set_done()
            self.work()
        self.assertEqual((self.move(one).payment_state, one.state), ("paid", "active"))

    def test_news_in_the_wrong_order_change_nothing_that_is_known(self):
        self.save_token()
        one = self.make_billed()
        tx = self.attempt(one).transaction_id
        with mute_logger(NEWS):
            for state in ("pending", "error", "cancel", "done"):
                tx._process("demo", {"reference": tx.reference, "simulated_state": state})
                self.work()
        self.assertEqual((self.told(self.move(one)), tx.state), (["paid"], "done"))

    @mute_logger(NEWS)
    def test_money_that_comes_after_a_decline_or_a_cancellation_counts(self):
        for answer in ("error", "cancel"):
            token = self.save_token(answer)
            one = self.make_billed(payment_token_id=token.id)
            tx = self.attempt(one).transaction_id
            self.assertEqual(self.told(self.move(one))[0] in ("declined", "cancelled"), True)
            with self.on("2026-03-02 08:00:00"):
                tx._process("demo", {"reference": tx.reference, "simulated_state": "done"})
                self.work()
            with self.subTest(answer=answer):
                self.assertEqual(self.move(one).payment_state, "paid")
                self.assertEqual(one.state, "active", "and the ladder ends at once")

    def test_what_is_paid_twice_becomes_a_task_once(self):
        self.save_token("pending")
        one = self.make_billed()
        move = self.move(one)
        self.pay(move)
        tx = self.attempt(one).transaction_id
        with self.on("2026-03-03"):
            tx.action_demo_set_done()
            self.work()
        tasks = move.activity_ids.filtered(lambda task: "paid twice" in task.summary)
        self.assertEqual(len(tasks), 1)
        self.assertIn("106.80", tasks.note)
        tx._saas_ask_refund()
        self.assertEqual(len(move.activity_ids), 1)

    def test_an_invoice_that_is_paid_in_the_meantime_is_not_charged(self):
        self.save_token()
        self.company.saas_charging = False
        one = self.make_billed()
        self.company.saas_charging = True
        move = self.move(one)
        number = move._step_charge_prepare("due")["attempt"]
        move._step_charge_announce(number, fence=1)
        self.pay(move)
        with self.asked():
            move._step_charge_ask(number, fence=1)
        self.assertEqual((self.calls, self.told(move)), ([], ["cancelled"]))

    def test_an_error_of_the_connection_or_the_server_is_no_decline(self):
        self.save_token()
        one = self.make_billed()
        attempt, tx = self.attempt(one), self.attempt(one).transaction_id

        class Timeout(Exception):
            pass

        def fail(_self, *_args, **_kwargs):
            try:
                raise Timeout
            except Timeout:
                words = "no connection"
                # As Odoo does it.
                raise ValidationError(words)  # noqa: B904 pylint: disable=translation-required

        self.assertFalse(attempt.unclear)
        providers = type(self.env["payment.provider"])
        # `assertRaises` would take back what was noted.
        with patch.object(providers, "_send_api_request", fail), suppress(ValidationError):
            tx._send_api_request("POST", "somewhere")
        self.assertTrue(attempt.unclear)

    # People

    def test_a_person_who_looked_releases_an_unknown_outcome(self):
        self.save_token()
        self.answers["done"] = self.lose_answer
        with self.asked():
            one = self.make_billed()
        attempt = self.attempt(one)
        with self.assertRaises(UserError):
            attempt.with_user(self.approver).action_not_charged()
        attempt.with_user(self.biller).action_not_charged()
        with self.assertRaises(UserError):
            attempt.with_user(self.biller).action_not_charged()
        with self.on("2026-03-01 10:00:00"):
            one.with_user(self.biller).action_charge_now()
            self.work()
        self.assertEqual(self.move(one).payment_state, "paid")

    def test_attempts_are_never_written_by_hand(self):
        self.save_token()
        attempt = self.attempt(self.make_billed())
        for change in (lambda: attempt.write({"state": "draft"}), attempt.unlink):
            with self.assertRaises(UserError):
                change()
