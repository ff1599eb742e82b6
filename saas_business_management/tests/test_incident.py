"""Incidents: their course, opening by themselves, whom they touch, what is told to whom."""

import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ..kernel.monitoring import component
from .common import SaasCommon


class IncidentCommon(SaasCommon):
    """A tenant of Acme and one of Nova under another brand; alerts to make incidents of."""

    def setUp(self):
        super().setUp()
        # Whatever the hour of the test: it is noon where people sleep at night.
        patcher = patch(
            "odoo.addons.saas_business_management.kernel.monitoring.incident.is_night",
            return_value=False,
        )
        patcher.start()
        self.addCleanup(patcher.stop)
        self.brand = self.env["saas.brand"]._default()
        self.brand.sender_email = "status@brand.example"
        self.nova_brand = self.env["saas.brand"].create({"name": "Nova Cloud"})
        self.acme = self.env["res.partner"].create({"name": "Acme Ltd", "is_company": True})
        self.tenant = self.make_open_tenant(
            name="Acme", partner_id=self.acme.id, admin_email="ana@acme.example"
        )
        self.nova = self.env["res.partner"].create({"name": "Nova SA", "is_company": True})
        self.other = self.make_open_tenant(
            name="Nova Shop",
            subdomain="nova",
            partner_id=self.nova.id,
            brand_id=self.nova_brand.id,
            admin_email="lena@nova.example",
        )
        self.login = self.env.ref("saas_business_management.status_component_login")

    def make_incident(self, **values):
        return self.env["saas.incident"].create(
            {
                "title": "Disk full on Paris 1",
                "public_title": "Slow login",
                "tenant_ids": [Command.set(self.tenant.ids)],
                "component_ids": [Command.set(self.login.ids)],
                **values,
            }
        )

    def make_rule(self, code="slow_door"):
        rules = self.env["saas.alert.rule"].sudo()
        found = rules.search([("code", "=", code)], limit=1)
        return found or rules.create({"name": code.title(), "code": code})

    def make_alert(self, tenant=None, minutes=6, severity="critical", rule=None, **values):
        rule = rule or self.make_rule()
        since = fields.Datetime.now() - timedelta(minutes=minutes)
        count = self.env["saas.alert"].sudo().search_count([])
        given = {
            "rule_id": rule.id,
            "code": rule.code,
            "severity": severity,
            "rank": 0,
            "layer": "application",
            "scope": "tenant" if tenant else "cluster",
            "state": "firing",
            "fingerprint": f"print {count}",
            "group_key": "group",
            "subject_id": tenant.id if tenant else 1,
            "tenant_id": tenant.id if tenant else False,
            "since": since,
            "fired_at": since,
            **values,
        }
        return self.env["saas.alert"]._at_work().create(given)._hands_off()

    def look(self):
        return self.env["saas.incident"]._look_at_alerts()

    def tell(self):
        for row in self.env["saas.incident.update"]._waiting_to_be_told():
            row._tell()

    def mails(self):
        return self.env["mail.mail"].sudo().search([("references", "like", "-incident")])

    def mails_of(self, record):
        thread = self.env["saas.status.mail"]._thread(record)
        return self.env["mail.mail"].sudo().search([("references", "=", thread)], order="id")


