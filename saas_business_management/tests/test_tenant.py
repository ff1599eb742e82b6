"""Ordering a tenant: what is accepted, what is refused and in which words, who may do what."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import SaasCommon


@tagged("post_install", "-at_install")
class TestTenant(SaasCommon):
    def test_a_subdomain_is_kept_in_its_normal_form(self):
        self.assertEqual(self.make_tenant(subdomain="  AcMe ").subdomain, "acme")

    def test_a_subdomain_of_a_wrong_form_is_refused_in_words_that_help(self):
        with self.assertRaisesRegex(ValidationError, "a–z, 0–9 and hyphens"):
            self.make_tenant(subdomain="acme_shop")

    def test_the_hint_names_free_subdomains_beside_a_taken_one(self):
        first = self.make_tenant(subdomain="acme")
        first.action_provision()
        second = self.make_tenant(subdomain="acme")
        self.assertFalse(second.subdomain_free)
        self.assertIn("acme-2", second.subdomain_hint)

    def test_the_hint_of_a_free_subdomain_says_so(self):
        tenant = self.make_tenant(subdomain="lonely")
        self.assertTrue(tenant.subdomain_free)
        self.assertIn("lonely", tenant.subdomain_hint)

    def test_a_reserved_word_is_refused(self):
        tenant = self.make_tenant(subdomain="admin")
        with self.assertRaisesRegex(UserError, "admin"):
            tenant.action_provision()
        self.assertEqual(tenant.state, "draft")

    def test_of_two_tenants_with_one_subdomain_the_second_is_refused(self):
        self.make_tenant(subdomain="acme").action_provision()
        second = self.make_tenant(subdomain="acme")
        with self.assertRaisesRegex(UserError, "taken"):
            second.action_provision()
        self.assertEqual(second.state, "draft")

    def test_provisioning_makes_the_customer_from_the_administrator(self):
        tenant = self.make_open_tenant(subdomain="acme", partner_id=False)
        self.assertEqual(tenant.partner_id.email, tenant.admin_email)

    def test_a_template_without_a_published_version_is_refused(self):
        self.version.state = "retired"
        tenant = self.make_tenant(subdomain="acme")
        with self.assertRaisesRegex(UserError, self.template.name):
            tenant.action_provision()

    def test_ordering_twice_gives_the_same_operation(self):
        tenant = self.make_tenant(subdomain="acme")
        first = tenant.action_provision()
        second = tenant.action_provision()
        self.assertEqual(first["res_id"], second["res_id"])
        self.assertEqual(len(tenant.job_ids), 1)

    def test_the_state_cannot_be_written_by_hand(self):
        tenant = self.make_tenant(subdomain="acme")
        with self.assertRaises(UserError):
            tenant.write({"state": "active"})
        with self.assertRaises(UserError):
            self.make_tenant(subdomain="nova", state="active")

    def test_the_timeline_cannot_be_changed(self):
        tenant = self.make_tenant(subdomain="acme")
        tenant.action_provision()
        event = tenant.event_ids[:1]
        self.assertEqual(event.event, "provisioning_started")
        with self.assertRaises(UserError):
            event.sudo().write({"reason": "another"})
        with self.assertRaises(UserError):
            event.sudo().unlink()

    def test_what_was_provisioned_cannot_get_another_subdomain(self):
        tenant = self.make_tenant(subdomain="acme")
        tenant.action_provision()
        with self.assertRaisesRegex(ValidationError, "fixed"):
            tenant.subdomain = "other"

    def test_a_wrong_mail_address_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "e-mail"):
            self.make_tenant(subdomain="acme", admin_email="nobody")

    def test_a_viewer_cannot_provision(self):
        tenant = self.make_tenant(subdomain="acme")
        with self.assertRaises(AccessError):
            tenant.with_user(self.viewer).action_provision()

    def test_an_operator_can_provision(self):
        tenant = self.make_tenant(subdomain="acme")
        tenant.with_user(self.operator).action_provision()
        self.assertEqual(tenant.state, "provisioning")
        self.assertEqual(tenant.job_ids.user_id, self.operator)

    def test_a_plan_sells_only_its_templates(self):
        self.plan.template_ids = self.other_template
        with self.assertRaisesRegex(ValidationError, self.other_template.name):
            self.make_tenant(subdomain="acme", plan_id=self.plan.id)

    def test_only_a_draft_that_was_never_provisioned_can_be_removed(self):
        tenant = self.make_tenant(subdomain="acme")
        tenant.action_provision()
        with self.assertRaises(ValidationError):
            tenant.unlink()
