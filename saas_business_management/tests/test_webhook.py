"""Webhooks: who is told what, in which order, how it ends, and what people can do about it."""

import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..kernel.errors import Refused, Unavailable
from ..kernel.integration.answer import Answer
from ..kernel.integration.kinds import KINDS, TEST
from ..kernel.integration.signature import HEADER, sign, verify
from ..models.saas_job_webhook import Desk
from .billing_common import BillingCommon
from .common import SaasCommon

URL = "https://hooks.example.com/saas"
OK = Answer(status=200, seconds=0.1, first_bytes=b"thank you")
BAD = Answer(status=500, seconds=0.1, first_bytes=b"<h1>broken</h1>\x00")


class WebhookCommon(SaasCommon):
    def setUp(self):
        super().setUp()
        # A desk commits after each call, a test never.
        self.patch(Desk, "_commit", lambda desk: desk._rows.env.flush_all())
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_more: 60.0)
        self.env["saas.webhook.endpoint"].search([]).active = False
        self.deliveries = self.env["saas.webhook.delivery"]
        self.now = fields.Datetime.now()

    def endpoint(self, enabled=True, **values):
        made = self.env["saas.webhook.endpoint"].create(
            {"name": "Receiver", "url": URL, "user_id": self.operator.id, **values}
        )
        if enabled:
            made.action_enable()
        return made

    def emit(self, kind="tenant.suspended", tenant=None, **more):
        tenant = tenant or self.tenant
        return self.env["saas.webhook.event"]._emit(
            kind,
            tenant,
            {"tenant": tenant._webhook_data()},
            partner=tenant.partner_id,
            subject=tenant._webhook_subject(),
            **more,
        )

    def claim(self, most=50, slow=False, now=None):
        return self.deliveries._claim(slow, most, now or fields.Datetime.now())

    def answer(self, row, answer):
        desk = Desk(self.deliveries.sudo())
        order = desk._order(row.sudo(), False, fields.Datetime.now())
        desk.record(order, answer)


