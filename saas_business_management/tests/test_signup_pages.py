"""The public pages of sign-up: the whole way, forged and used links, strangers, limits."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlparse

from odoo import fields
from odoo.tests import HttpCase, tagged

from .signup_common import SignupCommon


@tagged("post_install", "-at_install")
class TestSignupPages(SignupCommon, HttpCase):
    def csrf(self, text):
        return text.split('name="csrf_token" value="')[1].split('"')[0]

    def get(self, path, **options):
        return self.url_open(path, allow_redirects=False, **options)

    def send(self, path, page, **values):
        data = {"csrf_token": self.csrf(page.text), **values}
        return self.url_open(path, data=data, allow_redirects=False)

    def sign_up(self, **values):
        page = self.get("/saas/signup?plan=test-plan")
        return self.send("/saas/signup", page, **self.form(**values))

    def test_the_pricing_page_shows_published_plans_with_what_happens_at_a_limit(self):
        text = self.get("/saas/pricing").text
        self.assertIn("Standard for Tests", text)
        self.assertIn("89.00", text)
        self.assertIn("When a limit is reached", text)
        self.assertIn("Start 14-Day Trial", text)
        self.assertNotIn("Powered by", text)

    def test_at_most_four_cards_and_a_switch_for_years(self):
        for number in range(5):
            plan = self.plan.copy(
                {"name": f"Copy {number}", "code": f"copy-{number}", "published": True}
            )
            plan._publish_version()
        yearly = self.plan.copy(
            {"name": "Yearly", "code": "yearly", "published": True, "cycle_unit": "year"}
        )
        yearly.price = 890
        yearly._publish_version()
        text = self.get("/saas/pricing").text
        self.assertEqual(text.count("o_saas_price"), 4)
        self.assertNotIn("Yearly", text)
        text = self.get("/saas/pricing?cycle=year").text
        self.assertIn("Yearly", text)
        self.assertIn("74.17", text)

    def test_from_the_form_to_the_password_page(self):
        sent = self.sign_up()
        self.assertEqual(sent.status_code, 303)
        self.assertIn("nora@cedar.example", self.get(self.path(sent)).text)
        page = self.get(f"/saas/signup/confirm/{self.token()}")
        self.assertEqual(page.status_code, 200)
        self.assertFalse(self.env["saas.tenant"].search([("subdomain", "=", "cedar")]))
        done = self.send(f"/saas/signup/confirm/{self.token()}", page)
        self.assertEqual(done.status_code, 303)
        progress = self.path(done)
        self.assertIn("We create", self.get(progress).text)
        state = self.get(f"{progress}/state").json()
        self.assertEqual(state["state"], "preparing")
        self.assertEqual(len(state["lines"]), 5)
        tenant = self.env["saas.tenant"].search([("subdomain", "=", "cedar")])
        self.finish(tenant)
        ready = self.get(progress)
        self.assertIn("is ready", ready.text)
        entered = self.send(f"{progress}/open", ready)
        target = urlparse(entered.headers["Location"])
        self.assertEqual((target.hostname, target.path), (tenant.host, "/web/reset_password"))
        self.assertTrue(parse_qs(target.query)["token"][0])
        again = self.send(f"{progress}/open", ready)
        self.assertEqual(urlparse(again.headers["Location"]).path, "/web/login")

    def test_every_fault_keeps_what_was_typed(self):
        answer = self.sign_up(email="nora@", company_name="Cedar & Söhne")
        self.assertEqual(answer.status_code, 422)
        for text in ("Nora Lind", "nora@", "Cedar &amp; Söhne", "cedar", 'value="BE" selected'):
            self.assertIn(text, answer.text)

    def test_without_a_subdomain_one_is_made_from_the_company(self):
        self.sign_up(subdomain="")
        signup = self.env["saas.signup"].search([("email", "=", "nora@cedar.example")])
        self.assertEqual(signup.subdomain, "cedar-books")

    def test_the_look_at_a_subdomain(self):
        found = self.get("/saas/signup/check?plan=test-plan&company_name=Cedar Books Ltd").json()
        self.assertEqual((found["proposed"], found["free"]), ("cedar-books", True))
        found = self.get("/saas/signup/check?plan=test-plan&subdomain=admin").json()
        self.assertFalse(found["free"])
        self.assertTrue(found["text"])

    def test_an_account_makes_no_difference_to_be_seen(self):
        self.customer.login = "known@cedar.example"
        pages = []
        for email in ("new@cedar.example", "known@cedar.example"):
            sent = self.sign_up(email=email)
            reference = self.path(sent).rsplit("/", 1)[1]
            text = self.get(self.path(sent)).text
            text = text.replace(email, "E").replace(reference, "R")
            text = re.sub(r'csrf_token: "\w+"', "", text.replace(self.csrf(text), "C"))
            pages.append(text)
        self.assertEqual(*pages)

    def test_forged_links_and_references_lead_nowhere(self):
        signup = self.asked()
        for path in (
            "/saas/signup/confirm/" + "x" * 43,
            f"/saas/signup/confirm/{signup.reference}",
            f"/saas/signup/progress/{signup.reference}",
            "/saas/signup/progress/x",
            "/saas/signup/sent/x",
        ):
            with self.subTest(path=path):
                answer = self.get(path)
                self.assertEqual(answer.status_code, 404)
                self.assertNotIn("Cedar", answer.text)
        rows = self.env["saas.security.event"].search([("rule", "=", "link_unknown")])
        self.assertTrue(rows)

    def test_a_link_that_was_used_is_told_and_makes_nothing_twice(self):
        self.asked()
        path = f"/saas/signup/confirm/{self.token()}"
        page = self.get(path)
        self.send(path, page)
        self.assertEqual(self.send(path, page).status_code, 410)
        self.assertIn("was used already", self.get(path).text)
        self.assertEqual(self.env["saas.tenant"].search_count([("subdomain", "=", "cedar")]), 1)

    def test_an_expired_link_sends_a_fresh_one_to_the_same_address(self):
        signup = self.asked()
        path = f"/saas/signup/confirm/{self.token()}"
        self.link().expires_at = fields.Datetime.now() - timedelta(days=1)
        signup.sent_at = fields.Datetime.now() - timedelta(days=8)
        page = self.get(path)
        self.assertEqual(page.status_code, 410)
        self.send(f"{path}/again", page)
        self.assertEqual(len(self.mails()), 2)
        self.assertEqual(self.link()._state(), "fresh")

    def test_a_name_that_was_taken_meanwhile_can_be_changed_with_the_same_link(self):
        self.asked()
        self.make_open_tenant(subdomain="cedar")
        path = f"/saas/signup/confirm/{self.token()}"
        answer = self.send(path, self.get(path))
        self.assertEqual(answer.status_code, 422)
        self.assertIn("cedar-erp", answer.text)
        self.assertEqual(self.send(path, answer, subdomain="cedar-erp").status_code, 303)

    def test_a_stranger_with_the_reference_sees_steps_and_cannot_go_in(self):
        signup = self.asked()
        self.confirm(signup)
        self.finish(signup.tenant_id)
        path = f"/saas/signup/progress/{signup.reference}"
        page = self.get(path)
        self.assertNotIn("nora@cedar.example", page.text)
        self.assertNotIn("/open", page.text)
        form = self.get("/saas/signup?plan=test-plan")
        self.assertEqual(self.send(f"{path}/open", form).status_code, 404)

    def test_only_its_customer_keeps_a_trial(self):
        signup = self.asked()
        self.confirm(signup)
        self.finish(signup.tenant_id)
        self.env.company.saas_charging = False
        path = f"/saas/signup/keep/{signup.reference}"
        self.assertEqual(self.get(path).status_code, 303)
        self.authenticate("alice", "alice")
        foreign, absent = self.get(path), self.get("/saas/signup/keep/" + "x" * 22)
        self.assertEqual((foreign.status_code, absent.status_code), (404, 404))
        bare = [re.sub(r'csrf_token: "\w+"', "", one.text) for one in (foreign, absent)]
        self.assertEqual(*bare)
        user = self.env["res.users"].search([("login", "=", "nora@cedar.example")])
        user.password = "nora-and-the-cedar"
        self.authenticate(user.login, "nora-and-the-cedar")
        page = self.get(path)
        self.assertIn("Start Paid Plan", page.text)
        self.assertEqual(self.send(path, page).status_code, 303)
        self.assertEqual(signup.tenant_id.state, "active")

    def test_a_form_without_its_token_or_with_foreign_fields_is_refused(self):
        self.assertEqual(
            self.url_open("/saas/signup", data=self.form(), allow_redirects=False).status_code, 400
        )
        self.assertEqual(self.sign_up(state="open").status_code, 400)
        self.assertFalse(self.mails())

    def test_too_many_are_asked_to_come_back(self):
        self.policy.network_hour = 1
        self.sign_up()
        answer = self.sign_up(email="tom@birch.example")
        self.assertEqual(answer.status_code, 429)
        self.assertTrue(int(answer.headers["Retry-After"]) > 0)
        self.assertIn("tom@birch.example", answer.text)

    def test_a_plan_that_cannot_be_made_has_no_button(self):
        self.plan.template_ids = self.other_template
        text = self.get("/saas/pricing").text
        self.assertIn("89.00", text)
        self.assertNotIn("/saas/signup?plan=test-plan", text)

    def test_closed_sign_up_shows_prices_and_takes_nothing(self):
        self.policy.is_open = False
        text = self.get("/saas/pricing").text
        self.assertIn("89.00", text)
        self.assertNotIn("Start 14-Day Trial", text)
        self.assertEqual(self.sign_up().status_code, 422)

    def test_pages_show_the_brand_of_their_host(self):
        brand = self.env["saas.brand"].create(
            {"name": "Nova Cloud", "public_host": "nova.example", "primary_color": "#c8102e"}
        )
        self.assertNotIn("#c8102e", self.get("/saas/pricing").text)
        brand.public_host = urlparse(self.base_url()).hostname
        self.assertIn("#c8102e", self.get("/saas/pricing").text)
