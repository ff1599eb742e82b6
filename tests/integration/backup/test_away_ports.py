"""Downloads and uploads as operations ask for them: the doubles and the real ones, one suite."""

import shutil
from dataclasses import dataclass

import pytest

from saas_business_management.adapters.fakes.cluster import FakeCluster
from saas_business_management.adapters.fakes.exports import FakeExports
from saas_business_management.adapters.fakes.filestore import FakeFilestore
from saas_business_management.adapters.fakes.imports import FakeImports
from saas_business_management.adapters.fakes.vault import FakeVault
from saas_business_management.adapters.ports import BackupPlace, BackupSource, ExportOrder
from saas_business_management.kernel.backup.passphrase import Derivation
from saas_business_management.kernel.secret import Secret
from tests.helpers.postgres import new_name
from tests.unit.backup.parts import code_of

from .stage import KEY, TENANT, Tenant, uuid
from .test_exports import FILE, SALT, Stage, pg_dump, zip_of


@dataclass
class Away:
    """A port of downloads with the backup it is asked for."""

    exports: object
    store: object
    place: BackupPlace

    def order(self, kind="odoo_zip", key=None):
        return ExportOrder(FILE, kind, "acme", key, SALT)

    def write(self, order):
        return self.exports.write(self.store, self.place, order)

    def proven(self, order, told):
        return code_of(lambda: self.exports.prove(self.store, self.place, order, told))


@pytest.fixture(params=["double", "real"])
def away(request, newest_tenant, tmp_path):
    stage = Stage(newest_tenant, tmp_path)
    if request.param == "real":
        return Away(stage.exports, stage.store, stage.place)
    vault, store = FakeVault(), type(stage.store)()
    vault.keys = {KEY.id}
    place = BackupPlace(TENANT, uuid(1), 1, KEY.id)
    vault.write(store, place, BackupSource("t_x", 1, "manual"))
    return Away(FakeExports(), store, place)


def test_a_file_is_made_proven_and_removed(away):
    order = away.order()
    told = away.write(order)
    assert set(told) == {"size", "sha256", "sql_sha256"} and told["size"] > 0
    assert away.proven(order, told) == "" and away.exports.names() == [FILE]
    assert away.proven(order, {**told, "sha256": "0" * 64}) == "export_damaged"
    away.exports.drop(FILE)
    away.exports.drop(FILE)
    assert away.exports.names() == []
    assert away.proven(order, told) == "export_damaged"


def test_a_second_worker_makes_it_anew(away):
    order = away.order()
    away.write(order)
    assert away.proven(order, away.write(order)) == ""


def test_a_sealed_one_needs_its_key(away):
    assert code_of(lambda: away.write(away.order("sealed"))) == "export_key_gone"
    key = Derivation(SALT).key(Secret("correct horse battery"))
    order = away.order("sealed", key)
    assert away.proven(order, away.write(order)) == ""


def test_room_is_refused_where_there_is_none(away):
    assert code_of(lambda: away.exports.require_room(10**18)) == "export_no_room"
    away.exports.require_room(1)


@pytest.fixture(params=["double", "real"])
def imports(request, newest_tenant, tmp_path):
    """A port of uploads with `acme.zip` in its folder, and a role for its database."""
    name = new_name()
    if request.param == "double":
        cluster = FakeCluster()
        made = FakeImports(cluster, FakeFilestore())
        made.uploads["acme.zip"] = ["base"]
        cluster.ensure_role(name, 1)
        yield made, name
        return
    stage = Stage(newest_tenant, tmp_path)
    zip_of(stage, "dump.sql", pg_dump(stage))
    stage.tenant.pg.port().ensure_role(name, 1)
    yield stage.imports, name
    Tenant.forget(newest_tenant, name)
    shutil.rmtree(tmp_path / "files" / name, ignore_errors=True)


def test_what_an_upload_holds_is_told(imports):
    port, _name = imports
    told = port.look("acme.zip")
    assert set(told) == {"modules", "extensions", "tables", "file_count"}
    assert told["modules"] == ["base"] and "pg_trgm" in told["extensions"]
    assert code_of(lambda: port.look("none.zip")) == "import_file_missing"


def test_a_dump_goes_into_an_empty_database_once(imports):
    port, name = imports
    port.make(name, ["pg_trgm"])
    assert port.load("acme.zip", name) == 0
    assert code_of(lambda: port.load("acme.zip", name)) == "database_not_empty"
    port.make(name, ["pg_trgm"])
    assert port.load("acme.zip", name) == 0


def test_files_may_be_brought_twice_and_an_upload_goes(imports):
    port, name = imports
    assert port.unpack("acme.zip", name) == port.unpack("acme.zip", name) > 0
    port.drop("acme.zip")
    port.drop("acme.zip")
    assert code_of(lambda: port.look("acme.zip")) == "import_file_missing"
