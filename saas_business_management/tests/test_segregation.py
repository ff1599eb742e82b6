"""Nobody sets prices and approves what is billed by them, whatever way the groups come."""

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from .common import SaasCommon
from .people import GROUP


@tagged("post_install", "-at_install")
class TestSegregation(SaasCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager_group = cls.env.ref(f"{GROUP}billing_manager")
        cls.approver_group = cls.env.ref(f"{GROUP}billing_approver")

    def test_a_user_is_not_given_both(self):
        for user, group in (
            (self.pricer, self.approver_group),
            (self.approver, self.manager_group),
        ):
            with self.assertRaisesRegex(ValidationError, "cannot set prices and approve"):
                user.group_ids += group
        with self.assertRaises(ValidationError):
            new_test_user(
                self.env, "both", groups=f"{GROUP}billing_manager,{GROUP}billing_approver"
            )

    def test_a_group_does_not_bring_both(self):
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.approver_group.user_ids += self.pricer
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.env["res.groups"].create(
                {
                    "name": "Everything",
                    "implied_ids": [(6, 0, (self.manager_group | self.approver_group).ids)],
                    "user_ids": [(6, 0, self.employee.ids)],
                }
            )
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.env.ref(f"{GROUP}billing_user").implied_ids += self.approver_group

    def test_a_billing_user_may_approve_and_an_administrator_has_neither(self):
        self.biller.group_ids += self.approver_group
        self.assertTrue(self.biller.has_group(f"{GROUP}billing_approver"))
        for name in ("billing_user", "billing_manager", "billing_approver"):
            self.assertFalse(self.admin.has_group(f"{GROUP}{name}"), name)

    def test_the_form_of_users_warns_of_both(self):
        self.assertIn(self.manager_group, self.approver_group.disjoint_ids)
        self.assertIn(self.approver_group, self.manager_group.disjoint_ids)
        self.assertTrue(self.env.ref("base.group_portal").disjoint_ids)

    def test_the_log_says_who_got_the_right_to_set_prices(self):
        self.biller.group_ids += self.manager_group
        entry = self.env["saas.audit.entry"].search(
            [("action", "=", "rights_gained"), ("res_id", "=", self.biller.id)], limit=1
        )
        self.assertIn("billing_manager", str(entry.facts))
