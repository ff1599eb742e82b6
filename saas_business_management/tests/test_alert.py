"""Alerts as rows: passes over the fleet, who is told, silences, thresholds, broken rules."""

from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger
from psycopg2 import IntegrityError

from ..kernel.errors import Unavailable
from ..kernel.integration.answer import Answer
from .common import SaasCommon

START = fields.Datetime.to_datetime("2031-05-05 09:00:00")
HOOK = "https://hooks.example.com/services/T0/B0/planted-token"


class AlertCommon(SaasCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alerts = cls.env["saas.alert"]
        cls.rules = cls.env["saas.alert.rule"]
        cls.messages = cls.env["saas.alert.message"]
        cls.env["saas.alert.escalation"].search([]).active = False
        cls.channel = cls.env["saas.alert.channel"].create(
            {"name": "On-Call", "kind": "mail", "user_ids": cls.operator.ids}
        )
        cls.operator.email = "bob@provider.example"
        cls.escalation = cls.env["saas.alert.escalation"].create(
            {
                "name": "Test",
                "step_ids": [
                    fields.Command.create(
                        {"delay_minutes": 0, "channel_ids": [(6, 0, cls.channel.ids)]}
                    )
                ],
            }
        )

    def setUp(self):
        super().setUp()
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_more: 60.0)
        self.clock = freeze_time(START)
        self.frozen = self.clock.start()
        self.addCleanup(self.clock.stop)
        # Whatever else is in the database was read just now and is well.
        self.rules.search([("no_data", "=", "alert")]).active = False

    def rule(self, code):
        return self.rules.search([("code", "=", code)])

    def reads(self, family, subject, **values):
        self.env["saas.metric"]._add(family, [(fields.Datetime.now(), subject, values)])

    def minute(self, minutes=1):
        self.frozen.tick(timedelta(minutes=minutes))

    def one_pass(self):
        return self.alerts._pass(fields.Datetime.now())

    def tell(self):
        before = self.messages.search([])
        self.alerts._notify(fields.Datetime.now())
        return self.messages.search([]) - before

    def watch(self, minutes, family, subject, **values):
        """Read the same each minute, pass after pass; return the messages that were sent."""
        sent = self.messages
        for _number in range(minutes):
            self.reads(family, subject, **values)
            self.one_pass()
            sent |= self.tell()
            self.minute()
        return sent

    def of(self, code, state="firing"):
        return self.alerts.search([("code", "=", code), ("state", "=", state)])


