"""States over time: one without an end, none that overlap, late news, for ever."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import SaasCommon

INSERT = """
INSERT INTO saas_status_interval (tenant_id, layer, state, start_at, end_at)
VALUES (%s, 'database', 'ok', %s, %s)
"""


def day(clock):
    return fields.Datetime.to_datetime(f"2026-03-10 {clock}:00")


@tagged("post_install", "-at_install")
class TestStatusInterval(SaasCommon):
    def setUp(self):
        super().setUp()
        self.rows = self.env["saas.status.interval"]
        self.tenant = self.make_tenant(subdomain="looked")
        self.other = self.make_tenant(subdomain="other")

    def note(self, clock, state, layer="database", tenant=None):
        self.rows._note(layer, {(tenant or self.tenant).id: state}, day(clock))

    def told(self, since="00:00", until="23:59", layer="database"):
        found = self.rows._intervals([self.tenant.id], layer, day(since), day(until))
        return [
            (start.strftime("%H:%M"), end.strftime("%H:%M"), state)
            for start, end, state in found[self.tenant.id]
        ]

    def test_a_change_closes_one_and_opens_the_next(self):
        for clock, state in (("08:00", "ok"), ("08:05", "ok"), ("09:00", "critical")):
            self.note(clock, state)
        self.note("09:00", "warning", layer="security")
        self.note("09:10", None)
        self.note("09:20", "ok")
        self.assertEqual(
            self.told(),
            [("08:00", "09:00", "ok"), ("09:00", "09:10", "critical"), ("09:20", "23:59", "ok")],
        )
        self.assertEqual(self.told(layer="security"), [("09:00", "23:59", "warning")])
        self.assertEqual(self.told("08:30", "09:05")[0], ("08:30", "09:00", "ok"))
        self.assertEqual(len(self.rows.search([("tenant_id", "=", self.tenant.id)])), 4)

    def test_a_state_that_is_taken_back_at_once_was_never_there(self):
        self.note("08:00", "ok")
        self.note("09:00", "critical")
        self.note("09:00", "ok")
        self.assertEqual(self.told(), [("08:00", "23:59", "ok")])

    def test_a_state_that_pauses_and_comes_back_at_once_goes_on(self):
        self.note("08:00", "ok")
        self.note("09:00", None)
        self.note("09:00", "ok")
        self.assertEqual(self.told(), [("08:00", "23:59", "ok")])

    def test_late_news_hold_until_the_next_change_that_is_known(self):
        self.note("08:00", "ok")
        self.note("10:00", "warning")
        self.note("09:00", "critical")
        wanted = [("08:00", "09:00", "ok"), ("09:00", "10:00", "critical")]
        self.assertEqual(self.told(), [*wanted, ("10:00", "23:59", "warning")])
        self.assertTrue(self.rows.search([("state", "=", "critical")], limit=1).corrected_at)

    def test_a_piece_of_the_past_is_told_anew(self):
        self.note("08:00", "ok")
        self.rows._correct("database", self.tenant.id, "unknown", day("08:10"), day("08:20"))
        wanted = [("08:00", "08:10", "ok"), ("08:10", "08:20", "unknown")]
        self.assertEqual(self.told(), [*wanted, ("08:20", "23:59", "ok")])
        self.rows._correct("database", self.tenant.id, "ok", day("08:10"), day("08:20"))
        self.assertEqual(self.told(), [("08:00", "23:59", "ok")])

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_two_states_at_one_time(self):
        self.note("08:00", "ok")
        for start, end in (("07:00", "08:30"), ("09:00", None), ("07:00", "07:00")):
            row = (self.tenant.id, day(start), day(end) if end else None)
            refused = self.assertRaises(IntegrityError)
            with self.subTest(start=start), refused, self.env.cr.savepoint():
                self.env.cr.execute(INSERT, row)
        self.env.cr.execute(INSERT, (self.other.id, day("07:00"), None))
        self.env.cr.execute(INSERT, (self.tenant.id, day("07:00"), day("08:00")))

    def test_a_pass_over_many_tenants_takes_a_fixed_number_of_statements(self):
        states = {self.tenant.id: "ok", self.other.id: "warning"}
        self.rows._note("tenant", states, day("08:00"))
        self.env.flush_all()
        with self.assertQueryCount(4):
            self.rows._note("tenant", dict.fromkeys(states, "critical"), day("08:01"))

    def test_it_is_kept_for_ever(self):
        self.note("08:00", "ok")
        with self.assertRaisesRegex(UserError, "kept for ever"):
            self.rows.sudo().search([], limit=1).unlink()
        kinds = self.env["saas.retention.rule"]._kinds().values()
        self.assertNotIn("saas.status.interval", {kind.model for kind in kinds})

    def test_another_company_sees_none_of_it(self):
        self.note("08:00", "ok")
        theirs = self.rows.with_user(self.stranger)
        self.assertFalse(theirs.search([("tenant_id", "=", self.tenant.id)]))
        self.assertTrue(self.rows.with_user(self.viewer).search([], limit=1))
