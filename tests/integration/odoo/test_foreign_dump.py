"""What Odoo itself dumps comes in equal, and what we write is taken by Odoo's own importer."""

import os
import subprocess

import pytest

from dev import control, databases, paths
from dev.config import addons_path
from dev.databases import Recipe
from dev.odoo import ensure_odoo
from dev.shell import clean_environment
from saas_business_management.adapters.backup.exports import Exports, ExportsSpec
from saas_business_management.adapters.backup.imports import Imports, ImportsSpec
from saas_business_management.adapters.backup.vault import Vault, VaultSpec
from saas_business_management.adapters.fakes.blob_store import FakeBlobStore
from saas_business_management.adapters.ports import BackupPlace, BackupSource, ExportOrder
from saas_business_management.adapters.postgres import dump
from saas_business_management.adapters.postgres.client_programs import Programs
from saas_business_management.adapters.postgres.tenant_login import TenantLogins
from saas_business_management.kernel.backup.key import DataKey
from saas_business_management.kernel.backup.verify import compare_databases
from tests.helpers.postgres import new_name

pytestmark = pytest.mark.slow

KEY = DataKey("d1", bytes(range(32)))
TENANT = "3f0c6c1e-5a55-4d1c-9d53-0d0f5d7c7a11"
BACKUP = "8d5a1a52-6f2e-4b7a-9a0e-000000000001"
EXPORT = "8d5a1a52-6f2e-4b7a-9a0e-0000000000e1"
OWNER = "odoo_owner"
PASSWORD = "odoo_owner_password"


class RealOdoo:
    """Odoo's own command `db`, with a database of its own on a private server."""

    def __init__(self, pg, folder):
        self.pg, self.folder = pg, folder
        self.data = folder / "data"
        pg.private.sql(f"CREATE ROLE {OWNER} LOGIN CREATEDB PASSWORD '{PASSWORD}'")
        pg.private.sql(f"GRANT CONNECT ON DATABASE postgres TO {OWNER}")
        template = databases.ensure(pg.private, Recipe(control.DEPENDENCIES))
        databases.clone(pg.private, template, "real", owner=OWNER, data_dir=self.data)

    def run(self, *words):
        binaries = self.pg.private.binaries.tool("pg_dump").parent
        options = {
            "--addons-path": addons_path(ensure_odoo()),
            "--data-dir": self.data,
            "--db_host": self.pg.private.host,
            "--db_port": self.pg.private.port,
            "--db_user": OWNER,
            "--pg_path": binaries,
        }
        told = [f"{name}={value}" for name, value in options.items()]
        # By the environment: a password stands in no list of processes.
        environment = clean_environment(
            PGPASSWORD=PASSWORD, PATH=f"{binaries}:{os.environ['PATH']}"
        )
        command = [str(one) for one in (paths.ODOO_BIN, "db", *told, *words)]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]

    def look(self, name):
        return dump.look(self.pg.superuser.within(name))

    def files(self, name):
        folder = self.data / "filestore" / name
        found = {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()}
        return {one for one in found if not one.startswith("checklist/")}


@pytest.fixture
def real(own_pg, tmp_path):
    return RealOdoo(own_pg, tmp_path)


def differing(ours, theirs):
    told = compare_databases(ours, theirs)
    return [one for one in told if one.kind not in ("extension", "functions")]


def test_an_odoo_moves_in_and_out_again(real, tmp_path):
    uploads, files = tmp_path / "uploads", tmp_path / "filestores"
    uploads.mkdir()
    files.mkdir()
    real.run("dump", "real", str(uploads / "real.zip"))
    wanted = real.look("real")
    programs = Programs(str(real.pg.private.binaries.tool("pg_dump").parent))
    logins = TenantLogins(real.pg.provisioner, real.pg.secret)
    imports = Imports(ImportsSpec(uploads, files, programs, 10**10), logins)
    database = new_name()
    real.pg.port().ensure_role(database, 1)
    told = imports.look("real.zip")
    assert "account" in told["modules"] and told["tables"] == len(wanted.tables)
    imports.make(database, told["extensions"])
    imports.load("real.zip", database)
    assert imports.unpack("real.zip", database) == len(real.files("real"))
    found = dump.look(real.pg.tenant(database))
    assert found.tables == wanted.tables and found.sequences == wanted.sequences
    assert differing(wanted, found) == []

    store, place = FakeBlobStore(), BackupPlace(TENANT, BACKUP, 1, KEY.id)
    keys = {KEY.id: KEY}
    vault = Vault(VaultSpec(keys, files, tmp_path, programs), logins)
    figures = vault.write(store, place, BackupSource(database, 1, "import"))
    assert (figures["missing"], figures["rotten"]) == (0, 0)
    exports = Exports(ExportsSpec(keys, tmp_path / "exports", programs))
    order = ExportOrder(EXPORT, "odoo_zip", "real")
    exports.prove(store, place, order, exports.write(store, place, order))
    real.run("load", "again", str(tmp_path / "exports" / EXPORT))
    again = real.look("again")
    same = {name: count for name, count in wanted.tables.items() if again.tables.get(name) == count}
    # Odoo loads its registry at the end and may count that.
    assert set(again.tables) == set(wanted.tables) and len(same) >= len(wanted.tables) - 5
    assert again.counts["foreign_keys"] == wanted.counts["foreign_keys"]
    assert len(real.files("again") & real.files("real")) >= figures["file_count"] > 0
