"""Release windows, approved modules, and a second person for risky operations."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..kernel.errors import Refused
from .backup_common import BackupCommon
from .command_common import Typing
from .common import SaasCommon

at = fields.Datetime.to_datetime
MONDAY = at("2026-06-01 12:00:00")


@tagged("post_install", "-at_install")
class TestReleaseWindow(SaasCommon):
    def setUp(self):
        super().setUp()
        self.windows = self.env["saas.release.window"]
        self.windows.search([]).active = False
        self.tenant = self.make_tenant()
        self.tenant.partner_id = self.env["res.partner"].create(
            {"name": "Acme", "tz": "America/New_York"}
        )

    def make_window(self, **values):
        return self.windows.create({"name": "Weekend", "opens": 22, "closes": 4, **values})

    def next(self, now=MONDAY):
        return self.windows._next(self.tenant, now)

    def test_nothing_configured_is_always_open(self):
        self.assertEqual(self.next(), (MONDAY, None))

    def test_it_opens_by_the_clock_of_the_customer(self):
        self.make_window()
        # Saturday 22:00 in New York is Sunday 02:00 UTC; both nights touch no other.
        self.assertEqual(self.next(), (at("2026-06-07 02:00:00"), at("2026-06-07 08:00:00")))

    def test_the_narrowest_window_goes_first_and_every_freeze_counts(self):
        self.make_window()
        self.make_window(template_ids=self.template.ids, saturday=False, sunday=False, tuesday=True)
        self.assertEqual(self.next()[0], at("2026-06-03 02:00:00"))
        self.make_window(tenant_ids=self.tenant.ids, saturday=False, sunday=False, wednesday=True)
        self.assertEqual(self.next()[0], at("2026-06-04 02:00:00"))
        self.make_window(kind="freeze", first_on="2026-06-01", last_on="2026-06-07")
        self.assertEqual(self.next()[0], at("2026-06-11 02:00:00"))

    def test_a_window_for_others_does_not_hold(self):
        tier = self.env.ref("saas_business_management.service_tier_basic")
        self.plan.service_tier_id = self.env["saas.service.tier"].create(
            {"name": "Other", "code": "other_tier"}
        )
        self.tenant.plan_id = self.plan
        self.make_window(tier_ids=tier.ids)
        self.make_window(template_ids=self.other_template.ids)
        self.assertEqual(self.next(), (MONDAY, None))
        self.plan.service_tier_id = tier
        self.assertNotEqual(self.next(), (MONDAY, None))

    def test_hours_and_days_that_make_no_sense_are_refused(self):
        for values in (
            {"opens": 25},
            {"saturday": False, "sunday": False},
            {"kind": "freeze"},
            {"kind": "freeze", "first_on": "2026-02-02", "last_on": "2026-02-01"},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.make_window(**values)

    def test_the_calendar_shows_each_time(self):
        self.env.company.partner_id.tz = "Europe/Paris"
        window = self.make_window(sunday=False)
        today = fields.Date.today()
        freeze = self.make_window(kind="freeze", first_on=today, last_on=today, yearly=True)
        rows = self.env["saas.release.occurrence"].with_user(self.viewer)
        shown = rows.search([("window_id", "=", window.id)])
        self.assertGreaterEqual(len(shown), 60)
        for row in shown:
            self.assertGreater(row.stop_at - row.start_at, timedelta(hours=4))
            self.assertIn(row.start_at.hour, (20, 21))
        self.assertGreaterEqual(rows.search_count([("window_id", "=", freeze.id)]), 2)
        self.assertEqual(shown[0].action_open_window()["res_id"], window.id)


@tagged("post_install", "-at_install")
class TestModuleApproval(SaasCommon):
    def approve(self, *names, **values):
        rows = [
            {
                "cluster_id": self.cluster.id,
                "technical_name": name,
                "source": "https://code.example",
                "revision": "4f1c2ab",
                "licence": "LGPL-3",
                **values,
            }
            for name in names
        ]
        return self.env["saas.module.approval"].with_user(self.admin).create(rows)

    def missing(self, *names):
        return self.env["saas.module.approval"]._missing(self.cluster, names)

    def test_without_the_switch_everything_is_allowed(self):
        self.assertEqual(self.missing("crm"), [])

    def test_who_and_when_are_noted_whatever_is_said(self):
        row = self.approve("crm", approved_by_id=self.viewer.id, version="0")
        self.assertEqual(row.approved_by_id, self.admin)
        self.assertEqual(row.version, "19.0.1.0")
        entry = self.env["saas.audit.entry"].search([("action", "=", "module_approved")], limit=1)
        self.assertEqual(entry.user_id, self.admin)

    def test_what_is_missing_is_named(self):
        self.cluster.approved_only = True
        self.approve("crm")
        self.assertEqual(self.missing("crm", "contacts", "account"), ["account", "contacts"])

    def test_another_version_has_to_be_approved_again(self):
        self.cluster.approved_only = True
        row = self.approve("crm")
        self.make_modules("crm", version="19.0.2.0")
        self.assertTrue(row.changed)
        self.assertEqual(self.missing("crm"), ["crm"])
        self.assertIn(row, row.search([("changed", "=", True)]))
        row.action_approve_again()
        self.assertEqual(self.missing("crm"), [])
        self.assertEqual(row.state, "revoked")

    def test_a_template_is_neither_built_nor_published_with_it(self):
        self.cluster.approved_only = True
        with self.assertRaisesRegex(UserError, "base, contacts"):
            self.template.with_user(self.operator).action_build()
        version = self.make_version(self.other_template, state="healthy")
        version.write({"modules": {"base": "1", "contacts": "1"}})
        with self.assertRaisesRegex(UserError, "not approved for cluster Testing"):
            version.with_user(self.admin).action_publish()
        with self.assertRaises(Refused) as caught:
            version._publish()
        self.assertEqual(caught.exception.code, "module_not_approved")
        self.approve("base", "contacts")
        self.assertTrue(self.template.with_user(self.operator).action_build())
        version.with_user(self.admin).action_publish()
        self.assertEqual(version.state, "published")

    def test_what_is_in_use_is_approved_in_one_go(self):
        self.assertIn("contacts", self.cluster.unapproved_text)
        self.cluster.with_user(self.admin).action_approve_in_use()
        self.assertFalse(self.cluster.unapproved_text)
        self.cluster.approved_only = True
        self.assertEqual(self.missing("contacts"), [])

    def test_an_approval_is_revoked_and_never_changed_or_deleted(self):
        row = self.approve("crm")
        for change in ({"revision": "x"}, {"state": "revoked"}, {"approved_by_id": 1}):
            with self.assertRaises(UserError):
                row.sudo().write(change)
        with self.assertRaises(UserError):
            row.sudo().unlink()
        row.action_revoke()
        self.cluster.approved_only = True
        self.assertEqual(self.missing("crm"), ["crm"])


@tagged("post_install", "-at_install")
class TestApproval(Typing, BackupCommon):
    def setUp(self):
        super().setUp()
        self.approvals = self.env["saas.approval"]
        self.second = self.viewer
        self.second.sudo().group_ids = [
            Command.link(self.env.ref("saas_business_management.group_saas_approver").id)
        ]
        self.tenant = self.make_open_tenant(subdomain="risky")
        self.kind = self.env.ref("saas_business_management.approval_kind_delete")
        self.env["ir.config_parameter"].sudo().set_param("saas.delete_needs_backup", "0")

    def ask(self):
        return self.approvals.with_user(self.admin)._ask(self.tenant, "delete", "contract ended")

    def delete(self):
        return self.tenant.with_user(self.admin).action_request_deletion("contract ended")

    def test_off_by_default_nobody_is_needed(self):
        self.assertFalse(self.kind.needed)
        self.assertTrue(self.approvals._is_granted(self.tenant, "delete"))

    def test_it_is_refused_until_a_second_person_approves_and_counts_once(self):
        self.kind.needed = True
        with self.assertRaisesRegex(UserError, "second person"):
            self.delete()
        asked = self.ask()
        self.assertEqual(asked.activity_ids.user_id & self.second, self.second)
        with self.assertRaisesRegex(UserError, "second person"):
            self.delete()
        asked.with_user(self.second).action_grant()
        self.assertFalse(asked.activity_ids)
        self.delete()
        self.assertEqual(self.tenant.state, "deleting")
        self.assertEqual(asked.state, "used")
        self.assertFalse(self.approvals._is_granted(self.tenant, "delete"))

    def test_who_asks_never_approves(self):
        self.kind.needed = True
        asked = self.approvals.with_user(self.second)._ask(self.tenant, "delete", "mine")
        self.assertFalse(asked.may_decide)
        with self.assertRaisesRegex(UserError, "yourself"):
            asked.action_grant()
        with self.assertRaisesRegex(UserError, "Only an approver"):
            asked.with_user(self.operator).action_grant()

    def test_asking_twice_is_one_request_and_a_declined_one_is_over(self):
        self.kind.needed = True
        asked = self.ask()
        self.assertEqual(self.ask(), asked)
        asked.with_user(self.second).action_decline()
        self.assertFalse(self.approvals._is_granted(self.tenant, "delete"))
        with self.assertRaisesRegex(UserError, "does not wait"):
            asked.with_user(self.second).action_grant()
        self.assertNotEqual(self.ask(), asked)

    def test_programs_ask_and_only_for_what_needs_it(self):
        ask = self.approvals.with_user(self.admin).action_ask
        with self.assertRaisesRegex(UserError, "Nobody has to approve"):
            ask("delete", "risky", "contract ended")
        self.kind.needed = True
        for kind, name, reason, told in (
            ("eat", "risky", "x", "Known: move"),
            ("delete", "nobody", "x", "nothing named"),
            ("start_wave", "seven", "x", "nothing named"),
            ("delete", "risky", "  ", "Write why"),
        ):
            with self.assertRaisesRegex(UserError, told):
                ask(kind, name, reason)
        with self.assertRaises(AccessError):
            self.approvals.with_user(self.viewer).action_ask("delete", "risky", "x")
        made = self.approvals.browse(ask("delete", "risky", "contract ended"))
        self.assertEqual((made.asked_by_id, made.res_id), (self.admin, self.tenant.id))
        self.assertEqual(ask("delete", "risky", "again"), made.id)

    def test_asking_is_typed_and_deciding_is_not(self):
        self.assertIn("Nothing waits", self.type("approval", "list")[1])
        self.kind.needed = True
        status, told = self.type("approval", "ask", "delete", "risky", "--why", "ended")
        self.assertEqual(status, 0, told)
        self.assertIn("state: asked", told)
        self.assertIn('"for"', self.type("approval", "list", "--json")[1])
        self.assertEqual(self.type("approval", "grant", "1")[0], 2)

    def test_it_runs_out_of_time(self):
        self.kind.needed = True
        asked = self.ask()
        asked.with_user(self.second).action_grant()
        asked._put({"expires_at": fields.Datetime.now() - timedelta(seconds=1)})
        self.assertFalse(self.approvals._is_granted(self.tenant, "delete"))
        self.approvals._cron_expire()
        self.assertEqual(asked.state, "expired")

    def test_small_numbers_need_nobody(self):
        self.kind.write({"needed": True, "above": 5})
        self.assertTrue(self.approvals._is_granted(self.tenant, "delete", size=5))
        self.assertFalse(self.approvals._is_granted(self.tenant, "delete", size=6))

    def test_it_cannot_be_switched_on_without_an_approver(self):
        group = self.env.ref("saas_business_management.group_saas_approver")
        group.sudo().user_ids = [Command.clear()]
        with self.assertRaisesRegex(UserError, "Nobody could approve"):
            self.kind.needed = True

    def test_the_dialog_asks_and_says_so(self):
        self.kind.needed = True
        wizard = (
            self.env["saas.tenant.change"]
            .with_user(self.admin)
            .browse(
                self.env["saas.tenant.change"]
                .with_user(self.admin)
                ._open_for(self.tenant, "deletion_requested")["res_id"]
            )
        )
        wizard.write({"note": "contract ended", "typed": "risky"})
        wizard.action_apply()
        self.assertIn("second person", wizard.line_ids.result)
        asked = self.approvals.search([("res_id", "=", self.tenant.id), ("kind", "=", "delete")])
        self.assertEqual(asked.state, "asked")
        asked.with_user(self.second).action_grant()
        wizard.action_apply()
        self.assertEqual(self.tenant.state, "deleting")

    def test_a_backup_key_is_destroyed_only_with_it(self):
        self.env.ref("saas_business_management.approval_kind_destroy_keys").needed = True
        self.make_policy(is_default=True)
        key = self.make_backup(days=1).key_id
        wizard = (
            self.env["saas.backup.key.destroy"].with_user(self.admin).create({"key_id": key.id})
        )
        wizard.write({"reason": "asked by customer", "typed": key.tenant_id.subdomain})
        shown = wizard._destroy()
        self.assertEqual(key.state, "active")
        asked = self.approvals.browse(shown["res_id"])
        asked.with_user(self.second).action_grant()
        wizard._destroy()
        self.assertEqual(key.state, "destroyed")
