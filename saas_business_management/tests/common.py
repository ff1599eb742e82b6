"""The stage of the tests: a provider with a cluster, two templates, a plan, and its people.

People: bob runs tenants (operator), ada sets up (administrator), vera looks on (viewer), carol
works for another company (operator there), alice is a customer with a portal login. Ben runs
billing (billing user), petra sets prices (billing manager), anton approves (billing approver).
"""

import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

from odoo.tests import TransactionCase
from odoo.tests.common import get_db_name

from ..adapters.keyring import Keyring
from ..kernel.secret import Secret
from .people import QUIET, people


class SaasCommon(TransactionCase):
    """Records to test with; nothing here talks to a server."""

    @classmethod
    def setUpClass(cls) -> None:
        # Before the class has its transaction, so that it sees them.
        ids = people(get_db_name())
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **QUIET})
        cls._give_key_file()
        cls._give_people(ids)
        cls.cluster = cls.env["saas.cluster"]._prepare_from_cli(
            {
                "key": "testing",
                "name": "Testing",
                "base_host": "testing.localhost",
                "prov_password": Secret("provisioner-password"),
                "cluster_secret": Secret("secret-of-the-cluster"),
                "filestore_path": "/var/lib/odoo/filestore",
                "data_dir": "/var/lib/odoo",
                "odoo_command": ["/usr/bin/odoo"],
                "addons_path": ["/usr/lib/odoo/addons"],
            }
        )
        cls.cluster._apply_checks(
            [{"code": "server_reachable", "ok": True, "facts": {}, "mend": ""}]
        )
        cls.modules = cls.make_modules("contacts", "crm", "account")
        cls.template = cls.make_template(name="Retail")
        cls.other_template = cls.make_template(name="Wholesale")
        cls.version = cls.make_version(cls.template)
        cls.plan = cls.env["saas.plan"].create(
            {"name": "Standard for Tests", "price": 89, "trial_days": 14}
        )

    @classmethod
    def _give_key_file(cls) -> None:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        ring = Keyring.create(Path(folder.name) / "keys.json")
        keyring = patch.object(type(cls.env["saas.keyring"]), "_load", lambda _self: ring)
        cls.startClassPatcher(keyring)

    @classmethod
    def _give_people(cls, ids: dict[str, int]) -> None:
        users = cls.env["res.users"]
        cls.other_company = cls.env["res.company"].browse(ids["company"])
        cls.viewer, cls.operator, cls.admin = (
            users.browse(ids[login]) for login in ("vera", "bob", "ada")
        )
        cls.stranger = users.browse(ids["carol"])
        cls.biller, cls.pricer, cls.approver = (
            users.browse(ids[login]) for login in ("ben", "petra", "anton")
        )
        cls.employee, cls.customer = users.browse(ids["emil"]), users.browse(ids["alice"])

    @classmethod
    def make_modules(cls, *names: str, version: str = "19.0.1.0") -> Any:
        """Return these modules as the test cluster offers them, besides those it offered before."""
        offered = cls.env["saas.module"].search([("cluster_id", "=", cls.cluster.id)])
        rows = {
            module.technical_name: cls.module_row(module.technical_name, module.version)
            for module in offered
        }
        rows |= {name: cls.module_row(name, version) for name in names}
        cls.env["saas.module"]._apply_modules(cls.cluster, list(rows.values()))
        found = cls.env["saas.module"].search(
            [("cluster_id", "=", cls.cluster.id), ("technical_name", "in", names)]
        )
        return found.sorted("technical_name")

    @classmethod
    def module_row(cls, name: str, version: str = "19.0.1.0") -> dict[str, Any]:
        return {
            "name": name,
            "title": name.title(),
            "summary": "",
            "version": version,
            "category": "Sales",
            "application": True,
            "installable": True,
            "depends": ["base"],
        }

    @classmethod
    def make_template(cls, **values: Any) -> Any:
        modules = cls.modules.filtered(lambda module: module.technical_name == "contacts")
        return cls.env["saas.template"].create(
            {"cluster_id": cls.cluster.id, "module_ids": modules.ids, **values}
        )

    @classmethod
    def make_version(cls, template: Any, state: str = "published") -> Any:
        """Return a version that was built from the template as it is now."""
        version = template._begin_version()
        version.job_id.sudo().write({"state": "done"})
        version._step_intent(fence=1)
        if state == "published":
            version._step_publish(
                report={"modules": {"base": "19.0.1.3", "contacts": "19.0.1.0"}},
                fingerprint="fingerprint-1",
                bytes=22_000_000,
                oid=4711,
            )
        else:
            version.state = state
        return version

    def make_tenant(self, **values: Any) -> Any:
        return self.env["saas.tenant"].create(
            {
                "name": "Acme Retail",
                "subdomain": "acme",
                "admin_name": "Alice Moreau",
                "admin_email": "alice@moreau.example",
                "template_id": self.template.id,
                **values,
            }
        )

    def make_open_tenant(self, **values: Any) -> Any:
        """Return a tenant that was provisioned, as the operation leaves its records."""
        tenant = self.make_tenant(**values)
        tenant.action_provision()
        job = tenant.job_ids
        at_work = tenant.sudo().with_context(saas_job_id=job.id)
        at_work._step_claim(fence=1)
        at_work._step_publish()
        at_work._step_open(admin={"admin_user_id": 2, "admin_partner_id": 3})
        job.sudo().write({"state": "done"})
        return tenant
