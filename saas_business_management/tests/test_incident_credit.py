"""Credits of the months that an incident fell into: proposed with a button, approved by another."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .service_common import ServiceCommon, at


@tagged("post_install", "-at_install")
class TestIncidentCredit(ServiceCommon):
    def setUp(self):
        super().setUp()
        self.incident = self.env["saas.incident"].create(
            {
                "title": "Disk full",
                "public_title": "Slow login",
                "started_at": at("2026-03-10 10:00:00"),
                "tenant_ids": [Command.set(self.tenant.ids)],
            }
        )
        with self.on("2026-03-10 12:00:00"):
            self.incident._post("Over.", "resolve")
        self.biller.group_ids = [
            Command.link(self.env.ref("saas_business_management.group_saas_viewer").id)
        ]

    def ask(self, user=None):
        return self.incident.with_user(user or self.biller).action_credits()

    def test_it_proposes_what_is_due_once_and_somebody_else_decides(self):
        self.served(("2026-03-10 10:00:00", 100))
        level = self.reckoned()
        self.credit().unlink()
        action = self.ask()
        credit = self.credit()
        self.assertEqual(action["domain"], [("id", "in", credit.ids)])
        self.assertEqual((credit.level_id, credit.state), (level, "proposed"))
        self.assertEqual(credit.prepared_by_id, self.biller)
        self.ask()
        self.assertEqual(self.credit(), credit)
        entry = self.env["saas.audit.entry"].search([("action", "=", "incident_credits")], limit=1)
        self.assertEqual(entry.facts["credits"], 1)

    def test_a_month_that_kept_its_promise_or_still_runs_gives_nothing(self):
        with self.assertRaisesRegex(UserError, "not reckoned yet"):
            self.ask()
        self.served()
        self.reckoned()
        with self.assertRaisesRegex(UserError, "Nothing is due"):
            self.ask()

    def test_an_operator_who_sees_no_money_proposes_nothing(self):
        self.served(("2026-03-10 10:00:00", 100))
        self.reckoned()
        with self.assertRaisesRegex(UserError, "billing user"):
            self.ask(self.operator)
