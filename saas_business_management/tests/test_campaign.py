"""Campaigns: preflight, rehearsal, waves, stopping by itself, rolling back, who may."""

from datetime import timedelta
from unittest.mock import patch

import psycopg2
from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..kernel.errors import Refused
from .backup_common import BackupCommon
from .common import SaasCommon


class CampaignCommon(SaasCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.version
        cls.tenants = cls.env["saas.tenant"].concat(
            *(cls.open_tenant(name) for name in ("acme", "blue", "cato", "dune", "echo"))
        )
        crm = cls.modules.filtered(lambda one: one.technical_name == "crm")
        cls.template.module_ids = [Command.link(crm.id)]
        cls.next = cls.make_next()

    @classmethod
    def open_tenant(cls, name):
        tenant = cls.env["saas.tenant"].create(
            {
                "name": name.title(),
                "subdomain": name,
                "admin_name": name.title(),
                "admin_email": f"{name}@customer.example",
                "template_id": cls.template.id,
            }
        )
        tenant.action_provision()
        job = tenant.job_ids
        at_work = tenant.sudo().with_context(saas_job_id=job.id)
        at_work._step_claim(fence=1)
        at_work._step_publish()
        at_work._step_open(admin={"admin_user_id": 2, "admin_partner_id": 3})
        job.sudo().write({"state": "done"})
        return tenant

    @classmethod
    def make_next(cls):
        version = cls.template._begin_version()
        version.job_id.sudo().write({"state": "done"})
        version._step_intent(fence=2)
        version._step_publish(
            report={"modules": {"base": "19.0.1.3", "contacts": "19.0.2.0", "crm": "19.0.1.0"}},
            fingerprint="fingerprint-2",
            bytes=23_000_000,
            oid=4712,
        )
        return version

    def setUp(self):
        super().setUp()
        upgrades = type(self.env["saas.upgrade"])
        self.stand_in(upgrades, "_blockers", self.blockers_of)
        self.stand_in(upgrades, "_start", self.begin)
        self.stand_in(upgrades, "_roll_back", self.go_back)
        self.stand_in(upgrades, "_compute_can_undo", self.can_undo)
        self.barred, self.refusals, self.begun, self.reasons = {}, {}, [], []

    def stand_in(self, model, name, method):
        """Have a method of the test called with the records, in place of the model's own."""

        def called(records, *told, **named):
            return method(records, *told, **named)

        self.startPatcher(patch.object(model, name, called))

    # What the upgrade of one tenant would do

    def blockers_of(self, upgrade):
        return self.barred.get(upgrade.tenant_id.subdomain, [])

    def begin(self, upgrade):
        if code := self.refusals.get(upgrade.tenant_id.subdomain):
            raise Refused(code)
        self.begun.append((upgrade.tenant_id.subdomain, upgrade.rehearsal))
        self.put(upgrade, state="running", started_at=fields.Datetime.now())

    def go_back(self, upgrade, reason=""):
        self.reasons.append(reason)
        self.put(upgrade, state="rolled_back", ended_at=fields.Datetime.now())

    def can_undo(self, upgrades):
        now = fields.Datetime.now()
        for one in upgrades:
            ended = one.state in ("watching", "done")
            one.can_undo = ended and bool(one.undo_until) and one.undo_until > now

    def put(self, upgrade, **vals):
        upgrade._put(vals)

    def end(self, name, state="done", campaign=None, **vals):
        """Let the upgrade of a tenant end."""
        line = self.line(name, campaign)
        upgrade = line.upgrade_id or line.rehearsal_id
        told = {"state": state, "seconds": 40, "outage_seconds": 2.5, **vals}
        if state in ("failed", "rolled_back"):
            told |= {"failure_text": "The login page did not answer."}
        self.put(upgrade, **told)
        upgrade._after_end()

    # The campaign

    def make_campaign(self, **values):
        return (
            self.env["saas.campaign"]
            .with_user(self.operator)
            .create(
                {
                    "template_id": self.template.id,
                    "needs_rehearsal": False,
                    "pause_minutes": 0,
                    "by_itself": True,
                    "wave_size": 2,
                    "at_once": 2,
                    **values,
                }
            )
        )

    def started(self, **values):
        self.campaign = self.make_campaign(**values)
        self.campaign.action_check()
        self.campaign.action_start()
        self.drive()
        return self.campaign

    def drive(self, times=3, campaign=None):
        for _time in range(times):
            for one in (campaign or self.campaign).sudo():
                one._drive()

    def line(self, name, campaign=None):
        lines = (campaign or self.campaign).line_ids
        return lines.filtered(lambda line: line.tenant_id.subdomain == name)

    def stages(self, campaign=None):
        lines = (campaign or self.campaign).line_ids
        return {line.tenant_id.subdomain: line.stage for line in lines}

    def waves(self):
        return [
            sorted(wave.line_ids.tenant_id.mapped("subdomain"))
            for wave in self.campaign.wave_ids.sorted("number")
        ]

    def at(self, moment):
        return patch.object(fields.Datetime, "now", lambda *_args: moment)

    def mails(self, name):
        return (
            self.env["mail.mail"]
            .search([("email_to", "=", f"{name}@customer.example")], order="id")
            .filtered(lambda mail: "update" in mail.subject)
        )


@tagged("post_install", "-at_install")
class TestCampaign(CampaignCommon):
    def test_preflight_takes_all_older_tenants_and_plans_waves(self):
        newer = self.make_open_tenant(name="New", subdomain="newone")
        self.assertEqual(newer.version_id, self.next)
        self.campaign = self.make_campaign()
        self.assertEqual(self.campaign.name, "Upgrade to Retail v2")
        self.campaign.action_check()
        self.assertEqual(self.campaign.state, "preflight")
        self.assertEqual(self.waves(), [["acme"], ["blue", "cato"], ["dune", "echo"]])
        self.assertEqual(self.campaign.line_ids.from_version_id, self.first)

    def test_the_change_set_is_shown(self):
        shown = self.make_campaign().changes
        for told in ("Retail v1: 5 tenants", "crm", "19.0.1.0 → 19.0.2.0", "Added", "Updated"):
            self.assertIn(told, shown)
        self.assertIn("19.0.2.0", self.next.changes)
        self.assertFalse(self.first.changes)

    def test_chosen_tenants_alone_and_canaries_first(self):
        acme, blue, cato = self.tenants[:3]
        self.campaign = self.make_campaign(
            everyone=False,
            tenant_ids=[Command.set((acme | blue | cato).ids)],
            canary_ids=[Command.set(cato.ids)],
        )
        self.campaign.action_check()
        self.assertEqual(self.waves(), [["cato"], ["acme", "blue"]])

    def test_a_blocker_stands_on_its_tenant_and_the_others_go(self):
        self.barred["blue"] = [("disk", "Its cluster has no room. Free some.")]
        self.started(wave_size=10)
        line = self.line("blue")
        self.assertEqual((line.stage, line.why), ("blocked", "Its cluster has no room. Free some."))
        self.end("acme")
        self.drive()
        self.assertNotIn("blue", dict(self.begun))
        self.barred.clear()
        self.campaign.action_check_again()
        self.assertEqual(line.stage, "todo")

    def test_canary_first_then_wave_by_wave_to_the_end(self):
        self.started()
        self.assertEqual(self.begun, [("acme", False)])
        self.end("acme", "watching")
        self.drive()
        self.assertEqual(self.campaign.waits, "watch")
        self.assertEqual([name for name, _r in self.begun], ["acme"], "a canary is watched first")
        self.end("acme")
        self.drive()
        self.assertEqual([name for name, _r in self.begun], ["acme", "blue", "cato"])
        self.end("blue")
        self.drive()
        self.assertEqual(self.campaign.wave_now, 2)
        self.end("cato")
        self.drive()
        self.end("dune")
        self.end("echo", "watching")
        self.drive()
        self.assertEqual((self.campaign.state, self.campaign.waits), ("running", "watch"))
        self.end("echo")
        self.drive()
        self.assertEqual(self.campaign.state, "done")
        self.assertEqual(set(self.stages().values()), {"done"})
        self.assertFalse(self.campaign.line_ids.filtered("holds"))
        self.assertIn("5 tenants were upgraded", self.campaign.message_ids[0].body)

    def test_one_failing_tenant_rolls_back_while_the_others_finish(self):
        self.started(wave_size=10, at_once=4)
        self.end("acme")
        self.drive()
        self.assertEqual(len(self.begun), 4, "three at most may fail, so three are under way")
        self.end("blue", "rolled_back")
        self.drive()
        for name in ("cato", "dune"):
            self.end(name)
        self.drive()
        self.end("echo")
        self.drive()
        self.assertEqual(self.campaign.state, "done")
        self.assertEqual(
            self.stages(),
            {"acme": "done", "blue": "rolled_back", "cato": "done", "dune": "done", "echo": "done"},
        )
        self.assertEqual(self.line("blue").why, "The login page did not answer.")
        self.assertEqual(self.campaign.setback_count, 1)
        self.assertEqual(self.campaign.outage_seconds, 2.5)

    def test_it_stops_at_the_number_of_setbacks_and_asks_its_owner(self):
        self.started(stop_after=1)
        self.end("acme", "failed")
        self.drive()
        self.assertEqual(self.campaign.state, "paused")
        self.assertIn("Stopped after 1", self.campaign.halt_reason)
        self.assertEqual(self.campaign.activity_ids.user_id, self.operator)
        self.assertEqual(len(self.begun), 1)
        event = self.env["saas.webhook.event"].search([("code", "=", "campaign.halted")])
        self.assertEqual(len(event), 1)
        self.campaign.action_resume()
        self.drive()
        self.assertFalse(self.campaign.activity_ids)
        self.assertEqual(len(self.begun), 2, "with one allowed setback they go one by one")

    def test_waves_wait_for_a_person_unless_they_follow_by_themselves(self):
        self.started(by_itself=False)
        self.end("acme")
        self.drive()
        self.assertEqual((self.campaign.waits, len(self.begun)), ("person", 1))
        self.assertIn("Start wave 2", self.campaign.activity_ids.summary)
        self.assertTrue(self.campaign.can_start_wave)
        self.campaign.action_start_wave()
        self.drive()
        self.assertEqual(len(self.begun), 3)
        with self.assertRaisesRegex(UserError, "not through"):
            self.campaign.action_start_wave()

    def test_the_pause_between_waves_is_kept(self):
        now = fields.Datetime.now()
        with self.at(now):
            self.started(pause_minutes=30)
            self.end("acme")
            self.drive()
        self.assertEqual(self.campaign.wake_at, now + timedelta(minutes=30))
        with self.at(now + timedelta(minutes=29)):
            self.drive()
            self.assertEqual(len(self.begun), 1)
        with self.at(now + timedelta(minutes=30)):
            self.drive()
            self.assertEqual(len(self.begun), 3)

    def test_a_tenant_begins_in_its_release_window_alone(self):
        now = fields.Datetime.now()
        night = (now + timedelta(hours=5), now + timedelta(hours=8))
        campaigns = type(self.env["saas.campaign"])
        with patch.object(campaigns, "_window", lambda _self, _tenant, _at: night):
            with self.at(now):
                self.started()
                self.assertFalse(self.begun)
                self.assertEqual((self.campaign.waits, self.campaign.wake_at), ("window", night[0]))
            with self.at(night[0]):
                self.drive()
                self.assertEqual(len(self.begun), 1)
        with patch.object(campaigns, "_window", lambda _self, _tenant, _at: None):
            other = self.make_campaign()
            other.action_check()
        self.assertEqual(set(self.stages(other).values()), {"blocked"})

    def test_a_rehearsal_passes_and_tells_the_time(self):
        self.campaign = self.make_campaign(needs_rehearsal=True)
        self.campaign.action_check()
        with self.assertRaisesRegex(UserError, "Rehearse first"):
            self.campaign.action_start()
        self.campaign.action_rehearse()
        self.assertEqual(self.begun, [("acme", True)])
        with self.assertRaisesRegex(UserError, "rehearsal runs"):
            self.campaign.action_check()
        self.drive()
        self.assertEqual(self.campaign.state, "preflight")
        self.end("acme")
        self.drive()
        self.assertEqual(self.campaign.state, "rehearsed")
        self.assertIn("About 40 s", self.campaign.timing_text)
        self.assertIn("Done", self.line("acme").rehearsal_text)
        self.assertFalse(self.line("acme").upgrade_id, "the tenant itself was not touched")

    def test_the_board_has_the_way_through_and_no_empty_ends(self):
        lines = self.env["saas.campaign.tenant"]
        self.assertEqual(
            lines._expand_stages(["todo", "failed"], []),
            ["todo", "updating", "watching", "done", "failed"],
        )
        self.assertEqual(lines._expand_stages(["rolled_back", "done"], []), ["done", "rolled_back"])
        self.started()
        shown = lines.with_context(read_group_expand=True)
        groups = shown.formatted_read_group([], ["stage"], ["__count"])
        self.assertEqual(
            [group["stage"] for group in groups], ["todo", "updating", "watching", "done"]
        )

    def test_time_left_is_told_of_the_campaign_and_of_each_tenant_under_way(self):
        self.campaign = self.make_campaign(canary_count=1, stop_after=9)
        self.campaign.action_check()
        self.assertFalse(self.campaign.left_text)
        self.campaign.action_start()
        self.drive()
        self.assertFalse(self.campaign.left_text, "nobody knows yet how long one takes")
        self.end("acme", "watching")
        self.assertFalse(self.line("acme").left_text)
        # 40 s each, two at a time: four to do.
        self.assertEqual(self.campaign.left_text, "About 1 m 20 s left")
        self.end("acme")
        self.drive()
        blue = self.line("blue")
        started = fields.Datetime.now() - timedelta(seconds=15)
        self.put(blue.upgrade_id, started_at=started)
        job = self.cluster._start("test_cluster", {}).sudo()
        job.write({"upgrade_id": blue.upgrade_id.id, "state": "running"})
        self.env.invalidate_all()
        self.assertRegex(blue.left_text, r"About 2[345] s left")
        self.campaign.action_stop()
        self.assertFalse(self.campaign.left_text)

    def test_a_rehearsal_that_failed_is_told_once_and_made_again(self):
        self.campaign = self.make_campaign(needs_rehearsal=True)
        self.campaign.action_check()
        self.campaign.action_rehearse()
        self.end("acme", "failed")
        self.drive()
        self.assertEqual(self.campaign.state, "preflight")
        self.assertIn("failed for Acme", self.campaign.status_text)
        self.assertEqual(len(self.campaign.activity_ids), 1)
        self.assertIn("login page", self.line("acme").rehearsal_text)
        self.line("acme").with_user(self.operator).action_leave_out()
        self.campaign.action_rehearse()
        self.end("blue")
        self.drive()
        self.assertEqual(self.campaign.state, "rehearsed")

    def test_two_campaigns_over_one_tenant_are_refused(self):
        self.started()
        other = self.make_campaign()
        other.action_check()
        self.assertEqual(set(self.stages(other).values()), {"blocked"})
        self.assertIn("works on it", other.line_ids[0].block_text)
        with self.assertRaisesRegex(UserError, "No tenant is ready"):
            other.action_start()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.IntegrityError),
            self.env.cr.savepoint(),
        ):
            other.line_ids[0]._put({"holds": True})
            self.env.flush_all()
        self.campaign.action_stop()
        other.action_check_again()
        ready = {name for name, stage in self.stages(other).items() if stage == "todo"}
        self.assertEqual(ready, {"blue", "cato", "dune", "echo"}, "acme is under way still")

    def test_nothing_is_begun_twice_when_it_is_looked_at_again(self):
        self.started()
        self.drive(times=5)
        upgrades = self.env["saas.upgrade"].search([("campaign_id", "=", self.campaign.id)])
        self.assertEqual(len(upgrades), 1)
        self.assertEqual(upgrades.wave_id.number, 1)

    def test_what_comes_in_between_blocks_one_or_waits(self):
        self.started(wave_size=10, at_once=3)
        self.refusals.update(blue="upgrade_busy", cato="upgrade_sandbox")
        self.end("acme")
        self.drive(times=2)
        self.assertEqual(
            self.stages(),
            {
                "acme": "done",
                "blue": "todo",
                "cato": "blocked",
                "dune": "updating",
                "echo": "updating",
            },
        )
        upgrades = self.env["saas.upgrade"].search([("campaign_id", "=", self.campaign.id)])
        self.assertEqual(len(upgrades), 3, "what was refused left nothing behind")
        self.refusals.clear()
        self.drive()
        self.assertEqual(self.line("blue").stage, "updating")

    def test_a_second_person_approves_large_waves_where_that_is_asked_for(self):
        kind = self.env.ref("saas_business_management.approval_kind_start_wave")
        approver = self.env.ref("saas_business_management.group_saas_approver")
        self.admin.sudo().group_ids = [Command.link(approver.id)]
        kind.write({"needed": True, "above": 1})
        self.campaign = self.make_campaign()
        self.campaign.action_check()
        told = self.campaign.action_start()
        self.assertIn("second person", told["params"]["message"])
        self.assertEqual(self.campaign.state, "preflight")
        asked = self.env["saas.approval"].search([("res_model", "=", "saas.campaign")])
        asked.with_user(self.admin).action_grant()
        self.campaign.action_start()
        self.assertEqual(self.campaign.state, "running")
        self.assertEqual(asked.state, "used")

    def test_modules_without_approval_block_every_tenant(self):
        self.cluster.approved_only = True
        self.campaign = self.make_campaign()
        self.campaign.action_check()
        self.assertEqual(set(self.stages().values()), {"blocked"})
        self.assertIn("contacts, crm", self.line("acme").why)

    def test_windows_are_those_of_the_release_calendar_in_the_zone_of_each(self):
        self.env["saas.release.window"].create(
            {"name": "Nights", "opens": 22.0, "closes": 5.0, "monday": True, "company_id": False}
        )
        self.tenants[0].partner_id.tz = "Asia/Tokyo"
        self.tenants[1].partner_id.tz = "Europe/Paris"
        monday = fields.Datetime.to_datetime("2027-03-01 12:30:00")
        with self.at(monday):
            self.started()
        opens = {line.tenant_id.subdomain: line.opens_at for line in self.campaign.line_ids}
        self.assertEqual(opens["acme"], fields.Datetime.to_datetime("2027-03-01 13:00:00"))
        self.assertEqual(opens["blue"], fields.Datetime.to_datetime("2027-03-01 21:00:00"))

    def test_pause_begins_no_more(self):
        self.started()
        self.campaign.action_pause()
        self.end("acme")
        self.drive()
        self.assertEqual((self.campaign.state, len(self.begun)), ("paused", 1))
        self.campaign.action_resume()
        self.drive()
        self.assertEqual(len(self.begun), 3)

    def test_stop_and_roll_back_by_an_administrator_who_types_the_number(self):
        self.started()
        self.end("acme", "done", undo_until=fields.Datetime.now() + timedelta(days=1))
        self.drive()
        self.end("blue", "done", undo_until=fields.Datetime.now() - timedelta(hours=1))
        dialogs = self.env["saas.campaign.stop"].with_user(self.admin)
        dialog = dialogs.create({"campaign_id": self.campaign.id, "reason": "Logo is gone"})
        self.assertEqual(dialog.count, 2)
        self.assertIn("1 tenants stay upgraded", dialog.effect)
        dialog.typed = "5"
        with self.assertRaisesRegex(UserError, "Type 2"):
            dialog._stop()
        dialog.typed = "2"
        dialog._stop()
        self.assertEqual(self.campaign.state, "stopped")
        self.assertEqual(self.reasons, ["Logo is gone"])
        told = {"acme": "rolled_back", "blue": "done", "cato": "updating"}
        self.assertEqual(self.stages(), {**told, "dune": "left_out", "echo": "left_out"})
        self.drive()
        self.assertTrue(self.line("cato").holds, "it goes to its end first")
        self.end("cato", "watching", undo_until=fields.Datetime.now() + timedelta(days=1))
        self.drive()
        self.assertEqual((self.line("cato").stage, len(self.reasons)), ("rolled_back", 2))
        self.drive()
        self.assertFalse(self.campaign.line_ids.filtered("holds"))

    def test_customers_hear_of_the_plan_and_of_the_result_once(self):
        self.started()
        self.assertEqual(len(self.mails("blue")), 1)
        self.assertEqual(self.mails("blue").subject, "An update of Blue is planned")
        self.end("acme", "watching")
        self.drive()
        self.end("acme")
        self.drive()
        told = ["An update of Acme is planned", "Acme was updated"]
        self.assertEqual(self.mails("acme").mapped("subject"), told)
        self.end("blue", "rolled_back")
        self.drive()
        self.assertEqual(self.mails("blue")[-1].subject, "Blue was not updated")
        self.assertIn("works as before", self.mails("blue")[-1].body_html)
        self.end("acme", "rolled_back")
        self.campaign.action_stop()
        self.drive()
        self.assertEqual(self.mails("acme")[-1].subject, "The update of Acme was taken back")
        self.assertEqual(self.mails("echo")[-1].subject, "The update of Echo is put off")

    def test_customers_are_not_told_when_that_is_off(self):
        self.started(tell_customers=False)
        self.end("acme")
        self.drive()
        self.assertFalse(self.mails("acme"))

    def test_terms_are_fixed_after_preflight_and_the_course_is_never_written(self):
        self.campaign = self.make_campaign()
        self.campaign.action_check()
        with self.assertRaisesRegex(UserError, "Choose Change"):
            self.campaign.wave_size = 5
        with self.assertRaisesRegex(UserError, "use its buttons"):
            self.campaign.state = "done"
        self.campaign.stop_after = 2
        self.campaign.action_change()
        self.assertFalse(self.campaign.line_ids)
        self.campaign.wave_size = 5

    def test_a_tenant_of_no_known_version_can_be_chosen(self):
        acme = self.tenants[0]
        acme._set({"version_id": False})
        self.campaign = self.make_campaign(everyone=False, tenant_ids=[Command.set(acme.ids)])
        self.campaign.action_check()
        self.assertEqual(self.stages(), {"acme": "todo"})

    def test_tenants_of_another_template_are_refused(self):
        with self.assertRaises(ValidationError):
            self.make_campaign(template_id=self.other_template.id, to_version_id=self.next.id)

    def test_advice_stands_on_the_card_and_blocks_nobody(self):
        self.campaign = self.make_campaign()
        self.campaign.action_check()
        self.assertIn("no backup", self.line("acme").advice_text)
        self.assertEqual(self.line("acme").stage, "todo")

    def test_a_viewer_presses_nothing_and_an_operator_rolls_nothing_back(self):
        self.started()
        for button in ("action_check", "action_start", "action_pause", "action_stop"):
            with self.subTest(button=button), self.assertRaises(AccessError):
                getattr(self.campaign.with_user(self.viewer), button)()
        with self.assertRaises(AccessError):
            self.line("blue").with_user(self.viewer).action_leave_out()
        with self.assertRaises(AccessError):
            self.env["saas.campaign.stop"].with_user(self.operator).create(
                {"campaign_id": self.campaign.id}
            )
        with self.assertRaisesRegex(UserError, "no right"):
            self.campaign._stop_and_roll_back("Because")

    def test_screens_can_be_read_by_whoever_may(self):
        self.started()
        for user in (self.viewer, self.operator, self.admin):
            for record in (self.campaign, self.campaign.line_ids[:1], self.campaign.wave_ids[:1]):
                names = [name for name in record._fields if name != "message_ids"]
                self.assertTrue(record.with_user(user).read(names))
        self.assertEqual(self.template.campaign_count, 1)
        self.assertEqual(self.tenants[0].campaign_count, 1)
        for button in ("action_view_tenants", "action_view_blocked", "action_view_report"):
            self.assertEqual(
                getattr(self.campaign, button)()["domain"], [("campaign_id", "=", self.campaign.id)]
            )

    def test_the_cost_of_a_step_does_not_grow_with_what_is_done(self):
        self.started()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.drive(times=1)
        self.assertLess(self.env.cr.sql_log_count - before, 60)


