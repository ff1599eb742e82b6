"""Maintenance: announcing, changing, calling off, the clock, weeks, notice."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .test_incident import IncidentCommon


class MaintenanceCommon(IncidentCommon):
    def setUp(self):
        super().setUp()
        self.now = fields.Datetime.now()

    def make_window(self, hours=72, minutes=30, **values):
        start = self.now + timedelta(hours=hours)
        return self.env["saas.maintenance"].create(
            {
                "title": "Security updates",
                "start_at": start,
                "end_at": start + timedelta(minutes=minutes),
                "tz": "Europe/Paris",
                "tenant_ids": [Command.set(self.tenant.ids)],
                "interruption": "about 3 seconds",
                "text": "Servers start anew.",
                **values,
            }
        )

    def at(self, moment):
        return patch.object(fields.Datetime, "now", lambda *_args: moment)

    def by_time(self):
        for one in self.env["saas.maintenance"]._due():
            one._by_time()

    def tell_all(self):
        for one in self.env["saas.maintenance"]._waiting_to_be_told():
            one._tell()


@tagged("post_install", "-at_install")
class TestMaintenance(MaintenanceCommon):
    def windows(self, tenant=None):
        far = self.now + timedelta(days=60)
        return self.env["saas.maintenance"]._windows(tenant or self.tenant, self.now, far)

    def test_announced_through_the_dialog_then_mailed_once(self):
        one = self.make_window()
        self.assertEqual(self.windows(), [])
        dialog = Form(
            self.env["saas.maintenance.notice"]
            .with_user(self.operator)
            .with_context(default_maintenance_id=one.id, default_kind="announce")
        ).save()
        self.assertIn("1 people get a mail", dialog.effect)
        self.assertIn("does not count", dialog.effect)
        self.assertFalse(one.published_at)
        dialog.action_apply()
        self.tell_all()
        self.tell_all()
        (mail,) = self.mails_of(one)
        self.assertEqual(mail.email_to, "ana@acme.example")
        self.assertIn("Maintenance on", mail.subject)
        self.assertLessEqual(len(mail.subject), 60)
        self.assertIn("about 3 seconds", mail.body_html)
        self.assertIn("Acme", mail.body_html)
        self.assertEqual(self.windows(), [(one.start_at, one.end_at, one.published_at, False)])
        self.assertEqual(self.windows(self.other), [])

    def test_downtime_is_excluded_only_with_notice(self):
        for hours, urgent, excluded in ((49, False, True), (47, False, False), (2, True, True)):
            with self.subTest(hours=hours):
                one = self.make_window(hours=hours, urgent=urgent)
                self.assertFalse(one.is_excluded)
                one._publish()
                self.assertEqual(one.is_excluded, excluded)

    def test_what_was_announced_changes_by_the_dialog_alone_and_notice_counts_anew(self):
        one = self.make_window()
        one._publish()
        one._put_course({"published_at": self.now - timedelta(days=5)})
        with self.assertRaisesRegex(UserError, "Choose Change"):
            one.start_at = self.now + timedelta(hours=3)
        shorter = (one.start_at, one.end_at - timedelta(minutes=10), "", "Servers start anew.")
        one._change(*shorter)
        self.assertEqual(one.published_at, self.now - timedelta(days=5))
        start = self.now + timedelta(hours=30)
        one._change(start, start + timedelta(hours=1), "a minute", "Servers start anew.")
        self.assertGreater(one.published_at, self.now - timedelta(minutes=1))
        self.assertFalse(one.is_excluded)

    def test_change_and_cancellation_are_mailed_in_the_same_thread(self):
        one = self.make_window()
        one._publish()
        self.tell_all()
        start = self.now + timedelta(hours=100)
        one._change(start, start + timedelta(hours=1), "", "")
        self.tell_all()
        with self.assertRaisesRegex(UserError, "Write why"):
            one._cancel(" ")
        one._cancel("not needed")
        self.tell_all()
        mails = self.mails_of(one)
        self.assertEqual([mail.subject.split(" ")[1] for mail in mails], ["on", "moved", "on"])
        self.assertIn("is cancelled", mails[-1].subject)
        self.assertNotIn("not needed", mails[-1].body_html)
        self.assertEqual(self.windows(), [])

    def test_what_nobody_heard_of_is_called_off_in_silence(self):
        one = self.make_window()
        one._publish()
        one._cancel("mistake")
        self.tell_all()
        self.assertFalse(self.mails_of(one))

    def test_the_clock_begins_and_ends_it_and_a_person_completes_it(self):
        one = self.make_window(hours=2)
        self.by_time()
        self.assertEqual(one.state, "scheduled")
        with self.at(one.start_at):
            self.by_time()
        self.assertEqual(one.state, "scheduled", "nobody was told of it")
        one._publish()
        with self.at(one.start_at):
            self.by_time()
        self.assertEqual(one.state, "in_progress")
        with self.at(one.end_at):
            self.by_time()
        self.assertEqual(one.state, "verifying")
        one.with_user(self.operator).action_go_on()
        one.with_user(self.operator).action_verify()
        one.with_user(self.operator).action_complete()
        self.assertEqual((one.state, one.frozen_ids), ("completed", self.tenant))

    def test_a_week_later_at_the_same_hour_when_clocks_change(self):
        start = fields.Datetime.to_datetime("2026-03-24 01:00:00")  # 02:00 in Paris, winter
        with self.at(start - timedelta(days=4)):
            one = self.make_window(
                start_at=start,
                end_at=start + timedelta(minutes=30),
                weekly=True,
                by_itself=True,
                repeat_until="2026-04-07",
            )
            one._publish()
        for week, begins in (
            (1, fields.Datetime.to_datetime("2026-03-31 00:00:00")),
            (2, fields.Datetime.to_datetime("2026-04-07 00:00:00")),
        ):
            with self.at(start + timedelta(days=7 * week - 7, minutes=30)):
                self.by_time()
            found = self.env["saas.maintenance"].search([("series_id", "=", one.id)])
            self.assertEqual(found[0].start_at, begins)
            self.assertTrue(found[0].published_at and found[0].is_excluded)
        with self.at(fields.Datetime.to_datetime("2026-04-07 00:30:00")):
            self.by_time()
        standing = [("series_id", "=", one.id), ("state", "=", "scheduled")]
        self.assertFalse(self.env["saas.maintenance"].search(standing))

    def test_windows_have_an_end_after_their_beginning_and_touch_somebody(self):
        with self.assertRaises(ValidationError):
            self.make_window(minutes=0)
        with self.assertRaisesRegex(UserError, "touches no tenant"):
            self.make_window(tenant_ids=False)._publish()
        with self.assertRaisesRegex(UserError, "over already"):
            self.make_window(hours=-3)._publish()

    def test_a_viewer_announces_nothing(self):
        one = self.make_window().with_user(self.viewer)
        for button in ("action_publish", "action_cancel", "action_begin", "action_complete"):
            with self.subTest(button=button), self.assertRaises(AccessError):
                getattr(one, button)()

    def test_the_status_page_says_maintenance_while_it_is_under_way(self):
        self.brand.status_published = True
        one = self.make_window(hours=1, component_ids=[Command.set(self.login.ids)])
        one._publish()
        with self.at(one.start_at):
            self.by_time()
            now = self.env["saas.status.period"]._now_of(self.brand)
        self.assertEqual((now["login"], now["web"]), ("maintenance", "unknown"))

    def test_the_webhook_is_told_of_the_announcement(self):
        one = self.make_window()
        one._publish()
        self.tell_all()
        event = self.env["saas.webhook.event"].search([("code", "=", "maintenance.scheduled")])
        self.assertEqual(len(event), 1)
        self.assertIn(one.reference, event.sudo().payload)

    def test_alerts_in_an_announced_window_wake_nobody_but_those_of_security(self):
        one = self.make_window(hours=1)
        alert = self.make_alert(self.tenant)
        grave = self.make_alert(self.tenant, layer="security")
        foreign = self.make_alert(self.other)
        inside = one.start_at + timedelta(minutes=5)
        self.assertFalse(self.env["saas.maintenance"]._tenants_at(inside))
        one._publish()
        self.assertEqual(self.env["saas.maintenance"]._tenants_at(inside), self.tenant)
        self.assertFalse(self.env["saas.maintenance"]._tenants_at(one.end_at))
        self.env["saas.alert"]._mute(inside)
        self.assertEqual(alert.muted, "maintenance")
        self.assertNotEqual(grave.muted, "maintenance")
        self.assertNotEqual(foreign.muted, "maintenance")
