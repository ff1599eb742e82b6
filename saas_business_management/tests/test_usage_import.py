"""Usage from a file: what its lines become, and that it counts once or not at all."""

import base64
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .billing_common import BillingCommon

HEAD = "subscription,meter,from,until,quantity,key\n"


@tagged("post_install", "-at_install")
class TestUsageImport(BillingCommon):
    def setUp(self):
        super().setUp()
        version = self.make_plan("Metered", 20, ({"unit_price": "0.01"},))
        self.one = self.make_subscription(version_id=version.id, timezone="Europe/Brussels")
        with self.on("2026-03-01 12:00:00"):
            self.one.action_activate()
            self.work()

    def dialog(self, *lines, source="Gateway", user=None):
        text = HEAD + "\n".join(lines)
        return (
            self.env["saas.usage.import"]
            .with_user(user or self.biller)
            .create({"file": base64.b64encode(text.encode()), "source": source})
        )

    def line(self, start="2026-03-02", end="2026-03-03", quantity="100", key=""):
        return f"{self.one.name},{self.meter.code},{start},{end},{quantity},{key}"

    def check(self, *lines, day="2026-03-20", **values):
        wizard = self.dialog(*lines, **values)
        with self.on(day):
            wizard.action_check()
        return wizard

    def told(self, wizard):
        return [(row.number, row.state) for row in wizard.line_ids]

    def rows(self):
        return self.env["saas.usage.bucket"].search(
            [("subscription_id", "=", self.one.id)], order="start_at"
        )

    def test_a_file_is_shown_first_then_kept_and_then_billed(self):
        wizard = self.check(self.line(), self.line("2026-03-03", "2026-03-04 12:00", "0.5"))
        self.assertEqual(self.told(wizard), [(2, "new"), (3, "new")])
        self.assertFalse(self.rows(), "a look keeps nothing")
        with self.on("2026-03-20"):
            action = wizard.action_import()
        rows = self.rows()
        self.assertEqual(self.env["saas.usage.bucket"].search(action["domain"]), rows)
        told = [(str(row.start_at), str(row.end_at), row.quantity) for row in rows]
        self.assertEqual(
            told,
            [
                ("2026-03-01 23:00:00", "2026-03-02 23:00:00", "100"),
                ("2026-03-02 23:00:00", "2026-03-04 11:00:00", "0.5"),
            ],
        )
        self.assertEqual(rows.mapped("source"), ["Gateway"] * 2)
        with self.on("2026-04-02"):
            self.bill()
        self.assertEqual(self.one._moves()[0].amount_untaxed, 21.01)

    def test_a_file_that_comes_again_adds_nothing(self):
        with self.on("2026-03-20"):
            self.dialog(self.line(), self.line("2026-03-03", "2026-03-04")).action_import()
        more = self.line("2026-03-04", "2026-03-05")
        wizard = self.check(self.line(), self.line("2026-03-03", "2026-03-04"), more)
        self.assertEqual((wizard.new_count, wizard.known_count, wizard.wrong_count), (1, 2, 0))
        with self.on("2026-03-20"):
            wizard.action_import()
            wizard.action_import()
        self.assertEqual(len(self.rows()), 3)
        other = self.check(self.line(), source="Elsewhere")
        self.assertEqual(other.new_count, 1, "another source counts for itself")

    def test_a_key_with_something_else_is_wrong_and_says_how_to_correct_it(self):
        with self.on("2026-03-20"):
            self.dialog(self.line(key="a"), self.line("2026-03-03", "2026-03-04")).action_import()
        wizard = self.check(
            self.line(quantity="90", key="a"), self.line("2026-03-03", "2026-03-04", "7")
        )
        self.assertEqual(self.told(wizard), [(2, "wrong"), (3, "wrong")])
        self.assertIn("import the difference under a new key", wizard.line_ids[0].problem)
        fixed = self.check(self.line(quantity="-10", key="a, corrected".replace(",", "")))
        self.assertEqual(fixed.new_count, 1)

    def test_each_wrong_line_says_what_to_do_and_then_nothing_is_kept(self):
        good = self.line()
        wrong = {
            self.line().replace(self.one.name, "SUB/0"): "No subscription has the number “SUB/0”",
            self.line().replace(self.meter.code, "steps"): "No meter has the code “steps”",
            self.line(start="1.3.2026"): "Write 2026-03-01",
            self.line(end="2026-03-02"): "not after 2026-03-02",
            self.line(quantity="1.000,5").replace(",5", ";5"): "decimal point",
            self.line("2026-02-01", "2026-02-02"): "had not begun",
            self.line(end="2026-03-25"): "still to come",
            good: "Line 2 has the same key",
        }
        wizard = self.check(good, *wrong)
        problems = {row.number: row.problem for row in wizard.line_ids if row.state == "wrong"}
        self.assertEqual(set(problems), set(range(3, 3 + len(wrong))))
        for number, expected in enumerate(wrong.values(), start=3):
            self.assertIn(expected, problems[number])
        with self.on("2026-03-20"), self.assertRaisesRegex(UserError, "Nothing was imported"):
            wizard.action_import()
        self.assertFalse(self.rows())
        wizard.action_back()
        self.assertFalse(wizard.line_ids or wizard.checked)
        with self.assertRaisesRegex(UserError, "Choose a CSV file first"):
            wizard.action_check()

    def test_usage_after_the_end_is_refused_and_late_usage_before_it_is_not(self):
        """ING-10: what came late counts, what happened after the last day does not."""
        with self.on("2026-03-20 12:00:00"):
            self.one.action_cancel_now("closed")
        self.assertEqual(str(self.one.last_day), "2026-03-20")
        after = ("2026-03-20 23:00", "2026-03-21 00:01"), ("2026-03-21", "2026-03-22")
        wizard = self.check(
            self.line("2026-03-20", "2026-03-21"),
            *(self.line(*days) for days in after),
            day="2026-03-25",
        )
        self.assertEqual(self.told(wizard), [(3, "wrong"), (4, "wrong"), (2, "new")])
        self.assertIn("ended after 03/20/2026", wizard.line_ids[0].problem)
        with self.on("2026-03-25"), self.assertRaisesRegex(UserError, "Nothing was imported"):
            wizard.action_import()
        good = self.check(self.line("2026-03-20", "2026-03-21"), day="2026-03-25")
        with self.on("2026-03-25"):
            good.action_import()
        self.assertEqual(len(self.rows()), 1)

    def test_by_hand_too_nothing_is_entered_after_the_end(self):
        with self.on("2026-03-20 12:00:00"):
            self.one.action_cancel_now("closed")
        self.use(self.one, "5", "2026-03-20 08:00:00", "2026-03-20 09:00:00")
        self.assertEqual(len(self.rows()), 1)
        with self.assertRaisesRegex(UserError, "ended after 03/20/2026"):
            self.use(self.one, "5", "2026-03-21 08:00:00", "2026-03-21 09:00:00")

    def test_what_the_rules_of_usage_refuse_is_told_at_its_line(self):
        usage = self.registry["saas.usage.bucket"]
        create, text = usage.create, "That month was invoiced long ago."

        def refuse(rows, vals_list):
            if any(vals["quantity"] == "13" for vals in vals_list):
                raise UserError(text)
            return create(rows, vals_list)

        with patch.object(usage, "create", refuse):
            wizard = self.check(self.line(), self.line("2026-03-05", "2026-03-06", "13"))
        self.assertEqual(self.told(wizard), [(3, "wrong"), (2, "new")])
        self.assertEqual(wizard.line_ids[0].problem, text)
        self.assertFalse(self.rows())

    def test_a_file_that_is_none_says_what_it_needs(self):
        wizard = self.dialog()
        for data, expected in (
            (b"subscription,meter\n1,2", "from, until, quantity"),
            (b"\xff\xff", "UTF-8"),
            (HEAD.encode(), "no line below its heading"),
        ):
            wizard.file = base64.b64encode(data)
            with self.assertRaisesRegex(UserError, expected):
                wizard.action_check()

    def test_the_database_takes_a_key_once_whoever_writes_it(self):
        with self.on("2026-03-20"):
            self.dialog(self.line(key="a")).action_import()
        values = self.rows().copy_data()[0] | {"source_key": "a"}
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.env["saas.usage.bucket"].create(values)

    def test_only_billing_imports_and_only_for_its_companies(self):
        for user in (self.viewer, self.operator, self.approver):
            with self.assertRaises(AccessError):
                self.dialog(self.line(), user=user)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        wizard = self.dialog(self.line())
        wizard.sudo().company_id = other
        with self.on("2026-03-20"):
            wizard.action_check()
        self.assertIn("in this company", wizard.line_ids.problem)