@tagged("post_install", "-at_install")
class TestIncident(IncidentCommon):
    def test_an_operator_takes_it_from_validating_to_its_post_mortem(self):
        one = self.make_incident().with_user(self.operator)
        self.assertRegex(one.number, r"^INC-\d{4}-\d{4}$")
        one.action_investigate()
        self.assertEqual(one.state, "investigating")
        self.assertTrue(one.acknowledged_at)
        one._post("A disk is full.", "identify")
        one._post("There is room again.", "watch")
        one._post("All is well.", "resolve")
        self.assertTrue(one.resolved_at and one.is_frozen)
        with self.assertRaisesRegex(UserError, "root cause first"):
            one.action_review()
        one.root_cause = "Logs filled the disk."
        one.action_review()
        self.assertEqual(one.state, "post_mortem")
        self.assertIn("Logs filled the disk.", one.post_mortem)

    def test_states_and_publishing_are_not_written_by_hand(self):
        one = self.make_incident()
        for values in ({"state": "resolved"}, {"is_public": True}, {"frozen_ids": [(5,)]}):
            with self.subTest(values=values), self.assertRaises(UserError):
                one.write(values)
        with self.assertRaises(UserError):
            one.with_context(saas_course=True).write({"state": "resolved"})
        with self.assertRaises(UserError):
            one.unlink()

    def test_a_viewer_posts_nothing(self):
        one = self.make_incident().with_user(self.viewer)
        for button in ("action_post", "action_resolve", "action_investigate", "action_review"):
            with self.subTest(button=button), self.assertRaises(AccessError):
                getattr(one, button)()
        with self.assertRaises(AccessError):
            self.env["saas.incident.post"].with_user(self.viewer).create({"incident_id": one.id})

    def test_whom_it_touches_is_frozen_when_it_is_resolved_and_worked_out_anew_when_reopened(self):
        one = self.make_incident(tenant_ids=False, cluster_ids=[Command.set(self.cluster.ids)])
        self.assertEqual(one.affected_ids, self.tenant | self.other)
        one._post("Over.", "resolve")
        third = self.make_open_tenant(name="Zen", subdomain="zen")
        self.assertEqual(one.affected_ids, self.tenant | self.other)
        self.assertFalse(one._touches(third))
        one._post("It is back.", "reopen")
        self.assertIn(third, one.affected_ids)
        self.assertFalse(one.resolved_at)

    def test_closed_tenants_and_those_of_other_companies_are_not_touched(self):
        one = self.make_incident(everyone=True)
        self.tenant._fire("suspended", reason="manual")
        one.invalidate_recordset()
        self.assertNotIn(self.tenant, one.affected_ids)
        other = self.env["res.company"].create({"name": "Provider of Others"})
        one.company_id = other
        self.assertFalse(one.affected_ids)

    def test_incidents_of_a_tenant_between_two_moments(self):
        now = fields.Datetime.now()
        one = self.make_incident(started_at=now - timedelta(hours=3))
        of_tenant = self.env["saas.incident"]._of_tenant
        self.assertEqual(of_tenant(self.tenant, now - timedelta(hours=1), now), one)
        self.assertFalse(of_tenant(self.other, now - timedelta(hours=1), now))
        before = (now - timedelta(hours=9), now - timedelta(hours=4))
        self.assertFalse(of_tenant(self.tenant, *before))
        one._post("Over.", "resolve")
        later = fields.Datetime.now() + timedelta(seconds=2)
        self.assertFalse(of_tenant(self.tenant, later, later + timedelta(hours=1)))

    def test_times_and_what_came_back(self):
        now = fields.Datetime.now()
        earlier = self.make_incident(cause="Disk full", started_at=now - timedelta(days=20))
        self.make_incident(cause="Disk full", started_at=now - timedelta(days=40))
        one = self.make_incident(cause="disk FULL", started_at=now - timedelta(minutes=30))
        self.assertEqual(one.earlier_ids, earlier)
        self.assertAlmostEqual(one.detect_seconds, 1800, delta=60)
        one._post("Over.", "resolve")
        self.assertAlmostEqual(one.recover_seconds, 1800, delta=60)

    def test_minutes_down_are_those_of_its_tenants_while_it_lasted(self):
        now = fields.Datetime.now().replace(microsecond=0)
        intervals = self.env["saas.status.interval"]
        ids = (self.tenant.id, self.other.id)
        for minutes, state in ((60, "ok"), (30, "critical"), (10, "ok")):
            at = now - timedelta(minutes=minutes)
            intervals._note("service", dict.fromkeys(ids, state), at)
        one = self.make_incident(started_at=now - timedelta(minutes=25))
        self.assertEqual(one.down_minutes, 15)
        self.assertEqual(self.make_incident(started_at=now).down_minutes, 0)

    def test_the_timeline_has_alerts_updates_and_operations_in_order(self):
        alert = self.make_alert(self.tenant)
        one = self.look()
        self.assertEqual(one.alert_ids, alert)
        one.started_at = fields.Datetime.now() - timedelta(days=1)
        one._post("<b>Bold</b> words", "investigate")
        text = one.timeline
        self.assertLess(text.index("Slow_Door: Acme"), text.index("Bold"))
        self.assertIn("&lt;b&gt;Bold", text)
        self.assertIn("Operation", text)


