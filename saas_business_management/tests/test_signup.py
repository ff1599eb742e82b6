"""Sign-ups as records: what a form may say, limits, the confirmation, the funnel, forgetting."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..kernel.errors import Refused
from .signup_common import SignupCommon


@tagged("post_install", "-at_install")
class TestSignup(SignupCommon):
    def test_a_form_makes_one_row_and_one_mail_and_nothing_else(self):
        counted = ("saas.tenant", "res.partner", "res.users", "saas.job", "saas.tenant.host")
        before = {model: self.env[model].search_count([]) for model in counted}
        signup = self.asked()
        self.assertEqual(signup.state, "waiting")
        self.assertEqual(len(self.mails()), 1)
        self.assertEqual({m: self.env[m].search_count([]) for m in counted}, before)
        self.assertNotIn(self.token(), str(self.link().read()))
        self.assertFalse(self.mails().mail_message_id.res_id)

    def test_each_wrong_field_is_named_and_nothing_is_kept(self):
        cases = {
            "name": {"name": "  "},
            "company_name": {"company_name": "Win money at www.evil.example"},
            "email": {"email": "nora@cedar"},
            "subdomain": {"subdomain": "admin"},
            "terms": {"terms": ""},
            "plan": {"plan": "no-such-plan"},
            "": {"fax": "filled in"},
        }
        for field, values in cases.items():
            with self.subTest(field=field):
                made, errors = self.ask(**values)
                self.assertFalse(made)
                self.assertEqual([*errors], [field])
        self.assertFalse(
            self.env["saas.signup"]
            .search([("email", "like", "cedar.example")])
            .filtered(lambda one: one.plan_id == self.plan)
        )

    def test_a_taken_subdomain_offers_free_ones(self):
        self.make_open_tenant(subdomain="cedar")
        _made, errors = self.ask()
        self.assertIn("cedar-erp", errors["subdomain"])

    def test_thrown_away_addresses_are_refused_also_below_a_listed_domain(self):
        for address in ("x@mailinator.com", "x@eu.mailinator.com"):
            self.assertIn("email", self.ask(email=address)[1])
        self.env["saas.signup.domain"].create({"name": "@Cedar.Example "})
        self.assertIn("email", self.ask()[1])

    def test_a_mail_domain_has_a_form(self):
        with self.assertRaises(ValidationError):
            self.env["saas.signup.domain"].create({"name": "no domain"})

    def test_closed_sign_up_takes_nothing(self):
        self.policy.is_open = False
        made, errors = self.ask()
        self.assertFalse(made)
        self.assertIn("closed", errors[""])

    def test_a_plan_without_a_built_template_cannot_be_tried(self):
        self.plan.template_ids = self.other_template
        self.assertIn("plan", self.ask()[1])

    def test_who_has_an_account_gets_a_mail_about_it_and_the_page_cannot_tell(self):
        self.customer.login = "nora@cedar.example"
        signup = self.asked()
        self.assertEqual(signup.state, "known")
        self.assertEqual(self.mails().subject, "You have an account already")
        self.assertNotIn("/saas/signup/confirm/", self.mails().body_html)
        self.assertFalse(self.env["saas.link"].search([("signup_id", "=", signup.id)]))

    def test_the_administrator_of_a_tenant_is_known_too(self):
        tenant = self.make_open_tenant(admin_email="nora@cedar.example")
        self.assertEqual(self.asked().state, "known")
        self.assertIn(tenant.url, self.mails()[-1].body_html)

    # Limits

    def test_each_limit_holds_back_and_says_when_to_come_again(self):
        cases = {
            "address_day": [{"email": f"Nora+{n}@cedar.example"} for n in range(3)],
            "network_hour": [
                {"email": f"n{n}@c{n}.example", "source": f"203.0.113.{n}"} for n in range(3)
            ],
            "domain_day": [
                {"email": f"n{n}@birch.example", "source": f"10.{n}.0.1"} for n in range(3)
            ],
            "total_hour": [
                {"email": f"n{n}@d{n}.example", "source": f"10.0.{n}.1"} for n in range(3)
            ],
        }
        generous = {name: self.policy[name] for name in cases}
        for name, forms in cases.items():
            with self.subTest(limit=name):
                self.env["saas.signup.count"].search([]).unlink()
                self.policy.write({**generous, name: 2})
                told = [self.ask(**form) for form in forms]
                self.assertEqual([bool(made) for made, _errors in told], [True, True, False])
                self.assertGreater(told[-1][1]["wait"], 0)
        events = self.env["saas.security.event"].search([("rule", "=", "signup_limited")])
        self.assertTrue(events)

    def test_a_shared_mail_domain_is_not_counted(self):
        self.policy.domain_day = 1
        for number in range(3):
            self.asked(email=f"nora{number}@gmail.com", source=f"10.{number}.0.1")

    def test_a_flood_is_told_once(self):
        self.policy.total_hour = 1
        for number in range(4):
            self.ask(email=f"n{number}@d{number}.example", source=f"10.{number}.0.1")
        self.assertEqual(self.policy.activity_ids.user_id, self.operator)
        self.assertEqual(len(self.policy.activity_ids), 1)
        flood = self.env["saas.security.event"].search([("rule", "=", "signup_flood")])
        self.assertEqual(flood.count, 1)

    def test_looks_at_subdomains_are_limited(self):
        self.policy.check_minute = 2
        signups = self.env["saas.signup"]
        look = lambda: signups._look("cedar", "test-plan", self.env.company, "10.0.0.1")  # noqa: E731
        self.assertEqual([look()["free"] for _time in range(3)], [True, True, False])

    def test_sending_again_waits_a_minute(self):
        signup = self.asked()
        self.assertFalse(signup._send_again())
        signup.sent_at = fields.Datetime.now() - timedelta(seconds=61)
        first = self.link()
        self.assertTrue(signup._send_again())
        self.assertEqual(len(self.mails()), 2)
        self.assertEqual(first._state(), "expired")

    # Confirming

    def test_the_click_makes_customer_and_tenant_with_the_trial_of_the_plan(self):
        signup = self.asked()
        self.assertEqual(self.confirm(signup), ("made", ""))
        tenant = signup.tenant_id
        self.assertEqual(tenant.state, "provisioning")
        self.assertEqual(tenant.job_ids.kind, "provision_tenant")
        self.assertEqual(tenant.partner_id.name, "Cedar Books Ltd")
        self.assertEqual(tenant.user_id, self.operator)
        self.assertEqual(tenant.partner_id.country_id.code, "BE")
        self.finish(tenant)
        self.assertEqual((tenant.state, signup.state), ("trial", "open"))
        user = self.env["res.users"].search([("login", "=", "nora@cedar.example")])
        self.assertTrue(user.share)
        self.assertEqual(user.partner_id.commercial_partner_id, tenant.partner_id)
        self.assertEqual(tenant.subscription_ids.state, "trial")

    def test_a_contact_who_happens_to_have_the_address_is_not_handed_over(self):
        other = self.env["res.partner"].create({"name": "Old", "email": "nora@cedar.example"})
        signup = self.asked()
        self.confirm(signup)
        self.assertNotEqual(signup.tenant_id.partner_id, other)

    def test_a_link_works_once(self):
        signup = self.asked()
        link = self.link()
        signup._confirm(link)
        self.assertEqual(signup._confirm(link), ("gone", ""))
        self.assertEqual(len(self.env["saas.tenant"].search([("subdomain", "=", "cedar")])), 1)

    def test_two_sign_ups_for_one_subdomain_give_it_to_who_confirms_first(self):
        first, second = self.asked(), self.asked(email="tom@birch.example")
        self.confirm(second)
        link = self.link()
        outcome, told = first._confirm(link)
        self.assertEqual(outcome, "name")
        self.assertIn("cedar-erp", told)
        self.assertEqual((link._state(), first.state), ("fresh", "waiting"))
        self.assertEqual(first._confirm(link, "cedar-erp"), ("made", ""))
        self.assertEqual(first.tenant_id.subdomain, "cedar-erp")

    def test_who_loses_by_a_moment_chooses_another_name(self):
        signup = self.asked()
        tenants = type(self.env["saas.tenant"])
        taken = Refused("subdomain_taken", text="cedar", free=["cedar-erp"])
        with patch.object(tenants, "_reserve_host", side_effect=taken):
            self.assertEqual(self.confirm(signup)[0], "name")
        self.assertEqual((signup.state, self.link()._state()), ("waiting", "fresh"))
        self.assertFalse(signup.tenant_id)

    def test_an_address_gets_one_trial(self):
        first, second = self.asked(), self.asked(subdomain="cedar-two")
        self.confirm(second)
        self.assertEqual((first.state, second.state), ("expired", "confirmed"))
        third = self.asked(subdomain="cedar-three")
        self.assertEqual(third.state, "known")

    def test_what_only_a_person_can_mend_waits_for_one_and_goes_on_by_itself(self):
        signup = self.asked()
        self.plan.template_ids = self.other_template
        self.assertEqual(self.confirm(signup), ("made", ""))
        self.assertEqual(signup.state, "failed")
        self.assertFalse(signup.tenant_id)
        self.assertEqual(signup.activity_ids.user_id, self.operator)
        self.assertEqual(signup._progress()["state"], "stuck")
        self.plan.template_ids = self.template
        signup.with_user(self.operator).action_try_again()
        self.assertEqual(signup.state, "confirmed")
        self.assertTrue(signup.tenant_id)

    def test_the_chosen_currency_is_that_of_the_subscription(self):
        euro = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search(
                [("name", "in", ("EUR", "GBP")), ("id", "!=", self.plan.currency_id.id)], limit=1
            )
        )
        euro.active = True
        self.plan.price_ids = [fields.Command.create({"currency_id": euro.id, "amount": 79})]
        self.plan._publish_version()
        signup = self.asked(currency=euro.name)
        self.confirm(signup)
        self.assertEqual(signup.tenant_id.subscription_ids.currency_id, euro)

    # With time

    def test_a_link_that_is_over_leaves_the_row_expired_and_a_fresh_one_brings_it_back(self):
        signup = self.asked()
        self.link().expires_at = fields.Datetime.now() - timedelta(days=1)
        signup.sent_at = fields.Datetime.now() - timedelta(days=8)
        with patch.object(type(self.env["ir.cron"]), "_commit_progress"):
            self.env["saas.signup"]._cron_tend()
        self.assertEqual(signup.state, "expired")
        self.assertTrue(signup._send_again())
        self.assertEqual(self.confirm(signup), ("made", ""))

    def test_rows_that_were_not_confirmed_are_forgotten_after_thirty_days(self):
        kept, gone = self.asked(), self.asked(email="tom@birch.example", subdomain="birch-two")
        self.confirm(kept)
        old = fields.Datetime.now() - timedelta(days=31)
        self.env.cr.execute(
            "UPDATE saas_signup SET create_date = %s WHERE id IN %s", (old, (kept.id, gone.id))
        )
        rule = self.env["saas.retention.rule"].search([("kind", "=", "signups_unconfirmed")])
        self.assertEqual(rule.days, 30)
        rule._remove_batch(fields.Datetime.now())
        self.assertTrue(kept.exists())
        self.assertFalse(gone.exists())

    def test_erasing_a_customer_erases_its_sign_up(self):
        signup = self.asked()
        self.confirm(signup)
        tenant, partner = signup.tenant_id, signup.tenant_id.partner_id
        with self.assertRaises(UserError):
            signup.unlink()
        tenant._set({"state": "deleted"})
        made = self.env["saas.erasure"]._erase(partner, "asked for")
        self.assertFalse(signup.exists())
        self.assertEqual(made.left_count, 0)

    def test_the_doctor_names_what_hinders(self):
        codes = lambda: {one["code"] for one in self.env["saas.doctor"]._run()}  # noqa: E731
        self.env["ir.mail_server"].search([]).active = False
        self.assertIn("signup_mail", codes())
        self.assertNotIn("signup_template", codes())
        self.plan.template_ids = self.other_template
        self.assertIn("signup_template", codes())
        self.policy.is_open = False
        self.assertNotIn("signup_mail", codes())

    def test_the_funnel_ends_with_a_paying_customer(self):
        signup = self.asked()
        self.confirm(signup)
        self.finish(signup.tenant_id)
        self.env.company.saas_charging = False
        signup.tenant_id._keep()
        self.assertEqual((signup.state, signup.tenant_id.state), ("paid", "active"))

    def test_without_a_payment_method_a_trial_is_not_kept_where_invoices_are_charged(self):
        signup = self.asked()
        self.confirm(signup)
        self.finish(signup.tenant_id)
        self.env.company.saas_charging = True
        tenants = type(self.env["saas.tenant"])
        with (
            patch.object(tenants, "_methods_can_be_saved", lambda _self: True),
            self.assertRaises(Refused) as caught,
        ):
            signup.tenant_id._keep()
        self.assertEqual(caught.exception.code, "signup_no_method")

    def test_the_mail_before_the_end_leads_to_the_page_that_keeps_it(self):
        signup = self.asked()
        self.confirm(signup)
        self.finish(signup.tenant_id)
        signup.tenant_id._tell("trial_ended_soon")
        self.assertIn(f"/saas/signup/keep/{signup.reference}", self.mails()[-1].body_html)

    def test_settings_are_noted_in_the_audit_log(self):
        self.policy.total_hour = 7
        entry = self.env["saas.audit.entry"].search(
            [("action", "=", "signup_settings_changed")], limit=1
        )
        self.assertTrue(entry)

    def test_a_card_says_which_policy_is_in_force_at_a_limit(self):
        told = lambda: self.plan._signup_at_limit(self.plan.currency_id)  # noqa: E731
        self.assertEqual(told(), ["Users: no further ones; nobody is locked out."])
        self.env["saas.quota.setting"].search([]).unlink()
        setting = self.env["saas.quota.setting"].create({})
        meter = self.env["saas.meter"].search([("code", "=", "users")])
        self.env["saas.quota.rule"].create(
            {
                "setting_id": setting.id,
                "meter_id": meter.id,
                "plan_id": self.plan.id,
                "policy": "notify",
            }
        )
        self.assertEqual(told(), ["Users: we write to you; nobody is locked out."])

    def test_a_brand_is_found_by_its_host_and_mails_never_by_what_a_request_says(self):
        brand = self.env["saas.brand"].create({"name": "Nova", "public_host": "Start.Nova.example"})
        brands = self.env["saas.brand"]
        self.assertEqual(brands._of_host("start.nova.example:8069"), brand)
        self.assertEqual(brands._of_host("evil.example"), brands._default())
        with self.assertRaises(ValidationError):
            brand.public_host = "https://nova"
