"""Lines of logs: whose they are, what may stand in them, how a request is followed."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..models.saas_job_request_ref import bound
from .common import SaasCommon

ADD = """
INSERT INTO saas_log_line (node_role, process, sequence, at, level, logger, message, database,
                           request, status, ms, count)
VALUES (%s, 'p1', %s, now() AT TIME ZONE 'UTC', 'ERROR', 'odoo.http', %s, %s, %s, 500, 12, 1)
ON CONFLICT DO NOTHING
"""
NUMBER = "0123456789abcdef"


@tagged("post_install", "-at_install")
class TestLogLine(SaasCommon):
    def setUp(self):
        super().setUp()
        self.tenant = self.make_open_tenant(subdomain="logged")
        self.lines = self.env["saas.log.line"]

    def add(self, sequence=1, message="boom", role=None, database=None, number=NUMBER):
        role = role or self.cluster.node_role
        name = self.tenant.database_id.name if database is None else database
        self.env.cr.execute(ADD, [role, sequence, message, name, number])

    def fold(self):
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kw: 0):
            self.env["saas.node.event"]._cron_fold()
        return self.lines.search([("process", "=", "p1")])

    def test_a_line_is_the_tenants_whose_database_its_own_node_names(self):
        self.add(1), self.add(1)
        self.add(2, role="saas_node_elsewhere")
        self.add(3, database="t_unknown")
        found = self.fold().sorted("sequence")
        self.assertEqual(found.mapped("sequence"), [1, 2, 3])
        self.assertEqual(found[0].tenant_id, self.tenant)
        self.assertFalse(found[1:].tenant_id)
        self.assertEqual(found[0].company_id, self.tenant.company_id)
        self.assertEqual(found[0].cluster_id, self.cluster)

    def test_what_a_node_wrote_is_scrubbed_once_more(self):
        self.add(message="GET /web?access_token=sesame password='open me' Bearer abc.def")
        message = self.fold().message
        for word in ("sesame", "open me", "abc.def"):
            self.assertNotIn(word, message)
        self.assertIn("GET /web", message)

    def test_operators_read_them_and_nobody_writes_them(self):
        self.add()
        line = self.fold()
        line.with_user(self.operator).read(["message"])
        with self.assertRaises(AccessError):
            line.with_user(self.viewer).read(["message"])
        for act in (
            lambda: line.sudo().write({"message": "x"}),
            lambda: line.sudo().unlink(),
            lambda: self.lines.sudo().create({"message": "x"}),
        ):
            with self.assertRaises(UserError):
                act()

    def test_a_line_that_has_no_place_yet_is_shown_to_nobody(self):
        self.add()
        search = self.lines.with_user(self.operator).search
        self.assertFalse(search([("process", "=", "p1")]))
        self.fold()
        self.assertTrue(search([("process", "=", "p1")]))

    def test_it_is_found_by_the_reference_as_a_page_shows_it(self):
        self.add()
        line = self.fold()
        for text in (NUMBER, f"busy-{NUMBER}", f" closed-trial-end-{NUMBER} "):
            self.assertEqual(self.lines.search([("reference", "ilike", text)]), line, text)
        self.assertFalse(self.lines.search([("reference", "ilike", "fedcba9876543210")]))

    def test_the_button_of_a_tenant_counts_a_day(self):
        self.add()
        line = self.fold()
        tenant = self.tenant.with_user(self.operator)
        self.assertEqual(tenant.log_count, 1)
        self.assertEqual(self.lines.search(tenant.action_view_log()["domain"]), line)
        self.env.cr.execute("UPDATE saas_log_line SET at = at - interval '2 days'")
        self.env.invalidate_all()
        self.assertEqual(tenant.log_count, 0)
        self.assertEqual(self.tenant.with_user(self.viewer).log_count, 0)

    def test_lines_go_after_two_weeks(self):
        self.add(1), self.add(2)
        old, new = self.fold().sorted("sequence")
        self.env.cr.execute(
            "UPDATE saas_log_line SET at = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(days=15), old.id],
        )
        rule = self.env["saas.retention.rule"].search([("kind", "=", "log_lines")])
        rule._remove_batch(fields.Datetime.now())
        self.assertFalse(old.exists())
        self.assertTrue(new.exists())

    def test_what_a_request_orders_carries_its_number_down_to_the_log(self):
        with bound(NUMBER, 0):
            job = self.env["saas.job"]._enqueue("apply_limits", tenant_id=self.tenant.id)
        self.assertEqual(job.request_ref, NUMBER)
        self.lines.sudo()._add_of_job(job.sudo(), [("warning", "It waits"), ("error", "It failed")])
        found = self.lines.search([("reference", "ilike", NUMBER)])
        self.assertEqual(set(found.mapped("level")), {"WARNING", "ERROR"})
        self.assertEqual(found.job_id, job)
        self.assertEqual(found.tenant_id, self.tenant)
        self.assertEqual(job.with_user(self.operator).log_count, 2)

    def test_what_an_operation_orders_carries_the_number_on(self):
        with bound(NUMBER, 0):
            first = self.env["saas.job"]._enqueue("apply_limits", tenant_id=self.tenant.id)
        with first.sudo()._carrying():
            second = self.env["saas.job"]._enqueue("test_cluster", cluster_id=self.cluster.id)
        third = self.env["saas.job"]._enqueue("test_cluster", cluster_id=self.cluster.id)
        self.assertEqual((second.request_ref, third.request_ref), (NUMBER, False))


@tagged("post_install", "-at_install")
class TestRequestNumber(SaasCommon, HttpCase):
    def ask(self, number=""):
        headers = {"X-Request-Id": number} if number else {}
        return self.url_open("/web/login", headers=headers).headers.get("X-Request-Id")

    def test_every_answer_has_a_number_of_its_own(self):
        first, second = self.ask(), self.ask()
        self.assertRegex(first, r"^[0-9a-f]{16}$")
        self.assertNotEqual(first, second)

    def test_a_number_is_believed_from_a_trusted_proxy_alone_and_in_its_form(self):
        self.assertNotEqual(self.ask("from-a-stranger"), "from-a-stranger")
        place = "odoo.addons.saas_business_management.models.ir_http.config"
        trusted = patch(place, {"saas_trusted_proxies": "127.0.0.0/8,::1/128"})
        with trusted:
            self.assertEqual(self.ask("from-our-proxy-1"), "from-our-proxy-1")
            self.assertRegex(self.ask("x<script>alert"), r"^[0-9a-f]{16}$")