@tagged("post_install", "-at_install")
class TestIncidentOpening(IncidentCommon):
    def test_a_critical_alert_that_lasts_opens_one_that_nobody_outside_reads_of(self):
        self.make_alert(self.tenant, minutes=4)
        self.assertFalse(self.look())
        self.env["saas.alert"].search([])._at_work().write(
            {"fired_at": fields.Datetime.now() - timedelta(minutes=5)}
        )
        one = self.look()
        self.assertTrue(one.opened_by_itself)
        self.assertFalse(one.is_public)
        self.assertEqual((one.state, one.tenant_ids), ("validating", self.tenant))
        self.assertFalse(one.cluster_ids)
        self.assertFalse(self.look())

    def test_it_looks_after_each_pass_of_the_alerts(self):
        self.make_alert(self.tenant)
        alerts = self.env["saas.alert"]
        alerts._after_pass(alerts, alerts)
        self.assertTrue(self.env["saas.incident"].search([("tenant_ids", "in", self.tenant.ids)]))

    def test_many_tenants_of_a_cluster_are_one_incident_and_later_ones_join_it(self):
        third = self.make_open_tenant(name="Zen", subdomain="zen")
        fourth = self.make_open_tenant(name="Oak", subdomain="oak")
        for tenant in (self.tenant, self.other, third):
            self.make_alert(tenant, minutes=0, severity="warning")
        one = self.look()
        self.assertEqual(len(one), 1)
        self.assertEqual((one.severity, one.cluster_ids), ("critical", self.cluster))
        late = self.make_alert(fourth, minutes=0, severity="warning")
        self.assertFalse(self.look())
        self.assertIn(late, one.alert_ids)

    def test_one_that_was_resolved_opens_no_second_while_its_alert_fires_on(self):
        self.make_alert(self.tenant)
        one = self.look()
        one._post("It is the customer's own network.", "resolve")
        self.assertFalse(self.look())

    def test_a_silenced_alert_opens_none(self):
        muted = self.make_alert(self.tenant)
        muted._at_work().write({"muted": "silence"})
        self.assertFalse(self.look())

    def test_an_alert_nobody_took_in_hand_opens_one_at_once(self):
        alert = self.make_alert(self.tenant, minutes=0, severity="warning")
        self.env["saas.alert"]._want_incident(alert)
        found = self.env["saas.incident"].search([("alert_ids", "in", alert.ids)])
        self.assertEqual(len(found), 1)


