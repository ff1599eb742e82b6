"""New keys for stored secrets, new passwords for a cluster's own roles: records, log, bad input."""

import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..adapters.keyring import Keyring
from ..jobs import rotate_secrets
from ..kernel.errors import Broken, Refused
from ..kernel.secret import Secret
from .common import SaasCommon


@tagged("post_install", "-at_install")
class TestKeyringRotation(SaasCommon):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "keys.json"
        Keyring.create(self.path)
        self.ring = self.env["saas.keyring"]
        model = type(self.ring)
        self.patch(model, "_load", lambda _self: Keyring.load(self.path))
        self.cluster._seal("prov_password_sealed", Secret("provisioner-password"))
        self.cluster._seal("cluster_secret_sealed", Secret("secret-of-the-cluster"))
        others = self.env["saas.cluster"].with_context(active_test=False).search([])
        (others - self.cluster).write(
            {"prov_password_sealed": False, "cluster_secret_sealed": False}
        )

    def test_every_stored_secret_is_closed_with_a_new_key_and_opens(self):
        self.assertEqual(self.ring._rotate(), 2)
        self.assertEqual(Keyring.load(self.path).current, "k2")
        self.assertTrue(self.cluster.prov_password_sealed.startswith("v1:k2:"))
        self.assertEqual(self.cluster._prov_password(), Secret("provisioner-password"))
        self.assertEqual(self.cluster._cluster_secret(), Secret("secret-of-the-cluster"))
        entry = self.env["saas.audit.entry"].search([("action", "=", "keyring_rotated")])
        self.assertEqual(entry.facts, {"key": "k2"})

    def test_a_run_that_was_cut_off_is_finished_without_another_key(self):
        Keyring.load(self.path).rotated()
        self.assertEqual(self.cluster._prov_password(), Secret("provisioner-password"))
        self.ring._rotate()
        self.assertEqual(Keyring.load(self.path).current, "k2")
        self.assertTrue(self.cluster.cluster_secret_sealed.startswith("v1:k2:"))

    def test_old_keys_go_only_when_nothing_needs_them(self):
        Keyring.load(self.path).rotated()
        with self.assertRaises(Refused) as refused:
            self.ring._forget_old_keys()
        self.assertEqual(refused.exception.code, "keyring_old_needed")
        self.ring._rotate()
        old = self.cluster.prov_password_sealed.replace(":k2:", ":k1:")
        self.ring._forget_old_keys()
        self.assertEqual(self.cluster._prov_password(), Secret("provisioner-password"))
        with self.assertRaises(Broken) as told:
            Keyring.load(self.path).decrypt(old, "x")
        self.assertEqual(told.exception.code, "secret_key_unknown")

    def test_every_field_that_holds_a_secret_tells_its_label(self):
        for model, name in self.ring._sealed_fields():
            with self.subTest(model=model, field=name):
                self.assertTrue(hasattr(self.env[model], "_secret_label"))
        self.assertIn(("saas.cluster", "cluster_secret_sealed"), self.ring._sealed_fields())


@tagged("post_install", "-at_install")
class TestOwnPasswords(SaasCommon):
    def change(self, **effect):
        return patch.object(rotate_secrets, "change_provisioner", **effect)

    def test_the_next_password_is_kept_before_the_server_learns_it(self):
        self.cluster._begin_password_change()
        first = self.cluster._open_secret("prov_password_next_sealed")
        self.cluster._begin_password_change()
        self.assertEqual(self.cluster._open_secret("prov_password_next_sealed"), first)
        with self.change() as told:
            self.cluster._finish_password_change()
        self.assertEqual(told.call_args.args[1], first)
        self.assertEqual(self.cluster._prov_password(), first)
        self.assertFalse(self.cluster.prov_password_next_sealed)
        entry = self.env["saas.audit.entry"].search(
            [("action", "=", "provisioner_password_rotated")]
        )
        self.assertEqual(entry.res_id, self.cluster.id)
        self.assertNotIn(first.reveal(), str(entry.read()))

    def test_a_server_that_refuses_leaves_the_password_of_now(self):
        self.cluster._begin_password_change()
        with self.change(side_effect=Broken("login_refused")), self.assertRaises(Broken):
            self.cluster._finish_password_change()
        self.assertEqual(self.cluster._prov_password(), Secret("provisioner-password"))
        self.assertTrue(self.cluster.prov_password_next_sealed)

    def test_it_waits_for_operations_of_the_cluster(self):
        job = self.cluster._start("test_cluster", {})
        job.sudo().state = "running"
        with self.assertRaises(UserError):
            self.cluster._begin_password_change()

    def test_a_secret_file_of_no_cluster_of_ours_is_refused(self):
        elsewhere = patch.object(rotate_secrets, "node_of", return_value="elsewhere")
        with elsewhere, self.assertRaises(UserError):
            self.env["saas.cluster"]._rotate_nodes("/tmp/x", False)

    def test_new_node_passwords_stand_in_the_audit_log_and_prepared_ones_do_not(self):
        entries = self.env["saas.audit.entry"]
        wanted = [("action", "=", "node_passwords_rotated")]
        with (
            patch.object(rotate_secrets, "node_of", return_value=self.cluster.key),
            patch.object(rotate_secrets, "rotate_nodes") as told,
        ):
            self.env["saas.cluster"]._rotate_nodes("/tmp/x", True)
            self.assertFalse(entries.search(wanted))
            self.assertEqual(self.env["saas.cluster"]._rotate_nodes("/tmp/x", False), self.cluster)
        self.assertEqual(told.call_args.args, ("/tmp/x", False))
        self.assertEqual(entries.search(wanted).res_id, self.cluster.id)
