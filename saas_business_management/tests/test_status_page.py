"""The public status page: evidence, days, no foreign names, news by mail, the feed, the portal."""

import re
from ast import literal_eval
from datetime import timedelta
from xml.etree import ElementTree

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .test_maintenance import MaintenanceCommon
from .test_portal import CHANGING, PortalCase

# Every route of the page: method, whether it takes a form.
ROUTES = {
    ("/saas/status", "GET"),
    ("/saas/status/feed", "GET"),
    ("/saas/status/subscribe", "GET"),
    ("/saas/status/subscribe", "POST"),
    ("/saas/status/confirm/<string:token>", "GET"),
    ("/saas/status/confirm/<string:token>", "POST"),
    ("/saas/status/leave/<string:token>", "GET"),
    ("/saas/status/leave/<string:token>", "POST"),
}


class StatusCase(MaintenanceCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.brand.write({"status_published": True, "public_host": False})

    def get(self, path="/saas/status", **options):
        return self.url_open(path, allow_redirects=False, **options)

    def send(self, path, **form):
        token = self.get("/saas/status/subscribe").text
        token = token.split('name="csrf_token" value="')[1].split('"')[0]
        data = {"csrf_token": token, **form}
        return self.url_open(path, data=data, allow_redirects=False)

    def readers(self):
        return self.env["saas.status.reader"].search([])

    def news(self):
        return self.env["mail.mail"].sudo().search([("subject", "like", "status news")])

    def link(self, mail):
        return re.search(r'href="https?://[^/"]+(/saas/status/[^"]+)"', mail.body_html).group(1)

    def path_of(self, reader):
        return "/saas" + reader._url("confirm").partition("/saas")[2]

    def see(self, tenant, health, minutes=1):
        self.env.cr.execute(
            "UPDATE saas_tenant SET health_found = %s, health_reason = NULL, "
            "health_checked_at = %s WHERE id = %s",
            [health, self.now - timedelta(minutes=minutes), tenant.id],
        )
        tenant.invalidate_recordset()

    def judged(self):
        self.env["saas.status.period"]._judge(self.brand)
        return self.env["saas.status.period"]._now_of(self.brand)


@tagged("post_install", "-at_install")
class TestStatusEvidence(StatusCase):
    def test_what_nobody_looked_at_is_unknown_and_never_operational(self):
        self.assertEqual(set(self.judged().values()), {"unknown"})
        text = self.get().text
        self.assertIn("The state is not known at the moment", text)
        self.assertNotIn("operational", text.lower())

    def test_the_front_door_is_evidence_for_login_and_web_and_only_while_it_is_fresh(self):
        self.see(self.tenant, "ok")
        now = self.judged()
        told = [now[one] for one in ("login", "web", "api", "mail", "work")]
        self.assertEqual(told, ["operational", "operational", *["unknown"] * 3])
        self.assertIn("Operational, as far as it is known", self.get().text)
        self.see(self.tenant, "critical")
        self.assertEqual(self.judged()["login"], "major")
        self.see(self.tenant, "ok", minutes=20)
        self.assertEqual(self.judged()["login"], "unknown")

    def test_a_tenant_of_another_brand_says_nothing_of_this_one(self):
        self.see(self.tenant, "ok")
        self.see(self.other, "critical")
        self.assertEqual(self.judged()["login"], "operational")

    def test_requests_and_probes_are_evidence_for_the_other_parts(self):
        metrics = self.env["saas.metric"]
        minute = self.now.replace(second=0, microsecond=0)
        requests = {"requests": 100, "failures": 20, "api_calls": 5}
        metrics._add("gateway", [(minute, self.tenant.id, requests)])
        probe = {"cron_lag_s": 700, "mail_oldest_s": 10, "mail_exceptions_percent": 0}
        metrics._add("probe", [(minute, self.tenant.id, probe)])
        self.see(self.tenant, "ok")
        now = self.judged()
        told = [now[one] for one in ("login", "web", "api", "mail", "work")]
        self.assertEqual(told, ["operational", "major", "major", "operational", "degraded"])

    def test_a_state_that_goes_on_is_one_row_and_a_silent_judge_leaves_a_gap(self):
        self.see(self.tenant, "ok")
        self.judged()
        self.judged()
        wanted = [("brand_id", "=", self.brand.id), ("component", "=", "login")]
        periods = self.env["saas.status.period"]
        rows = periods.search([*wanted, ("state", "=", "operational")])
        self.assertEqual(len(rows), 1)
        silent = self.now - timedelta(hours=2)
        rows._put({"start_at": silent - timedelta(hours=3), "seen_at": silent})
        self.assertEqual(periods._now_of(self.brand)["login"], "unknown")
        self.judged()
        self.assertEqual(rows.end_at, silent)
        self.assertEqual(len(periods.search([*wanted, ("state", "=", "operational")])), 2)


@tagged("post_install", "-at_install")
class TestStatusPage(StatusCase):
    def test_every_route_is_in_the_table(self):
        found = {
            (rule.rule, method)
            for rule in self.env["ir.http"].routing_map().iter_rules()
            if rule.rule.startswith("/saas/status")
            for method in set(rule.methods) & {"GET", "POST", "PUT", "DELETE"}
        }
        self.assertEqual(found, ROUTES)

    def test_a_brand_that_does_not_publish_answers_like_an_unknown_path(self):
        self.brand.status_published = False
        for path, method in ROUTES:
            with self.subTest(path=path, method=method):
                path = path.replace("<string:token>", "1-x")
                data = {"csrf_token": "x"} if method == "POST" else None
                if data:
                    continue
                answer = self.url_open(path, data=data, allow_redirects=False)
                never = self.url_open(f"{path}-never/x", allow_redirects=False)
                self.assertEqual((answer.status_code, never.status_code), (404, 404))
                self.assertEqual(
                    CHANGING.sub("", answer.text).replace(path, ""),
                    CHANGING.sub("", never.text).replace(path, "").replace("-never/x", ""),
                )

    def test_it_is_light_has_no_script_and_may_be_kept(self):
        self.see(self.tenant, "ok")
        self.judged()
        for number in range(3):
            one = self.make_incident(public_title=f"Slow login {number}")
            one._post("Since 10:42 logging in takes over 10 seconds. " * 3, public=True)
            if number:
                one._post("Over. " * 10, "resolve", public=True)
        plan = self.make_window()
        plan._publish()
        answer = self.get()
        self.assertEqual(answer.status_code, 200)
        self.assertLess(len(answer.content), 30_000)
        self.assertNotIn("<script", answer.text)
        self.assertTrue(answer.text.startswith("<!DOCTYPE html>"))
        self.assertIn("prefers-color-scheme:dark", answer.text)
        self.assertEqual(answer.headers["Cache-Control"], "public, max-age=60")
        self.assertNotIn("Set-Cookie", answer.headers)
        self.assertEqual(answer.text.count("<button"), 450)
        for text in ("Slow login 0", "Slow login 2", "Security updates", "about 3 seconds"):
            self.assertIn(text, answer.text)

    def test_it_names_no_tenant_customer_server_or_colleague(self):
        one = self.make_incident(tenant_ids=[Command.set((self.tenant | self.other).ids)])
        one._post("It is Acme that writes too much.", "investigate")
        one._post("Logging in is slow.", public=True)
        self.make_window()._publish()
        for path in ("/saas/status", "/saas/status/feed"):
            text = self.get(path).text
            self.assertIn("Slow login", text)
            for word in ("Acme", "Nova", "Paris 1", "Testing", self.env.user.name, "acme.example"):
                self.assertNotIn(word, text)

    def test_each_brand_shows_what_touches_its_own_customers_in_its_own_words(self):
        self.nova_brand.write({"status_published": True, "public_host": "start.nova.example"})
        both = self.make_incident(
            public_title="Slow mail", tenant_ids=[Command.set((self.tenant | self.other).ids)]
        )
        both._post("Our words", public=True, own_texts={self.nova_brand.id: "Words of Nova"})
        self.make_incident(public_title="Only ours")._post("x", public=True)
        page = self.nova_brand._status_page()
        self.assertEqual([one["title"] for one in page["open"]], ["Slow mail"])
        self.assertEqual(page["open"][0]["updates"][0]["text"], "Words of Nova")
        text = self.get().text
        self.assertIn("Only ours", text)
        self.assertIn("Our words", text)
        self.assertNotIn("Words of Nova", text)

    def test_the_feed_is_atom_and_survives_odd_signs(self):
        one = self.make_incident(public_title="Slow <login> & mail")
        one._post("Since\x0b 10:42 <b>slow</b>", public=True)
        answer = self.get("/saas/status/feed")
        self.assertIn("application/atom+xml", answer.headers["Content-Type"])
        root = ElementTree.fromstring(answer.content)
        name = "{http://www.w3.org/2005/Atom}"
        titles = [entry.find(f"{name}title").text for entry in root.iter(f"{name}entry")]
        self.assertEqual(titles, ["Slow <login> & mail: Validating"])
        for needed in ("id", "updated", "title"):
            self.assertTrue(root.find(f"{name}{needed}").text)

    def test_days_have_text_and_uptime(self):
        self.env["saas.status.period"]._at_work().create(
            {
                "brand_id": self.nova_brand.id,
                "component": "login",
                "state": "partial",
                "start_at": self.now - timedelta(days=3),
                "seen_at": self.now - timedelta(days=2),
                "end_at": self.now - timedelta(days=2),
            }
        )
        part = self.nova_brand._status_page()["components"][0]
        self.assertEqual(len(part["days"]), 90)
        self.assertEqual(part["uptime"], "0.00 %")
        self.assertIn("Partial outage, 0.00 %", part["days"][-3][1] + part["days"][-4][1])


@tagged("post_install", "-at_install")
class TestStatusNews(StatusCase):
    def test_double_opt_in_then_news_then_leaving(self):
        answer = self.send("/saas/status/subscribe", email="Rita@fir.example")
        self.assertEqual(answer.status_code, 200)
        reader = self.readers()
        self.assertEqual((reader.email, reader.state), ("rita@fir.example", "waiting"))
        one = self.make_incident()
        one._post("Slow.", public=True)
        self.tell()
        self.assertNotIn("rita@fir.example", self.mails_of(one).mapped("email_to"))
        path = self.link(self.news())
        self.assertEqual(self.get(path).status_code, 200)
        self.assertEqual(reader.state, "waiting", "a link that a program follows confirms nothing")
        self.assertEqual(self.send(path).status_code, 200)
        self.assertEqual(reader.state, "confirmed")
        one._post("Over.", "resolve", public=True)
        self.tell()
        mail = self.mails_of(one).filtered(lambda row: row.email_to == "rita@fir.example")
        self.assertEqual(len(mail), 1)
        self.assertNotIn("Acme", mail.body_html.replace("acme.example", ""))
        leave = re.search(r"/saas/status/leave/[\w-]+", mail.body_html).group(0)
        headers = literal_eval(mail.headers)
        self.assertEqual(headers["List-Unsubscribe"], f"<{reader._leave_url()}>")
        self.assertIn(leave, headers["List-Unsubscribe"])
        self.assertEqual(headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        customers = self.mails_of(one) - mail
        self.assertFalse(any("List-Unsubscribe" in (row.headers or "") for row in customers))
        self.get(leave)
        self.assertTrue(reader.exists())
        # As a mail program asks: no form was read before, no token of one is sent.
        clicked = self.url_open(leave, data={"List-Unsubscribe": "One-Click"})
        self.assertEqual(clicked.status_code, 200)
        self.assertFalse(reader.exists())
        self.assertEqual(self.send(leave).status_code, 404)

    def test_every_address_reads_the_same_answer(self):
        pages = []
        for email in ("new@fir.example", "new@fir.example", "known@fir.example"):
            if email.startswith("known"):
                self.env["saas.status.reader"].sudo().create(
                    {"email": email, "brand_id": self.brand.id, "state": "confirmed"}
                )
            answer = self.send("/saas/status/subscribe", email=email)
            pages.append((answer.status_code, CHANGING.sub("", answer.text)))
        self.assertEqual(len(set(pages)), 1)
        self.assertEqual(len(self.news()), 2)

    def test_forged_and_foreign_links_lead_nowhere(self):
        self.send("/saas/status/subscribe", email="rita@fir.example")
        reader, path = self.readers(), self.link(self.news())
        other = (
            self.env["saas.status.reader"]
            .sudo()
            .create({"email": "rita@fir.example", "brand_id": self.nova_brand.id})
        )
        gone = self.get("/saas/status/confirm/999999-x")
        self.assertEqual(gone.status_code, 404)
        for forged in (
            path[:-1] + ("0" if path[-1] != "0" else "1"),
            path.replace("confirm", "leave"),
            path.replace(f"/{reader.id}-", f"/{other.id}-"),
            other._url("confirm").partition("/saas")[1]
            + other._url("confirm").partition("/saas")[2],
            "/saas/status/confirm/x",
            "/saas/status/confirm/%C2%B2-x",
        ):
            with self.subTest(path=forged):
                answer = self.get(forged)
                self.assertEqual(answer.status_code, 404)
                self.assertEqual(CHANGING.sub("", answer.text), CHANGING.sub("", gone.text))
        reader.sudo().asked_at = self.now - timedelta(days=8)
        self.assertEqual(
            self.get(self.path_of(reader)).status_code,
            404,
        )
        self.assertEqual(reader.state, "waiting")

    def test_limits_hold_and_are_noted(self):
        for _number in range(3):
            self.send("/saas/status/subscribe", email="rita@fir.example")
        answer = self.send("/saas/status/subscribe", email="rita@fir.example")
        self.assertEqual(answer.status_code, 429)
        self.assertTrue(int(answer.headers["Retry-After"]) > 0)
        self.assertEqual(len(self.news()), 3)
        self.assertTrue(self.env["saas.security.event"].search([("rule", "=", "status_limited")]))

    def test_no_address_a_trap_and_a_foreign_field_make_nothing(self):
        self.assertEqual(self.send("/saas/status/subscribe", email="rita@").status_code, 422)
        filled = {"email": "rita@fir.example", "fax": "1"}
        self.assertEqual(self.send("/saas/status/subscribe", **filled).status_code, 200)
        foreign = {"email": "rita@fir.example", "brand_id": "1"}
        self.assertEqual(self.send("/saas/status/subscribe", **foreign).status_code, 400)
        self.assertFalse(self.readers())

    def test_a_form_without_its_token_does_nothing(self):
        answer = self.url_open("/saas/status/subscribe", data={"email": "rita@fir.example"})
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.readers())


@tagged("post_install", "-at_install")
class TestPortalIncidents(PortalCase):
    def setUp(self):
        super().setUp()
        self.incident = self.env["saas.incident"].create(
            {
                "title": "Disk of Paris 1",
                "public_title": "Slow login",
                "tenant_ids": [Command.set(self.tenant.ids)],
            }
        )

    def page(self, path="/incidents", user=None):
        self.log_in(user or self.people["viewer"])
        return self.url_open(f"{self.path}{path}").text

    def test_a_customer_reads_what_was_published_of_its_own_database(self):
        self.assertIn("No incident touched this database", self.page())
        self.incident._post("It is the customer.", "investigate")
        self.incident._post("Logging in is slow.", public=True)
        text = self.page()
        self.assertIn("Slow login", text)
        self.assertIn("Logging in is slow.", text)
        self.assertNotIn("It is the customer.", text)
        self.assertNotIn("Paris 1", text)
        self.log_in(self.outsider)
        theirs = self.url_open(f"/my/databases/{self.other_tenant.public_id}/incidents").text
        self.assertNotIn("Slow login", theirs)

    def test_the_banner_tells_of_it_after_everything_the_customer_can_change(self):
        self.incident._post("Slow.", public=True)
        self.assertEqual(self.tenant._portal_banner()["text"], "Slow login: we are working on it.")
        self.assertIn("See More", self.page(""))
        self.tenant._fire("suspended", reason="manual")
        self.assertIn("is closed", self.tenant._portal_banner()["text"])

    def test_the_banner_tells_of_maintenance_within_a_week(self):
        now = fields.Datetime.now()
        one = self.env["saas.maintenance"].create(
            {
                "title": "Security updates",
                "everyone": True,
                "start_at": now + timedelta(days=8),
                "end_at": now + timedelta(days=8, hours=1),
            }
        )
        self.assertFalse(self.tenant._portal_banner())
        one._publish()
        self.assertFalse(self.tenant._portal_banner())
        start = now + timedelta(days=6)
        one._change(start, start + timedelta(hours=1), "", "")
        self.assertIn("Security updates", self.tenant._portal_banner()["text"])
        self.assertIn("Security updates", self.page())
