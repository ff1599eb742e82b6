"""Templates: what they order, when they are stale, building, publishing, standby copies."""

from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import SaasCommon


@tagged("post_install", "-at_install")
class TestTemplate(SaasCommon):
    def test_a_code_is_made_from_the_name(self):
        self.assertEqual(self.make_template(name="Épicerie & Café 2").code, "epicerie-cafe-2")
        self.assertEqual(self.make_template(name="Own", code="mine").code, "mine")

    def test_a_code_of_a_wrong_form_is_refused(self):
        for code in ("With Blank", "UPPER", "-x", "x" * 41):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.make_template(name="Any", code=code).flush_recordset()

    def test_a_colour_is_written_with_six_signs(self):
        for color in ("blue", "#12345", "#1234567", "url(x)"):
            with self.assertRaises(ValidationError, msg=color):
                self.template.primary_color = color

    def test_parameters_that_belong_to_one_tenant_are_refused(self):
        for key in ("database.secret", "database.uuid", "web.base.url", "saas.limit", " padded"):
            with self.assertRaises(ValidationError, msg=key):
                self.template.parameter_ids = [(0, 0, {"key": key, "value": "x"})]

    def test_modules_of_another_cluster_are_refused(self):
        other = self.env["saas.cluster"].create({"name": "Other", "key": "other"})
        foreign = self.env["saas.module"].create(
            {"technical_name": "x", "title": "X", "cluster_id": other.id}
        )
        with self.assertRaisesRegex(ValidationError, "x"):
            self.template.module_ids |= foreign

    def test_a_country_brings_currency_and_chart(self):
        with self.debug_form("saas.template") as form:
            form.name = "Belgian"
            form.country_id = self.env.ref("base.be")
        self.assertEqual(form.record.currency_id, self.env.ref("base.EUR"))
        self.assertTrue(form.record.chart)

    def debug_form(self, model):
        from odoo.tests import Form

        return Form(self.env[model])

    def test_the_order_is_plain_and_complete(self):
        self.template.write(
            {
                "module_ids": [(6, 0, self.modules.ids)],
                "lang": "fr_FR",
                "extra_lang_ids": [(6, 0, self.env.ref("base.lang_en").ids)],
                "country_id": self.env.ref("base.fr").id,
                "currency_id": self.env.ref("base.EUR").id,
                "tz": "Europe/Paris",
                "chart": "generic_coa",
                "demo_data": True,
                "company_label": "Retail SA",
                "primary_color": "#0A4C8C",
                "parameter_ids": [(0, 0, {"key": "mail.default.from", "value": "hello"})],
            }
        )
        self.assertEqual(
            self.template._to_spec(),
            {
                "modules": ["account", "contacts", "crm"],
                "languages": ["en_US", "fr_FR"],
                "language": "fr_FR",
                "country": "FR",
                "currency": "EUR",
                "time_zone": "Europe/Paris",
                "chart": "generic_coa",
                "demo": True,
                "parameters": {"mail.default.from": "hello"},
                "company": {
                    "name": "Retail SA",
                    "logo": "",
                    "primary_color": "#0A4C8C",
                    "secondary_color": "",
                },
            },
        )

    def test_the_hash_of_settings_changes_with_a_setting_and_comes_back_with_it(self):
        before = self.template._settings_hash()
        self.template.tz = "Europe/Paris"
        self.assertNotEqual(self.template._settings_hash(), before)
        self.template.tz = "UTC"
        self.assertEqual(self.template._settings_hash(), before)

    def test_a_changed_setting_makes_stale_and_changing_it_back_ends_that(self):
        self.assertFalse(self.template.is_stale)
        self.template.parameter_ids = [(0, 0, {"key": "a.b", "value": "1"})]
        self.assertTrue(self.template.is_stale)
        self.assertIn("system parameters", self.template.stale_reason)
        self.assertTrue(self.template.stale_since)
        self.template.parameter_ids.value = "2"
        self.assertTrue(self.template.is_stale)
        self.template.parameter_ids.unlink()
        self.assertFalse(self.template.is_stale)
        self.assertFalse(self.template.stale_since)

    def test_other_code_on_the_cluster_makes_stale_and_names_the_versions(self):
        self.make_modules("contacts", version="19.0.1.1")
        self.cluster._step_fingerprints_read({str(self.version.id): "fingerprint-2"})
        self.assertTrue(self.template.is_stale)
        self.assertIn("contacts 19.0.1.0 → 19.0.1.1", self.template.stale_reason)
        self.cluster._step_fingerprints_read({str(self.version.id): "fingerprint-1"})
        self.assertFalse(self.template.is_stale)

    def test_a_module_that_is_gone_makes_stale(self):
        self.cluster._step_fingerprints_read({str(self.version.id): "missing: contacts"})
        self.assertIn("contacts", self.template.stale_reason)

    def test_an_unpublished_template_is_never_stale(self):
        self.other_template.tz = "Europe/Paris"
        self.assertFalse(self.other_template.is_stale)

    def test_building_twice_gives_one_version_and_one_operation(self):
        first = self.other_template.with_user(self.operator).action_build()
        second = self.other_template.with_user(self.operator).action_build()
        self.assertEqual(first["res_id"], second["res_id"])
        self.assertEqual(self.other_template.version_ids.mapped("number"), [1])
        self.assertEqual(self.other_template.state, "building")
        job = self.env["saas.job"].browse(first["res_id"])
        self.assertEqual(job.spec["golden"], self.other_template._to_spec())
        self.assertEqual(job.user_id, self.operator)

    def test_a_viewer_cannot_build(self):
        with self.assertRaises(AccessError):
            self.other_template.with_user(self.viewer).action_build()

    def test_without_a_cluster_the_way_to_one_is_shown(self):
        template = self.env["saas.template"].create({"name": "Homeless", "cluster_id": False})
        with self.assertRaises(RedirectWarning):
            template.action_build()
        self.assertFalse(template.version_ids)

    def test_an_archived_template_is_not_built(self):
        self.other_template.active = False
        with self.assertRaises(UserError):
            self.other_template.action_build()

    def test_a_new_version_retires_the_one_before(self):
        second = self.make_version(self.template)
        self.assertEqual((self.version.state, second.state), ("retired", "published"))
        self.assertEqual(self.template.published_version_id, second)
        self.assertEqual(second.display_name, "Retail v2")

    def test_a_step_that_runs_twice_publishes_once(self):
        published_at = self.version.built_at
        self.version._step_publish(report={"modules": {}}, fingerprint="other", bytes=1, oid=1)
        self.assertEqual(
            (self.version.built_at, self.version.fingerprint), (published_at, "fingerprint-1")
        )

    def test_a_failed_build_leaves_the_published_version(self):
        failed = self.template._begin_version()
        failed._step_intent(fence=2)
        failed._step_discard()
        failed._step_failed()
        self.assertEqual(failed.state, "failed")
        self.assertEqual(failed.database_id.stage, "dropped")
        self.assertEqual(self.template.published_version_id, self.version)
        self.assertEqual((self.template.state, self.template.latest_state), ("published", "failed"))

    def test_a_build_that_is_tried_again_keeps_its_database_name(self):
        version = self.other_template._begin_version()
        self.assertEqual(version._step_intent(fence=1), version._step_intent(fence=2))

    def test_a_published_version_is_frozen(self):
        for vals in (
            {"spec": {}},
            {"modules": {}},
            {"fingerprint": "x"},
            {"number": 9},
            {"database_id": False},
        ):
            with self.assertRaises(UserError, msg=str(vals)):
                self.version.sudo().write(vals)

    def test_only_a_healthy_version_is_published_by_hand_and_only_by_an_administrator(self):
        version = self.make_version(self.other_template, state="healthy")
        with self.assertRaises(AccessError):
            version.with_user(self.operator).action_publish()
        version.with_user(self.admin).action_publish()
        self.assertEqual(self.other_template.published_version_id, version)
        with self.assertRaises(UserError):
            version.with_user(self.admin).action_publish()

    def test_a_discarded_build_gives_its_database_up(self):
        version = self.make_version(self.other_template, state="healthy")
        with self.assertRaises(AccessError):
            version.with_user(self.viewer).action_discard()
        version.with_user(self.operator).action_discard()
        self.assertEqual(version.state, "discarded")
        self.assertEqual(version.database_id.stage, "dropping")
        self.assertEqual(self.other_template.state, "draft")

    def test_missing_standby_copies_are_ordered_once(self):
        self.template.standby_wanted = 2
        self.assertTrue(self.template.standby_low)
        self.assertIn(self.template, self.env["saas.template"].search([("standby_low", "=", True)]))
        for _turn in range(2):
            self.env["saas.template"]._cron_maintain()
        jobs = self.env["saas.job"].search(
            [("kind", "=", "fill_standby"), ("template_id", "=", self.template.id)]
        )
        self.assertEqual(len(jobs), 2)
        self.assertEqual(set(jobs.database_id.mapped("stage")), {"building"})
        jobs.database_id.stage = "standby"
        self.template.invalidate_recordset(["standby_low", "standby_count"])
        self.assertEqual((self.template.standby_count, self.template.standby_low), (2, False))

    def test_standby_copies_of_a_retired_version_are_given_up(self):
        self.template.standby_wanted = 1
        self.env["saas.template"]._cron_maintain()
        copy = (
            self.env["saas.job"]
            .search([("kind", "=", "fill_standby"), ("template_id", "=", self.template.id)])
            .database_id
        )
        copy.stage = "standby"
        self.make_version(self.template)
        self.env["saas.template"]._cron_maintain()
        self.assertEqual(copy.stage, "dropping")

    def test_a_full_cluster_gets_no_standby_copies(self):
        self.template.standby_wanted = 5
        self.cluster.capacity = self.cluster._placement_facts().used + 2
        self.env["saas.template"]._cron_maintain()
        jobs = self.env["saas.job"].search(
            [("kind", "=", "fill_standby"), ("cluster_id", "=", self.cluster.id)]
        )
        self.assertEqual(len(jobs), 2)

    def test_a_template_without_a_published_version_cannot_fill_its_standby(self):
        with self.assertRaises(UserError):
            self.other_template.action_fill_standby()

    def test_a_template_with_history_is_archived_instead_of_removed(self):
        with self.assertRaises(ValidationError):
            self.template.unlink()
        self.other_template.unlink()
        self.assertFalse(self.other_template.exists())

    def test_a_copy_has_its_own_code_and_no_versions(self):
        twin = self.template.copy()
        self.assertEqual(twin.code, "retail-copy")
        self.assertFalse(twin.version_ids)
        self.assertEqual(twin.module_ids, self.template.module_ids)

    def test_a_template_that_was_built_stays_on_its_cluster(self):
        other = self.env["saas.cluster"].create({"name": "Other", "key": "other"})
        self.template.module_ids = False
        with self.assertRaises(ValidationError):
            self.template.cluster_id = other

    def test_negative_limits_and_wild_standby_numbers_are_refused(self):
        for vals in (
            {"limit_users": -1},
            {"limit_storage_gb": -0.5},
            {"standby_wanted": 51},
            {"standby_wanted": -1},
        ):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.template.write(vals)
                self.template.flush_recordset()
