"""Every screen loads for everybody who may open it, leads somewhere, and speaks our words."""

import ast
import re

from lxml import etree
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import file_path

from .common import SaasCommon

OURS = "saas_business_management"
BADGES = {
    "muted": {
        "draft",
        "archived",
        "deleted",
        "retired",
        "discarded",
        "cancelled",
        "released",
        "unknown",
        "dropped",
        "info",
        "over",
        "same",
        "early",
        "off",
        "none",
        "expired",
        "revoked",
        "destroyed",
        "decrypt_only",
        "unreachable",
        "lapsed",
        "withdrawn",
        "undone",
        "skipped",
        "closed",
        "gone",
        "used",
        "revaluation",
        "known",
        "note",
        "minor",
        "completed",
        "rejected",
        "todo",
        "left_out",
    },
    "info": {
        "copying",
        "switched",
        "acting",
        "provisioning",
        "migrating",
        "trial",
        "building",
        "waiting",
        "running",
        "watching",
        "undoing",
        "reserved",
        "dropping",
        "asked",
        "allowed",
        "stored",
        "open",
        "rating",
        "posting",
        "paused",
        "drafted",
        "approved",
        "planned",
        "monitoring",
        "scheduled",
        "in_progress",
        "verifying",
        "maintenance",
        "update",
        "pending",
        "updating",
        "preflight",
        "rehearsed",
    },
    "success": {
        "better",
        "active",
        "enabled",
        "delivered",
        "passed",
        "healthy",
        "published",
        "ready",
        "done",
        "ok",
        "live",
        "standby",
        "claimed",
        "proven",
        "confirmed",
        "on",
        "yes",
        "good",
        "posted",
        "locked",
        "versions",
        "booked",
        "new",
        "resolved",
        "handed",
        "expansion",
        "reactivation",
        "paid",
        "operational",
        "post_mortem",
        "up",
        "reviewed",
        "credited",
        "granted",
    },
    "warning": {
        "accepted",
        "frozen",
        "rolled_back",
        "partly",
        "found",
        "past_due",
        "to_approve",
        "computed",
        "proposed",
        "change",
        "suspended",
        "deleting",
        "warning",
        "inside",
        "leaving",
        "unproven",
        "contraction",
        "restricted",
        "declined",
        "warned",
        "exceeded",
        "validating",
        "investigating",
        "identified",
        "major",
        "degraded",
        "partial",
        "opened",
        "stopped",
    },
    "danger": {
        "worse",
        "failed",
        "disabled",
        "dead_letter",
        "failing",
        "dead",
        "grave",
        "refused",
        "gap",
        "no",
        "missing",
        "changed",
        "wrong_key",
        "churn",
        "wrong",
        "hard",
        "critical",
        "blocked",
        "firing",
        "down",
    },
}
FORBIDDEN = re.compile(
    r"\b(instance|golden|snapshot|vendor|subscriber|SKU|terminate|purge|vhost|please|sorry|oops|"
    r"are you sure|queue|cron|deploy|impersonate|white label)\b|!$",
    re.IGNORECASE,
)