@tagged("post_install", "-at_install")
class TestWebhookEvents(WebhookCommon):
    def test_the_catalogue_is_what_the_product_can_tell(self):
        kinds = self.env["saas.webhook.kind"].search([])
        self.assertEqual(set(kinds.mapped("code")), set(KINDS))
        self.assertTrue(all(kinds.mapped("note")) and set(kinds.mapped("version")) == {1})

    def test_the_life_of_a_tenant_is_told_in_order_to_whoever_wants_it(self):
        endpoint = self.endpoint()
        picky = self.endpoint(kind_ids=self.kinds("tenant.archived").ids)
        tenant = self.make_open_tenant(plan_id=self.plan.id)
        tenant._fire("suspended", system=True, reason="manual", note="x")
        tenant._fire("resumed", system=True)
        rows = endpoint.delivery_ids.sorted("id")
        self.assertEqual(
            rows.mapped("code"), ["tenant.created", "tenant.suspended", "tenant.resumed"]
        )
        self.assertFalse(picky.delivery_ids)
        body = json.loads(rows[1].event_id.payload)
        self.assertEqual(list(body), ["id", "kind", "version", "at", "company", "subject", "data"])
        self.assertEqual(body["id"], rows[1].event_id.uid)
        self.assertEqual(body["subject"], {"kind": "tenant", "id": tenant.public_id})
        self.assertEqual(body["data"]["tenant"]["reason"], "manual")
        self.assertEqual(body["data"]["before"], "trial")
        self.assertNotIn("@", rows[1].event_id.payload)

    def kinds(self, *codes):
        return self.env["saas.webhook.kind"].search([("code", "in", codes)])

    def test_what_is_undone_was_never_told(self):
        endpoint = self.endpoint()
        tenant = self.make_open_tenant()
        count = len(endpoint.delivery_ids)
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            tenant._fire("suspended", system=True, reason="manual", note="x")
            raise ZeroDivisionError
        endpoint.invalidate_recordset()
        self.assertEqual(len(endpoint.delivery_ids), count)
        self.assertFalse(
            self.env["saas.webhook.event"].search([("code", "=", "tenant.suspended")])
            & self.env["saas.webhook.event"].search([("subject", "like", tenant.public_id)])
        )

    def test_scopes_by_company_and_customer(self):
        alien = self.endpoint(company_id=self.other_company.id)
        mine = self.endpoint(company_id=self.env.company.id)
        partner = self.env["res.partner"].create({"name": "Somebody"})
        other = self.endpoint(partner_id=partner.id)
        tenant = self.make_open_tenant()
        of_customer = self.endpoint(partner_id=tenant.partner_id.commercial_partner_id.id)
        tenant._fire("suspended", system=True, reason="manual", note="x")
        told = lambda one: "tenant.suspended" in one.delivery_ids.mapped("code")  # noqa: E731
        self.assertEqual([told(one) for one in (alien, mine, other, of_customer)], [0, 1, 0, 1])

    def test_drafts_and_disabled_ones_are_not_told_paused_ones_later(self):
        draft, paused = self.endpoint(enabled=False), self.endpoint()
        disabled = self.endpoint()
        paused.action_pause()
        disabled._put({"state": "disabled"})
        self.make_open_tenant()
        self.assertFalse(draft.delivery_ids | disabled.delivery_ids)
        self.assertTrue(paused.delivery_ids)
        self.assertFalse(self.claim() & paused.delivery_ids)
        paused.action_enable()
        self.assertTrue(self.claim() & paused.delivery_ids)

    def test_a_failed_backup_is_told(self):
        endpoint = self.endpoint()
        tenant = self.make_open_tenant()
        target = self.env["saas.backup.target"].create({"name": "Disk", "folder": "/var/backups"})
        backup = self.env["saas.backup"]._begin(tenant, target, "manual", fence=1, key_id=False)
        backup._failed("disk_full", "The disk is full.")
        row = endpoint.delivery_ids.filtered(lambda one: one.code == "backup.failed")
        self.assertEqual(json.loads(row.event_id.payload)["data"]["backup"]["error"], "disk_full")
        self.assertEqual(row.event_id.company_id, tenant.company_id)

    def test_an_event_cannot_be_changed_made_or_removed_by_hand(self):
        self.endpoint()
        self.make_open_tenant()
        for model in ("event", "delivery", "attempt"):
            rows = self.env[f"saas.webhook.{model}"].sudo()
            with self.subTest(model=model), self.assertRaises(UserError):
                rows.create({})
            for row in rows.search([], limit=1):
                with self.assertRaises(UserError):
                    row.write({"company_id": False})
                with self.assertRaises(UserError):
                    row.unlink()

    def test_an_unknown_kind_is_refused(self):
        with self.assertRaises(Refused):
            self.env["saas.webhook.event"]._emit("tenant.eaten", self.template, {})


