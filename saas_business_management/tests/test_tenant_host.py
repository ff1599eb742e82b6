"""Own host names: added, proven, primary, lost, removed; who may, who has it, where it leads."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..kernel.errors import Refused
from .common import SaasCommon

FRONT = "203.0.113.9"


@tagged("post_install", "-at_install")
class TestTenantHost(SaasCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cluster.front_addresses = FRONT

    def setUp(self):
        super().setUp()
        self.tenant = self.make_open_tenant(subdomain="acme")
        self.now = fields.Datetime.now()

    def add(self, host="shop.acme.com", tenant=None, **more):
        return self.env["saas.tenant.host"]._add_own(tenant or self.tenant, host, **more)

    def look(self, row, **seen):
        """Have the operation's step take over what name servers would have said."""
        blank = {"aliases": [], "addresses": [], "texts": [], "target_addresses": []}
        at_work = row.tenant_id.sudo().with_context(saas_job_id=row.tenant_id.job_ids[:1].id)
        return at_work._step_host_judged(row.id, {**blank, **seen})

    def prove(self, row):
        return self.look(row, aliases=[row.tenant_id.host], addresses=[FRONT], texts=[row.token])

    def later(self, **delta):
        self.now += timedelta(**delta)
        return patch.object(fields.Datetime, "now", lambda: self.now)

    def routes(self, tenant=None):
        rows = self.env["saas.route"].sudo()._of((tenant or self.tenant).database_id)
        return {row.host: row.redirect or "" for row in rows if row.host}

    def mails(self):
        return self.env["mail.mail"].sudo().search([("model", "=", "saas.tenant.host")])

    def notes(self, action):
        wanted = [("action", "=", action), ("tenant_id", "=", self.tenant.id)]
        return self.env["saas.audit.entry"].search(wanted)

    # Adding

    def test_a_host_name_that_is_added_waits_leads_nowhere_and_is_looked_up(self):
        row = self.add(" Shop.ACME.com ")
        self.assertEqual((row.host, row.state, row.holds), ("shop.acme.com", "waiting", False))
        self.assertEqual(self.routes(), {"acme.testing.localhost": ""})
        job = self.tenant.job_ids.filtered(lambda one: one.kind == "check_host")
        self.assertEqual(job.spec["target"], "acme.testing.localhost")
        self.assertEqual(self.add("shop.acme.com"), row)
        self.assertEqual(len(self.tenant.job_ids.filtered(lambda one: one.kind == "check_host")), 1)
        self.assertTrue(self.notes("host_added"))

    def test_the_records_to_set_are_told_with_the_tenants_own_token(self):
        row, root = self.add(), self.add("acme.com")
        self.assertEqual((row.record_type, row.record_value), ("CNAME", "acme.testing.localhost"))
        self.assertEqual(row.proof_name, "_saas-verify.shop.acme.com")
        self.assertEqual((root.record_type, root.record_value), ("A", FRONT))
        self.assertRegex(row.token, r"^saas-[0-9a-f]{32}$")
        self.assertEqual(row.token, root.token)
        other = self.add(tenant=self.make_open_tenant(subdomain="nova"))
        self.assertNotEqual(other.token, row.token)

    def test_a_name_of_the_platform_and_a_wrong_one_are_refused_in_words(self):
        wizard = self.env["saas.tenant.host.add"].create(
            {"tenant_id": self.tenant.id, "host": "other.testing.localhost"}
        )
        with self.assertRaisesRegex(UserError, "belongs to the platform"):
            wizard.action_add()
        wizard.host = "https://shop.acme.com"
        with self.assertRaisesRegex(UserError, "Enter the host name alone"):
            wizard.action_add()

    def test_a_draft_gets_no_host_name(self):
        with self.assertRaises(Refused) as told:
            self.add(tenant=self.make_tenant(subdomain="draft"))
        self.assertEqual(told.exception.code, "own_host_closed")

    def test_a_viewer_and_another_company_can_do_nothing_with_them(self):
        row = self.add()
        for user in (self.viewer, self.stranger):
            for button in ("action_check", "action_make_primary", "action_remove"):
                with self.subTest(user=user.login, button=button), self.assertRaises(AccessError):
                    getattr(row.with_user(user), button)()
            with self.assertRaises(AccessError):
                self.tenant.with_user(user).action_add_host()

    def test_an_operator_adds_checks_and_removes(self):
        wizard = (
            self.env["saas.tenant.host.add"]
            .with_user(self.operator)
            .create({"tenant_id": self.tenant.id, "host": "shop.acme.com"})
        )
        row = self.env["saas.tenant.host"].browse(wizard.action_add()["res_id"])
        row.with_user(self.operator).action_check()
        self.prove(row)
        removal = (
            self.env["saas.tenant.host.remove"]
            .with_user(self.operator)
            .create({"host_id": row.id, "reason": "moved"})
        )
        self.assertIn("stops working", removal.effects)
        removal.action_remove()
        self.assertEqual(row.state, "released")

    # Proof

    def test_a_proven_name_is_live_primary_and_the_others_are_sent_to_it(self):
        row = self.add()
        self.prove(row)
        self.assertEqual((row.state, row.holds, row.is_primary), ("live", True, True))
        self.assertEqual(
            self.routes(), {"acme.testing.localhost": "shop.acme.com", "shop.acme.com": ""}
        )
        self.assertIn("shop.acme.com", self.tenant.url)
        self.assertEqual(self.tenant.host, "acme.testing.localhost")
        job = self.tenant.job_ids.filtered(lambda one: one.kind == "set_addresses")
        self.assertEqual(job.spec, {"tenant_id": self.tenant.id})
        self.assertTrue(self.notes("host_opened"))
        [mail] = self.mails()
        self.assertEqual(mail.subject, "shop.acme.com now works")
        self.assertEqual(mail.email_to, self.tenant.admin_email)

    def test_a_name_that_is_not_to_be_primary_sends_its_visitors_to_the_subdomain(self):
        row = self.add(wants_primary=False)
        self.prove(row)
        self.assertEqual(self.routes()["shop.acme.com"], "acme.testing.localhost")
        row.action_make_primary()
        self.assertEqual(self.routes()["shop.acme.com"], "")
        self.assertTrue(self.notes("host_primary_set"))

    def test_what_is_wrong_is_said_in_plain_words(self):
        row = self.add()
        self.look(row, addresses=["203.0.113.7"])
        self.assertIn(
            "Points to 203.0.113.7 instead of acme.testing.localhost: change the record, do not "
            "add a second one.",
            row.status_text,
        )
        self.look(row, aliases=[self.tenant.host], addresses=[FRONT])
        self.assertIn("TXT record is not visible yet", row.status_text)
        root = self.add("acme.com")
        self.look(root)
        self.assertIn("A root domain cannot have a CNAME: use www or an A record", root.status_text)

    def test_of_two_who_ask_the_first_who_proves_it_has_it(self):
        nova = self.make_open_tenant(subdomain="nova")
        first, second = self.add(), self.add(tenant=nova)
        self.prove(second)
        self.prove(first)
        self.assertEqual((first.state, second.state), ("waiting", "live"))
        self.assertEqual(first.status, "taken")
        self.assertNotIn("shop.acme.com", self.routes())
        self.assertIn("shop.acme.com", self.routes(nova))

    def test_of_two_who_prove_it_at_one_moment_the_index_lets_one_have_it(self):
        nova = self.make_open_tenant(subdomain="nova")
        first, second = self.add(), self.add(tenant=nova)
        self.prove(second)
        hosts = type(self.env["saas.tenant.host"])
        unseen = patch.object(hosts, "search_count", lambda *_given, **_named: 0)
        with unseen, mute_logger("odoo.sql_db"):
            self.prove(first)
        self.assertEqual((first.status, first.holds, first.state), ("taken", False, "waiting"))
        self.assertNotIn("shop.acme.com", self.routes())

    def test_of_many_looks_the_last_one_stays_in_the_operations_log(self):
        row = self.add()
        for _look in range(5):
            self.tenant.job_ids.sudo().write({"state": "done"})
            row.action_check()
        kinds = self.tenant.job_ids.mapped("kind")
        self.assertEqual((kinds.count("check_host"), kinds.count("provision_tenant")), (1, 1))

    def test_a_name_that_does_not_come_in_48_hours_is_told_once(self):
        row = self.add()
        with self.later(hours=1):
            self.look(row)
        self.assertEqual((row.state, len(self.mails())), ("waiting", 0))
        with self.later(hours=48):
            self.look(row)
        self.assertEqual((row.state, row.holds), ("change", False))
        [mail] = self.mails()
        self.assertEqual(mail.subject, "shop.acme.com needs a change")
        self.assertIn("_saas-verify.shop.acme.com", str(mail.body_html))

    def test_a_live_name_is_never_cut_off_for_one_look_nor_for_silence(self):
        row = self.add()
        self.prove(row)
        self.look(row, addresses=["203.0.113.7"])
        self.assertEqual((row.state, row.is_primary), ("live", True))
        for _look in range(50):
            with self.later(days=1):
                self.tenant.sudo()._step_host_judged(row.id, None)
        self.assertEqual((row.state, row.holds), ("live", True))
        self.assertIn("shop.acme.com", self.routes())

    def test_a_name_that_lost_its_proof_leads_on_for_three_days_and_then_no_more(self):
        row = self.add()
        self.prove(row)
        for hours in (0, 1):
            with self.later(hours=hours):
                self.look(row, addresses=["203.0.113.7"])
        self.assertEqual((row.state, row.holds), ("change", True))
        self.assertIn("It works until", row.status_text)
        self.assertIn("shop.acme.com", self.routes())
        with self.later(days=3, hours=1):
            self.look(row, addresses=["203.0.113.7"])
        self.assertEqual((row.state, row.holds, row.is_primary), ("change", False, False))
        self.assertEqual(self.routes(), {"acme.testing.localhost": ""})
        self.assertNotIn("shop.acme.com", self.tenant.url)
        self.assertTrue(self.notes("host_closed"))
        subjects = self.mails().mapped("subject")
        self.assertEqual(subjects.count("shop.acme.com needs a change"), 2)

    def test_a_name_somebody_lost_can_be_had_by_whoever_proves_it(self):
        row = self.add()
        self.prove(row)
        row.sudo().write({"state": "change", "holds": False, "is_primary": False})
        self.tenant._sync_route()
        nova = self.make_open_tenant(subdomain="nova")
        self.prove(self.add(tenant=nova))
        self.assertIn("shop.acme.com", self.routes(nova))

    def test_what_is_due_is_ordered_once(self):
        row = self.add()
        self.tenant.job_ids.sudo().write({"state": "done"})
        hosts = self.env["saas.tenant.host"]
        hosts._cron_check()
        hosts._cron_check()
        open_jobs = self.tenant.job_ids.filtered(lambda one: one.state == "waiting")
        self.assertEqual(open_jobs.mapped("kind"), ["check_host"])
        self.tenant.job_ids.sudo().write({"state": "done"})
        self.prove(row)
        self.tenant.job_ids.sudo().write({"state": "done"})
        hosts._cron_check()
        self.assertFalse(self.tenant.job_ids.filtered(lambda one: one.state == "waiting"))

    # Removing

    def test_a_removed_name_falls_back_to_the_subdomain_and_rests_for_30_days(self):
        row = self.add()
        self.prove(row)
        row._remove_own("moved")
        self.assertEqual((row.state, row.is_primary), ("released", False))
        self.assertEqual(self.routes(), {"acme.testing.localhost": ""})
        self.assertEqual(self.notes("host_removed").reason, "moved")
        other = self.add(tenant=self.make_open_tenant(subdomain="nova"))
        self.prove(other)
        self.assertEqual(other.status, "taken")
        hosts = self.env["saas.tenant.host"]
        with self.later(days=29):
            hosts._gc_released()
        self.assertTrue(row.exists())
        with self.later(days=2):
            hosts._gc_released()
        self.assertFalse(row.exists())
        self.prove(other)
        self.assertEqual(other.state, "live")

    def test_a_name_that_never_worked_is_gone_at_once(self):
        row = self.add()
        row._remove_own("typed wrong")
        self.assertFalse(row.exists())

    def test_its_own_tenant_may_have_a_released_name_again(self):
        row = self.add()
        self.prove(row)
        row._remove_own("moved")
        self.assertEqual(self.add(), row)
        self.prove(row)
        self.assertEqual(row.state, "live")

    def test_the_subdomain_cannot_be_removed(self):
        with self.assertRaisesRegex(UserError, "for good"):
            self.tenant.host_ids._remove_own("x")

    def test_a_look_that_comes_after_the_removal_changes_nothing(self):
        row = self.add()
        self.prove(row)
        row._remove_own("moved")
        self.assertEqual(self.prove(row)["status"], "removed")
        self.assertNotIn("shop.acme.com", self.routes())

    def test_a_name_that_leads_nowhere_cannot_be_primary(self):
        with self.assertRaisesRegex(UserError, "Set its records first"):
            self.add().action_make_primary()

    def test_the_subdomain_can_be_primary_again(self):
        self.prove(self.add())
        subdomain = self.tenant.host_ids.filtered(lambda one: one.kind == "subdomain")
        subdomain.action_make_primary()
        self.assertEqual(self.routes()["shop.acme.com"], "acme.testing.localhost")
        self.assertNotIn("shop.acme.com", self.tenant.url)

    # Addresses inside

    def test_the_daily_comparison_asks_for_every_open_tenant_and_notes_what_was_put_back(self):
        self.prove(self.add())
        nova = self.make_open_tenant(subdomain="nova")
        self.make_tenant(subdomain="draft")
        rows = self.cluster._step_addresses()["rows"]
        found = {row["tenant_id"]: row["base_url"] for row in rows}
        self.assertEqual(found, {self.tenant.id: self.tenant.url, nova.id: nova.url})
        changed = [{"tenant_id": self.tenant.id, "was": "http://evil.example"}]
        self.cluster._step_addresses_set(changed, expected=False)
        self.assertEqual(self.notes("address_put_back").facts["was"], "http://evil.example")

    def test_a_wrong_list_of_front_addresses_is_refused(self):
        with self.assertRaisesRegex(UserError, "not a list of addresses"):
            self.cluster.front_addresses = "front.example"
