"""The doctor: each check falls when its fact is taken away, and says what mends it."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from ..kernel.errors import Refused
from ..models.saas_prometheus import MADE_AT
from .common import SaasCommon


@tagged("post_install", "-at_install")
class TestDoctor(SaasCommon):
    def setUp(self):
        super().setUp()
        # No scheduled action runs here, and it may be long since they were installed.
        ours = self.env["ir.cron"].search([("cron_name", "=like", "SaaS: %")])
        ours.nextcall = fields.Datetime.now()

    def told(self, code, record=None):
        """Return the finding of a code, about one record when it is given."""
        found = [
            one
            for one in self.env["saas.doctor"]._run()
            if one["code"] == code and (not record or one["record"] == record)
        ]
        self.assertTrue(found, code)
        return found[0]

    def level(self, code, record=None):
        return self.told(code, record)["level"]

    def test_findings_come_worst_first_and_whoever_fails_says_how_to_mend_it(self):
        self.cluster._apply_checks(
            [{"code": "server_reachable", "ok": False, "facts": {}, "mend": "Start it."}]
        )
        found = self.env["saas.doctor"]._run()
        ranks = ["failing", "warning", "unknown", "ok"]
        order = [ranks.index(one["level"]) for one in found]
        self.assertEqual(order, sorted(order))
        for one in found:
            with self.subTest(code=one["code"]):
                self.assertTrue(one["what"])
                self.assertTrue(one["mend"] or one["level"] == "ok")

    def test_an_address_only_this_machine_reaches_is_a_warning(self):
        parameters = self.env["ir.config_parameter"]
        for address, level in (
            ("http://localhost:8069", "warning"),
            ("http://saas.example.com", "warning"),
            ("https://saas.example.com", "ok"),
        ):
            parameters.set_param("web.base.url", address)
            self.assertEqual(self.level("base_url"), level, address)

    def test_a_missing_key_file_is_a_failure(self):
        self.assertEqual(self.level("keyring"), "ok")

        def load(_self):
            raise Refused("keyring_missing")

        self.patch(type(self.env["saas.keyring"]), "_load", load)
        self.assertEqual(self.level("keyring"), "failing")
        self.assertIn("saas_keyring_file", self.told("keyring")["mend"])

    def test_a_scheduled_action_that_is_off_is_a_failure(self):
        self.assertEqual(self.level("crons"), "ok")
        self.env.ref("saas_business_management.ir_cron_audit").active = False
        self.assertEqual(self.level("crons"), "failing")
        self.assertIn("Audit clusters", self.told("crons")["what"])

    def test_a_scheduled_action_that_sleeps_is_a_failure(self):
        cron = self.env.ref("saas_business_management.ir_cron_lifecycle")
        cron.nextcall = fields.Datetime.now() - timedelta(hours=2)
        self.assertEqual(self.level("crons"), "ok")
        cron.nextcall = fields.Datetime.now() - timedelta(hours=4)
        self.assertIn("Keep the schedule", self.told("crons")["what"])

    def test_a_cluster_whose_nodes_are_not_seen_is_told(self):
        self.assertEqual(self.level("cluster_nodes", self.cluster), "warning")
        self.make_open_tenant()
        self.cluster.invalidate_recordset()
        self.assertEqual(self.level("cluster_nodes", self.cluster), "failing")
        # Whoever asks here has a session: under the name of a node he would be one.
        self.env.cr.execute("SELECT current_user")
        self.cluster.node_role = self.env.cr.fetchone()[0]
        self.assertEqual(self.level("cluster_nodes", self.cluster), "ok")

    def test_runners_long_overdue_are_a_failure(self):
        runners = self.env["ir.cron"].search([("cron_name", "=like", "SaaS: Run operations%")])
        self.assertEqual(len(runners), 3)
        runners.nextcall = fields.Datetime.now() - timedelta(hours=1)
        self.assertEqual(self.level("worker"), "failing")
        runners[0].nextcall = fields.Datetime.now()
        self.assertEqual(self.level("worker"), "ok")

    def test_a_mail_server_is_missed_and_found(self):
        self.env["ir.mail_server"].search([]).active = False
        self.assertEqual(self.level("mail_server"), "warning")
        self.env["ir.mail_server"].create({"name": "Out", "smtp_host": "mail.example.com"})
        self.assertEqual(self.level("mail_server"), "ok")

    def test_a_refused_mail_is_told(self):
        self.assertEqual(self.level("mail_unsent"), "ok")
        self.env["mail.mail"].create({"subject": "Acme is ready", "state": "exception"})
        self.assertEqual(self.level("mail_unsent"), "warning")

    def test_a_cluster_test_ages(self):
        self.assertEqual(self.level("cluster_test", self.cluster), "ok")
        self.cluster.checked_at = fields.Datetime.now() - timedelta(hours=49)
        self.assertEqual(self.level("cluster_test", self.cluster), "unknown")
        self.cluster.checked_at = False
        self.assertEqual(self.level("cluster_test", self.cluster), "unknown")

    def test_a_failed_line_of_a_cluster_test_is_told_with_its_mend(self):
        self.cluster._apply_checks([{"code": "node_answers", "ok": False, "facts": {}, "mend": ""}])
        told = self.told("cluster_test", self.cluster)
        self.assertEqual(told["level"], "failing")
        self.assertIn("Start the runtime node", told["mend"])

    def test_missing_secrets_are_a_failure(self):
        self.assertEqual(self.level("cluster_secrets", self.cluster), "ok")
        self.cluster.cluster_secret_sealed = False
        self.assertEqual(self.level("cluster_secrets", self.cluster), "failing")

    def test_an_audit_ages_and_its_findings_are_told(self):
        self.assertEqual(self.level("cluster_audit", self.cluster), "unknown")
        self.env["saas.doctor.finding"]._note_audit(self.cluster, [])
        self.assertEqual(self.level("cluster_audit", self.cluster), "ok")
        self.cluster.audited_at = fields.Datetime.now() - timedelta(hours=7)
        self.assertEqual(self.level("cluster_audit", self.cluster), "unknown")
        self.cluster._step_audit(databases=[], roles=[], folders=[])
        told = self.told("cluster_audit", self.cluster)
        self.assertEqual(
            told["level"], "failing", "the published version's database is missing on the server"
        )

    def test_a_nearly_full_cluster_is_a_warning(self):
        self.assertEqual(self.level("cluster_room", self.cluster), "ok")
        self.cluster.capacity = 1
        self.make_open_tenant()
        self.assertEqual(self.level("cluster_room", self.cluster), "warning")

    def test_a_stale_template_is_told_with_its_reason(self):
        self.assertEqual(self.level("template_stale", self.template), "ok")
        self.template.tz = "Europe/Paris"
        told = self.told("template_stale", self.template)
        self.assertEqual(told["level"], "warning")
        self.assertIn("time zone", told["why"])

    def test_a_plan_nobody_can_get_is_a_warning(self):
        self.assertEqual(self.level("plan_template", self.plan), "ok")
        self.plan.template_ids = self.other_template
        self.assertEqual(self.level("plan_template", self.plan), "warning")

    def test_an_operation_that_gave_up_and_one_that_waits_too_long_are_failures(self):
        job = self.cluster._start("test_cluster", {}).sudo()
        self.assertEqual(self.level("operation_stuck"), "ok")
        job.due_at = fields.Datetime.now() - timedelta(minutes=11)
        self.assertIn("waits for a worker", self.told("operation_stuck", job)["what"])
        job.state = "dead"
        self.assertIn("gave up", self.told("operation_stuck", job)["what"])

    def test_an_operation_whose_worker_fell_silent_is_a_failure(self):
        job = self.cluster._start("test_cluster", {}).sudo()
        job.write({"state": "running", "fence": 7})
        job.flush_recordset()
        self.env.cr.execute(
            "INSERT INTO saas_job_lease (job_id, fence, worker, beat_at)"
            " VALUES (%s, 7, 'w', clock_timestamp() - interval '119 s')",
            [job.id],
        )
        self.assertEqual(self.level("operation_stuck"), "ok")
        self.env.cr.execute("UPDATE saas_job_lease SET beat_at = beat_at - interval '5 s'")
        self.assertIn("stands still", self.told("operation_stuck", job)["what"])

    def test_checking_again_replaces_findings_and_tests_every_cluster(self):
        self.env["saas.doctor"].with_user(self.operator).action_check_again()
        first = self.env["saas.doctor.finding"].search([])
        self.assertIn("keyring", first.mapped("code"))
        self.assertTrue(
            self.env["saas.job"].search(
                [("kind", "=", "test_cluster"), ("cluster_id", "=", self.cluster.id)]
            )
        )
        self.env["saas.doctor"].with_user(self.operator).action_check_again()
        self.assertFalse(first.exists())

    def test_a_finding_leads_to_its_record(self):
        self.template.tz = "Europe/Paris"
        self.env["saas.doctor"]._step_look()
        finding = self.env["saas.doctor.finding"].search(
            [("code", "=", "template_stale"), ("res_id", "=", self.template.id)]
        )
        self.assertEqual(finding.action_open()["res_id"], self.template.id)
        self.assertEqual(finding.action_open()["res_model"], "saas.template")

    def test_a_viewer_reads_findings_and_cannot_check_again(self):
        self.env["saas.doctor"]._step_look()
        self.assertTrue(
            self.env["saas.doctor.finding"].with_user(self.viewer).search([]).read(["what", "mend"])
        )
        with self.assertRaises(AccessError):
            self.env["saas.doctor"].with_user(self.viewer).action_check_again()


@tagged("post_install", "-at_install")
class TestDoctorLogs(SaasCommon):
    def told(self, code):
        return next(one for one in self.env["saas.doctor"]._run() if one["code"] == code)

    def write_line(self, sequence, minutes, **values):
        line = {
            "node_role": "node",
            "process": "p",
            "sequence": sequence,
            "at": fields.Datetime.subtract(fields.Datetime.now(), minutes=minutes),
            "level": "ERROR",
            "logger": "odoo.http",
            "message": "It broke.",
            "count": 1,
            "folded": True,
            **values,
        }
        names = SQL(", ").join(map(SQL.identifier, line))
        values = SQL(", ").join(SQL("%s", one) for one in line.values())
        self.env.cr.execute(SQL("INSERT INTO saas_log_line (%s) VALUES (%s)", names, values))

    def test_lines_that_are_nobodys_for_long_are_told(self):
        self.write_line(1, 5, folded=None)
        self.assertEqual(self.told("log_placed")["level"], "ok")
        self.write_line(2, 20, folded=None)
        self.assertEqual(self.told("log_placed")["level"], "warning")

    def test_a_flood_of_errors_is_told_with_whose_it_is(self):
        tenant = self.make_open_tenant(name="Acme")
        self.write_line(1, 5, count=900, tenant_id=tenant.id)
        self.write_line(2, 70, count=5000)
        self.assertEqual(self.told("log_errors")["level"], "ok")
        self.write_line(3, 5, count=101)
        found = self.told("log_errors")
        self.assertEqual(found["level"], "warning")
        self.assertIn("Acme: 900", found["why"])

    def test_an_old_token_of_prometheus_is_told(self):
        self.assertEqual(self.told("prometheus")["level"], "ok")
        page = self.env["saas.prometheus"]
        page._make_token()
        self.assertEqual(self.told("prometheus")["level"], "ok")
        long_ago = fields.Datetime.subtract(fields.Datetime.now(), days=366)
        page._parameters().set_param(MADE_AT, fields.Datetime.to_string(long_ago))
        self.assertIn("older than a year", self.told("prometheus")["what"])


@tagged("post_install", "-at_install")
class TestDoctorHosts(SaasCommon):
    def told(self, code):
        return [one for one in self.env["saas.doctor"]._run() if one["code"] == code]

    def make_host(self, **values):
        tenant = self.make_open_tenant(subdomain="acme")
        row = self.env["saas.tenant.host"]._add_own(tenant, "shop.acme.com").sudo()
        row.write({"state": "live", "holds": True, "certificate": "trusted", **values})
        return row

    def test_a_name_that_works_is_well_and_one_that_needs_a_change_is_told(self):
        row = self.make_host()
        self.assertEqual([one["level"] for one in self.told("host_proof")], ["ok"])
        row.state = "change"
        [found] = self.told("host_proof")
        self.assertEqual(found["level"], "warning")
        self.assertIn("shop.acme.com", found["what"])

    def test_a_certificate_that_ends_soon_or_is_not_trusted_is_told(self):
        row = self.make_host()
        self.assertFalse(self.told("host_certificate"))
        row.certificate_until = fields.Datetime.add(fields.Datetime.now(), days=13)
        self.assertTrue(self.told("host_certificate"))
        row.write({"certificate_until": False, "certificate": "untrusted"})
        self.assertTrue(self.told("host_certificate"))

    def test_the_zone_is_told_as_the_connection_test_found_it(self):
        self.cluster.base_host = "example.test"
        self.assertEqual(self.told("cluster_zone")[0]["level"], "unknown")
        row = {"code": "zone_wildcard", "ok": True, "facts": {"zone": "example.test"}}
        self.cluster._apply_checks([row])
        self.assertEqual(self.told("cluster_zone")[0]["level"], "ok")
        row["facts"]["warning"] = True
        self.cluster._apply_checks([row])
        [found] = self.told("cluster_zone")
        self.assertEqual(found["level"], "warning")
        self.assertIn("wildcard record", found["mend"])
        self.assertEqual(self.cluster.state, "ready")