@tagged("post_install", "-at_install")
class TestWebhookDelivery(WebhookCommon):
    def setUp(self):
        super().setUp()
        self.tenant = self.make_open_tenant()

    def test_one_at_a_time_and_in_order_about_one_subject(self):
        endpoint = self.endpoint(parallel=8)
        other = self.make_open_tenant(subdomain="nova", name="Nova")
        first_rows = endpoint.delivery_ids
        for event in (self.emit(), self.emit("tenant.resumed"), self.emit(tenant=other)):
            self.assertEqual(len(event.delivery_ids), 1)
        mine, later, theirs = (endpoint.delivery_ids - first_rows).sorted("id")
        for row in first_rows:
            row.sudo()._put({"state": "delivered"})
        self.assertEqual(self.claim(), mine | theirs)
        self.assertFalse(self.claim())
        self.answer(mine, BAD)
        self.answer(theirs, OK)
        self.assertFalse(self.claim() | self.claim(slow=True))
        self.assertEqual((mine.state, later.state), ("waiting", "waiting"))
        mine.sudo()._put({"next_at": self.now})
        self.assertEqual(self.claim(), mine)
        self.answer(mine, OK)
        self.assertEqual(self.claim(), later)

    def test_no_more_at_once_than_the_webhook_wants(self):
        endpoint = self.endpoint(parallel=2)
        for number in range(4):
            self.emit(tenant=self.make_open_tenant(subdomain=f"ten{number}", name=f"T{number}"))
        self.assertEqual(len(self.claim()), 2)
        self.assertEqual(len(self.claim()), 0)
        self.assertEqual(endpoint.waiting_count, len(endpoint.delivery_ids))

    def test_a_webhook_that_fails_goes_to_the_slow_lane_and_comes_back(self):
        endpoint = self.endpoint()
        self.emit()
        row = self.claim()
        self.answer(row, BAD)
        self.assertTrue(endpoint.slow and endpoint.failing_since)
        row._put({"next_at": self.now})
        self.assertFalse(self.claim())
        self.assertEqual(self.claim(slow=True), row)
        self.answer(row, OK)
        self.assertFalse(endpoint.slow or endpoint.failing_since)
        self.assertTrue(endpoint.ok_at)

    def test_every_try_is_written_down_with_what_comes_next(self):
        endpoint = self.endpoint()
        self.emit()
        row = self.claim()
        self.answer(row, BAD)
        self.assertEqual((row.state, row.failure_count, row.last_status), ("waiting", 1, 500))
        waits = (row.next_at - fields.Datetime.now()).total_seconds()
        self.assertTrue(55 <= waits <= 61, waits)
        attempt = row.attempt_ids
        self.assertEqual((attempt.outcome, attempt.status, attempt.number), ("no", 500, 1))
        self.assertEqual(attempt.sudo().first_bytes, "<h1>broken</h1>")
        with self.assertRaises(AccessError):
            attempt.with_user(self.operator).read(["first_bytes"])
        self.assertIn("500", row.last_text)
        self.assertFalse(endpoint.activity_ids)

    def test_after_three_days_it_is_given_up_and_a_person_hears_of_it_once(self):
        endpoint = self.endpoint(disable_days=0)
        second = self.make_open_tenant(subdomain="nova", name="Nova")
        endpoint.delivery_ids.sudo()._put({"state": "delivered"})
        self.emit()
        self.emit(tenant=second)
        rows = endpoint.delivery_ids.filtered(lambda one: one.state == "waiting")
        for row in rows:
            spent = timedelta()
            while row.state == "waiting":
                row._put({"attempt_count": row.attempt_count + 1})
                self.answer(row, BAD)
                if row.next_at:
                    spent += row.next_at - fields.Datetime.now()
            self.assertEqual((row.state, row.failure_count), ("dead_letter", 20))
            self.assertTrue(timedelta(days=2, hours=12) < spent <= timedelta(days=3))
        self.assertEqual(endpoint.dead_count, 2)
        self.assertEqual(len(endpoint.activity_ids), 1)
        self.assertEqual(endpoint.activity_ids.user_id, self.operator)
        self.assertEqual(endpoint.state, "enabled")

    def test_days_of_failing_switch_it_off_and_410_does_at_once(self):
        failing, gone = self.endpoint(disable_days=2), self.endpoint()
        self.emit()
        rows = self.claim()
        first = rows.filtered(lambda one: one.endpoint_id == failing)
        self.answer(first, BAD)
        self.assertEqual(failing.state, "enabled")
        failing._put({"failing_since": self.now - timedelta(days=2)})
        first._put({"attempt_count": 2, "leased_until": self.now})
        self.answer(first, BAD)
        self.assertEqual((failing.state, failing.disabled_for), ("disabled", "failing"))
        self.assertIn("2 days", failing.activity_ids.note)
        self.answer(rows - first, Answer(status=410))
        self.assertEqual((gone.state, gone.disabled_for), ("disabled", "gone"))
        failing.action_enable()
        self.assertFalse(failing.failing_since or failing.disabled_at)

    def test_what_we_could_not_send_is_not_held_against_the_receiver(self):
        endpoint = self.endpoint()
        self.emit()
        row = self.claim()
        self.answer(row, Answer(error=Unavailable("keyring_missing"), ours=True))
        self.assertEqual((row.state, row.failure_count), ("waiting", 0))
        self.assertFalse(endpoint.failing_since)
        self.assertEqual(row.attempt_ids.outcome, "unknown")

    def test_a_sender_that_was_killed_is_repeated_under_the_same_id(self):
        self.endpoint()
        event = self.emit()
        row = self.claim()
        self.assertFalse(self.claim())
        later = fields.Datetime.now() + timedelta(seconds=91)
        self.assertEqual(self.claim(now=later), row)
        self.assertEqual(row.attempt_ids.outcome, "unknown")
        self.assertEqual(row.attempt_count, 2)
        order = Desk(self.deliveries.sudo())._order(row, False, later)
        self.assertEqual((order.event_id, order.body.decode()), (event.uid, event.payload))
        # The first one is not dead after all: what it says now counts no more.
        row._took(OK, 1, later)
        self.assertEqual(row.state, "waiting")

    def test_an_address_that_leads_inside_is_a_security_event(self):
        self.endpoint()
        self.emit()
        self.answer(self.claim(), Answer(error=Refused("address_inside", host="rebind.example")))
        event = self.env["saas.security.event"].search([("rule", "=", "webhook_inside")])
        self.assertEqual(event.facts["webhook"], "Receiver")

    def test_send_again_and_drop(self):
        endpoint = self.endpoint()
        event = self.emit()
        row = self.claim()
        self.answer(row, OK)
        row.with_user(self.operator).action_send_again()
        again = event.delivery_ids - row
        self.assertEqual((again.number, again.endpoint_id, again.state), (2, endpoint, "waiting"))
        with self.assertRaises(AccessError):
            again.with_user(self.viewer).action_send_again()
        with self.assertRaises(AccessError):
            again.with_user(self.operator).action_drop()
        again.with_user(self.admin).action_drop()
        self.assertEqual(again.state, "dropped")
        with self.assertRaises(UserError):
            row.action_drop()
        event.with_user(self.operator).action_replay()
        self.assertEqual(sorted(event.delivery_ids.mapped("number")), [1, 2, 3])

    def test_replay_of_a_time_sends_what_did_not_arrive(self):
        endpoint = self.endpoint()
        arrived, missed = self.emit(), self.emit("tenant.resumed")
        arrived.delivery_ids.sudo()._put({"state": "delivered"})
        missed.delivery_ids.sudo()._put({"state": "dead_letter"})
        wizard = Form(
            self.env["saas.webhook.replay"]
            .with_user(self.operator)
            .with_context(default_endpoint_id=endpoint.id)
        )
        wizard.until_at = fields.Datetime.now() + timedelta(minutes=1)
        wizard.from_at = fields.Datetime.now() - timedelta(minutes=1)
        found = wizard.save()._chosen_sudo()
        self.assertIn(missed, found)
        self.assertNotIn(arrived, found)
        wizard.missed_only = False
        self.assertIn(arrived, wizard.save()._chosen_sudo())
        wizard.uid = arrived.uid
        self.assertEqual(wizard.save()._chosen_sudo(), arrived)
        wizard.save().action_replay()
        self.assertEqual(len(arrived.delivery_ids), 2)
        wizard.uid = "evt_none"
        with self.assertRaises(UserError):
            wizard.save().action_replay()