@tagged("post_install", "-at_install")
class TestAlertPass(AlertCommon):
    def test_an_alert_goes_from_pending_to_firing_to_resolved(self):
        self.watch(1, "cluster", self.cluster.id, cluster_up=1)
        self.watch(1, "cluster", self.cluster.id, cluster_up=0)
        pending = self.of("cluster_down", "pending")
        self.assertEqual((pending.cluster_id, pending.since), (self.cluster, START + MINUTES(1)))
        sent = self.watch(2, "cluster", self.cluster.id, cluster_up=0)
        self.assertEqual((pending.state, pending.severity, pending.layer), CRITICAL)
        self.assertEqual(pending.fired_at, START + MINUTES(2))
        self.assertEqual(len(sent), 1)
        self.assertEqual(sent.notification_ids.why, "first")
        self.assertEqual(pending.told_at, START + MINUTES(3))
        over = self.watch(7, "cluster", self.cluster.id, cluster_up=1)
        self.assertEqual((pending.state, pending.ended_at), ("resolved", START + MINUTES(9)))
        self.assertEqual(over.notification_ids.mapped("why"), ["ended"])
        self.assertFalse(self.watch(10, "cluster", self.cluster.id, cluster_up=1))

    def test_what_does_not_hold_for_long_enough_leaves_no_row(self):
        self.watch(1, "cluster", self.cluster.id, cluster_up=0)
        self.watch(1, "cluster", self.cluster.id, cluster_up=1)
        self.assertFalse(self.alerts.search([("code", "=", "cluster_down")]))

    def test_across_a_blind_time_nothing_fires_and_the_blind_time_is_written_down(self):
        self.watch(1, "cluster", self.cluster.id, cluster_up=0)
        self.minute(10)
        self.watch(1, "cluster", self.cluster.id, cluster_up=0)
        self.assertEqual(self.of("cluster_down", "pending").since, START + MINUTES(11))
        row = self.env["saas.alert.watch"].search([], limit=1)
        self.assertEqual((row.blind_from, row.started_at), (START, START + MINUTES(11)))
        self.assertEqual(row.blind_minutes, 11)

    def test_a_broken_rule_is_shown_and_stops_no_other(self):
        mine = self.rule("cpu_busy").copy({"code": "cpu_busy_here"})
        self.lose_metric(mine)
        empty = self.rules.create({"name": "Empty", "code": "empty_one"})
        with mute_logger("odoo.addons.saas_business_management.models.saas_alert_pass"):
            self.watch(2, "cluster", self.cluster.id, cluster_up=0)
        self.assertTrue(self.of("cluster_down"))
        self.assertIn("gone", mine.broken_text)
        self.assertTrue(mine.active)
        self.assertTrue(empty.broken_text)
        self.assertEqual(self.env["saas.alert.watch"].search([], limit=1).broken_count, 2)
        found = {one["code"]: one["level"] for one in self.env["saas.doctor"]._run()}
        self.assertEqual(found["alert_rules"], "failing")

    def test_a_rule_of_an_earlier_version_about_a_lost_metric_is_archived_and_says_so_once(self):
        self.watch(2, "cluster", self.cluster.id, cluster_up=0)
        old = self.rule("cluster_down")
        self.lose_metric(old)
        log = "odoo.addons.saas_business_management.models.saas_alert_pass"
        with self.assertLogs(log, "WARNING") as told:
            self.watch(3, "cluster", self.cluster.id, cluster_up=0)
        self.assertEqual(len(told.records), 1)
        self.assertFalse(old.active)
        self.assertIn("gone", old.message_ids[0].body)
        self.assertEqual(self.of("cluster_down", "firing"), self.alerts)
        self.assertEqual(self.env["saas.alert.watch"].search([], limit=1).broken_count, 0)

    def lose_metric(self, rule):
        self.env.flush_all()
        change = "UPDATE saas_alert_condition SET metric = 'gone' WHERE rule_id = %s"
        self.env.cr.execute(SQL(change, rule.id))
        rule.condition_ids.invalidate_recordset()

    def test_a_plan_and_a_tenant_have_thresholds_of_their_own_until_their_last_day(self):
        tenant = self.make_open_tenant(plan_id=self.plan.id)
        rule = self.rule("storage_near")
        self.reads("size", tenant.id, storage_percent=75)
        self.assertFalse(self.one_pass()[0])
        terms = {"rule_id": rule.id, "threshold": 70, "reason": "a small disk"}
        today = START.date()
        plan = self.env["saas.alert.override"].create(
            {**terms, "plan_id": self.plan.id, "until_on": today}
        )
        self.assertEqual(self.one_pass()[0].tenant_id, tenant)
        own = self.env["saas.alert.override"].create(
            {**terms, "threshold": 90, "tenant_id": tenant.id, "until_on": today}
        )
        self.assertTrue(plan.is_on and own.is_on)
        for _number in range(7):
            self.minute()
            self.one_pass()
        self.assertEqual(self.of("storage_near", "resolved").tenant_id, tenant)

    def test_a_profile_has_thresholds_of_its_own_and_a_plan_the_last_word(self):
        tenant = self.make_open_tenant(plan_id=self.plan.id)
        rule = self.rule("storage_near")
        self.reads("size", tenant.id, storage_percent=75)
        self.assertFalse(self.one_pass()[0])
        line = {"rule_id": rule.id, "severity": rule.severity, "value": 70}
        profile = self.env["saas.monitoring.profile"]._of_plans(self.plan)[self.plan.id]
        profile.threshold_ids = [fields.Command.create(line)]
        self.minute()
        self.assertEqual(self.one_pass()[0].tenant_id, tenant)
        terms = {"rule_id": rule.id, "threshold": 90, "reason": "agreed", "plan_id": self.plan.id}
        self.env["saas.alert.override"].create({**terms, "until_on": START.date()})
        for _number in range(7):
            self.minute()
            self.one_pass()
        self.assertEqual(self.of("storage_near", "resolved").tenant_id, tenant)

    def test_a_layer_that_the_profile_does_not_watch_is_not_judged(self):
        tenant = self.make_open_tenant(plan_id=self.plan.id)
        profile = self.env["saas.monitoring.profile"]._of_plans(self.plan)[self.plan.id]
        self.assertTrue(profile)
        layer = self.rule("storage_near").layer
        self.reads("size", tenant.id, storage_percent=85)
        profile[f"watches_{layer}"] = False
        self.assertFalse(self.one_pass()[0])
        profile[f"watches_{layer}"] = True
        self.minute()
        self.assertEqual(self.one_pass()[0].tenant_id, tenant)
        profile[f"watches_{layer}"] = False
        self.minute()
        self.assertEqual(self.one_pass()[1].tenant_id, tenant, "what fires there is over")

    def test_the_same_alert_is_never_open_twice(self):
        self.watch(2, "cluster", self.cluster.id, cluster_up=0)
        one = self.of("cluster_down")
        vals = {name: one[name] for name in ("code", "severity", "rank", "layer", "scope", "state")}
        vals |= {name: one[name] for name in ("fingerprint", "group_key", "subject_id", "since")}
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.alerts._at_work().create({**vals, "rule_id": one.rule_id.id})
            self.env.flush_all()

    def test_other_rooms_hear_what_fired_and_what_was_resolved(self):
        heard = []
        self.patch(
            type(self.alerts),
            "_after_pass",
            lambda _self, fired, resolved: heard.append((len(fired), len(resolved))),
        )
        self.watch(2, "cluster", self.cluster.id, cluster_up=0)
        self.watch(6, "cluster", self.cluster.id, cluster_up=1)
        self.assertEqual([one for one in heard if any(one)], [(1, 0), (0, 1)])
        self.assertEqual(self.alerts._worst("cluster_id", self.cluster.ids), {})

    def test_an_archived_rule_ends_its_alerts(self):
        self.watch(2, "cluster", self.cluster.id, cluster_up=0)
        self.rule("cluster_down").active = False
        self.minute()
        self.assertEqual(self.one_pass()[1].code, "cluster_down")

    def test_ten_thousand_alerts_at_once_are_few_statements_and_one_mail_each(self):
        several = 10_000
        subjects = self.env["saas.cluster"].browse(self.cluster.id)
        there = {number: self.about(subjects) for number in range(1, several + 1)}
        rule = self.rule("sessions_blocked")
        moves = [self.moved(number) for number in there]
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        made = self.alerts._make(rule.sudo(), there, moves, "firing", fields.Datetime.now())
        self.env.flush_all()
        self.assertEqual(len(made), several)
        # Odoo inserts a hundred rows with each statement.
        self.assertLess(self.env.cr.sql_log_count - before, several // 100 + 20)
        self.minute()
        before = self.env.cr.sql_log_count
        self.alerts._mute(fields.Datetime.now())
        sent = self.tell()
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - before, 200)
        self.assertEqual(len(sent), 1)
        self.assertEqual(sent.notification_ids.alert_count, several)
        self.assertEqual(len(sent.notification_ids.firing_ids), 20)

    def about(self, cluster):
        from ..models.saas_alert_facts import About

        self.number = getattr(self, "number", 0) + 1
        return About({"cluster_id": cluster.id}, {"subject": self.number})

    def moved(self, number):
        from ..kernel.alerting.course import Move

        return Move(number, "firing", 99.0)


