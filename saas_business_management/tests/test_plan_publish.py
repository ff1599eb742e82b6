"""From a plan to a version: what can be sold, that it is frozen, who keeps what."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import SaasCommon

OURS = "saas_business_management"


@tagged("post_install", "-at_install")
class TestPlanPublish(SaasCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calls = cls.env.ref(f"{OURS}.meter_api_calls")
        cls.storage = cls.env.ref(f"{OURS}.meter_storage_gb")
        cls.euro, cls.yen = cls.env.ref("base.EUR"), cls.env.ref("base.JPY")
        (cls.euro | cls.yen).active = True
        cls.plan.charge_ids = [
            Command.create(
                {
                    "meter_id": cls.calls.id,
                    "model": "graduated",
                    "tier_ids": [
                        Command.create({"up_to": "10000", "unit_price": "0"}),
                        Command.create({"unit_price": "0.002"}),
                    ],
                }
            )
        ]

    def publish(self, note=""):
        return self.plan.with_user(self.pricer)._publish_version(note)

    def entries(self, action):
        return self.env["saas.audit.entry"].search([("action", "=", action)])

    def test_a_published_plan_is_copied_whole_into_a_version(self):
        self.plan.write(
            {
                "timing": "arrears",
                "limit_users": 7,
                "grace_hours": 24,
                "trial_limit_api_calls": 50,
                "price_ids": [Command.create({"currency_id": self.euro.id, "amount": 79})],
            }
        )
        self.plan.charge_ids.copy({"currency_id": self.euro.id})
        version = self.publish("prices of 2027")
        self.assertEqual(
            (version.number, version.state, version.note), (1, "published", "prices of 2027")
        )
        self.assertEqual(self.plan.version_id, version)
        for name in self.plan._terms_names():
            self.assertEqual(version[name], self.plan[name], name)
        prices = {row.currency_id: row.amount for row in version.price_ids}
        self.assertEqual(prices, {self.plan.currency_id: 89, self.euro: 79})
        self.assertEqual(len(version.charge_ids), 2)
        tiers = [(one.up_to, one.unit_price) for one in version._charges_in(self.euro).tier_ids]
        self.assertEqual(tiers, [("10000", "0"), (False, "0.002")])
        self.assertEqual(version._price_in(self.euro).amount, 79)
        self.assertFalse(version._price_in(self.yen))
        self.assertEqual(version.published_by_id, self.pricer)

    def test_a_change_is_a_draft_until_it_is_published_as_the_next_version(self):
        self.assertEqual(self.plan.publish_state, "draft")
        first = self.publish()
        self.assertEqual(
            (self.plan.publish_state, self.plan.has_draft_changes), ("published", False)
        )
        self.plan.price = 99
        self.assertTrue(self.plan.has_draft_changes)
        self.assertEqual((first.price, first.price_ids.amount), (89, 89))
        second = self.publish()
        self.assertEqual((second.number, second.price), (2, 99))
        self.assertEqual((first.state, second.state), ("retired", "published"))
        self.assertTrue(first.retired_at)
        self.assertFalse(self.plan.has_draft_changes)

    def test_a_change_of_a_charge_alone_is_a_draft_change_too(self):
        self.publish()
        tier = self.plan.charge_ids.tier_ids._sorted()[-1]
        tier.unit_price = "0.0020"
        self.assertFalse(self.plan.has_draft_changes, "the same number is no change")
        tier.unit_price = "0.003"
        self.assertTrue(self.plan.has_draft_changes)
        changed = self.plan._changes()
        self.assertEqual([row.label for row in changed], ["API Calls in USD"])
        self.assertIn("0.002", changed[0].before)
        self.assertIn("0.003", changed[0].after)
        found = self.env["saas.plan"].search([("publish_state", "=", "change")])
        self.assertIn(self.plan, found)

    def test_nothing_new_is_not_published_again(self):
        self.publish()
        with self.assertRaisesRegex(UserError, "Nothing changed since"):
            self.publish()

    def test_nobody_changes_a_version_or_its_rows(self):
        version = self.publish()
        charge = version.charge_ids
        attempts = (
            lambda: version.write({"price": 1}),
            lambda: version.write({"state": "retired"}),
            lambda: version.unlink(),
            lambda: version.copy(),
            lambda: version.price_ids.write({"amount": 1}),
            lambda: version.price_ids.unlink(),
            lambda: charge.write({"flat_fee": "1"}),
            lambda: charge.write({"version_id": False, "plan_id": self.plan.id}),
            lambda: charge.unlink(),
            lambda: charge.tier_ids[0].write({"unit_price": "9"}),
            lambda: charge.tier_ids.unlink(),
            lambda: charge.tier_ids.create(
                {"charge_id": charge.id, "up_to": "5", "unit_price": "1"}
            ),
            lambda: self.plan.charge_ids.copy({"plan_id": False, "version_id": version.id}),
            lambda: self.plan.charge_ids.write({"plan_id": False, "version_id": version.id}),
            lambda: version.create({"plan_id": self.plan.id, "number": 9}),
        )
        for number, attempt in enumerate(attempts):
            with (
                self.subTest(attempt=number),
                self.assertRaisesRegex(UserError, "frozen"),
                self.env.cr.savepoint(),
            ):
                attempt()
        self.assertEqual(len(version.charge_ids.tier_ids), 2)

    def test_the_sign_of_publishing_cannot_come_from_outside(self):
        version = self.publish()
        for forged in (True, 1, "object"):
            with self.assertRaisesRegex(UserError, "frozen"):
                version.with_context(saas_publishing=forged).charge_ids.write({"sequence": 1})

    def test_a_plan_without_a_price_is_not_sold_unless_it_is_free_on_purpose(self):
        plan = self.env["saas.plan"].create({"name": "Nothing"})
        with self.assertRaisesRegex(UserError, "has no price"):
            plan._publish_version()
        plan.is_free = True
        self.assertEqual(plan._publish_version().price, 0)
        plan.price = 3
        with self.assertRaisesRegex(UserError, "marked as free"):
            plan._publish_version()

    def test_a_plan_has_a_currency(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.plan.currency_id = False
            self.plan.flush_recordset()

    def test_every_meter_is_charged_in_every_currency_and_in_no_other(self):
        self.plan.price_ids = [Command.create({"currency_id": self.euro.id, "amount": 79})]
        with self.assertRaisesRegex(UserError, "API Calls has no charge in EUR"):
            self.publish()
        self.plan.charge_ids.copy({"currency_id": self.euro.id})
        self.plan.charge_ids[:1].copy({"currency_id": self.yen.id})
        with self.assertRaisesRegex(UserError, "charged in JPY, but the plan has no price in it"):
            self.publish()

    def test_a_currency_has_one_price(self):
        row = Command.create({"currency_id": self.euro.id, "amount": 1})
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.plan.price_ids = [row, row]
        with self.assertRaisesRegex(ValidationError, "main price"):
            self.plan.price_ids = [Command.create({"currency_id": self.plan.currency_id.id})]

    def test_numbers_out_of_their_borders_are_refused(self):
        for vals in (
            {"minimum_commitment": -1},
            {"minimum_commitment": 10, "maximum_spend": 5},
            {"grace_hours": 73},
            {"grace_hours": -1},
            {"usage_cycle_count": 61},
            {"trial_limit_users": -1},
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.plan.write(vals)
                self.plan.flush_recordset()

    def test_usage_is_invoiced_as_often_as_divides_the_fee(self):
        self.plan.write({"cycle_unit": "year", "usage_cycle_count": 1, "usage_cycle_unit": "month"})
        self.assertEqual(self.plan._problems(), [])
        self.plan.usage_cycle_unit = "week"
        with self.assertRaisesRegex(UserError, "does not divide"):
            self.publish()
        self.plan.usage_cycle_unit = False
        with self.assertRaisesRegex(UserError, "the number and the unit"):
            self.publish()

    def test_an_archived_plan_is_not_published(self):
        self.plan.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            self.publish()

    def test_only_a_billing_manager_publishes(self):
        for user in (self.viewer, self.operator, self.admin, self.biller, self.approver):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                self.plan.with_user(user)._publish_version()
            with self.subTest(user=user.login), self.assertRaises(UserError):
                self.plan.with_user(user).action_publish_version()
        self.assertFalse(self.plan.version_ids)

    def test_the_log_says_who_published_which_price(self):
        self.publish()
        self.plan.price = 99
        self.publish("costs rose")
        entry = self.entries("price_version_published")[0]
        self.assertEqual((entry.user_id, entry.kind), (self.pricer, "prices"))
        self.assertEqual(entry.reason, "costs rose")
        self.assertEqual(entry.facts["version"], ["Standard for Tests v1", "Standard for Tests v2"])
        before, after = entry.facts["price"]
        self.assertIn("89", before)
        self.assertIn("99", after)

    def test_the_dialog_says_what_changes_and_how_many_keep_the_old_price(self):
        self.make_tenant(plan_id=self.plan.id)
        self.publish()
        self.plan.price = 99
        action = self.plan.with_user(self.pricer).action_publish_version()
        wizard = self.env[action["res_model"]].with_user(self.pricer).browse(action["res_id"])
        self.assertFalse(wizard.problems)
        self.assertIn("Standard for Tests v1", wizard.effect)
        self.assertIn("Tenants on this plan: 1.", wizard.effect)
        self.assertEqual(wizard.line_ids.mapped("label"), ["Price"])
        wizard.action_publish()
        self.assertEqual(self.plan.version_id.number, 2)

    def test_the_dialog_says_why_a_plan_cannot_be_published(self):
        plan = self.env["saas.plan"].create({"name": "Nothing"})
        action = plan.action_publish_version()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertIn("has no price", wizard.problems)

    def test_a_plan_with_versions_stays(self):
        self.publish()
        with self.assertRaisesRegex(ValidationError, "Archive it instead"):
            self.plan.unlink()
        with self.assertRaises(ValidationError):
            self.plan.kind = "addon"

    def test_a_copy_begins_without_versions_and_with_the_charges(self):
        self.publish()
        twin = self.plan.copy()
        self.assertFalse(twin.version_id or twin.version_ids)
        self.assertEqual(len(twin.charge_ids.tier_ids), 2)
        self.assertEqual(twin.publish_state, "draft")

    def test_another_company_sees_no_version_of_a_plan_that_is_not_its_own(self):
        self.plan.company_id = self.env.company
        version = self.publish()
        for records in (
            version,
            version.charge_ids,
            version.charge_ids.tier_ids,
            version.price_ids,
        ):
            with self.subTest(model=records._name):
                theirs = self.env[records._name].with_user(self.stranger)
                self.assertFalse(theirs.search([("id", "in", records.ids)]))

    def test_an_addon_is_added_to_plans_only(self):
        addon = self.env["saas.plan"].create(
            {"name": "More", "price": 5, "kind": "addon", "compatible_plan_ids": self.plan.ids}
        )
        self.assertEqual(addon._publish_version().kind, "addon")
        with self.assertRaises(ValidationError):
            self.plan.compatible_plan_ids = self.other_plan()
        with self.assertRaises(ValidationError):
            addon.compatible_plan_ids = addon.copy()
        with self.assertRaises(ValidationError):
            self.make_tenant(plan_id=addon.id)

    def other_plan(self):
        return self.env["saas.plan"].create({"name": "Other", "price": 1})

    def test_code_in_tenants_is_allowed_by_the_platform_not_by_who_sets_prices(self):
        with self.assertRaises(AccessError):
            self.plan.with_user(self.pricer).allow_code = True
        self.pricer.group_ids += self.env.ref(f"{OURS}.group_saas_admin")
        self.plan.with_user(self.pricer).allow_code = True
        self.assertTrue(self.plan.allow_code)

    def test_a_meter_that_is_sold_by_keeps_its_meaning(self):
        self.storage.code = "disk_gb"
        self.publish()
        for vals in ({"code": "calls"}, {"aggregation": "max"}):
            with self.assertRaisesRegex(UserError, "Make another meter"):
                self.calls.write(vals)
        self.calls.write({"name": "Calls", "unit_label": "requests"})

    def test_a_form_makes_a_plan_with_charges_and_publishes_it(self):
        form = Form(self.env["saas.plan"].with_user(self.pricer))
        form.name, form.price = "By Form", 10
        with form.charge_ids.new() as charge:
            charge.meter_id = self.calls
            charge.model = "graduated"
            with charge.tier_ids.edit(0) as tier:
                tier.up_to, tier.unit_price = "10000", "0"
            with charge.tier_ids.edit(1) as tier:
                tier.unit_price = "0.002"
        plan = form.save()
        told = plan.charge_ids.preview_text.replace("\N{NO-BREAK SPACE}", " ")
        self.assertEqual(told, "at 12,400 calls: $ 4.80")
        self.assertEqual(plan._publish_version().number, 1)
