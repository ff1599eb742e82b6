"""Campaigns by program: `/json/2` with an API key, the same rules and sentences as on screens."""

import json

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .test_campaign import CampaignCommon


@tagged("post_install", "-at_install")
class TestCampaignApi(CampaignCommon, HttpCase):
    def call(self, user, model, method, **arguments):
        """Return status and answer of a call with a key of a person."""
        keys = self.env["res.users.apikeys"].with_user(user).sudo()
        until = fields.Datetime.add(fields.Datetime.now(), days=1)
        key = keys._generate("rpc", "a program", until)
        answer = self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(arguments),
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        return answer.status_code, answer.json()

    def test_a_campaign_is_made_checked_started_and_read(self):
        values = {"template_id": self.template.id, "needs_rehearsal": False, "wave_size": 2}
        status, (made,) = self.call(self.operator, "saas.campaign", "create", vals_list=[values])
        self.assertEqual(status, 200)
        for button in ("action_check", "action_start"):
            self.assertEqual(
                self.call(self.operator, "saas.campaign", button, ids=[made])[0], 200, button
            )
        wanted = ["state", "percent", "todo_count", "left_text"]
        status, (row,) = self.call(self.viewer, "saas.campaign", "read", ids=[made], fields=wanted)
        self.assertEqual((row["state"], row["todo_count"]), ("running", 5))
        lines = self.call(
            self.viewer,
            "saas.campaign.tenant",
            "search_read",
            domain=[["campaign_id", "=", made]],
            fields=["stage", "step_now", "progress_percent", "left_text"],
        )[1]
        self.assertEqual({line["stage"] for line in lines}, {"todo"})

    @mute_logger("odoo.http", "odoo.addons.rpc.controllers.json2")
    def test_who_may_not_is_refused_and_course_is_not_written(self):
        one = self.make_campaign()
        self.assertEqual(
            self.call(self.viewer, "saas.campaign", "action_check", ids=one.ids)[0], 403
        )
        status, told = self.call(
            self.operator, "saas.campaign", "write", ids=one.ids, vals={"state": "done"}
        )
        self.assertEqual(status, 422)
        self.assertIn("not written by hand", told["message"])
        for hidden in ("_fire", "_put_course", "_take_tenants"):
            status, _told = self.call(self.operator, "saas.campaign", hidden, ids=one.ids)
            self.assertGreaterEqual(status, 400)
        self.assertEqual(one.state, "draft")
