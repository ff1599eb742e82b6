"""Quotas: limits from their sources, judging, telling, putting in force and lifting by itself."""

from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger
from psycopg2 import IntegrityError

from .billing_common import BillingCommon

DAY = "2026-03-10"
GB = 10**9


class QuotaCommon(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quotas = cls.env["saas.quota"]
        cls.setting = cls.env["saas.quota.setting"].search(
            [("company_id", "=", cls.env.company.id)]
        ) or cls.env["saas.quota.setting"].create({"company_id": cls.env.company.id})
        cls.meters = {
            code: cls.env.ref(f"saas_business_management.meter_{code}")
            for code in ("users", "storage_gb", "api_calls", "bandwidth_gb")
        }
        cls.limited = cls.env["saas.plan"].create(
            {
                "name": "Limited",
                "price": 10,
                "trial_days": 0,
                "limit_users": 10,
                "limit_storage_gb": 10,
                "limit_api_calls": 1000,
                "limit_bandwidth_gb": 5,
            }
        )

    def setUp(self):
        super().setUp()
        with self.on(f"{DAY} 08:00:00"):
            self.tenant = self.make_open_tenant(subdomain="limited", plan_id=self.limited.id)

    def use(self, *, tenant=None, at=f"{DAY} 10:00:00", known=True, **amounts):
        """Let the last readings of levels be these."""
        tenant = tenant or self.tenant
        for code, amount in amounts.items():
            source = {"users": "users", "storage_gb": "sizes"}[code]
            row = self.env["saas.usage.source"]._of(tenant, source)[tenant.id]
            row._put({"failures": 0 if known else 3})
            self.env["saas.usage.source"].flush_model()
            when = fields.Datetime.to_datetime(at)
            self.env["saas.usage.reading"]._put_newest(
                [(tenant.id, self.meters[code].id, row.id, Decimal(str(amount)), when)]
            )

    def count(self, code, amount, day=DAY):
        """Let so much be counted on a day."""
        at = fields.Datetime.to_datetime(f"{day} 09:00:00")
        self.env["saas.usage.sample"]._add(
            [(at, self.tenant.id, self.meters[code].id, Decimal(str(amount)), 1)]
        )
        self.env["saas.usage.day"]._roll_up_written()

    def judge(self, at="10:00:00", day=DAY):
        with self.on(f"{day} {at}"):
            count = self.quotas._judge(self.tenant)
        self.tenant.invalidate_recordset()
        return count

    def quota(self, code):
        found = [("tenant_id", "=", self.tenant.id), ("meter_id", "=", self.meters[code].id)]
        return self.quotas.search(found)

    def rule(self, code, **values):
        rule = self.setting.rule_ids.filtered(lambda one: one.meter_id.code == code)
        rule.write(values)
        return rule

    def raise_to(self, code, limit, **values):
        dialog = self.env["saas.quota.raise"].create(
            {
                "tenant_id": self.tenant.id,
                "meter_id": self.meters[code].id,
                "limit": limit,
                "reason": "Agreed with Alice",
                **values,
            }
        )
        dialog.action_apply()
        return self.env["saas.quota.override"].search([("tenant_id", "=", self.tenant.id)])[:1]

    def mails(self, address="alice@moreau.example"):
        return self.env["mail.mail"].search([("email_to", "=", address)], order="id")

    def kinds(self):
        rows = self.env["saas.webhook.event"].search([("code", "like", "quota.")], order="id")
        return rows.mapped("code")


@tagged("post_install", "-at_install")
class TestQuotaJudge(QuotaCommon):
    # Limits

    def effect(self, **values):
        """What the form of the plan says while these are entered; nothing is kept."""
        self.env.invalidate_all()  # forms of one record share what was entered
        return self.limited.new(values, origin=self.limited).limits_effect

    def test_lower_limits_of_a_plan_say_how_many_tenants_they_put_over(self):
        self.use(users=7)
        self.count("api_calls", 500)
        self.judge()
        self.assertFalse(self.limited.limits_effect)
        self.assertFalse(self.effect(limit_users=20) or self.effect(limit_users=0))
        self.assertFalse(self.effect(limit_users=8, limit_api_calls=501))
        one = "These limits put 1 tenant over its limit at once."
        self.assertEqual(self.effect(limit_users=7), one, "who is blocked at it has reached it")
        self.assertEqual(self.effect(limit_users=5, limit_api_calls=400), one)
        with self.on(f"{DAY} 10:00:00"):
            other = self.make_open_tenant(subdomain="second", plan_id=self.limited.id)
            self.use(tenant=other, users=9)
            self.quotas._judge(other)
        two = "These limits put 2 tenants over their limit at once."
        self.assertEqual(self.effect(limit_users=5), two)
        self.assertEqual(self.effect(limit_users=9), one)
        self.raise_to("users", 50)
        self.judge()
        self.assertEqual(self.effect(limit_users=5), one, "a limit set by hand stays")
        self.use(tenant=other, users=9, known=False)
        with self.on(f"{DAY} 10:02:00"):
            self.quotas._judge(other)
        self.assertFalse(self.effect(limit_users=5), "unknown is not over")

    def test_who_was_sold_a_version_is_told_apart(self):
        version = self.make_plan("Sold", 10, limit_users=10)
        plan = self.limited = version.plan_id
        self.tenant.plan_id = plan
        with self.on(f"{DAY} 09:00:00"):
            one = self.make_subscription(tenant_id=self.tenant.id, version_id=version.id)
            one.action_activate()
        self.use(users=8)
        self.judge()
        later = "1 tenant would be over when it gets this as its next version."
        self.assertEqual(self.effect(limit_users=6), later)
        plan.limit_users = 6
        self.judge("10:02:00")
        self.assertEqual(self.quota("users").limit, 10, "what was sold stays")
        self.assertEqual(plan.limits_effect, later)

    def test_limits_come_from_the_plan_the_template_and_by_hand(self):
        self.template.limit_bandwidth_gb = 7
        self.limited.limit_bandwidth_gb = 0
        with self.on(f"{DAY} 10:00:00"):
            self.assertEqual(
                self.tenant._effective_limits(),
                {
                    "users": (Decimal(10), "plan"),
                    "storage_gb": (Decimal(10), "plan"),
                    "api_calls": (Decimal(1000), "plan"),
                    "bandwidth_gb": (Decimal(7), "template"),
                },
            )
            self.raise_to("users", 50, until_on="2026-03-20")
            self.assertEqual(self.tenant._effective_limits()["users"], (Decimal(50), "override"))
        with self.on("2026-03-21 10:00:00"):
            self.assertEqual(self.tenant._effective_limits()["users"], (Decimal(10), "plan"))

    def test_a_trial_has_its_own_limits_until_it_is_over(self):
        self.limited.write({"trial_days": 14, "trial_limit_users": 3})
        with self.on(f"{DAY} 10:00:00"):
            self.tenant = self.make_open_tenant(subdomain="trying", plan_id=self.limited.id)
            self.assertEqual(self.tenant.state, "trial")
            self.assertEqual(self.tenant._effective_limits()["users"], (Decimal(3), "trial"))
            self.assertEqual(self.tenant._effective_limits()["api_calls"], (Decimal(1000), "plan"))
            self.tenant.action_convert_trial()
            self.assertEqual(self.tenant._effective_limits()["users"], (Decimal(10), "plan"))

    def test_what_was_sold_counts_and_add_ons_are_added(self):
        version = self.make_plan("Sold", 10, limit_users=10)
        addon = self.make_plan("More", 5, kind="addon", limit_users=5)
        self.tenant.plan_id = version.plan_id
        with self.on("2026-03-01 08:00:00"):
            one = self.make_subscription(tenant_id=self.tenant.id, version_id=version.id)
            one._set({"state": "active", "started_on": "2026-03-01"})
        self.env["saas.subscription.addon"].create(
            {
                "subscription_id": one.id,
                "version_id": addon.id,
                "quantity": 2,
                "start_on": "2026-03-01",
            }
        )
        version.plan_id.limit_users = 1
        self.use(users=4)
        self.judge()
        self.assertEqual((self.quota("users").limit, self.quota("users").addons), (20, 10))
        self.assertIn("10 users of it by add-ons", self.quota("users").why_limit)

    # Judging

    def test_levels_follow_the_use_and_the_row_says_how_much_of_how_much(self):
        for users, level in ((3, "ok"), (8, "warned"), (10, "blocked"), (7, "ok")):
            with self.subTest(users=users):
                self.use(users=users)
                self.judge()
                self.assertEqual(self.quota("users").level, level)
        self.assertEqual(self.quota("users").shown, "7 of 10 users")
        self.assertEqual(self.quota("users").percent, 70)

    def test_what_did_not_change_is_not_judged_again(self):
        self.use(users=3, storage_gb=2)
        self.assertEqual(self.judge(), 4)
        self.assertEqual(self.judge("10:01:00"), 0)
        self.use(users=4)
        self.assertEqual(self.judge("10:02:00"), 1)
        self.rule("storage_gb", grace_days=1)
        self.assertEqual(self.judge("10:03:00"), 1)

    def test_unknown_is_no_zero_and_neither_blocks_nor_releases(self):
        self.judge()
        self.assertEqual(self.quota("users").level, "unknown")
        self.assertIn("—", self.quota("users").shown)
        self.use(users=10)
        self.judge()
        self.use(users=10, known=False)
        self.judge("10:05:00")
        self.assertEqual(self.quota("users").level, "blocked")
        self.assertFalse(self.quota("users").used_known)
        self.assertEqual(self.tenant._wanted_limits()["users"], 10)

    def test_a_reading_of_the_day_before_yesterday_says_nothing_of_an_open_tenant(self):
        self.use(users=3, at="2026-03-08 10:00:00")
        self.judge()
        self.assertEqual(self.quota("users").level, "unknown")

    def test_calls_are_counted_by_the_month_and_begin_anew(self):
        self.rule("api_calls", policy="block", grace_days=0)
        self.count("api_calls", 400, "2026-02-20")
        self.count("api_calls", 600, "2026-03-01")
        self.count("api_calls", 400)
        self.judge()
        quota = self.quota("api_calls")
        self.assertEqual((quota.used, quota.level), (1000, "blocked"))
        self.assertEqual(self.tenant.quota_route["api"]["policy"], "block")
        self.judge(day="2026-04-01")
        self.assertNotEqual(self.quota("api_calls").level, "blocked")
        self.assertNotIn("api", self.tenant.quota_route or {})

    def test_a_day_that_a_person_alone_counted_is_judged(self):
        self.env["saas.usage.correction"].create(
            {
                "tenant_id": self.tenant.id,
                "meter_id": self.meters["api_calls"].id,
                "day": DAY,
                "quantity": "400",
                "reason": "Counted by hand",
            }
        )
        self.judge()
        self.assertEqual(self.quota("api_calls").used, 400)

    def test_a_company_without_settings_has_the_usual_ones(self):
        self.setting.unlink()
        self.use(users=10)
        self.judge()
        quota = self.quota("users")
        self.assertEqual((quota.policy, quota.level, quota.grace_days), ("block", "blocked", 0))
        self.assertEqual(self.quota("api_calls").policy, "throttle")

    def test_where_a_plan_charges_more_is_allowed(self):
        charges = ({"meter_id": self.meters["storage_gb"].id, "unit_price": "1"},)
        version = self.make_plan("Charged", 10, charges, limit_storage_gb=10)
        self.tenant.plan_id = version.plan_id
        with self.on("2026-03-01 08:00:00"):
            one = self.make_subscription(tenant_id=self.tenant.id, version_id=version.id)
            one._set({"state": "active", "started_on": "2026-03-01"})
        self.use(storage_gb=12)
        self.judge()
        quota = self.quota("storage_gb")
        self.assertEqual((quota.policy, quota.level), ("charge", "exceeded"))
        self.assertIsNone(self.tenant._wanted_limits()["storage_room"])
        self.setting.charged_is_allowed = False
        self.judge("10:01:00")
        self.assertEqual(self.quota("storage_gb").policy, "block")

    def test_a_line_of_the_plan_counts_before_that_of_all_plans(self):
        self.env["saas.quota.rule"].create(
            {
                "setting_id": self.setting.id,
                "meter_id": self.meters["users"].id,
                "plan_id": self.limited.id,
                "policy": "notify",
            }
        )
        self.use(users=11)
        self.judge()
        quota = self.quota("users")
        self.assertEqual((quota.policy, quota.level), ("notify", "exceeded"))

    def test_the_day_a_level_reaches_its_limit_is_foreseen(self):
        rows = [
            (fields.Datetime.to_datetime(f"2026-03-0{day} 09:00:00"), self.tenant.id)
            for day in range(3, 10)
        ]
        meter = self.meters["storage_gb"]
        self.env["saas.usage.sample"]._add(
            [(at, tenant, meter.id, Decimal(place), 1) for place, (at, tenant) in enumerate(rows)]
        )
        self.env["saas.usage.day"]._roll_up_written()
        self.use(storage_gb=6)
        self.judge()
        with self.on(f"{DAY} 10:00:00"):
            self.quotas._foresee(self.quota("storage_gb"))
            self.assertEqual(str(self.quota("storage_gb").forecast_on), "2026-03-14")
            trend = self.quota("storage_gb").trend
        self.assertEqual(trend["limit"], 10)
        self.assertEqual((len(trend["values"]), trend["values"][-3:]), (30, [5, 6, None]))

    def test_a_thousand_tenants_are_judged_by_a_handful_of_statements(self):
        for number in range(5):
            self.make_open_tenant(subdomain=f"one-{number}", plan_id=self.limited.id)
        self.quotas._judge()
        self.env.flush_all()
        with self.assertQueryCount(10):
            self.quotas._judge()

    # What is wanted

    def test_what_the_database_is_to_enforce(self):
        self.rule("storage_gb", grace_days=0)
        self.use(users=3, storage_gb="2.5")
        self.judge()
        wanted = {"users": 10, "storage_room": 7_500_000_000}
        self.assertEqual(self.tenant._wanted_limits(), wanted)
        self.assertEqual(self.tenant.quota_wanted, wanted)
        self.use(storage_gb="2.6")
        self.judge("10:05:00")
        self.assertEqual(self.tenant.quota_wanted, wanted)
        self.use(storage_gb=11)
        self.judge("10:10:00")
        self.assertEqual(self.tenant.quota_wanted, {"users": 10, "storage_room": 0})

    def test_a_new_tenant_has_limits_before_its_first_reading(self):
        with self.on(f"{DAY} 10:00:00"):
            self.rule("storage_gb", grace_days=0)
            self.assertEqual(self.tenant._wanted_limits(), {"users": 10, "storage_room": 10 * GB})

    def test_nodes_hear_of_what_is_in_force_with_the_banner(self):
        self.use(users=10)
        self.judge()
        route = self.env["saas.route"].sudo()._of(self.tenant.database_id)
        self.assertEqual(route.limits["banner"]["level"], "danger")
        self.assertIn("no user can be added", route.limits["banner"]["texts"]["en"])
        self.use(users=3)
        self.judge("10:01:00")
        self.assertFalse(route.limits)

    def test_nodes_hear_of_the_apps_of_the_plan(self):
        self.limited.allowed_apps = "sale_management, crm ,crm"
        self.judge()
        self.assertEqual(self.tenant.quota_route["apps"], {"allowed": ["crm", "sale_management"]})
        self.limited.allowed_apps = False
        self.judge("10:01:00")
        self.assertNotIn("apps", self.tenant.quota_route or {})
        with self.assertRaises(ValidationError):
            self.limited.allowed_apps = "crm; DROP TABLE"

    def test_without_the_banner_nothing_is_shown(self):
        self.setting.banner = False
        self.use(users=10)
        self.judge()
        self.assertFalse(self.tenant.quota_route)


@tagged("post_install", "-at_install")
class TestQuotaCourse(QuotaCommon):
    def test_use_around_the_limit_makes_no_storm(self):
        for minute in range(20):
            self.use(users=9 if minute % 2 else 10)
            self.judge(f"10:{minute:02}:00")
        subjects = self.mails().mapped("subject")
        about = [one for one in subjects if "Users" in one]
        self.assertEqual(len(about), 2, about)
        self.assertEqual(self.kinds(), ["quota.reached", "quota.released"])
        rows = self.env["saas.quota.event"].search([("tenant_id", "=", self.tenant.id)])
        self.assertEqual(len(rows.filtered(lambda one: one.kind == "forced")), 10)

    def test_customer_and_operator_are_told_in_stages(self):
        self.tenant.user_id = self.operator
        self.operator.email = "bob@provider.example"
        for users, at in ((5, "10:00:00"), (8, "11:00:00"), (10, "12:00:00")):
            self.use(users=users)
            self.judge(at)
        told = [one for one in self.mails().mapped("subject") if "Users" in one]
        self.assertEqual(
            told,
            [
                "Users 50% used: Acme Retail",
                "Users 80% used: Acme Retail",
                "Users limit reached: Acme Retail",
            ],
        )
        self.assertEqual(len(self.mails("bob@provider.example")), 2)
        body = self.mails()[-1].body_html
        self.assertIn("nobody is locked out", body)
        activity = self.tenant.activity_ids.filtered(lambda one: "limit reached" in one.summary)
        self.assertEqual(activity.user_id, self.operator)
        self.use(users=2)
        self.judge("13:00:00")
        self.assertFalse(self.tenant.activity_ids & activity)
        self.assertIn("Limit lifted", self.mails()[-1].subject)

    def test_nobody_is_told_whom_the_settings_leave_out(self):
        self.setting.write({"tell_customer": False, "by_inbox": False, "by_webhook": False})
        before = len(self.mails())
        self.use(users=10)
        self.judge()
        self.assertEqual(len(self.mails()), before)
        self.assertFalse(self.kinds())

    def test_a_mail_that_cannot_be_made_holds_nothing_up(self):
        template = self.env.ref("saas_business_management.mail_quota_reached")
        template.body_html = '<p t-out="object.nothing_like_that"/>'
        self.use(users=10)
        with self.assertLogs("odoo.addons.saas_business_management.models.saas_quota_tell"):
            self.judge()
        self.assertEqual(self.quota("users").level, "blocked")
        rows = self.env["saas.quota.event"].search([("tenant_id", "=", self.tenant.id)])
        self.assertNotIn("customer by mail", " ".join(rows.filtered("told").mapped("told")))

    def test_a_bigger_plan_lifts_it(self):
        self.use(users=10)
        self.judge()
        self.limited.limit_users = 50
        self.judge("10:01:00")
        self.assertEqual(self.quota("users").level, "ok")
        self.assertEqual(self.tenant._wanted_limits()["users"], 50)

    def test_who_stays_over_a_limit_is_restricted_then_closed_and_opens_by_itself(self):
        self.rule("storage_gb", policy="suspend", grace_days=3)
        self.use(storage_gb=11)
        self.judge()
        self.assertEqual((self.tenant.state, self.tenant.restricted), ("active", True))
        self.use(storage_gb=11, at="2026-03-13 09:59:00")
        self.judge("09:59:00", "2026-03-13")
        self.assertEqual(self.tenant.state, "active")
        self.judge("10:00:00", "2026-03-13")
        self.assertEqual((self.tenant.state, self.tenant.reason), ("suspended", "quota"))
        self.use(storage_gb=9, at="2026-03-13 11:00:00")
        self.judge("11:00:00", "2026-03-13")
        self.assertEqual((self.tenant.state, self.tenant.restricted), ("active", False))
        events = self.tenant.event_ids.sorted("id").mapped("event")[-3:]
        self.assertEqual(events, ["restricted", "suspended", "resumed"])
        subjects = self.mails().mapped("subject")
        self.assertEqual(subjects.count("Acme Retail is closed"), 1)
        self.assertFalse([one for one in subjects if one.startswith("Limit lifted")])

    def test_what_a_person_closed_is_not_opened_by_falling_use(self):
        self.rule("storage_gb", policy="suspend", grace_days=0)
        self.tenant.action_suspend("manual", "Asked for")
        self.use(storage_gb=11)
        self.judge()
        self.use(storage_gb=1)
        self.judge("10:01:00")
        self.assertEqual((self.tenant.state, self.tenant.reason), ("suspended", "manual"))

    def test_a_restriction_of_a_person_or_of_dunning_stays(self):
        self.tenant.action_restrict("Asked for")
        self.use(storage_gb=1)
        self.judge()
        self.assertTrue(self.tenant.restricted)

    def test_an_operation_that_runs_is_waited_for(self):
        self.rule("storage_gb", policy="suspend", grace_days=0)
        self.use(storage_gb=11)
        kind = type(self.env["saas.tenant"])
        with patch.object(kind, "_open_job", lambda _self: self.tenant.job_ids[:1]):
            self.judge()
        self.assertEqual(self.tenant.state, "active")
        self.judge("10:01:00")
        self.assertEqual(self.tenant.state, "suspended")

    def test_quotas_of_a_tenant_out_of_service_are_forgotten_the_journal_stays(self):
        self.use(users=10)
        self.judge()
        self.tenant.action_archive_tenant("Left")
        self.quotas._forget_gone()
        self.assertFalse(self.quotas.search_count([("tenant_id", "=", self.tenant.id)]))
        rows = self.env["saas.quota.event"].search([("tenant_id", "=", self.tenant.id)])
        self.assertTrue(rows)
        self.assertFalse(rows.quota_id)

    def test_use_is_lowered_while_it_is_unknown_nothing_opens(self):
        self.rule("storage_gb", policy="suspend", grace_days=0)
        self.use(storage_gb=11)
        self.judge()
        self.use(storage_gb=1, known=False)
        self.judge("10:01:00")
        self.assertEqual(self.tenant.state, "suspended")


@tagged("post_install", "-at_install")
class TestQuotaScreens(QuotaCommon):
    def test_a_limit_set_by_hand_needs_a_reason_and_a_sound_number(self):
        for values in (
            {"limit": 0},
            {"limit": -5},
            {"limit": float("nan")},
            {"limit": 10.0**13},
            {"limit": 5, "reason": "  "},
            {"limit": 5, "until_on": "2020-01-01"},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.raise_to("users", **{"limit": 5, **values})
        self.assertFalse(self.env["saas.quota.override"].search_count([]))

    def test_another_limit_by_hand_takes_the_place_of_the_first_and_is_withdrawn(self):
        self.raise_to("users", 20)
        second = self.raise_to("users", 30)
        rows = self.env["saas.quota.override"].search([("tenant_id", "=", self.tenant.id)])
        self.assertEqual(sorted(rows.mapped("state")), ["on", "withdrawn"])
        self.judge()
        self.assertEqual(self.quota("users").limit, 30)
        self.assertIn("Agreed with Alice", self.quota("users").why_limit)
        with self.assertRaises(UserError):
            second.write({"limit": 1})
        with self.assertRaises(UserError):
            second.unlink()
        second.action_withdraw()
        self.judge("10:01:00")
        self.assertEqual(self.quota("users").source, "plan")
        told = self.env["saas.audit.entry"].search([("action", "like", "quota_limit")])
        self.assertEqual(set(told.mapped("action")), {"quota_limit_set", "quota_limit_withdrawn"})

    def test_a_limit_by_hand_runs_out_after_its_last_day(self):
        with self.on(f"{DAY} 10:00:00"):
            row = self.raise_to("users", 20, until_on=DAY)
        rows = self.env["saas.quota.override"]
        for day, ended in (("2026-03-11", False), ("2026-03-12", True)):
            with self.on(f"{day} 10:00:00"):
                rows._end_expired()
                row.invalidate_recordset()
                self.assertEqual((bool(row.ended_at), row.state), (ended, "expired"))
        self.assertIn(row, rows.search([("state", "in", ["expired"])]))
        self.assertNotIn(row, rows.search([("state", "in", ["withdrawn"])]))
        told = self.env["saas.audit.entry"].search([("action", "=", "quota_limit_ended")])
        self.assertEqual(told.tenant_id, self.tenant)

    def test_a_viewer_raises_no_limit(self):
        self.judge()
        with self.assertRaises(AccessError):
            self.quota("users").with_user(self.viewer).action_raise()
        row = self.raise_to("users", 20)
        with self.assertRaises(AccessError):
            row.with_user(self.viewer).action_withdraw()

    def test_the_dialog_says_what_it_does_today(self):
        self.use(users=9)
        self.judge()
        form = Form(
            self.env["saas.quota.raise"].with_context(
                default_tenant_id=self.tenant.id, default_meter_id=self.meters["users"].id
            )
        )
        form.limit = 5
        self.assertIn("over its limit today", form.effect)
        form.limit = 20
        self.assertFalse(form.effect)

    def test_lowering_a_value_shows_first_whom_it_puts_over_a_limit(self):
        self.use(users=9)
        self.judge()
        with Form(self.setting) as form:
            form.hard_percent = 50
            self.assertEqual(form.effect, "This puts 1 tenant over its limit today.")
            form.hard_percent = 100
            self.assertFalse(form.effect)

    def test_settings_refuse_what_cannot_be(self):
        for text in ("", "a lot", "0"):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                self.setting.marks = text
        for values in ({"hard_percent": 0}, {"grace_days": -1}, {"throttle_rate": 0}):
            with (
                self.subTest(values=values),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self.setting.write(values)
                self.setting.flush_recordset()
        with self.assertRaises(ValidationError):
            self.rule("users", policy="throttle")
        self.setting.marks = "120; 50, 50"
        self.assertEqual(self.setting.marks, "50, 120")

    def test_the_five_lines_say_why(self):
        self.use(users=10)
        self.judge()
        quota = self.quota("users")
        self.assertIn("No user can be added since", quota.why_title)
        self.assertEqual(quota.why_limit, "10 users, from plan Limited")
        self.assertIn("10 users, last reading", quota.why_used)
        self.assertIn("without grace", quota.why_policy)
        self.assertIn("customer by mail", quota.why_told)
        self.assertIn("plan or the limit rises", quota.why_end)
        for user in (self.viewer, self.biller):
            quota.with_user(user).read(["why_title", "why_limit", "why_told", "shown"])

    def test_the_form_of_the_tenant_says_the_worst_and_leads_there_by_one_click(self):
        self.use(users=10, storage_gb=8)
        self.judge()
        self.assertEqual(self.tenant.quota_level, "blocked")
        self.assertEqual(self.tenant.quota_percent, 100)
        self.assertIn("No user can be added", self.tenant.quota_text)
        self.assertEqual(self.tenant.quota_most, "Users: 10 of 10 users")
        self.assertEqual(self.tenant.action_open_quota()["res_id"], self.quota("users").id)

    def test_nobody_writes_quotas_by_hand(self):
        self.use(users=10)
        self.judge()
        for user in (self.viewer, self.operator, self.admin):
            with self.assertRaises(AccessError):
                self.quota("users").with_user(user).write({"level": "ok"})

    def test_another_company_sees_none_of_them(self):
        self.judge()
        theirs = self.quotas.with_user(self.stranger)
        self.assertFalse(theirs.search([("tenant_id", "=", self.tenant.id)]))

    def test_the_doctor_sees_a_judgement_that_does_not_come(self):
        cron = self.env.ref("saas_business_management.ir_cron_judge_quotas")
        found = {one["code"]: one["level"] for one in self.env["saas.doctor"]._run()}
        self.assertEqual(found["quotas_closed"], "ok")
        late = fields.Datetime.now() - timedelta(hours=1)
        cron.flush_recordset()
        self.cr.execute("UPDATE ir_cron SET nextcall = %s WHERE id = %s", (late, cron.id))
        cron.invalidate_recordset()
        found = {one["code"]: one["level"] for one in self.env["saas.doctor"]._run()}
        self.assertEqual(found["quotas_judged"], "failing")

    def test_the_demonstration_shows_a_fine_a_warned_and_a_blocked_one_and_tells_nobody(self):
        small = self.env["saas.plan"].create(
            {"name": "Small", "price": 5, "limit_users": 5, "limit_storage_gb": 2}
        )
        tenants = self.make_tenant(subdomain="birch", plan_id=small.id)
        tenants |= self.make_tenant(subdomain="nova", plan_id=self.limited.id)
        before = self.env["mail.mail"].search_count([])
        self.env["saas.usage.sample"]._add_demo(tenants.ids)
        self.quotas._judge_demo(tenants.ids)
        found = self.quotas.search([("tenant_id", "in", tenants.ids)])
        self.assertLessEqual({"ok", "warned", "blocked"}, set(found.mapped("level")))
        self.assertTrue(found.filtered("forecast_on"))
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        users = self.env["saas.top.user"].search([("tenant_id", "in", tenants.ids)])
        self.assertEqual(len(users), 10)
        self.assertGreater(users[0].requests, users[-1].requests)

    def test_numbers_beyond_what_a_column_holds_are_judged(self):
        self.use(users=10**14)
        self.judge()
        self.assertEqual(self.quota("users").level, "blocked")


FLEET = """
INSERT INTO saas_tenant (%(columns)s)
SELECT %(values)s FROM saas_tenant AS t CROSS JOIN generate_series(1, %(count)s) AS n
 WHERE t.id = %(model)s RETURNING id
"""
APART = {
    "subdomain": SQL("'fleet-' || n"),
    "public_id": SQL("'fleet' || n"),
    "database_id": SQL("NULL::int"),
}


@tagged("post_install", "-at_install")
class TestQuotaSpeed(QuotaCommon):
    def test_a_minute_of_a_thousand_tenants_costs_few_questions(self):
        self.env.flush_all()
        fleet = self.make_fleet(1000)
        with self.on(f"{DAY} 10:00:00"):
            self.read_all(fleet, 3)
            first = self.asked(fleet)
            again = self.asked(fleet)
            self.read_all(fleet[:70], 4)
            minute = self.asked(fleet)
        self.assertLess(max(first, again, minute), 100, (first, again, minute))

    def make_fleet(self, count):
        """Return as many tenants like the first, without their databases."""
        self.cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'saas_tenant'"
        )
        names = [name for (name,) in self.cr.fetchall() if name != "id"]
        values = [APART.get(name) or SQL.identifier("t", name) for name in names]
        columns = SQL(", ").join(map(SQL.identifier, names))
        told = {"columns": columns, "values": SQL(", ").join(values), "count": count}
        rows = self.env.execute_query(SQL(FLEET, model=self.tenant.id, **told))
        return self.env["saas.tenant"].browse([row[0] for row in rows])

    def read_all(self, fleet, users):
        rows = self.env["saas.usage.source"]._of(fleet, "users")
        self.env["saas.usage.source"].flush_model()
        now, meter = fields.Datetime.now(), self.meters["users"].id
        self.env["saas.usage.reading"]._put_newest(
            [(one.id, meter, rows[one.id].id, Decimal(users), now) for one in fleet]
        )

    def asked(self, fleet):
        """Return how many statements one judgement of these tenants takes."""
        before = self.cr.sql_log_count
        self.quotas._judge(fleet)
        self.env.flush_all()
        return self.cr.sql_log_count - before
