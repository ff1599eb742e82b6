"""The installation that is measured: the whole product, durable, with a template that it built.

Owns: the folder, what is kept between runs, bringing it back to its first state. Does not own: what
is measured.

The template is kept as long as Odoo, PostgreSQL and the code that builds it stay the same.
"""

import hashlib
import json
import shutil

from dev import control, paths
from dev.databases import exists
from dev.odoo import ensure_odoo
from dev.postgres_binaries import ensure_binaries
from dev.say import fail, step
from dev.settings import CONTROL_DATABASE, CONTROL_ROLE, Settings
from dev.stack import Stack
from tests.helpers.second_place import SecondPlace

TEMPLATE, PLAN = "sales", "standard"
MODULES = ("contacts", "crm", "sale_management")
PLACE = paths.STATE / "bench"
KEPT = "control_kept"
# Whatever of the addon changes what lies in a golden database.
BUILDERS = ("golden", "demo/saas_template_demo.xml", "jobs/build_template.py")
BUILD_STEPS = """
SELECT coalesce(json_agg(json_build_array(s.label, s.seconds) ORDER BY s.sequence), '[]')
  FROM saas_job_step s JOIN saas_job j ON j.id = s.job_id
  JOIN saas_template_version v ON v.job_id = j.id
  JOIN saas_template t ON t.published_version_id = v.id WHERE t.code = 'sales'
"""
GOLDEN = """
SELECT d.name || ' ' || v.built_at || ' ' || pg_size_pretty(v.bytes::bigint)
  FROM saas_template t JOIN saas_template_version v ON v.id = t.published_version_id
  JOIN saas_database d ON d.id = v.database_id WHERE t.code = 'sales'
"""


class Stage:
    """A running installation; `with Stage() as stage` starts it and stops it."""

    def __init__(self, node_workers: int = 0) -> None:
        key = _key()
        for other in PLACE.glob("*"):
            if other.name != key:
                Stack(Settings.for_tests(other, fast=False)).destroy()
        self.folder = PLACE / key
        self.addons = self.folder / "addons"
        self.addons.mkdir(parents=True, exist_ok=True)
        more = {"node_workers": node_workers, "extra_addons": (self.addons,)}
        self.stack = Stack(Settings.for_tests(self.folder, fast=False, demo=True, **more))
        self.built_now = False

    def __enter__(self) -> "Stage":
        self._set_back()
        self.stack.prepare()
        if not self._golden():
            self._build()
        self._keep()
        self.stack.start()
        self.stack.control_cluster.sql(
            "UPDATE saas_cluster SET capacity = 1000; "
            "UPDATE ir_cron SET active = false WHERE id IN (SELECT res_id FROM ir_model_data "
            "WHERE model = 'ir.cron' AND name IN "
            "('ir_cron_maintain', 'ir_cron_audit', 'ir_cron_doctor'))",
            CONTROL_DATABASE,
        )
        return self

    def __exit__(self, *error: object) -> None:
        self.stack.stop()

    @property
    def golden(self) -> str:
        """The name of the template's database."""
        return self._golden().split()[0]

    @property
    def golden_facts(self) -> str:
        """When it was built and how large it is."""
        return self._golden().split(maxsplit=1)[1]

    @property
    def golden_files(self):
        """The folder of the template's files."""
        return self.stack.settings.node_data / "filestore" / self.golden

    def build_steps(self) -> list[tuple[str, float]]:
        """Return the steps of the build and their seconds."""
        return json.loads(self.stack.control_cluster.sql(BUILD_STEPS, CONTROL_DATABASE))

    def _golden(self) -> str:
        return self.stack.control_cluster.sql(GOLDEN, CONTROL_DATABASE)

    def _build(self) -> None:
        self.stack.start()
        with step("the template, built by the product"):
            self.stack.saas("build", TEMPLATE, "--wait", timeout=1800)
        if not self._golden():
            fail("The build has published no version.")
        self.built_now = True
        self._stop_processes()

    def _set_back(self) -> None:
        """Bring back the control database that was kept, remove the tenants of the last run."""
        self.stack.start_clusters()
        ours, tenants = self.stack.control_cluster, self.stack.tenant_cluster
        _drop(tenants, "datname ~ '^(t_|peer_)' OR datname = 'plain'")
        SecondPlace(self.stack).destroy()
        for other in ("peer", "other", "addons/bench_note"):
            shutil.rmtree(self.folder / other, ignore_errors=True)
        for left in (self.stack.settings.node_data / "filestore").glob("t_*"):
            shutil.rmtree(left)
        if not exists(ours, KEPT):
            return
        with step("control database as it was kept"):
            _drop(ours, f"datname = '{CONTROL_DATABASE}'")
            ours.sql(f"CREATE DATABASE {CONTROL_DATABASE} TEMPLATE {KEPT} OWNER {CONTROL_ROLE}")
        (self.folder / "control.key").write_text((self.folder / "kept.key").read_text())
        (self.folder / "cluster.key").unlink(missing_ok=True)

    def _keep(self) -> None:
        """Keep the control database, unless the one that is kept is the same."""
        mark, kept = self.folder / "control.key", self.folder / "kept.key"
        ours = self.stack.control_cluster
        if exists(ours, KEPT) and kept.read_text() == mark.read_text():
            return
        self._stop_processes()
        with step("control database kept for the next run"):
            _drop(ours, f"datname = '{KEPT}'")
            ours.sql(f"CREATE DATABASE {KEPT} TEMPLATE {CONTROL_DATABASE}")
        kept.write_text(mark.read_text())

    def _stop_processes(self) -> None:
        for part in (self.stack.web, self.stack.worker, self.stack.node, self.stack.mail):
            part.stop()


def admin_password(stage: Stage) -> str:
    """Return the password of the control plane's administrator."""
    return control.admin_password(stage.stack)


def _drop(cluster, which: str) -> None:
    names = cluster.sql(f"SELECT datname FROM pg_database WHERE {which}").split()
    for name in names:
        cluster.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    for name in cluster.sql("SELECT rolname FROM pg_roles WHERE rolname ~ '^t_'").split():
        cluster.sql(f'DROP ROLE "{name}"')


def _key() -> str:
    digest = hashlib.sha256(f"{ensure_odoo().version} {ensure_binaries().version}".encode())
    for part in BUILDERS:
        root = paths.ROOT / paths.ADDON / part
        for path in sorted([root] if root.is_file() else root.rglob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]
