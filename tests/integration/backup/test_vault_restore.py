"""Backups brought back as operations ask for it: the double and the real ones, one suite."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from saas_business_management.adapters.backup.vault import Vault, VaultSpec
from saas_business_management.adapters.fakes.blob_store import FakeBlobStore
from saas_business_management.adapters.fakes.cluster import FakeCluster
from saas_business_management.adapters.fakes.filestore import FakeFilestore
from saas_business_management.adapters.fakes.vault import FakeVault
from saas_business_management.adapters.filestore import LocalFilestore
from saas_business_management.adapters.ports import BackupPlace, BackupSource, RestorePlace
from saas_business_management.adapters.postgres.tenant_login import TenantLogins
from saas_business_management.kernel.errors import Broken, Refused
from saas_business_management.kernel.provisioning.naming import staging_name
from tests.unit.backup.parts import code_of

from .stage import KEY, TENANT, programs, uuid


@dataclass
class Subject:
    """A vault with a backup of a tenant, the cluster and the filestores it is brought back to."""

    vault: Any
    store: Any
    cluster: Any
    files: Any
    database: str
    place: BackupPlace

    def staging(self, fence: int = 4) -> RestorePlace:
        name = staging_name(self.database, "r", fence)
        told = self.vault.describe(self.store, self.place)
        self.cluster.make_anew(name, told["extensions"])
        return RestorePlace(name, 1)


def on_double() -> Subject:
    cluster, files = FakeCluster(), FakeFilestore()
    vault, store = FakeVault(), FakeBlobStore()
    vault.keys, vault.cluster, vault.filestore = {KEY.id}, cluster, files
    golden, name = "g_" + "a" * 26, "t_" + "a" * 26
    cluster.create_empty(golden)
    cluster.seal_golden(golden)
    cluster.ensure_role(name, 1)
    cluster.clone(name, golden)
    cluster.own_objects(name)
    files.put(name, "ab/file", b"a file")
    return finished(vault, store, cluster, files, name)


def on_real(tenant, folder) -> Subject:
    tenant.attach(b"a file")
    folder.mkdir()
    tenant.folder.rename(folder / tenant.name)
    spec = VaultSpec({KEY.id: KEY}, folder, folder.parent, programs(tenant.pg))
    logins = TenantLogins(tenant.pg.provisioner, tenant.pg.secret)
    files = LocalFilestore(folder)
    return finished(Vault(spec, logins), FakeBlobStore(), tenant.pg.port(), files, tenant.name)


def finished(vault, store, cluster, files, name) -> Subject:
    place = BackupPlace(tenant=TENANT, backup=uuid(1), fence=1, key=KEY.id)
    figures = vault.write(store, place, BackupSource(name, 1, "schedule"))
    place = replace(place, sha256=figures["manifest_hash"])
    return Subject(vault, store, cluster, files, name, place)


@pytest.fixture(params=["double", "real"])
def subject(request, tenant, tmp_path):
    real = request.param == "real"
    made = on_real(tenant, tmp_path / "filestores") if real else on_double()
    yield made
    made.cluster.drop_staging(made.database)


def test_a_backup_says_what_a_restore_has_to_know(subject):
    told = subject.vault.describe(subject.store, subject.place)
    assert set(told) == {
        *("taken_at", "extensions", "modules", "database_bytes", "file_bytes", "server_version"),
    }
    assert "pg_trgm" in told["extensions"]
    assert told["database_bytes"] > 0 and told["file_bytes"] == 6


def test_what_comes_back_equals_the_backup(subject):
    to = subject.staging()
    told = subject.vault.load(subject.store, subject.place, to)
    assert told["tables"] > 0 and told["rows"] > 0
    assert subject.vault.unpack(subject.store, subject.place, to.database, 4) == 1
    assert subject.vault.compare(subject.store, subject.place, to, to.database) == []
    assert to.database in subject.files.names()


def test_nothing_is_loaded_into_a_database_that_has_something(subject):
    to = subject.staging()
    subject.vault.load(subject.store, subject.place, to)
    with pytest.raises(Refused) as told:
        subject.vault.load(subject.store, subject.place, to)
    assert told.value.code == "database_not_empty"


def test_an_empty_database_differs_from_the_backup(subject):
    to = subject.staging()
    found = subject.vault.compare(subject.store, subject.place, to)
    assert found and {kind for kind, _name in found} >= {"table"}


def test_files_that_are_not_there_differ(subject):
    to = subject.staging()
    subject.vault.load(subject.store, subject.place, to)
    found = subject.vault.compare(subject.store, subject.place, to, to.database)
    assert [kind for kind, _name in found] == ["file"]


def test_files_are_put_back_where_they_are_missing_and_nothing_else(subject):
    for _again in range(2):
        added = subject.vault.add_files(subject.store, subject.place, subject.database, 4)
        assert added == 1
    subject.files.drop(subject.database)
    subject.vault.add_files(subject.store, subject.place, subject.database, 5)
    here = RestorePlace(subject.database, 1)
    found = subject.vault.compare(subject.store, subject.place, here, subject.database)
    assert [kind for kind, _name in found if kind == "file"] == []


def test_an_older_manifest_is_not_brought_back(subject):
    stale = replace(subject.place, sha256="0" * 64)
    to = subject.staging()
    assert code_of(lambda: subject.vault.load(subject.store, stale, to)) == "backup_stale"
    with pytest.raises(Broken):
        subject.vault.describe(subject.store, stale)
