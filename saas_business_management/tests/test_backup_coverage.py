"""Coverage: the strip follows the evidence, the list is sorted, grouped and quick."""

import random
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .backup_common import BackupCommon

FLEET = 1000


@tagged("post_install", "-at_install")
class TestBackupCoverage(BackupCommon):
    def setUp(self):
        super().setUp()
        self.policy = self.make_policy(is_default=True, zone_rule="fixed", tz="UTC")
        self.aged(days=40)

    def strip(self, tenant=None):
        (tenant or self.tenant).invalidate_recordset()
        return (tenant or self.tenant).backup_strip

    def cell(self, back=1):
        return self.strip()[-1 - back]

    def at_noon(self, back):
        """Return the span from now to noon of an earlier day."""
        noon = self.now.replace(hour=12, minute=0, second=0, microsecond=0)
        return {"seconds": (self.now - noon + timedelta(days=back)).total_seconds()}

    # The strip

    def test_a_cell_flips_with_the_evidence(self):
        self.assertEqual(len(self.strip()), 14)
        self.assertEqual(self.cell()["state"], "missed")
        backup = self.make_backup(**self.at_noon(1))
        self.assertEqual(self.cell()["state"], "stored")
        self.check(backup, 1)
        self.assertEqual(self.cell()["state"], "stored")
        self.check(backup, 2)
        self.assertEqual(self.cell()["state"], "proven")
        self.check(backup, 1, passed=False)
        self.assertEqual(self.cell()["state"], "failed")
        self.assertEqual(
            [self.strip()[-3]["state"], self.strip()[-2]["state"]], ["missed", "failed"]
        )

    def test_a_cell_says_when_in_the_zone_of_the_tenant(self):
        backup = self.make_backup(**self.at_noon(1))
        self.assertRegex(self.cell()["title"], r"\d+ \w+: stored 12:00.PM, not restored")
        self.check(backup, 2, seconds=0)
        self.assertRegex(self.cell()["title"], r"stored 12:00.PM, proven \d+ \w+ \d")
        backup._deleted()
        self.assertEqual(self.cell()["state"], "proven", "it was proven that day")
        self.policy.tz = "Asia/Tokyo"
        self.assertIn("stored 9:00", " ".join(cell["title"] for cell in self.strip()))

    def test_a_failed_try_is_told_and_a_good_one_of_the_day_heals_it(self):
        failed = self.make_backup(**self.at_noon(1))
        failed._put({"state": "failed", "taken_at": False})
        self.assertEqual(self.cell()["state"], "failed")
        self.assertIn("failed", self.cell()["title"])
        self.make_backup(**self.at_noon(1))
        self.assertEqual(self.cell()["state"], "stored")

    def test_a_day_opens_its_backups_and_no_others(self):
        ours, other = self.make_backup(**self.at_noon(3)), self.make_backup(**self.at_noon(4))
        action = self.tenant.with_user(self.viewer).action_view_backups_on(self.cell(3)["day"])
        found = self.env["saas.backup"].search(action["domain"])
        self.assertEqual(found, ours)
        self.assertTrue(other.exists())
        for nonsense in ("yesterday", False, "2026-13-40"):
            with self.assertRaisesRegex(UserError, "no day"):
                self.tenant.action_view_backups_on(nonsense)
        with self.assertRaises(AccessError):
            self.tenant.with_user(self.stranger).action_view_backups_on(self.cell(3)["day"])

    # Ages and buttons

    def test_ages_are_short_and_a_gap_says_how_long(self):
        self.assertEqual(
            (self.tenant.backup_last_ago, self.tenant.backup_proven_ago), ("Never",) * 2
        )
        backup = self.make_backup(hours=26)
        self.check(backup, 2, hours=20)
        self.tenant.invalidate_recordset()
        self.assertEqual(self.tenant.backup_last_ago, "26h")
        self.assertEqual(self.tenant.backup_proven_ago, "20h · 6 s")
        self.assertEqual(self.tenant.backup_gap_text, "—")
        backup._put({"taken_at": self.ago(hours=40)})
        self.tenant._backup_renewed()
        self.tenant.invalidate_recordset()
        self.assertEqual(self.tenant.backup_gap_text, "40h")
        self.assertEqual(self.tenant.backup_last_mb, 3000.5)

    def test_a_gap_says_since_when_nothing_is_verified(self):
        missing = lambda: self.tenant.browse(self.tenant.id).backup_missing_text  # noqa: E731
        self.assertEqual(missing(), "No verified backup")
        read, unread = self.make_backup(hours=50), self.make_backup(hours=40)
        self.check(read, 1, hours=49)
        self.tenant.invalidate_recordset()
        self.assertEqual(self.tenant.backup_verified_at, read.taken_at)
        self.assertEqual(missing(), "No verified backup for 2d")
        self.check(unread, 1, hours=3)
        self.check(unread, 1, passed=False, hours=2)
        self.assertEqual(self.tenant.backup_verified_at, read.taken_at)
        self.make_backup(hours=1)
        self.tenant.invalidate_recordset()
        self.assertEqual(missing(), "Never restored to prove it")
        self.check(read, 2, hours=30)
        self.tenant.invalidate_recordset()
        self.assertEqual(missing(), "No proven restore for 30h")

    def test_an_empty_list_says_how_things_stand(self):
        news = lambda: (  # noqa: E731
            self.env["saas.tenant"].with_context(saas_coverage=True).get_empty_list_help("x")
        )
        self.env["saas.tenant"].search([("id", "!=", self.tenant.id)])._set({"state": "archived"})
        self.assertIn("Nothing matches", news())
        backup = self.make_backup(hours=3)
        self.assertIn("No gaps", news())
        self.assertIn("last 7 days: 1.", news())
        self.check(backup, 2, hours=2)
        self.assertIn("Every tenant has a proven restore younger than 7 days.", news())
        self.tenant._set({"state": "archived"})
        self.assertIn("No tenant has a database yet", news())

    # Order, groups, speed

    def fleet(self, count):
        """Return so many open tenants with backups, checks and policies of all kinds."""
        policies = self.policy | self.make_policy(name="Hourly", unit="hours", every_hours=6)
        policies |= self.make_policy(name="Weekly", unit="weekly")
        policies |= self.make_policy(name="Off", on=False)
        dice = random.Random(count)
        values = [
            {
                "name": f"Tenant {number}",
                "subdomain": f"fleet{number}",
                "admin_name": "Alice Moreau",
                "admin_email": "alice@moreau.example",
                "template_id": (self.template, self.other_template)[number % 2].id,
                "plan_id": self.plan.id,
                "cluster_id": self.cluster.id,
            }
            for number in range(count)
        ]
        tenants = self.env["saas.tenant"].create(values)
        for tenant in tenants:
            tenant._set(
                {
                    "state": dice.choice(["trial", "active", "active", "suspended"]),
                    "database_id": self.tenant.database_id.id,
                    "backup_policy_id": dice.choice([False, *policies.ids]),
                }
            )
            tenant._put_proof(
                {
                    "backup_since": self.ago(days=dice.randint(0, 40)),
                    "backup_last_at": dice.choice([False, self.ago(hours=dice.randint(1, 400))]),
                }
            )
        self.other_template.backup_policy_id = policies[2]
        self.env.flush_all()
        return tenants

    def test_the_database_sorts_and_groups_as_it_is_computed(self):
        tenants = self.fleet(60)
        found = self.env["saas.tenant"].search(
            [("id", "in", tenants.ids)], order="backup_gap_at, id"
        )
        far = fields.Datetime.now() + timedelta(days=999)
        wanted = tenants.sorted(lambda one: (one.backup_gap_at or far, one.id))
        self.assertEqual(found.ids, wanted.ids)
        self.assertGreater(len(set(tenants.mapped("backup_gap_at"))), 10)
        gaps = self.env["saas.tenant"].search(
            [("backup_badge", "=", "gap"), ("id", "in", tenants.ids)]
        )
        self.assertEqual(gaps, tenants.filtered(lambda one: one.backup_badge == "gap").sorted())
        self.assertTrue(0 < len(gaps) < len(tenants))
        groups = self.env["saas.tenant"]._read_group(
            [("id", "in", tenants.ids)], ["backup_policy_effective_id"], ["id:recordset"]
        )
        told = {policy.id: set(rows.ids) for policy, rows in groups}
        for policy in tenants.backup_policy_effective_id:
            computed = tenants.filtered(lambda one, it=policy: one.backup_policy_effective_id == it)
            self.assertEqual(told[policy.id], set(computed.ids))
        self.assertEqual(set(told), set(tenants.mapped("backup_policy_effective_id.id")))

    def test_grouped_rows_open(self):
        tenants = self.fleet(20)
        groups = self.env["saas.tenant"].formatted_read_group(
            [("id", "in", tenants.ids)], ["backup_policy_effective_id"], ["__count"]
        )
        for group in groups:
            rows = self.env["saas.tenant"].search_count(
                [("id", "in", tenants.ids), *group["__extra_domain"]]
            )
            self.assertEqual(rows, group["__count"])

    def test_a_thousand_rows_cost_as_many_queries_as_ten(self):
        tenants = self.fleet(FLEET)
        self.env.cr.execute(
            """INSERT INTO saas_backup (uuid, tenant_id, target_id, reason, state, started_at,
                                        taken_at, finished_at)
               SELECT md5(t.id || ' ' || n), t.id, %s, 'schedule', 'stored', now() - n * interval
                      '1 day', now() - n * interval '1 day', now() - n * interval '1 day'
                 FROM saas_tenant t, generate_series(0, 13) n WHERE t.id = ANY(%s)""",
            (self.target.id, tenants.ids),
        )
        arch = self.env.ref("saas_business_management.view_saas_backup_coverage_list")
        names = self.env["saas.tenant"].get_view(arch.id, "list")["models"]["saas.tenant"]
        spec = {name: {} for name in names if name not in ("write_date", "activity_ids")}

        def queries(rows):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["saas.tenant"].with_user(self.viewer).browse(rows.ids).web_read(spec)
            return self.env.cr.sql_log_count - before

        queries(tenants[:10])
        few, many = queries(tenants[:10]), queries(tenants)
        self.assertLessEqual(many, few + 5)
        self.assertLess(many, 40)