@tagged("post_install", "-at_install")
class TestWebhookEndpoint(WebhookCommon):
    def test_addresses_that_nobody_may_call_are_refused_at_once(self):
        bad = (
            "http://hooks.example.com/x",
            "https://user@hooks.example.com/x",
            "https://hooks.example.com:22/x",
            "https://0x7f000001/x",
            "ftp://hooks.example.com/",
            "https://hooks.example.com/a b",
            "https://hooks.example.com/#a",
            "hooks.example.com",
        )
        for url in bad:
            with self.subTest(url=url), self.assertRaises(ValidationError):
                self.endpoint(enabled=False, url=url)
        self.endpoint(enabled=False, url=" https://hooks.example.com:8443/a?b=c ")
        self.endpoint(enabled=False, url="http://10.0.0.7:8080/x", inside_allowed=True)

    def test_bounds_are_held_by_the_database(self):
        for values in ({"parallel": 0}, {"parallel": 9}, {"disable_days": -1}):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self.endpoint(enabled=False, **values)
                self.env.flush_all()

    def test_the_state_is_not_written_by_hand(self):
        endpoint = self.endpoint()
        for values in ({"state": "paused"}, {"slow": True}, {"secret_shown": False}):
            with self.subTest(values=values), self.assertRaises(UserError):
                endpoint.with_user(self.admin).write(values)

    def test_only_administrators_set_it_up_and_viewers_press_nothing(self):
        endpoint = self.endpoint()
        for button in ("action_pause", "action_rotate_secret", "action_enable"):
            with self.subTest(button=button), self.assertRaises(AccessError):
                getattr(endpoint.with_user(self.operator), button)()
        for button in ("action_send_test", "action_replay"):
            with self.subTest(button=button), self.assertRaises(AccessError):
                getattr(endpoint.with_user(self.viewer), button)()

    def test_a_test_event_goes_to_this_webhook_alone(self):
        endpoint, other = self.endpoint(), self.endpoint()
        opened = endpoint.with_user(self.operator).action_send_test()
        row = self.deliveries.browse(opened["res_id"])
        self.assertEqual((row.code, row.endpoint_id), (TEST, endpoint))
        self.assertFalse(other.delivery_ids)
        endpoint.action_pause()
        with self.assertRaises(UserError):
            endpoint.action_send_test()

    def test_the_secret_is_shown_once_and_stored_closed(self):
        endpoint = self.endpoint()
        secret = endpoint.with_user(self.admin).action_show_secret()["context"]["default_key"]
        self.assertRegex(secret, r"^whsec_[\w-]{43}$")
        self.assertNotIn(secret, endpoint.sudo().secret_sealed)
        with self.assertRaises(UserError):
            endpoint.action_show_secret()
        with self.assertRaises(AccessError):
            endpoint.with_user(self.admin).read(["secret_sealed"])
        shown = self.env["saas.webhook.secret"].with_user(self.admin)
        self.assertEqual(shown.with_context(default_key=secret).default_get(["key"])["key"], secret)
        with self.assertRaises(UserError):
            shown.create({"key": secret})
        said = str(endpoint.message_ids.mapped("body")) + str(self.audit(endpoint).mapped("facts"))
        self.assertNotIn(secret, said)

    def audit(self, endpoint):
        return self.env["saas.audit.entry"].search(
            [("res_model", "=", endpoint._name), ("res_id", "=", endpoint.id)]
        )

    def test_while_it_is_rotated_both_secrets_sign_and_then_the_new_one_alone(self):
        endpoint = self.endpoint()
        old = endpoint.action_show_secret()["context"]["default_key"]
        new = endpoint.action_rotate_secret()["context"]["default_key"]
        self.assertNotEqual(old, new)
        now = fields.Datetime.now()
        both = endpoint.sudo()._secrets(now)
        self.assertEqual([one.reveal() for one in both], [new, old])
        header = sign(b"{}", 1_800_000_000, both).header
        for one in both:
            self.assertTrue(verify(header, b"{}", [one], 1_800_000_000))
        self.assertEqual(len(endpoint.sudo()._secrets(now + timedelta(hours=25))), 1)
        endpoint._put({"former_until": now})
        self.deliveries._end_former_secrets()
        self.assertFalse(endpoint.sudo().former_secret_sealed)
        self.assertEqual(
            {"webhook_secret_made", "webhook_secret_shown", "webhook_secret_ended"}
            - set(self.audit(endpoint).mapped("action")),
            set(),
        )
        self.assertEqual(HEADER, "Saas-Signature")

    def test_a_change_of_address_stands_in_the_audit_log(self):
        endpoint = self.endpoint()
        endpoint.url = "https://elsewhere.example/x"
        entry = self.audit(endpoint).filtered(lambda one: one.action == "webhook_changed")
        self.assertEqual(entry.facts["url"], [URL, "https://elsewhere.example/x"])

    def test_one_that_was_told_something_is_archived_not_deleted(self):
        endpoint = self.endpoint()
        endpoint.action_send_test()
        with self.assertRaises(UserError):
            endpoint.unlink()
        endpoint.action_archive()
        self.assertFalse(self.claim())
        self.endpoint(enabled=False).unlink()

    def test_another_company_sees_neither_webhook_nor_events(self):
        self.tenant = self.make_open_tenant()
        endpoint = self.endpoint(company_id=self.env.company.id)
        event = self.emit()
        for record in (endpoint, event, event.delivery_ids):
            with self.subTest(model=record._name):
                self.assertFalse(record.with_user(self.stranger).search([("id", "in", record.ids)]))

    def test_old_events_go_and_what_waits_stays(self):
        endpoint = self.endpoint()
        self.tenant = self.make_open_tenant()
        waiting, done = self.emit(), self.emit()
        done.delivery_ids.sudo()._put({"state": "delivered"})
        (waiting | done)._put({"at": self.now - timedelta(days=91)})
        self.env["saas.retention.rule"]._complete()
        self.env["saas.retention.rule"].search([("kind", "=", "webhook_events")])._remove_batch(
            self.now
        )
        self.assertEqual((waiting | done).exists(), waiting)
        self.assertTrue(endpoint.delivery_ids)

    def test_the_doctor_tells_of_one_that_is_ill(self):
        endpoint = self.endpoint()
        told = lambda: {one["code"]: one for one in self.env["saas.doctor"]._run()}  # noqa: E731
        self.assertEqual(told()["webhook_failing"]["level"], "ok")
        endpoint._put({"failing_since": self.now})
        self.assertEqual(told()["webhook_failing"]["level"], "warning")
        endpoint._put({"state": "disabled", "disabled_for": "gone"})
        self.assertEqual(told()["webhook_disabled"]["level"], "failing")


@tagged("post_install", "-at_install")
class TestWebhookBilling(BillingCommon):
    def test_subscriptions_and_their_documents_are_told_in_order(self):
        self.env["saas.webhook.endpoint"].search([]).active = False
        endpoint = self.env["saas.webhook.endpoint"].create({"name": "Ledger", "url": URL})
        endpoint.action_enable()
        with self.on("2026-03-01"):
            one = self.make_subscription()
            one.action_activate()
            self.work()
            invoice = one._moves()
            paid = self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            )
            paid.create({})._create_payments()
        rows = endpoint.delivery_ids.sorted("id")
        self.assertEqual(
            rows.mapped("code"), ["subscription.started", "invoice.posted", "invoice.paid"]
        )
        told = json.loads(rows[1].event_id.payload)["data"]["document"]
        self.assertEqual((told["number"], told["currency"]), (invoice.name, self.usd.name))
        self.assertEqual((told["total"], told["untaxed"]), ("106.80", "89.00"))
        self.assertEqual(told["customer"], {"id": self.partner.id, "name": "Acme Ltd"})
        self.assertEqual(told["subscriptions"], [one.name])
        invoice._invoice_paid_hook()
        self.assertEqual(len(endpoint.delivery_ids), 3)