@tagged("post_install", "-at_install")
class TestIncidentTelling(IncidentCommon):
    def post(self, one, **values):
        dialog = Form(
            self.env["saas.incident.post"]
            .with_user(self.operator)
            .with_context(default_incident_id=one.id, default_event=values.pop("event", False))
        )
        for name, value in values.items():
            setattr(dialog, name, value)
        return dialog.save()

    def test_nothing_is_public_before_the_dialog_says_whom_it_reaches(self):
        one = self.make_incident()
        self.tell()
        self.assertFalse(one.is_public)
        dialog = self.post(one, text="Since 10:42 logging in takes over 10 seconds.")
        self.assertIn("1 people get a mail; 1 tenants are affected.", dialog.effect)
        self.assertIn("Since 10:42", dialog.preview)
        self.assertFalse(one.is_public)
        dialog.action_apply()
        self.assertTrue(one.is_public)

    def test_without_a_public_title_nothing_is_published(self):
        one = self.make_incident(public_title=False)
        with self.assertRaisesRegex(UserError, "public title"):
            one._post("Something is slow.", public=True)
        self.assertFalse(one.is_public)

    def test_the_preview_is_text_and_shows_the_own_words_of_a_brand(self):
        one = self.make_incident()
        dialog = self.post(one, text="<script>alert(1)</script>")
        self.assertNotIn("<script>", dialog.preview)
        dialog.write(
            {
                "preview_brand_id": self.nova_brand.id,
                "line_ids": [
                    Command.create({"brand_id": self.nova_brand.id, "text": "In Nova's words."})
                ],
            }
        )
        self.assertIn("In Nova&#39;s words.", dialog.preview)

    def test_one_thread_of_mails_to_each_customer_once_in_the_words_of_its_brand(self):
        member = new_test_user(
            self.env, "tech@acme.example", groups="base.group_portal", name="Tech"
        )
        for user, email, role in (
            (member, "tech@acme.example", "technical"),
            (self.customer, "bills@acme.example", "billing"),
        ):
            self.env["saas.customer.member"].create(
                {"account_id": self.acme.id, "user_id": user.id, "email": email, "role": role}
            )
        one = self.make_incident(tenant_ids=[Command.set((self.tenant | self.other).ids)])
        own = {self.nova_brand.id: "Nova's words"}
        one._post("Our words", "investigate", public=True, own_texts=own)
        one._post("Over", "resolve", public=True)
        self.tell()
        self.tell()
        mails = self.mails_of(one)
        told = [(mail.email_to, mail.subject) for mail in mails]
        first = "Slow login: we are working on it"
        people = ("ana@acme.example", "tech@acme.example", "lena@nova.example")
        self.assertEqual(
            sorted(told),
            sorted([(who, text) for who in people for text in (first, f"Re: {first}")]),
        )
        by_address = {mail.email_to: mail.body_html for mail in mails[:3]}
        self.assertIn("Our words", by_address["ana@acme.example"])
        self.assertIn("Nova&#39;s words", by_address["lena@nova.example"])
        self.assertNotIn("Our words", by_address["lena@nova.example"])
        self.assertEqual(len(set(mails.mapped("references"))), 1)
        self.assertIn("status@brand.example", mails[0].email_from)
        self.assertIn("Resolved: Slow login", mails[-1].body_html)

    def test_no_mail_names_another_customer_or_what_operators_call_it(self):
        one = self.make_incident(tenant_ids=[Command.set((self.tenant | self.other).ids)])
        one._post("Logging in is slow.", public=True)
        self.tell()
        for mail in self.mails_of(one):
            foreign = "Acme" if "nova" in mail.email_to else "Nova Shop"
            own = "Nova Shop" if "nova" in mail.email_to else "Acme"
            self.assertIn(own, mail.body_html)
            for word in (foreign, "Disk full", "Paris 1", "Testing"):
                self.assertNotIn(word, mail.body_html.replace("acme.example", ""))

    def test_somebody_with_two_databases_gets_one_mail_that_names_both(self):
        self.make_open_tenant(
            name="Acme Outlet",
            subdomain="outlet",
            partner_id=self.acme.id,
            admin_email="Ana@acme.example",
        )
        one = self.make_incident(tenant_ids=False, cluster_ids=[Command.set(self.cluster.ids)])
        one._post("Slow.", public=True)
        self.tell()
        mail = self.mails_of(one).filtered(lambda row: row.email_to == "ana@acme.example")
        self.assertEqual(len(mail), 1)
        self.assertIn("Acme and Acme Outlet", mail.body_html)

    def test_a_note_is_told_to_nobody(self):
        one = self.make_incident()
        one._post("It is Acme's own report.", "investigate")
        self.tell()
        self.assertFalse(self.mails_of(one))
        self.assertFalse(self.env["saas.incident"]._public_of(self.brand))

    def test_webhooks_hear_of_their_own_databases_alone(self):
        endpoints = self.env["saas.webhook.endpoint"]
        acme = endpoints.create(
            {"name": "Acme's", "url": "https://acme.example/hook", "partner_id": self.acme.id}
        )
        ours = endpoints.create({"name": "Ours", "url": "https://ours.example/hook"})
        (acme | ours).write({"user_id": self.operator.id})
        acme.action_enable()
        ours.action_enable()
        one = self.make_incident(tenant_ids=[Command.set((self.tenant | self.other).ids)])
        one._post("Slow.", public=True)
        one._post("Over.", "resolve", public=True)
        self.tell()
        events = (
            self.env["saas.webhook.event"]
            .sudo()
            .search([("code", "in", ("incident.opened", "incident.updated", "incident.resolved"))])
        )
        theirs = events.filtered(lambda row: row.delivery_ids.endpoint_id == acme)
        self.assertEqual(theirs.mapped("code"), ["incident.resolved", "incident.opened"])
        for row in theirs:
            data = json.loads(row.payload)["data"]
            self.assertEqual([tenant["name"] for tenant in data["tenants"]], ["Acme"])
            self.assertNotIn("Nova", row.payload)
        told = events.filtered(lambda row: row.delivery_ids.endpoint_id == ours)
        self.assertEqual(len(told), 2)
        self.assertEqual(json.loads(told[0].payload)["data"]["affected"], 2)
        self.assertNotIn("Acme", told[0].payload)

    def test_an_open_published_incident_is_the_state_of_its_parts(self):
        self.brand.status_published = True
        one = self.make_incident(impact=component.PARTIAL)
        one._post("Slow.", public=True)
        now = self.env["saas.status.period"]._now_of(self.brand)
        self.assertEqual((now["login"], now["web"]), ("partial", "unknown"))
        one._post("Over.", "resolve", public=True)
        self.assertEqual(self.env["saas.status.period"]._now_of(self.brand)["login"], "unknown")
