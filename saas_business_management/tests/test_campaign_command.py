"""`odoo saas campaign …` on records: what is printed, what is done, what is typed wrong."""

import json
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .command_common import Typing
from .test_campaign import CampaignCommon


@tagged("post_install", "-at_install")
class TestCampaignCommand(Typing, CampaignCommon):
    def type(self, *typed):
        return super().type("campaign", *typed)

    def test_what_a_version_changes(self):
        told = json.loads(self.type("changes", self.template.code, "--json")[1])
        self.assertIn({"kind": "added", "name": "crm", "before": "", "after": "19.0.1.0"}, told)
        status, told = self.type("changes", self.template.code, "--since", "7")
        self.assertEqual(status, 1)
        self.assertIn("no older version", told)

    def test_from_a_draft_to_the_report(self):
        self.assertIn("No campaigns", self.type("list")[1])
        status, told = self.type(
            *("create", self.template.code, "--size", "3", "--stop-after", "2", "--pause", "0"),
            *("--canary", "cato", "--follow", "--no-rehearsal", "--silent"),
        )
        self.assertEqual(status, 0)
        number = told.removeprefix("campaign: ").strip()
        self.campaign = self.env["saas.campaign"].browse(int(number))
        self.assertEqual(self.campaign.canary_ids.subdomain, "cato")
        self.assertIn("5 tenants are ready", self.type("check", number)[1])
        self.assertIn("state: running", self.type("start", number)[1])
        self.drive()
        self.end("cato", "failed")
        self.drive()
        rows = json.loads(self.type("report", number, "--json")[1])
        (row,) = [one for one in rows if one["tenant"] == "cato"]
        self.assertEqual((row["wave"], row["result"]), (1, "failed"))
        self.assertIn("login page", row["why"])
        self.assertIn("state: paused", self.type("pause", number)[1])
        self.assertIn("running", self.type("resume", number)[1])

    def test_rolling_back_asks_for_the_number(self):
        number = str(self.started().id)
        self.end("acme", "watching", undo_until=fields.Datetime.now() + timedelta(days=1))
        status, told = self.type("stop", number, "--roll-back", "4", "--why", "no logo")
        self.assertEqual(status, 1)
        self.assertIn("say --roll-back 1", told)
        self.assertIn(
            "stopped", self.type("stop", number, "--roll-back", "1", "--why", "no logo")[1]
        )
        self.assertEqual(self.reasons, ["no logo"])

    def test_what_cannot_be_is_a_line(self):
        number = str(self.make_campaign().id)
        self.assertEqual(self.type("start", number)[0], 1)
        self.assertIn("cannot do that", self.type("start", number)[1])
        self.assertIn("no campaign 999999", self.type("check", "999999")[1])
        self.assertIn(
            "There is no tenant", self.type("create", self.template.code, "--tenant", "x")[1]
        )
