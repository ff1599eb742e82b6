"""The page for Prometheus: nothing without the token, and with it a page that can be read."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from prometheus_client.parser import text_string_to_metric_families

from .common import SaasCommon

NODE = """
INSERT INTO saas_node_usage (node_role, process, sequence, at, database, requests, failures,
                             response_ms, answered, failed_logins, latency)
VALUES (%s, 'prom', %s, %s, %s, 10, 2, 900, 10, 3, '{7,0,0,0,0,0,0,0,0,3}')
"""


@tagged("post_install", "-at_install")
class TestPrometheus(SaasCommon, HttpCase):
    def ask(self, token=None, path="/metrics"):
        headers = {} if token is None else {"Authorization": token}
        return self.url_open(path, headers=headers)

    def make_token(self):
        action = self.env["res.config.settings"].create({}).action_make_metrics_token()
        return action["context"]["default_token"]

    def read(self, token):
        answer = self.ask(f"Bearer {token}")
        self.assertEqual(answer.status_code, 200)
        return {one.name: one for one in text_string_to_metric_families(answer.text)}

    def test_it_is_off_until_somebody_makes_a_token_and_after_it_is_dropped(self):
        for told in (None, "Bearer ", "Bearer x"):
            self.assertEqual(self.ask(told).status_code, 404)
        token = self.make_token()
        self.assertEqual(self.ask(f"Bearer {token}").status_code, 200)
        self.env["res.config.settings"].create({}).action_drop_metrics_token()
        self.assertEqual(self.ask(f"Bearer {token}").status_code, 404)

    def test_everybody_else_gets_the_same_bytes(self):
        token, other = self.make_token(), "prom_" + "x" * 43
        told = (None, "", "Bearer ", f"Bearer {other}", f"Basic {token}", f"Bearer {token}x")
        answers = [self.ask(one) for one in told] + [self.ask(path=f"/metrics?token={token}")]
        self.assertEqual({(one.status_code, one.content) for one in answers}, {(404, b"")})

    def test_the_token_is_kept_as_a_hash_and_the_next_one_ends_it(self):
        first = self.make_token()
        kept = self.env["ir.config_parameter"].sudo().search([("key", "like", "saas.metrics")])
        self.assertNotIn(first, str(kept.mapped("value")))
        second = self.make_token()
        self.assertEqual(self.ask(f"Bearer {first}").status_code, 404)
        self.assertEqual(self.ask(f"Bearer {second}").status_code, 200)
        noted = self.env["saas.audit.entry"].search([("action", "=", "metrics_token_made")])
        self.assertEqual(len(noted), 2)
        self.assertNotIn(second, str(noted.mapped("facts")))

    def test_operators_make_no_token(self):
        with self.assertRaises(AccessError):
            self.env["saas.metrics.token"].with_user(self.operator)._check_admin()

    def test_tenants_and_operations_are_counted_by_state(self):
        self.make_open_tenant(subdomain="counted")
        page = self.read(self.make_token())
        for name, model in (("saas_tenants", "saas.tenant"), ("saas_operations", "saas.job")):
            found = {one.labels["state"]: one.value for one in page[name].samples}
            wanted = dict(self.env[model]._read_group([], ["state"], ["__count"]))
            self.assertEqual({key: value for key, value in found.items() if value}, wanted)
            self.assertGreater(len(found), len(wanted))

    def test_counters_of_a_cluster_only_grow_and_the_histogram_adds_up(self):
        tenant = self.make_open_tenant(subdomain="counted")
        token = self.make_token()
        for number in (1, 2):
            values = [self.cluster.node_role, number, fields.Datetime.now()]
            self.env.cr.execute(NODE, [*values, tenant.database_id.name])
            self.env["saas.node.usage"]._fold_some()
            page = self.read(token)
            labels = {"cluster": self.cluster.key}
            asked = page["saas_cluster_requests"].samples
            self.assertIn((labels, 10.0 * number), [(one.labels, one.value) for one in asked])
            samples = {
                (one.name, one.labels.get("le")): one.value
                for one in page["saas_cluster_request_seconds"].samples
                if one.labels["cluster"] == self.cluster.key
            }
            name = "saas_cluster_request_seconds"
            self.assertEqual(samples[f"{name}_bucket", "0.025"], 7 * number)
            self.assertEqual(samples[f"{name}_bucket", "+Inf"], 10 * number)
            self.assertEqual(samples[f"{name}_count", None], 10 * number)
            self.assertAlmostEqual(samples[f"{name}_sum", None], 0.9 * number)

    def test_single_tenants_are_told_only_when_that_is_wanted(self):
        tenant = self.make_open_tenant(subdomain="single")
        latest = {tenant.id: {"requests": (7.0, fields.Datetime.now())}}

        def told(_self, codes, subject_ids=None):
            return latest if "requests" in codes else {0: {"operations_waiting": (3.0, None)}}

        token = self.make_token()
        with patch.object(type(self.env["saas.metric"]), "_latest", told):
            page = self.read(token)
            self.assertNotIn("saas_tenant_requests", page)
            self.assertEqual(page["saas_platform_operations_waiting"].samples[0].value, 3)
            self.env["ir.config_parameter"].sudo().set_param("saas.metrics_per_tenant", "True")
            sample = self.read(token)["saas_tenant_requests"].samples[0]
        self.assertEqual((sample.labels, sample.value), ({"tenant": tenant.public_id}, 7))