@tagged("post_install", "-at_install")
class TestCampaignUpgrade(BackupCommon):
    """A campaign over real upgrades: what it orders, what it hears of their end."""

    def setUp(self):
        super().setUp()
        self.make_policy(is_default=True)
        template = self.tenant.sudo().template_id
        self.tenant.sudo().version_id.state = "retired"
        self.newer = self.make_version(template)
        template.published_version_id = self.newer
        self.campaign = (
            self.env["saas.campaign"]
            .with_user(self.operator)
            .create(
                {
                    "template_id": template.id,
                    "everyone": False,
                    "tenant_ids": [Command.set(self.tenant.ids)],
                    "needs_rehearsal": False,
                }
            )
        )
        self.campaign.action_check()

    def step(self, name, **values):
        upgrade = self.campaign.line_ids.upgrade_id.sudo()
        job = upgrade.job_ids[-1:]
        getattr(upgrade.with_context(saas_job_id=job.id), f"_step_{name}")(**values)

    def begin(self):
        self.campaign.action_start()
        self.campaign.sudo()._drive()
        return self.campaign.line_ids.upgrade_id

    def finish(self):
        self.step("close", generation=0)
        self.step("reopen", oid=4711)
        self.step("done", report={}, outage=1.5, out="t_" + "a" * 26 + "_z9", out_oid=12)
        self.campaign.line_ids.upgrade_id.sudo().job_ids.write({"state": "done"})

    def test_it_orders_one_operation_and_ends_when_the_watch_does(self):
        line = self.campaign.line_ids
        self.assertEqual((line.stage, line.blockers), ("todo", False))
        upgrade = self.begin()
        self.assertEqual((upgrade.state, line.stage), ("running", "updating"))
        self.assertEqual(upgrade.sudo().job_ids.mapped("kind"), ["upgrade_tenant"])
        self.assertEqual(line.step_now or "", upgrade.sudo().job_ids.step_now or "")
        self.campaign.sudo()._drive()
        self.assertEqual(line.upgrade_id, upgrade)
        self.finish()
        self.assertEqual(line.stage, "watching")
        over = upgrade.watch_until + timedelta(minutes=1)
        with patch.object(fields.Datetime, "now", lambda *_args: over):
            self.step("watched")
            self.campaign.sudo()._drive()
        self.assertEqual((line.stage, self.campaign.state), ("done", "done"))
        self.assertEqual(line.outage_seconds, 1.5)

    def test_rolling_back_orders_the_way_back_once(self):
        upgrade = self.begin()
        self.finish()
        self.campaign.with_user(self.admin)._stop_and_roll_back("no logo")
        self.campaign.sudo()._drive()
        kinds = upgrade.sudo().job_ids.sorted("id").mapped("kind")
        self.assertEqual(kinds, ["upgrade_tenant", "undo_upgrade"])
        self.assertTrue(self.campaign.line_ids.holds)

    def test_a_rehearsal_is_ordered_as_one(self):
        self.campaign.needs_rehearsal = True
        self.campaign.action_rehearse()
        rehearsal = self.campaign.line_ids.rehearsal_id
        self.assertEqual((rehearsal.rehearsal, rehearsal.state), (True, "running"))
        self.assertTrue(self.campaign.is_rehearsing)
