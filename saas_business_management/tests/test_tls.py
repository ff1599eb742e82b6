"""The question of the front proxy: certificates only for host names that lead to a tenant."""

from odoo.tests import HttpCase, tagged

from .common import SaasCommon


@tagged("post_install", "-at_install")
class TestTls(SaasCommon, HttpCase):
    def ask(self, host):
        return self.url_open(f"/saas/tls/ask?domain={host}").status_code

    def test_only_live_host_names_get_a_certificate(self):
        tenant = self.make_open_tenant(subdomain="acme")
        self.assertEqual(self.ask(tenant.host), 200)
        self.assertEqual(self.ask(tenant.host.upper()), 200)
        self.assertEqual(self.ask("stranger.example"), 404)
        self.assertEqual(self.ask(""), 404)
        tenant.host_ids.state = "released"
        self.assertEqual(self.ask(tenant.host), 404)
