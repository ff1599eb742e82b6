"""Moves: who may ask for one, what refuses it, the switch in one transaction, the undo."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..kernel.errors import Refused
from ..kernel.secret import Secret
from .backup_common import BackupCommon
from .command_common import Typing

TOLD = {
    "ahead": {"files": 3, "copied": 3, "bytes": 30},
    "rest": {"files": 4, "copied": 1, "bytes": 10},
    "carried": {"tables": 9, "rows": 99, "bytes": 999},
    "ended": 1,
    "login_seconds": 0.4,
}


@tagged("post_install", "-at_install")
class TestMove(Typing, BackupCommon):
    def setUp(self):
        super().setUp()
        self.make_policy(is_default=True)
        self.other = self.make_cluster("elsewhere")
        self.tenant._put_routes()

    def make_cluster(self, key, **values):
        cluster = self.env["saas.cluster"]._prepare_from_cli(
            {
                "key": key,
                "name": key.title(),
                "base_host": self.cluster.base_host,
                "prov_password": Secret("provisioner-password"),
                "cluster_secret": Secret("secret-of-another"),
                "filestore_path": "/var/lib/other/filestore",
                "data_dir": "/var/lib/other",
                "odoo_command": ["/usr/bin/odoo"],
                "addons_path": ["/usr/lib/odoo/addons"],
                **values,
            }
        )
        checks = [{"code": "server_reachable", "ok": True, "facts": {}, "mend": ""}]
        cluster._apply_checks(checks)
        return cluster

    def order(self, to=None, user=None, reason="needs room", **more):
        moves = self.env["saas.move"].with_user(user or self.operator)
        tenant = self.tenant.with_user(user or self.operator)
        return moves._order_move(
            tenant, to or self.other.with_user(tenant.env.user), reason, **more
        )

    def step(self, one, name, **values):
        job = self.last_job(one)
        return getattr(one.sudo().with_context(saas_job_id=job.id), f"_step_{name}")(**values)

    def last_job(self, one):
        return self.env["saas.job"].search([("tenant_move_id", "=", one.id)], limit=1)

    def refused(self, code, **values):
        with self.assertRaises(Refused) as told:
            self.order(**values)
        self.assertEqual(told.exception.code, code)

    def moved(self):
        """Return a move that is done, carried out on records alone."""
        one = self.order()
        self.step(one, "begin", fence=7)
        self.step(one, "freeze")
        self.step(one, "keep_marks", marks={"public.res_partner": "3:1"})
        self.step(one, "switch", oid=4711)
        self.step(one, "arrive")
        self.step(one, "done", told=TOLD)
        one.sudo().job_ids.state = "done"
        return one

    def routes(self, database):
        rows = self.env["saas.route"].sudo()._of(database)
        return {(row.host, row.state, row.node_role) for row in rows}

    def test_a_move_is_ordered_with_a_reason_and_once(self):
        self.refused("move_reason", reason=" ")
        self.refused("move_same_cluster", to=self.cluster.with_user(self.operator))
        one = self.order()
        job = one.sudo().job_ids
        self.assertEqual((one.state, one.user_id), ("copying", self.operator))
        self.assertEqual((job.kind, job.cluster_id), ("move_tenant", self.cluster))
        self.assertEqual(job._target("move"), one)
        self.assertEqual(job._destination_spec()["key"], "elsewhere")
        self.refused("move_busy")

    def test_nobody_but_operators_moves(self):
        with self.assertRaises(AccessError):
            self.order(user=self.viewer)
        with self.assertRaisesRegex(UserError, "never by hand"):
            self.env["saas.move"].create(
                {
                    "tenant_id": self.tenant.id,
                    "source_id": self.cluster.id,
                    "destination_id": self.other.id,
                }
            )
        with self.assertRaisesRegex(UserError, "stays"):
            self.order().sudo().unlink()

    def test_a_cluster_that_cannot_take_it_is_refused(self):
        self.other.capacity = 1
        self.env["saas.database"]._reserve("tenant", self.other)
        self.refused("move_unfit")
        self.other.write({"capacity": 9, "company_id": self.other_company.id})
        with self.assertRaises(AccessError):
            self.order()
        self.other.write({"company_id": False, "state": "draft"})
        self.refused("move_untested")

    def test_data_leaves_its_region_only_when_that_is_agreed(self):
        self.cluster.region, self.other.region = "eu-west", "us-east"
        self.refused("move_region")
        self.assertEqual(self.order(region_agreed=True).state, "copying")

    def test_an_open_tenant_waits_for_its_release_window(self):
        windows = self.env["saas.release.window"]
        windows.search([]).active = False
        day = fields.Date.today()
        freeze = {"name": "Closing", "kind": "freeze", "first_on": day, "last_on": day}
        windows.create({**freeze, "last_on": day + timedelta(days=3)})
        self.refused("move_window")
        with self.assertRaisesRegex(UserError, "release window opens at"):
            self.tenant.with_user(self.operator).action_move_to(self.other.id, "needs room")
        action = self.tenant.with_user(self.operator).action_move()
        wizard = self.env[action["res_model"]].with_user(self.operator).browse(action["res_id"])
        wizard.destination_id = self.other
        self.assertTrue(wizard.is_shut and "opens at" in wizard.hindrance)
        wizard.outside_window = True
        self.assertFalse(wizard.hindrance)
        one = self.order(outside_window=True)
        self.assertEqual(self.step(one, "begin", fence=1)["database"], self.tenant.database_id.name)

    def test_a_closed_tenant_waits_for_no_window(self):
        self.tenant.action_suspend("manual")
        windows = self.env["saas.release.window"]
        windows.search([]).active = False
        windows.create(
            {"name": "Never", "kind": "freeze", "first_on": "2020-01-01", "last_on": "2099-12-31"}
        )
        self.assertEqual(self.tenant._release_facts(), {})
        self.assertEqual(self.order().state, "copying")

    def test_a_backup_that_runs_is_waited_for(self):
        self.tenant._order_backup("manual")
        self.tenant.job_ids.filtered(lambda job: job.kind == "backup_tenant").state = "running"
        self.refused("move_busy")

    def test_the_switch_changes_cluster_database_and_routes_together(self):
        former, host = self.tenant.database_id, self.tenant.host
        one = self.order()
        facts = self.step(one, "begin", fence=7)
        copy = one.sudo().database_id
        self.assertEqual(self.step(one, "begin", fence=8)["copy"], copy.name)
        self.assertEqual((facts["database"], facts["open"]), (former.name, True))
        self.assertEqual(facts["address"], "", "the same zone, the same address")
        self.assertEqual(copy._database_secret(), former.sudo()._database_secret())
        self.step(one, "freeze")
        self.assertEqual(one.state, "frozen")
        here, there = self.cluster.node_role, self.other.node_role
        self.assertEqual(self.routes(former), {(host, "migrating", here)})
        later = self.tenant._order_rotation()
        self.step(one, "switch", oid=4711)
        self.assertEqual((self.tenant.cluster_id, self.tenant.database_id), (self.other, copy))
        self.assertEqual(self.routes(former), {(False, "gone", here)})
        self.assertEqual(self.routes(copy), {(host, "migrating", there)})
        self.assertEqual((former.sudo().kind, former.sudo().stage), ("moved", "ready"))
        self.assertEqual((copy.stage, copy.oid), ("claimed", 4711))
        self.assertEqual(later.cluster_id, self.other, "what waits is done where it lives")
        self.assertTrue(one.point_of_no_return_at)
        self.step(one, "arrive")
        self.assertEqual(self.routes(copy), {(host, self.tenant.state, there)})

    def test_a_move_that_is_done_tells_how_long_and_what_follows(self):
        subscriptions = self.tenant.subscription_ids.mapped("state")
        one = self.moved()
        self.assertEqual((one.state, one.rows, one.files, one.files_ahead), ("done", 99, 4, 3))
        self.assertTrue(one.can_undo)
        self.assertEqual(self.tenant.undo_move_id, one)
        self.assertEqual(self.env["saas.move"].search([("can_undo", "=", True)]), one)
        self.assertLess(one.outage_seconds, 60)
        kinds = self.tenant.job_ids.filtered(lambda job: job.state == "waiting").mapped("kind")
        self.assertLessEqual({"apply_state", "backup_tenant"}, set(kinds))
        self.assertLessEqual({"moved", "move_done"}, set(self.tenant.event_ids.mapped("event")))
        self.assertEqual(self.tenant.subscription_ids.mapped("state"), subscriptions)
        known = {row.name: row for row in self.cluster._known()}
        left = known[one.source_database_id.sudo().name]
        self.assertEqual((left.stage, left.has_role, left.has_folder), ("ready", True, True))

    def test_another_zone_is_another_address_and_the_former_rests(self):
        far = self.make_cluster("far", base_host="far.localhost")
        former = self.tenant.host
        one = self.order(to=far.with_user(self.operator))
        facts = self.step(one, "begin", fence=7)
        self.assertIn("far.localhost", facts["address"])
        self.step(one, "freeze")
        self.step(one, "switch", oid=1)
        self.assertEqual(self.tenant.host, f"{self.tenant.subdomain}.far.localhost")
        self.assertEqual(self.tenant.url, facts["address"])
        states = {row.host: row.state for row in self.tenant.host_ids}
        self.assertEqual(states, {former: "released", self.tenant.host: "live"})
        self.step(one, "arrive")
        self.step(one, "done", told=TOLD)
        self.step(one, "switch_back")
        self.assertEqual(self.tenant.host, former)
        states = {row.host: row.state for row in self.tenant.host_ids}
        self.assertEqual(states[former], "live")

    def test_an_address_that_somebody_has_there_is_refused(self):
        far = self.make_cluster("far", base_host="far.localhost")
        host = f"{self.tenant.subdomain}.far.localhost"
        rival = self.make_open_tenant(subdomain="rival")
        self.env["saas.tenant.host"].sudo().create({"host": host, "tenant_id": rival.id})
        self.refused("move_host_taken", to=far.with_user(self.operator))

    def test_what_the_destination_offers_and_approves_is_told(self):
        self.env["saas.module"].create(
            {"title": "CRM", "technical_name": "crm", "version": "19.0.1.8"}
        ).cluster_id = self.other
        one = self.order()
        told = self.step(one, "allowed", names=["crm", "zoo"])
        self.assertEqual(told, {"offered": {"crm": "19.0.1.8"}, "unapproved": []})
        self.other.approved_only = True
        self.assertEqual(self.step(one, "allowed", names=["crm"])["unapproved"], ["crm"])

    def test_a_move_that_failed_leaves_everything_and_says_why(self):
        former = self.tenant.database_id
        one = self.order()
        self.step(one, "begin", fence=7)
        copy = one.sudo().database_id
        self.step(one, "freeze")
        self.step(one, "thaw")
        self.step(one, "forget_copy")
        one.sudo().job_ids.write({"error_code": "disk_full", "error_text": "The disk is full."})
        self.step(one, "failed")
        self.assertEqual((one.state, one.error_text), ("failed", "The disk is full."))
        self.assertEqual((self.tenant.database_id, copy.stage), (former, "dropped"))
        self.assertEqual(
            {state for _host, state, _node in self.routes(former)}, {self.tenant.state}
        )
        self.assertFalse(self.tenant.swapping)

    def test_a_move_is_taken_back_by_a_button(self):
        one = self.moved()
        former, copy = one.sudo().source_database_id, one.sudo().database_id
        self.tenant.with_user(self.operator).action_undo_move()
        self.assertEqual(self.last_job(one).kind, "undo_move")
        facts = self.step(one, "undo_begin")
        self.assertEqual((facts["database"], facts["copy"]), (former.name, copy.name))
        self.assertEqual(facts["host"], self.tenant._host_at(self.cluster), "asked for at its door")
        self.assertEqual(self.step(one, "marks"), {"marks": {"public.res_partner": "3:1"}})
        self.step(one, "freeze")
        self.step(one, "switch_back")
        self.step(one, "arrive")
        self.step(one, "undone")
        self.assertEqual((one.state, self.tenant.database_id), ("undone", former))
        self.assertEqual((former.kind, former.stage), ("tenant", "claimed"))
        self.assertEqual(self.tenant.cluster_id, self.cluster)
        self.assertEqual((copy.kind, copy.stage), ("moved", "dropping"))
        self.assertFalse(one.can_undo)

    def test_what_is_not_kept_any_more_cannot_be_put_back(self):
        one = self.moved()
        one._put({"undo_until": self.now - timedelta(days=1)})
        with self.assertRaisesRegex(UserError, "Move the tenant back"):
            one.with_user(self.operator).action_undo_move()
        self.tenant.job_ids.filtered(lambda job: job.state == "waiting").state = "done"
        self.env["saas.move"]._cron_forget_sources()
        self.assertEqual(one.source_database_id.sudo().stage, "dropping")
        job = self.env["saas.job"].search([("kind", "=", "drop_database")], limit=1)
        self.assertEqual((job.cluster_id, job.spec["has_role"]), (self.cluster, True))

    def test_programs_order_moves_and_read_the_same_sentences(self):
        tenant = self.tenant.with_user(self.operator)
        with self.assertRaisesRegex(UserError, "Write why"):
            tenant.action_move_to(self.other.id, "")
        with self.assertRaisesRegex(UserError, "no move"):
            tenant.action_undo_move()
        with self.assertRaises(AccessError):
            self.tenant.with_user(self.viewer).action_move_to(self.other.id, "asked")
        made = tenant.action_move_to(self.other.id, "asked")
        self.assertEqual(self.env["saas.move"].browse(made).destination_id, self.other)

    def follow(self, _control, job_id):
        """What a worker would have done."""
        job = self.env["saas.job"].browse(job_id).sudo()
        one = job.tenant_move_id
        if job.kind == "move_tenant":
            self.step(one, "begin", fence=7)
            self.step(one, "freeze")
            self.step(one, "switch", oid=1)
            self.step(one, "arrive")
            self.step(one, "done", told=TOLD)
        job.state = "done"

    def test_a_tenant_is_moved_and_moved_back_at_a_terminal(self):
        name = self.tenant.subdomain
        self.assertIn("no cluster", self.type("move", name, "--to", "nowhere", "--why", "x")[1])
        status, told = self.type("move", name, "--to", "elsewhere", "--why", "needs room")
        self.assertEqual(status, 0)
        self.assertIn(f"address: {self.tenant.url}", told)
        self.assertIn("undo until", told)
        self.tenant.job_ids.filtered(lambda job: job.state == "waiting").state = "done"
        self.assertEqual(self.type("move-undo", name)[0], 0)
        self.assertEqual(self.last_job(self.tenant.move_ids).kind, "undo_move")
        status, told = self.type("move", name, "--to", "elsewhere", "--why", "x")
        self.assertEqual(status, 1)
        self.assertIn("already", told)

    def test_the_dialog_says_what_happens_and_what_stands_in_the_way(self):
        action = self.tenant.with_user(self.operator).action_move()
        wizard = self.env[action["res_model"]].with_user(self.operator).browse(action["res_id"])
        self.assertNotIn(self.cluster, wizard.candidate_ids)
        wizard.destination_id = self.other
        self.assertIn("is closed for about", wizard.effect)
        self.assertIn("Its address stays", wizard.effect)
        self.assertFalse(wizard.hindrance)
        self.other.state = "failing"
        wizard.invalidate_recordset()
        self.assertIn("takes no more tenants", wizard.hindrance)
        self.other.state = "ready"
        wizard.invalidate_recordset()
        wizard.reason = "needs room"
        opened = wizard.action_move()
        self.assertEqual(opened["res_model"], "saas.job")
        self.assertEqual(self.tenant.move_ids.reason, "needs room")
        self.assertEqual(
            self.tenant.action_view_moves()["domain"], [("tenant_id", "=", self.tenant.id)]
        )
