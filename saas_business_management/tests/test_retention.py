"""What is kept how long, and how a customer is erased: what goes, what stays, what proves it."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import SaasCommon

EMAIL = "alice@moreau.example"


@tagged("post_install", "-at_install")
class TestRetention(SaasCommon):
    def setUp(self):
        super().setUp()
        # A cron commits batch by batch, a test never.
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_more: 60.0)
        self.env["saas.retention.rule"]._complete()

    def rule(self, kind):
        return self.env["saas.retention.rule"].search([("kind", "=", kind)])

    def finished(self, days):
        """Return an operation that ended so many days ago."""
        job_sudo = self.cluster._start("test_cluster", {}).sudo()
        ended = fields.Datetime.now() - timedelta(days=days)
        job_sudo.write({"state": "done", "ended_at": ended, "dedupe_key": False})
        return job_sudo

    def test_every_kind_has_one_rule_with_its_usual_days(self):
        kinds = self.env["saas.retention.rule"]._kinds()
        rules = self.env["saas.retention.rule"].search([])
        self.assertEqual(set(rules.mapped("kind")), set(kinds))
        for rule in rules:
            kind = kinds[rule.kind]
            self.assertIn(kind.dated_by, self.env[kind.model]._fields)
            self.assertGreaterEqual(kind.days, kind.least_days)

    def test_what_is_older_than_its_rule_goes_and_what_needs_a_person_stays(self):
        old, young, dead = self.finished(31), self.finished(29), self.finished(400)
        dead.state = "dead"
        self.rule("operations").days = 30
        self.env["saas.retention.rule"]._cron_apply()
        self.assertEqual((old | young | dead).exists(), young | dead)
        self.assertTrue(self.rule("operations").applied_at)
        self.assertGreaterEqual(self.rule("operations").removed_count, 1)

    def test_settled_copies_proposals_and_approvals_go_and_standing_ones_stay(self):
        long_ago = fields.Datetime.now() - timedelta(days=800)
        gone, tenant = self.deleted_tenant(), self.make_open_tenant(subdomain="birch")
        copies, proposals, approvals = (
            self.env[name]._at_work()
            for name in ("saas.copy", "saas.placement.proposal", "saas.approval")
        )
        told = {"use": "sandbox", "state": "done", "finished_at": long_ago}
        old = copies.create({**told, "tenant_id": tenant.id, "into_id": gone.id})
        kept = copies.create({**told, "tenant_id": gone.id, "into_id": tenant.id})
        where = {"cluster_id": self.cluster.id, "target": "elsewhere", "reason": "rule"}
        where |= {"tenant_id": tenant.id, "found_at": long_ago, "seen_at": long_ago}
        settled, accepted = proposals.create(
            [{**where, "state": "rejected"}, {**where, "state": "accepted"}]
        )
        asked = {"kind_id": self.env["saas.approval.kind"].search([], limit=1).id, "what": "It"}
        asked |= {"res_model": "saas.tenant", "res_id": tenant.id, "reason": "a test"}
        asked |= {"asked_by_id": self.admin.id, "asked_at": long_ago, "expires_at": long_ago}
        used, waiting = approvals.create(
            [{**asked, "state": "used"}, {**asked, "state": "granted"}]
        )
        self.env["saas.retention.rule"]._cron_apply()
        self.assertFalse(old.exists() or settled.exists() or used.exists())
        self.assertTrue(kept.exists() and accepted.exists() and waiting.exists())

    def test_nobody_goes_below_the_least(self):
        for days in (0, 6, 40000):
            with self.assertRaisesRegex(ValidationError, "at least 7"), self.env.cr.savepoint():
                self.rule("operations").days = days
        with self.assertRaises(AccessError):
            self.rule("operations").with_user(self.operator).days = 30

    # Erasing

    def deleted_tenant(self):
        """Return a tenant that was told about things, talked about, and deleted."""
        tenant = self.make_open_tenant(plan_id=self.plan.id)
        self.env["saas.tenant.notice"].create(
            {
                "tenant_id": tenant.id,
                "event": "archived",
                "planned_on": "2026-03-01",
                "days": 7,
                "sent_on": "2026-02-22",
                "email": EMAIL,
            }
        )
        tenant.message_post(body=f"Called {EMAIL}")
        tenant.with_user(self.admin).action_request_deletion("Alice asked")
        tenant._set({"deletion_on": fields.Date.today() - timedelta(days=1)})
        at_work = tenant.sudo()
        at_work._step_close_for_good()
        at_work._step_deleted()
        return tenant

    def erase(self, partner, **answers):
        wizard = self.env["saas.customer.erasure"].with_user(self.admin)
        wizard = wizard.create({"partner_id": partner.id, "reason": "Asked by mail", **answers})
        return self.env["saas.erasure"].browse(wizard._erase()["res_id"])

    def test_an_erased_customer_is_found_nowhere_and_what_happened_stays(self):
        tenant = self.deleted_tenant()
        partner, reference = tenant.partner_id, tenant.public_id
        made = self.erase(partner, typed=partner.name)
        self.assertEqual(made.left_count, 0)
        self.assertEqual(tenant.admin_name, "Erased")
        self.assertEqual(tenant.admin_email, "erased@erased.invalid")
        self.assertNotIn("Acme", f"{tenant.name} {tenant.subdomain} {tenant.host}")
        self.assertEqual((partner.name, partner.email), (f"Erased {partner.id}", False))
        self.assertFalse(tenant.job_ids or tenant.host_ids or tenant.message_ids)
        self.assertIn("deleted", tenant.event_ids.mapped("event"))
        self.assertFalse(any(tenant.event_ids.mapped("reason")))
        self.assertEqual(tenant.public_id, reference)
        self.assertEqual(made.erased["Tenants"], 1)
        entry = self.env["saas.audit.entry"].search([("action", "=", "customer_erased")])
        self.assertEqual((entry.res_id, entry.reason), (made.id, "Asked by mail"))

    def test_a_proof_says_what_where_and_when_and_the_audit_log_knows_it(self):
        tenant = self.deleted_tenant()
        partner, reference = tenant.partner_id, tenant.public_id
        made = self.erase(partner, typed=partner.name)
        self.assertIn(f"Proof of erasure {made.reference}", made.document)
        self.assertRegex(made.document, f"tenant {reference} · {self.cluster.name} · 20")
        self.assertNotIn(EMAIL, made.document)
        self.assertTrue(made._proof_is_whole())
        self.assertEqual(made.action_check_proof()["params"]["type"], "success")
        self.assertIn("document_file", made.with_user(self.admin).action_download_proof()["url"])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE saas_erasure SET document = replace(document, 'Tenants: 1', 'Tenants: 2')"
            " WHERE id = %s",
            (made.id,),
        )
        made.invalidate_recordset()
        self.assertFalse(made._proof_is_whole())
        self.assertEqual(made.action_check_proof()["params"]["type"], "danger")

    def test_nobody_is_erased_while_a_tenant_lives(self):
        tenant = self.make_open_tenant(plan_id=self.plan.id)
        with self.assertRaisesRegex(UserError, "deleted first"):
            self.erase(tenant.partner_id, typed=tenant.partner_id.name)
        self.assertEqual(tenant.admin_email, EMAIL)

    def test_a_name_typed_wrong_or_no_reason_erases_nothing(self):
        partner = self.deleted_tenant().partner_id
        for answers in ({"typed": "someone"}, {"typed": partner.name, "reason": " "}):
            with self.assertRaises(UserError):
                self.erase(partner, **answers)
        self.assertFalse(self.env["saas.erasure"].search([]))

    def test_only_an_administrator_erases_and_the_proof_cannot_be_changed(self):
        partner = self.deleted_tenant().partner_id
        with self.assertRaises(AccessError):
            self.env["saas.customer.erasure"].with_user(self.operator).create(
                {"partner_id": partner.id}
            )
        made = self.erase(partner, typed=partner.name)
        for change in (lambda: made.write({"reason": "x"}), made.unlink):
            with self.assertRaises(UserError):
                change()
