"""The question of the front proxy: certificates only for host names that lead to a tenant."""

from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from ..kernel.hosts.budget import Budget
from .common import SaasCommon

BUDGET = "odoo.addons.saas_business_management.models.saas_tenant_host_certificate._budget"


@tagged("post_install", "-at_install")
class TestTls(SaasCommon, HttpCase):
    def ask(self, host, **headers):
        return self.url_open(f"/saas/tls/ask?domain={host}", headers=headers).status_code

    def test_only_live_host_names_get_a_certificate(self):
        tenant = self.make_open_tenant(subdomain="acme")
        self.assertEqual(self.ask(tenant.host), 200)
        self.assertEqual(self.ask(tenant.host.upper()), 200)
        self.assertEqual(self.ask("stranger.example"), 404)
        self.assertEqual(self.ask(""), 404)
        tenant.host_ids.state = "released"
        self.assertEqual(self.ask(tenant.host), 404)

    def test_an_own_host_name_gets_one_from_its_proof_to_the_end_of_its_grace(self):
        tenant = self.make_open_tenant(subdomain="acme")
        row = self.env["saas.tenant.host"]._add_own(tenant, "shop.acme.com")
        self.assertEqual(self.ask(row.host), 404)
        row.sudo().write({"state": "live", "holds": True})
        self.assertEqual(self.ask(row.host), 200)
        row.sudo().state = "change"
        self.assertEqual(self.ask(row.host), 200)
        row.sudo().holds = False
        self.assertEqual(self.ask(row.host), 404)

    def test_a_closed_tenant_keeps_its_certificate_and_a_failed_one_has_none(self):
        tenant = self.make_open_tenant(subdomain="acme")
        for state, status in (("suspended", 200), ("archived", 200), ("deleted", 404)):
            tenant._set({"state": state})
            self.assertEqual(self.ask(tenant.host), status, state)

    def test_the_control_planes_own_name_gets_one(self):
        self.env["ir.config_parameter"].set_param("web.base.url", "https://Control.example.org")
        self.assertEqual(self.ask("control.example.org"), 200)

    def test_who_asks_through_the_proxy_is_told_nothing(self):
        tenant = self.make_open_tenant(subdomain="acme")
        for name in ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded"):
            self.assertEqual(self.ask(tenant.host, **{name: "192.0.2.1"}), 404)

    def test_a_flood_of_names_reaches_no_record(self):
        tenant = self.make_open_tenant(subdomain="acme")
        with patch(BUDGET, Budget(1, 0)):
            self.assertEqual(self.ask(tenant.host), 200)
            self.assertEqual(self.ask(tenant.host), 429)

    def test_odd_questions_are_answered_like_any_other(self):
        for host in ("a" * 5000, "%00", "%0d%0aX:y", "*.acme.com", "' OR 1=1 --", "[::1]"):
            self.assertEqual(self.ask(host), 404)