def MINUTES(count):  # noqa: N802
    return timedelta(minutes=count)


CRITICAL = ("firing", "critical", "database")


@tagged("post_install", "-at_install")
class TestAlertTelling(AlertCommon):
    def mails(self, messages):
        return self.env["mail.mail"].search([("saas_alert_message_id", "in", messages.ids)])

    def test_a_cluster_that_is_down_is_one_message_for_all_its_tenants(self):
        tenants = [self.make_open_tenant(subdomain=f"shop{n}", name=f"Shop {n}") for n in range(3)]
        sent = self.messages
        for _number in range(6):
            for one in tenants:
                self.reads("door", one.id, door_misses=3)
            sent |= self.watch(1, "cluster", self.cluster.id, cluster_up=0)
        self.assertEqual(len(self.of("door_closed")), 3)
        self.assertEqual(set(self.of("door_closed").mapped("muted")), {"cluster"})
        told = sent.notification_ids.mapped("rule_id.code")
        self.assertEqual(told.count("cluster_down"), 1)
        # The doors were found closed a minute before the cluster.
        self.assertLessEqual(told.count("door_closed"), 1)

    def test_a_mail_says_what_where_and_what_to_do_in_the_reader_s_words(self):
        sent = self.watch(4, "cluster", self.cluster.id, cluster_up=0)
        mail = self.mails(sent)
        self.assertEqual(mail.email_to, self.operator.email_formatted)
        self.assertEqual(mail.subject, "Cluster Is Down: Testing")
        for part in ("Start the server", "Testing", "/odoo/saas-alerts/", "On-Call"):
            self.assertIn(part, mail.body_html)

    def test_whoever_took_it_in_hand_is_not_told_again_and_nobody_next_is(self):
        next_one = self.channel.copy({"name": "Next", "user_ids": self.admin.ids})
        self.escalation.step_ids = [
            fields.Command.create({"delay_minutes": 15, "channel_ids": next_one.ids}),
            fields.Command.create({"delay_minutes": 30, "opens_incident": True}),
        ]
        asked = []
        self.patch(type(self.alerts), "_want_incident", lambda _self, rows: asked.append(rows.ids))
        sent = self.watch(16, "cluster", self.cluster.id, cluster_up=0)
        self.assertEqual(sent.channel_id, self.channel)
        more = self.watch(2, "cluster", self.cluster.id, cluster_up=0)
        self.assertEqual(more.channel_id, next_one)
        self.watch(16, "cluster", self.cluster.id, cluster_up=0)
        self.assertEqual(asked, [self.of("cluster_down").ids])
        self.of("cluster_down").with_user(self.operator).action_acknowledge()
        self.assertEqual(self.of("cluster_down").owner_id, self.operator)
        self.minute(60 * 3)
        self.assertFalse(self.tell())

    def test_a_channel_of_two_steps_hears_at_both(self):
        self.escalation.step_ids = [
            fields.Command.create({"delay_minutes": 15, "channel_ids": self.channel.ids})
        ]
        sent = self.watch(18, "cluster", self.cluster.id, cluster_up=0)
        self.assertEqual(sent.notification_ids.mapped("why"), ["first", "again"])

    def test_a_warning_waits_for_business_hours_and_comes_in_one_digest(self):
        night = fields.Datetime.to_datetime("2031-05-05 03:00:00")
        self.frozen.move_to(night)
        self.channel.tz = "UTC"
        for family, values in (
            ("cluster", {"longest_blocked_s": 90, "connections_percent": 95, "cluster_up": 1}),
        ):
            for _number in range(8):
                self.reads(family, self.cluster.id, **values)
                self.one_pass()
                self.assertFalse(self.tell())
                self.minute()
        self.frozen.move_to(fields.Datetime.to_datetime("2031-05-05 08:00:00"))
        sent = self.tell()
        self.assertEqual(len(sent), 1)
        self.assertEqual(
            set(sent.notification_ids.mapped("rule_id.code")),
            {"sessions_blocked", "connections_high"},
        )

    def test_an_activity_is_planned_for_one_person_and_closed_with_feedback(self):
        self.channel.kind = "inbox"
        self.watch(4, "cluster", self.cluster.id, cluster_up=0)
        alert = self.of("cluster_down")
        activity = alert.activity_id
        self.assertEqual(activity.user_id, self.operator)
        self.assertEqual(self.cluster.activity_ids, activity)
        self.watch(8, "cluster", self.cluster.id, cluster_up=1)
        self.assertFalse(self.cluster.activity_ids)

    def test_a_webhook_is_told_as_an_event_of_its_own_kind(self):
        endpoint = self.env["saas.webhook.endpoint"].create(
            {"name": "Pager", "url": "https://hooks.example.com/x"}
        )
        endpoint.action_enable()
        self.channel.write({"kind": "webhook", "endpoint_id": endpoint.id})
        self.watch(4, "cluster", self.cluster.id, cluster_up=0)
        self.watch(8, "cluster", self.cluster.id, cluster_up=1)
        codes = endpoint.delivery_ids.sorted("id").mapped("code")
        self.assertEqual(codes, ["alert.firing", "alert.resolved"])

    def test_a_silence_needs_a_reason_and_mutes_at_once_until_it_ends(self):
        self.watch(2, "cluster", self.cluster.id, cluster_up=0)
        alert = self.of("cluster_down")
        wizard = Form(
            self.env["saas.alert.silence.add"]
            .with_user(self.operator)
            .with_context(default_alert_id=alert.id)
        )
        wizard.reason = "new disks"
        wizard.hours = "1"
        wizard.save().action_apply()
        self.assertEqual((alert.muted, alert.silence_id.user_id), ("silence", self.operator))
        self.assertFalse(self.watch(10, "cluster", self.cluster.id, cluster_up=0))
        alert.silence_id.with_user(self.operator).action_end()
        self.assertEqual(len(self.watch(2, "cluster", self.cluster.id, cluster_up=0)), 1)

    def test_silences_have_bounds(self):
        silences = self.env["saas.alert.silence"]
        base = {"reason": "x", "start_at": START, "cluster_id": self.cluster.id}
        bad = (
            {"end_at": START + timedelta(days=31)},
            {"end_at": START + timedelta(hours=1), "cluster_id": False},
            {"end_at": START + timedelta(days=2), "repeats": "daily", "last_at": START},
            {"end_at": START + timedelta(hours=1), "repeats": "daily"},
        )
        for values in bad:
            with self.subTest(values=values), self.assertRaises(ValidationError):
                silences.create({**base, **values})
        self.assertTrue(silences.create({**base, "end_at": START + timedelta(days=30)}).is_on)

    def test_more_than_thirty_messages_a_minute_come_in_one(self):
        self.channel.per_minute = 2
        values = {"cluster_up": 0, "replication_lag_s": 500, "wal_archive_failures": 3}
        values |= {"public_connect_databases": 1}
        sent = self.watch(18, "cluster", self.cluster.id, **values)
        told = sent.notification_ids.mapped("rule_id.code")
        self.assertEqual(
            set(told), {"cluster_down", "replication_late", "log_archive_failing", "public_connect"}
        )
        by_time = sent.grouped("at")
        self.assertLessEqual(max(len(rows) for rows in by_time.values()), 2)


