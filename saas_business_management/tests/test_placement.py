"""Rules of placement, where data has to stay, and the fit report."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .command_common import Typing
from .common import SaasCommon


class PlacementCommon(SaasCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["saas.placement.rule"].search([]).active = False
        cls.cluster.region = "eu"
        cls.own = cls.make_cluster("alone", hosting="dedicated", region="eu", capacity=5)
        cls.far = cls.make_cluster("far", region="us")
        cls.tier = cls.env["saas.service.tier"].create({"name": "Gold", "code": "gold_test"})
        cls.plan.service_tier_id = cls.tier

    @classmethod
    def make_cluster(cls, key, **values):
        cluster = cls.env["saas.cluster"].create(
            {"key": key, "name": key.title(), "base_host": f"{key}.localhost", **values}
        )
        cluster.state = "ready"
        return cluster

    def make_twin(self, cluster):
        """Return a template that stands for Retail on another cluster, published."""
        twin = self.make_template(
            name=f"Retail {cluster.name}",
            cluster_id=cluster.id,
            module_ids=[],
            same_as_id=self.template.id,
        )
        self.make_version(twin)
        return twin

    def make_rule(self, **values):
        return self.env["saas.placement.rule"].create(
            {"name": "Gold alone", "reason": "it is promised", **values}
        )

    def settled(self, tenant=None, **values):
        """Return a tenant that is open on the test cluster."""
        tenant = tenant or self.make_tenant(
            plan_id=self.plan.id, cluster_id=self.cluster.id, **values
        )
        tenant._set({"state": "active"})
        return tenant


@tagged("post_install", "-at_install")
class TestPlacement(PlacementCommon):
    def test_without_rules_it_is_as_it_was(self):
        tenant = self.make_tenant()
        tenant._preflight()
        self.assertEqual(tenant.cluster_id, self.cluster)
        self.assertEqual(tenant.version_id, self.version)

    def test_a_rule_leads_to_another_cluster_and_the_form_says_why_before(self):
        twin = self.make_twin(self.own)
        self.make_rule(tier_ids=self.tier.ids, hosting="dedicated")
        tenant = self.make_tenant(plan_id=self.plan.id)
        self.assertIn("Alone, by the rule “Gold alone”: it is promised.", tenant.placement_text)
        tenant._preflight()
        self.assertEqual((tenant.cluster_id, tenant.template_id), (self.own, twin))
        self.assertFalse(tenant._set({"state": "active"}) and tenant.placement_text)

    def test_a_rule_that_cannot_be_kept_is_passed_over_or_refuses(self):
        rule = self.make_rule(tier_ids=self.tier.ids, hosting="dedicated")
        tenant = self.make_tenant(plan_id=self.plan.id)
        self.assertIn("Passed over", tenant.placement_text)
        rule.strict = True
        tenant.invalidate_recordset(["placement_text"])
        self.assertIn("another kind of hosting", tenant.placement_text)
        with self.assertRaisesRegex(UserError, "another kind of hosting"):
            tenant.action_provision()

    def test_a_cluster_of_its_own_is_not_shared_with_another_customer(self):
        self.make_twin(self.own)
        rule = self.make_rule(hosting="dedicated", strict=True)
        first = self.make_tenant(partner_id=self.env["res.partner"].create({"name": "A"}).id)
        first._preflight()
        first._set({"database_id": self.env["saas.database"]._reserve("tenant", self.own).id})
        second = self.make_tenant(
            subdomain="other", partner_id=self.env["res.partner"].create({"name": "B"}).id
        )
        self.assertIn("another customer alone", second.placement_text)
        second.partner_id = first.partner_id
        self.assertIn(rule.name, second.placement_text)

    def test_modules_tags_and_regions_are_conditions(self):
        tag = self.env["saas.compliance.tag"].create({"name": "Health Data"})
        rule = self.make_rule(
            module_domain="[('technical_name', '=', 'contacts')]",
            tag_ids=tag.ids,
            regions="eu, eu-north",
            cluster_ids=self.cluster.ids,
        )
        tenant = self.make_tenant(plan_id=self.plan.id)
        tenant.partner_id = self.env["res.partner"].create({"name": "Clinic"})
        self.assertIn("no rule is about it", tenant.placement_text)
        tenant.partner_id.saas_compliance_tag_ids = tag
        tenant.region = "eu"
        self.assertIn(rule.name, tenant._placement_told())
        rule.module_domain = "[('technical_name', '=', 'mrp_nowhere')]"
        self.assertIn("no rule is about it", tenant._placement_told())

    def test_data_that_has_to_stay_elsewhere_is_refused(self):
        tenant = self.make_tenant(region="us")
        with self.assertRaisesRegex(UserError, "another region"):
            tenant.action_provision()
        tenant.region = False
        tenant.partner_id = self.env["res.partner"].create({"name": "A", "saas_region": "us"})
        with self.assertRaisesRegex(UserError, "another region"):
            tenant.action_provision()
        tenant.cluster_id = self.cluster
        with self.assertRaisesRegex(UserError, "another region"):
            tenant.action_provision()
        tenant.region = "eu"
        tenant.action_provision()
        self.assertEqual(tenant.state, "provisioning")

    def test_the_form_of_a_rule_tries_it_before_it_is_saved(self):
        self.make_twin(self.own)
        tenant = self.make_tenant(plan_id=self.plan.id)
        with Form(self.env["saas.placement.rule"].with_user(self.admin)) as form:
            form.name = "New"
            form.reason = "tried"
            form.preview_tenant_id = tenant
            form.hosting = "dedicated"
            self.assertIn("Alone, by the rule “New”: tried.", form.preview_text)
            form.hosting = "shared"
            self.assertIn("Testing, by the rule “New”", form.preview_text)
        self.assertGreaterEqual(form.record.tenant_count, 1)
        self.assertEqual(form.record.then, "Shared")

    def test_an_operator_sees_the_preview_and_changes_no_rule(self):
        rule = self.make_rule(tier_ids=self.tier.ids)
        tenant = self.make_tenant(plan_id=self.plan.id).with_user(self.operator)
        self.assertIn(rule.name, tenant.placement_text)
        with self.assertRaises(AccessError):
            rule.with_user(self.operator).name = "x"

    def test_the_form_of_a_cluster_says_how_it_grows(self):
        self.cluster.capacity = 40
        for _number in range(3):
            self.env["saas.database"]._reserve("tenant", self.cluster)
        used = self.cluster.places_used
        self.assertGreaterEqual(used, 3)
        self.assertIn(f"{used} of 40 places are used", self.cluster.growth_text)
        self.cluster.capacity = used
        self.assertIn("It is full.", self.cluster.growth_text)


@tagged("post_install", "-at_install")
class TestFitReport(Typing, PlacementCommon):
    def setUp(self):
        super().setUp()
        self.proposals = self.env["saas.placement.proposal"]
        self.tenant = self.settled()

    def look(self):
        self.proposals._look_at(self.cluster)
        return self.proposals.search([("tenant_id", "=", self.tenant.id)])

    def test_who_is_where_it_belongs_is_not_in_it(self):
        self.assertFalse(self.look())

    def test_a_promise_of_its_own_cluster_is_told_with_the_reason_and_a_destination(self):
        self.tier.hosting = "dedicated"
        row = self.look()
        self.assertEqual((row.target, row.reason, row.state), ("dedicated", "tier", "open"))
        self.assertEqual(row.destination_id, self.own)
        self.assertIn("Gold promises a cluster of its own", row.reason_text)
        self.assertEqual(self.look(), row)
        self.assertEqual(self.cluster.proposal_count, 1)

    def test_data_in_the_wrong_region_goes_first(self):
        self.tier.hosting = "dedicated"
        self.tenant.region = "us"
        row = self.look()
        self.assertEqual(row.reason, "residency")
        self.assertFalse(row.destination_id)
        self.tier.hosting = "shared"
        self.assertEqual(self.look().destination_id, self.far)

    def test_a_rule_of_today_is_compared_with_yesterday(self):
        self.make_rule(tier_ids=self.tier.ids, cluster_ids=self.far.ids)
        row = self.look()
        self.assertEqual((row.reason, row.destination_id), ("rule", self.far))
        self.make_rule(tier_ids=self.tier.ids, hosting="shared", sequence=1)
        self.look()
        self.assertEqual(row.state, "done")

    def test_often_noisy_neighbours_should_be_alone(self):
        for number in range(3):
            self.env["saas.noisy.finding"]._at_work().create(
                {
                    "tenant_id": self.tenant.id,
                    "cluster_id": self.cluster.id,
                    "since": fields.Datetime.now() - timedelta(days=number),
                    "last_seen_at": fields.Datetime.now() - timedelta(days=number),
                    "ended_at": fields.Datetime.now(),
                    "state": "over",
                    "victim_count": 2,
                }
            )
        row = self.look()
        self.assertEqual((row.reason, row.target), ("noisy", "dedicated"))
        self.assertIn("3 times", row.reason_text)

    def test_an_almost_full_cluster_gives_tenants_away(self):
        self.env["saas.database"]._reserve("tenant", self.cluster)
        self.cluster.capacity = self.cluster._placement_facts().used
        row = self.look()
        self.assertEqual(row.reason, "room")
        self.assertIn("100 % full", row.reason_text)

    def test_it_is_accepted_and_done_when_the_tenant_moved(self):
        self.tier.hosting = "dedicated"
        row = self.look().with_user(self.operator)
        row.action_accept()
        with self.assertRaisesRegex(UserError, "decided already"):
            row.action_accept()
        self.tenant._set({"cluster_id": self.own.id})
        self.assertEqual(row.state, "done")
        self.assertIn("Alone", row.outcome)

    def test_what_was_rejected_is_not_proposed_again_for_the_same(self):
        self.tier.hosting = "dedicated"
        row = self.look()
        wizard = (
            self.env["saas.placement.reject"]
            .with_user(self.operator)
            .create({"proposal_ids": [Command.set(row.ids)], "reason": "leaves in March"})
        )
        wizard.action_confirm()
        self.assertEqual((row.state, row.outcome), ("rejected", "leaves in March"))
        self.assertEqual(self.look(), row)
        self.tenant.region = "us"
        self.assertEqual(len(self.look()), 2)

    def test_proposals_are_listed_and_decided_at_a_terminal(self):
        self.tier.hosting = "dedicated"
        self.assertIn("No proposals", self.type("placement", "list")[1])
        self.assertIn("open proposals: 1", self.type("placement", "look")[1])
        row = self.env["saas.placement.proposal"].search([])
        status, told = self.type("placement", "list", "--json")
        self.assertIn(f'"proposal": {row.id}', told)
        self.assertEqual(self.type("placement", "accept", str(row.id))[0], 0)
        self.assertEqual(row.state, "accepted")
        status, told = self.type("placement", "accept", str(row.id))
        self.assertEqual(status, 1)
        self.assertIn("decided already", told)
        self.assertEqual(self.type("placement", "reject", str(row.id))[0], 2)
        self.assertEqual(self.type("placement", "reject", str(row.id), "--why", "leaves")[0], 0)
        self.assertEqual((row.state, row.outcome), ("rejected", "leaves"))
        self.assertIn("There is no proposal 0", self.type("placement", "accept", "0")[1])

    def test_viewers_decide_nothing(self):
        self.tier.hosting = "dedicated"
        row = self.look().with_user(self.viewer)
        for name in ("action_accept", "action_move", "action_look"):
            with self.assertRaises(AccessError):
                getattr(row, name)()

    def test_the_daily_look_takes_every_cluster(self):
        self.tier.hosting = "dedicated"
        self.proposals.with_user(self.operator).action_look()
        self.assertEqual(self.proposals.search([]).tenant_id, self.tenant)

    def test_the_button_opens_the_move_with_destination_and_reason(self):
        self.tier.hosting = "dedicated"
        shown = self.look().with_user(self.operator).action_move()
        wizard = self.env[shown["res_model"]].browse(shown["res_id"])
        self.assertEqual((wizard.tenant_id, wizard.destination_id), (self.tenant, self.own))
        self.assertIn("Gold promises", wizard.reason)

    def test_a_move_waits_for_a_second_person_when_that_is_needed(self):
        group = self.env.ref("saas_business_management.group_saas_approver")
        group.sudo().user_ids = [Command.link(self.viewer.id)]
        self.env.ref("saas_business_management.approval_kind_move").needed = True
        self.tier.hosting = "dedicated"
        shown = self.look().with_user(self.operator).action_move()
        wizard = self.env[shown["res_model"]].with_user(self.operator).browse(shown["res_id"])
        asked = self.env["saas.approval"].browse(wizard.action_move()["res_id"])
        self.assertEqual((asked.kind, asked.state), ("move", "asked"))
        self.assertFalse(self.env["saas.move"].search([("tenant_id", "=", self.tenant.id)]))