@tagged("post_install", "-at_install")
class TestViews(SaasCommon):
    def our_actions(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", OURS), ("model", "=", "ir.actions.act_window")]
        )
        actions = self.env["ir.actions.act_window"].browse(data.mapped("res_id"))
        return actions.filtered(lambda one: one.target != "new")

    def people(self):
        platform = (self.viewer, self.operator, self.admin)
        return (*platform, self.biller, self.pricer)

    def may_see(self, user, action):
        if action._name == "ir.actions.client":  # the page answers who may see it, or refuses
            return bool(self.env["saas.dashboard"].with_user(user).get_page())
        return self.env[action.res_model].with_user(user).has_access("read")

    def test_whoever_sees_a_menu_may_see_what_it_opens(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", OURS), ("model", "=", "ir.ui.menu")]
        )
        for user in self.people():
            visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            for menu in self.env["ir.ui.menu"].browse(data.mapped("res_id")).filtered("action"):
                if menu.id in visible and menu.action.res_model != "res.config.settings":
                    with self.subTest(menu=menu.name, user=user.login):
                        self.assertTrue(self.may_see(user, menu.action))

    def test_every_action_loads_its_views_for_every_group(self):
        for user in self.people():
            for action in self.our_actions().filtered(
                lambda one: one.res_model != "res.config.settings"
            ):
                if not self.may_see(user, action):
                    continue
                views = [(False, mode) for mode in action.view_mode.split(",")] + [
                    (False, "search")
                ]
                with self.subTest(action=action.name, user=user.login):
                    got = (
                        self.env[action.res_model]
                        .with_user(user)
                        .get_views(views, {"load_filters": True})
                    )
                    self.assertEqual(set(got["views"]), {mode for _id, mode in views})

    def sold_things(self):
        """Return a plan with its version and charge, and what else the catalogue of prices has."""
        meter, tier = (
            self.env.ref(f"{OURS}.{name}") for name in ("meter_users", "service_tier_basic")
        )
        plan = self.env["saas.plan"].create(
            {
                "name": "Sold",
                "price": 5,
                "charge_ids": [Command.create({"meter_id": meter.id, "unit_price": "0.5"})],
            }
        )
        version = plan._publish_version()
        coupon = self.env["saas.coupon"].create({"name": "Off", "code": "OFF", "percent": "5"})
        return plan, version, plan.charge_ids, version.charge_ids, meter, tier, coupon

    def test_records_can_be_read_as_each_form_asks_for_them(self):
        records = (
            self.make_open_tenant(),
            self.template,
            self.version,
            self.plan,
            self.cluster,
            self.version.job_id,
            self.modules[0],
            *self.sold_things(),
        )
        for user in self.people():
            for record in records:
                if not record.with_user(user).has_access("read"):
                    continue
                with self.subTest(model=record._name, user=user.login):
                    view = record.with_user(user).get_view(view_type="form")
                    names = {
                        node.get("name")
                        for node in etree.fromstring(view["arch"]).xpath(
                            "//field[not(ancestor::field)]"
                        )
                    }
                    self.assertTrue(record.with_user(user).read(sorted(names)))

    def test_a_new_record_can_be_begun_wherever_the_button_is_there(self):
        for user in (self.operator, self.admin, self.pricer):
            for action in self.our_actions():
                model = self.env[action.res_model].with_user(user)
                if not model.has_access("create"):
                    continue
                arch = etree.fromstring(model.get_view(view_type="form")["arch"])
                if arch.get("create") == "0":
                    continue
                with self.subTest(model=action.res_model, user=user.login):
                    Form(model)

    def test_every_action_has_an_address_help_and_a_list_for_phones(self):
        actions = self.our_actions()
        paths = actions.mapped("path")
        self.assertEqual(len(set(paths)), len(actions))
        for action in actions:
            with self.subTest(action=action.name):
                self.assertRegex(action.path, r"^saas(-[a-z]+)+$")
                if action.res_model != "res.config.settings":
                    self.assertTrue(action.help)
                    self.assertTrue(action.view_mode.startswith("list"))

    def test_default_filters_exist(self):
        for action in self.our_actions():
            wanted = [
                key.removeprefix("search_default_")
                for key in ast.literal_eval(action.context or "{}")
                if "search_default" in key
            ]
            if wanted:
                arch = etree.fromstring(
                    self.env[action.res_model].get_view(view_type="search")["arch"]
                )
                names = {node.get("name") for node in arch.iter("filter", "field")}
                with self.subTest(action=action.name):
                    self.assertLessEqual(set(wanted), names)

    def test_filters_and_groups_of_every_search_work(self):
        for action in self.our_actions().filtered(lambda one: one.res_model.startswith("saas.")):
            people = (self.admin, self.pricer)
            person = next(one for one in people if self.may_see(one, action))
            model = self.env[action.res_model].with_user(person)
            arch = etree.fromstring(model.get_view(view_type="search")["arch"])
            for node in arch.iter("filter"):
                with self.subTest(model=action.res_model, filter=node.get("name")):
                    if node.get("domain"):
                        from odoo.tools.safe_eval import safe_eval

                        model.search_count(safe_eval(node.get("domain"), {"uid": self.admin.id}))
                    if node.get("context"):
                        model.formatted_read_group(
                            [], [ast.literal_eval(node.get("context"))["group_by"]], ["__count"]
                        )

    def test_menus_have_their_fixed_names_and_no_empty_section(self):
        names = {
            menu.name: menu
            for menu in self.env["ir.ui.menu"].search(
                [("id", "child_of", self.env.ref(f"{OURS}.menu_saas").id)]
            )
        }
        for name in (
            "Tenants",
            "Operations Log",
            "Tenant Templates",
            "Billing Plans",
            "Clusters",
            "Doctor",
        ):
            self.assertIn(name, names)
        for user in self.people():
            visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            for menu in (
                self.env["ir.ui.menu"].browse(visible).filtered(lambda one: one in names.values())
            ):
                with self.subTest(user=user.login, menu=menu.name):
                    self.assertTrue(menu.action or set(menu.child_id.ids) & set(visible))

    def test_an_employee_without_a_group_does_not_see_the_menu(self):
        menu = self.env.ref(f"{OURS}.menu_saas")
        self.assertNotIn(
            menu.id, self.env["ir.ui.menu"].with_user(self.employee)._visible_menu_ids()
        )

    def test_a_state_has_the_same_colour_everywhere(self):
        home = {state: color for color, states in BADGES.items() for state in states}
        for view in self.our_views():
            for node in etree.fromstring(view.arch).xpath("//field[@widget='badge']"):
                for color in BADGES:
                    for state in re.findall(r"'([a-z_]+)'", node.get(f"decoration-{color}") or ""):
                        with self.subTest(view=view.name, state=state):
                            self.assertEqual(home[state], color)

    def our_views(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", OURS), ("model", "=", "ir.ui.view")]
        )
        return self.env["ir.ui.view"].browse(data.mapped("res_id"))

    def test_no_view_offers_deletion_by_odoos_question(self):
        for view in self.our_views().filtered(
            lambda one: (
                one.type in ("form", "kanban")
                and one.model.startswith("saas.")
                and not one.inherit_id
            )
        ):
            with self.subTest(view=view.name):
                self.assertEqual(etree.fromstring(view.arch).get("delete"), "0")

    def test_a_button_that_asks_names_what_it_does_and_what_stays(self):
        for view in self.our_views():
            for node in etree.fromstring(view.arch).xpath("//button[@confirm]"):
                with self.subTest(view=view.name, button=node.get("string")):
                    self.assertEqual(node.get("confirm-label"), node.get("string"))
                    self.assertTrue(node.get("confirm-title") and node.get("cancel-label"))

    def test_forbidden_words_stand_nowhere_on_a_screen(self):
        for view in self.our_views().filtered("model"):
            root = etree.fromstring(view.arch)
            told = [
                text
                for node in root.iter()
                for text in (
                    node.text,
                    node.tail,
                    node.get("string"),
                    node.get("placeholder"),
                    node.get("confirm"),
                )
                if text and isinstance(node.tag, str)
            ]
            for text in told:
                with self.subTest(view=view.name, text=text):
                    self.assertIsNone(FORBIDDEN.search(text.strip()))
        for model in self.env["ir.model"].search([("model", "=like", "saas.%")]):
            for name, field in self.env[model.model].fields_get().items():
                for text in (field["string"], field.get("help") or ""):
                    with self.subTest(model=model.model, field=name):
                        self.assertIsNone(FORBIDDEN.search(text))

    def test_the_icon_of_the_menu_is_there(self):
        self.assertTrue(file_path(f"{OURS}/static/description/icon.png"))
        self.assertTrue(self.env.ref(f"{OURS}.menu_saas").web_icon_data)