@tagged("post_install", "-at_install")
class TestAlertChannel(AlertCommon):
    def chat(self):
        chat = self.env["saas.alert.channel"].create({"name": "Chat", "kind": "chat"})
        chat.url = HOOK
        self.escalation.step_ids.channel_ids = chat
        return chat

    def test_the_address_of_a_chat_is_stored_closed_and_never_shown(self):
        chat = self.chat()
        self.env.flush_all()
        chat.invalidate_recordset()
        self.assertFalse(chat.url)
        self.assertTrue(chat.has_url)
        self.assertNotIn("planted-token", chat.sudo().url_sealed)
        self.assertNotIn("planted-token", str(chat.message_ids.mapped("body")))
        with self.assertRaises(ValidationError):
            chat.url = "http://127.0.0.1/x"

    def test_a_chat_is_told_by_an_operation_and_again_when_it_was_away(self):
        chat = self.chat()
        sent = self.watch(4, "cluster", self.cluster.id, cluster_up=0)
        job = self.env["saas.job"].search([("kind", "=", "deliver_alerts")])
        self.assertEqual((job.channel_id, len(job)), (chat, 1))
        self.assertNotIn("planted-token", str(job.spec) + str(job.facts))
        order = chat._step_messages_due()
        self.assertEqual(order["url"].reveal(), HOOK)
        self.assertIn(b"Cluster Is Down", order["messages"][0]["body"])
        away = Answer(error=Unavailable("receiver_slow", host="hooks.example.com"))
        chat._step_message_answered(sent.id, away)
        self.assertEqual((sent.state, sent.failure_count), ("waiting", 1))
        self.assertTrue(chat.failing_since)
        self.assertFalse(chat._step_messages_due()["messages"])
        self.minute(2)
        self.assertTrue(chat._step_messages_due()["messages"])
        chat._step_message_answered(sent.id, Answer(status=200))
        self.assertEqual((sent.state, chat.failing_since), ("delivered", False))

    def test_of_a_failing_channel_another_one_tells(self):
        chat = self.chat()
        self.escalation.step_ids = [
            fields.Command.create({"delay_minutes": 60, "channel_ids": self.channel.ids})
        ]
        chat._failed("It is away.", START)
        sent = self.messages
        for _number in range(9):
            sent |= self.tell()
            self.one_pass()
            self.minute()
        told = sent.filtered(lambda one: one.notification_ids.rule_id.code == "channel_failing")
        self.assertEqual(told.channel_id, self.channel)

    def test_a_webhook_that_takes_nothing_is_a_failing_channel_until_it_does(self):
        endpoint = self.env["saas.webhook.endpoint"].create(
            {"name": "Pager", "url": "https://pager.example.com/in"}
        )
        channel = self.env["saas.alert.channel"].create(
            {"name": "Pager", "kind": "webhook", "endpoint_id": endpoint.id}
        )
        now = fields.Datetime.now()
        endpoint._failed("", now)
        self.tell()
        self.assertTrue(channel.failing_since)
        self.assertIn("did not take", channel.failing_text)
        told = self.env["saas.metric"]._latest(["channel_failures"])[0]["channel_failures"]
        self.assertEqual(told[0], 1)
        endpoint._received(False, now)
        self.minute()
        self.tell()
        self.assertFalse(channel.failing_since)

    def test_a_test_message_goes_on_each_kind_of_channel(self):
        opened = self.channel.with_user(self.operator).action_send_test()
        message = self.messages.browse(opened["res_id"])
        self.assertTrue(message.is_test)
        mail = self.env["mail.mail"].search([("saas_alert_message_id", "=", message.id)])
        self.assertIn("Nothing is wrong", mail.body_html)
        with self.assertRaises(UserError):
            self.env["saas.alert.channel"].create({"name": "C", "kind": "chat"}).action_send_test()
        with self.assertRaises(AccessError):
            self.channel.with_user(self.viewer).action_send_test()

    def test_a_sign_of_life_goes_out_each_minute_and_the_doctor_hears_of_its_end(self):
        levels = lambda: {  # noqa: E731
            one["code"]: one["level"] for one in self.env["saas.doctor"]._run()
        }
        self.assertEqual(levels()["sign_of_life"], "warning")
        self.env["ir.config_parameter"].set_param("saas.alert_beat_url", HOOK)
        self.one_pass()
        self.alerts._beat()
        job = self.env["saas.job"].search([("kind", "=", "send_beat")])
        self.assertEqual(len(job), 1)
        self.assertNotIn("planted-token", str(job.spec))
        watch = self.env["saas.alert.watch"]
        self.assertEqual(watch._step_beat_due()["url"].reveal(), HOOK)
        watch._step_beat_answered(Answer(status=200))
        self.assertEqual(levels()["sign_of_life"], "ok")
        watch._step_beat_answered(Answer(error=Unavailable("receiver_slow", host="x")))
        self.assertEqual(levels()["sign_of_life"], "failing")

    def test_an_empty_list_says_when_it_was_looked_and_in_red_when_long_ago(self):
        self.one_pass()
        self.frozen.tick(timedelta(seconds=20))
        self.assertIn("Last check 20 seconds ago", self.alerts.get_empty_list_help(""))
        self.minute(30)
        told = self.alerts.get_empty_list_help("")
        self.assertIn("text-danger", told)
        self.assertIn("30 minutes ago", told)

    def test_rules_of_the_product_stay_and_codes_never_change(self):
        rule = self.rule("cluster_down")
        with self.assertRaises(UserError):
            rule.unlink()
        with self.assertRaises(UserError):
            rule.code = "another_one"
        self.assertEqual(rule.copy().code, "cluster_down_copy")
        with self.assertRaises(ValidationError):
            self.rules.create({"name": "x", "code": "With Blanks"})

    def test_a_window_shorter_than_two_readings_is_refused(self):
        condition = self.rule("patch_behind").condition_ids
        with self.assertRaises(ValidationError):
            condition.window_minutes = 60

    def test_people_of_another_company_see_nothing_of_ours(self):
        tenant = self.make_open_tenant()
        self.watch(2, "size", tenant.id, storage_percent=99)
        alert = self.of("storage_near")
        self.assertEqual(tenant.alert_count, 1)
        self.assertFalse(self.alerts.with_user(self.stranger).search([("id", "=", alert.id)]))
        with self.assertRaises(AccessError):
            alert.with_user(self.viewer).action_acknowledge()
