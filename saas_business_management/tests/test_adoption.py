"""Adoptions: what is listed and read, who may, what becomes of a database."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..adapters.fakes.adopting import odoo_inside
from ..kernel.errors import Refused
from .backup_common import BackupCommon

HERE = {"base": "19.0.1.3", "web": "19.0.1.0"}


@tagged("post_install", "-at_install")
class TestAdoption(BackupCommon):
    def setUp(self):
        super().setUp()
        self.found()
        self.one = self.env["saas.adoption"].search([("name", "=", "shop")])

    def row(self, **other):
        told = {"name": "shop", "oid": 777, "owner": "odoo", "size_bytes": 8_000_000}
        told |= {"sessions": 0, "is_template": False, "allows_connections": True}
        return {**told, "takeable": True, "strong_owner": False, **other}

    def found(self, *rows):
        self.cluster.sudo()._step_foreign_found([*rows] or [self.row()])

    def looked(self, **inside):
        look = {**odoo_inside(**inside), **self.row(), "files_found": False}
        self.one._step_looked(look, HERE)
        return look

    def order(self, user=None, typed="shop", **values):
        wizard = self.env["saas.adoption.confirm"].with_user(user or self.admin)
        wizard = wizard.create(
            {
                "adoption_id": self.one.id,
                "name": "Shop",
                "subdomain": "oldshop",
                "admin_name": "Alice",
                "admin_email": "alice@shop.example",
                "template_id": self.template.id,
                "typed": typed,
                **values,
            }
        )
        return wizard._adopt().sudo()

    def at_work(self, job, link):
        return job[link].sudo().with_context(saas_job_id=job.id)

    def carried(self, job):
        """Do to the records what the operation's steps do."""
        facts = self.at_work(job, "adoption_id")._step_begin(fence=1)
        tenant = self.at_work(job, "tenant_id")
        tenant._step_publish()
        tenant._step_open(admin={"admin_user_id": 2, "admin_partner_id": 3})
        self.at_work(job, "adoption_id")._step_done()
        job.write({"state": "done"})
        return facts

    def test_what_stands_there_is_listed_once_and_what_is_gone_says_so(self):
        self.found(self.row(sessions=3), self.row(name="other", oid=778))
        rows = self.env["saas.adoption"].search([])
        self.assertEqual(rows.mapped("name"), ["other", "shop"])
        self.assertEqual(self.one.sessions, 3)
        self.found(self.row(name="other", oid=778))
        self.assertEqual(self.one.state, "gone")

    def test_a_preview_says_what_would_change_and_what_blocks(self):
        self.assertFalse(self.one.changes or self.one.blockers)
        self.looked()
        self.assertEqual((self.one.state, self.one.blockers), ("ready", False))
        self.assertIn("instead of http://old.example", self.one.changes)
        self.assertIn("nobody is charged", self.one.changes)
        self.assertIn("web 19.0.1.0 → 19.0.1.0 · approved", self.one.modules_told)
        self.looked(version="20.0.1.0", modules={**HERE, "theirs": "1.0"})
        self.assertEqual(self.one.state, "blocked")
        self.assertIn("newer than", self.one.blockers)
        self.assertIn("theirs", self.one.blockers)
        self.assertIn("theirs 1.0 → — · not on this cluster", self.one.modules_told)

    def test_each_remark_has_its_sentence(self):
        self.looked(hostile=["event trigger: spy"], extensions=["dblink"], owners={"x": 1})
        self.assertNotIn("adoption_", self.one.blockers)
        self.assertEqual(len(self.one.blockers.splitlines()), 3)

    def test_only_administrators_see_look_and_adopt(self):
        with self.assertRaises(AccessError):
            self.one.with_user(self.operator).read(["name"])
        with self.assertRaisesRegex(UserError, "administrator"):
            self.cluster.with_user(self.operator).action_find_foreign()
        with self.assertRaises(AccessError):
            self.order(user=self.operator)
        self.one.with_user(self.admin).action_look()
        self.assertEqual(self.one.sudo().job_ids.kind, "look_adoption")

    def test_nothing_is_adopted_that_was_not_looked_at_or_typed_or_is_blocked(self):
        with self.assertRaisesRegex(UserError, "cannot be adopted"):
            self.order()
        self.looked()
        with self.assertRaisesRegex(UserError, "Type shop"):
            self.order(typed="shops")
        with self.assertRaisesRegex(UserError, "Say who"):
            self.order(admin_name="")
        self.looked(half_done=1)
        with self.assertRaisesRegex(UserError, "cannot be adopted"):
            self.order()
        self.assertFalse(self.one.tenant_id)

    def test_it_becomes_a_tenant_that_nobody_pays_for_yet(self):
        self.make_policy(is_default=True)
        self.looked()
        job = self.order()
        self.assertEqual((job.kind, job.tenant_id.state), ("adopt_database", "provisioning"))
        facts = self.carried(job)
        tenant = self.one.tenant_id
        self.assertEqual((self.one.state, self.one.user_id), ("done", self.admin))
        self.assertIn(tenant.state, ("trial", "active"))
        self.assertTrue(tenant.adopted)
        self.assertEqual(tenant.database_id.name, facts["database"])
        self.assertEqual((facts["oid"], facts["seen"]["owner"]), (777, "odoo"))
        subscriptions = tenant.sudo().subscription_ids
        self.assertFalse(subscriptions.filtered(lambda one: one.state != "draft"))
        self.assertEqual(
            self.env["saas.backup"].search([("tenant_id", "=", tenant.id)]).state, "running"
        )
        actions = self.env["saas.audit.entry"].search([("res_id", "=", tenant.id)]).mapped("action")
        self.assertLessEqual({"adoption_ordered", "adoption_done"}, set(actions))
        self.assertFalse(self.env["saas.link"].sudo().search([("tenant_id", "=", tenant.id)]))

    def test_without_a_policy_it_is_adopted_and_says_so(self):
        self.looked()
        self.carried(self.order())
        self.assertIn("no backup yet", self.one.tenant_id.message_ids[0].body)

    def test_what_changed_since_is_refused_by_its_operation(self):
        look = self.looked()
        job = self.order()
        adoption = self.at_work(job, "adoption_id")
        adoption._step_confirmed(look, HERE)
        with self.assertRaises(Refused) as told:
            adoption._step_confirmed({**look, "hostile": ["rule: spy"]}, HERE)
        self.assertEqual(told.exception.code, "adoption_hostile")

    def test_one_given_back_is_adopted_again_and_never_made_an_empty_tenant(self):
        self.looked()
        job = self.order()
        self.at_work(job, "adoption_id")._step_begin(fence=1)
        self.at_work(job, "tenant_id")._step_release_database()
        job.write({"error_code": "made_to_fail", "error_text": "It failed.", "state": "failed"})
        self.at_work(job, "adoption_id")._step_undone()
        tenant = self.one.tenant_id
        self.assertEqual((self.one.state, tenant.state), ("undone", "failed"))
        self.assertEqual(self.one.error_text, "It failed.")
        with self.assertRaisesRegex(UserError, "Adopt it again"):
            tenant.action_provision()
        again = self.order(name="Shop Again")
        self.assertEqual((again.tenant_id, tenant.name), (tenant, "Shop Again"))
        self.assertEqual((self.one.state, tenant.state), ("running", "provisioning"))

    def test_two_who_press_at_once_get_one_adoption(self):
        self.looked()
        self.order()
        with self.assertRaisesRegex(UserError, "cannot be adopted"):
            self.order()

    def test_an_erased_customer_leaves_nothing_that_was_read(self):
        self.looked()
        job = self.order()
        self.carried(job)
        self.env["saas.erasure"]._erase_tenants(self.one.tenant_id)
        self.assertEqual((self.one.name, self.one.look), ("erased", False))
