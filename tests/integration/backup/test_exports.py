"""Files of backups on real servers: made, read back, and brought in from somebody else."""

import csv
import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from contextlib import contextmanager
from pathlib import PurePosixPath

import pytest

from saas_business_management.adapters.backup.bundle_file import BundleReader
from saas_business_management.adapters.backup.exports import Exports, ExportsSpec
from saas_business_management.adapters.backup.imports import Imports, ImportsSpec
from saas_business_management.adapters.backup.reader import BackupReader
from saas_business_management.adapters.backup.vault import Vault, VaultSpec
from saas_business_management.adapters.backup.writer import BackupOrder, BackupWriter
from saas_business_management.adapters.fakes.blob_store import FakeBlobStore
from saas_business_management.adapters.ports import BackupPlace, BackupSource, ExportOrder
from saas_business_management.adapters.postgres import dump, plain_load
from saas_business_management.adapters.postgres.tenant_login import TenantLogins
from saas_business_management.kernel.backup.passphrase import Derivation
from saas_business_management.kernel.backup.verify import compare_databases
from saas_business_management.kernel.errors import Broken, Refused
from saas_business_management.kernel.secret import Secret
from tests.helpers.postgres import new_name
from tests.unit.backup.parts import code_of

from .stage import KEY, KEYS, TENANT, programs, uuid

SALT = bytes(range(32))
# What the fixture has and a standard Odoo has not.
ONLY_FIXTURES = """
DROP SCHEMA extra CASCADE; DROP FUNCTION saas_fixture_double; DROP TYPE saas_fixture_pair;
SELECT lo_unlink(oid) FROM pg_largeobject_metadata
"""
FILE = "0f0f0f0f-6f2e-4b7a-9a0e-0000000000e1"


class Stage:
    """A tenant with a backup, a folder of downloads, a folder of uploads."""

    def __init__(self, tenant, folder):
        self.tenant, self.folder, self.store = tenant, folder, FakeBlobStore()
        self.programs = programs(tenant.pg)
        tenant.run(ONLY_FIXTURES)
        tenant.attach(b"a file")
        tenant.attach(os.urandom(200_000))
        tenant.attach(b"a file", name="ab/again")
        order = BackupOrder(TENANT, uuid(1), 1, "schedule")
        writer = BackupWriter(self.store, KEY, self.programs)
        self.manifest = writer.write(order, tenant.server, tenant.folder).manifest
        self.place = BackupPlace(TENANT, uuid(1), 1, KEY.id)
        self.exports = Exports(ExportsSpec(KEYS, folder / "exports", self.programs))
        (folder / "uploads").mkdir()
        (folder / "files").mkdir()
        spec = ImportsSpec(folder / "uploads", folder / "files", self.programs, 10**12)
        self.logins = TenantLogins(tenant.pg.provisioner, tenant.pg.secret)
        self.imports = Imports(spec, self.logins)

    def made(self, kind="odoo_zip", phrase=""):
        """Make a file; return the order, what was told of it, its path."""
        key = Derivation(SALT, log_cost=4).key(Secret(phrase)) if phrase else None
        order = ExportOrder(FILE, kind, "acme", key, SALT)
        told = self.exports.write(self.store, self.place, order)
        return order, told, self.folder / "exports" / FILE

    def proven(self, order, told):
        return code_of(lambda: self.exports.prove(self.store, self.place, order, told))

    @contextmanager
    def imported(self, name="acme.zip"):
        """Bring a zip of the upload folder into a database; give its name."""
        database = new_name()
        port = self.tenant.pg.port()
        port.ensure_role(database, 1)
        try:
            self.imports.make(database, self.imports.look(name)["extensions"])
            self.imports.load(name, database)
            self.imports.unpack(name, database)
            yield database
        finally:
            port.drop_database(database)
            port.drop_role(database)


@pytest.fixture
def stage(tenant, tmp_path):
    return Stage(tenant, tmp_path)


def differing(ours, theirs):
    return [one for one in compare_databases(ours, theirs) if one.kind != "extension"]


def test_the_zip_is_what_odoo_itself_makes(stage):
    order, told, path = stage.made()
    assert stage.proven(order, told) == ""
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
    assert told["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    with zipfile.ZipFile(path) as made:
        names = set(made.namelist())
        assert {"dump.sql", "manifest.json", "filestore/ab/again"} < names
        ours = {name for name in names if not name.startswith("open_data/")}
        assert len(ours) == 2 + len(stage.manifest.files.files)
        manifest = json.loads(made.read("manifest.json"))
        sql = made.read("dump.sql").decode()
        assert made.read("filestore/ab/again") == b"a file"
    assert {"odoo_dump", "db_name", "version", "major_version", "pg_version", "modules"} < set(
        manifest
    )
    assert manifest["db_name"] == "acme"
    assert "OWNER TO" not in sql and "GRANT" not in sql and "saas." not in sql
    assert "COMMENT ON EXTENSION" not in sql


def test_the_zip_has_each_table_as_open_data_without_secrets(stage):
    stage.tenant.run("UPDATE res_users SET password = 'a hash that nobody takes along'")
    stage.tenant.run("INSERT INTO res_partner (name) VALUES ('Comma, \"quote\"')")
    order = BackupOrder(TENANT, uuid(2), 2, "manual")
    BackupWriter(stage.store, KEY, stage.programs).write(
        order, stage.tenant.server, stage.tenant.folder
    )
    stage.place = BackupPlace(TENANT, uuid(2), 2, KEY.id)
    _order, _told, path = stage.made()
    with zipfile.ZipFile(path) as made:
        tables = {
            PurePosixPath(name).stem: list(csv.DictReader(made.read(name).decode().splitlines()))
            for name in made.namelist()
            if name.startswith("open_data/tables/")
        }
        files = made.read("open_data/attachments.csv").decode()
        words = made.read("open_data/README.txt").decode()
        assert "filestore/ab/again" in files
    assert 'Comma, "quote"' in [one["name"] for one in tables["res_partner"]]
    assert f"res_partner.csv: {len(tables['res_partner'])} rows" in words
    assert tables["res_users"] and "a hash that nobody takes along" not in str(tables)


def test_a_zip_that_was_changed_is_never_offered(stage):
    order, told, path = stage.made()
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)
    assert stage.proven(order, told) == "export_damaged"
    changed = {**told, "sha256": hashlib.sha256(body).hexdigest()}
    assert stage.proven(order, changed) == "export_damaged"
    path.unlink()
    assert stage.proven(order, told) == "export_damaged"


def test_nothing_of_a_damaged_backup_gets_a_name(stage):
    (key,) = [key for key in stage.store.objects if key.startswith(f"v1/{TENANT}/db/")]
    body = bytearray(stage.store.objects[key])
    body[-40] ^= 1
    stage.store.objects[key] = bytes(body)
    for kind, phrase in (("odoo_zip", ""), ("sealed", "correct horse")):
        with pytest.raises(Broken, match="backup_damaged"):
            stage.made(kind, phrase)
    assert not (stage.folder / "exports" / FILE).exists()
    assert stage.exports.names() == [FILE]
    stage.exports.drop(FILE)
    assert stage.exports.names() == []


def test_a_sealed_file_opens_with_its_passphrase_alone(stage, tmp_path):
    phrase = "correct horse battery"
    order, told, path = stage.made("sealed", phrase)
    order = ExportOrder(FILE, "sealed", "acme", order.key, SALT)
    store = BundleReader(path)
    key = store.derivation.key(Secret(phrase))
    reader = BackupReader(store, TENANT, {key.id: key}, tmp_path)
    # The cost of this test's key is another than that which is written.
    assert code_of(lambda: reader.manifest(uuid(1))) == "backup_key_wrong"
    real = Derivation(SALT).key(Secret(phrase))
    order = ExportOrder(FILE, "sealed", "acme", real, SALT)
    told = stage.exports.write(stage.store, stage.place, order)
    assert stage.proven(order, told) == ""
    reader = BackupReader(BundleReader(path), TENANT, {key.id: real}, tmp_path)
    manifest, _link = reader.manifest(uuid(1))
    assert manifest.facts == stage.manifest.facts
    assert reader.prove(manifest) == []
    with reader.part(manifest) as ours, stage_part(stage, tmp_path) as theirs:
        assert ours.read() == theirs.read()


def stage_part(stage, folder):
    reader = BackupReader(stage.store, TENANT, KEYS, folder)
    return reader.part(stage.manifest)


def test_room_is_asked_for(stage):
    stage.exports.require_room(1000)
    assert code_of(lambda: stage.exports.require_room(10**18)) == "export_no_room"


def test_our_zip_comes_back_equal(stage):
    _order, _told, path = stage.made()
    shutil.copy(path, stage.folder / "uploads" / "acme.zip")
    rename_series(stage.folder / "uploads" / "acme.zip")
    with stage.imported() as database:
        found = dump.look(stage.tenant.pg.tenant(database))
        assert differing(stage.manifest.facts, found) == []
        assert found.tables == stage.manifest.facts.tables
        files = [one for one in (stage.folder / "files" / database).rglob("*") if one.is_file()]
        assert len(files) == len(stage.manifest.files.files)
        vault = Vault(
            VaultSpec(KEYS, stage.folder / "files", stage.folder, stage.programs), stage.logins
        )
        place = BackupPlace(TENANT, uuid(2), 2, KEY.id)
        figures = vault.write(stage.store, place, BackupSource(database, 1, "import"))
        assert figures["file_count"] == len(stage.manifest.files.files)
        assert (figures["missing"], figures["rotten"]) == (0, 0)
        assert vault.prove(stage.store, place).faults == ()


def rename_series(path, **changes):
    """The mini golden has no module `base` of its own series; a real Odoo has."""
    with zipfile.ZipFile(path) as made:
        content = {name: made.read(name) for name in made.namelist()}
    manifest = json.loads(content["manifest.json"])
    manifest |= {"major_version": "19.0", "modules": {"base": "19.0.1.3"}, **changes}
    content["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in content.items():
            made.writestr(name, body)


def pg_dump(stage, *more):
    """What Odoo runs: `pg_dump --no-owner`."""
    server = stage.tenant.server
    env = {
        **os.environ,
        "PGHOST": str(server.host),
        "PGPORT": str(server.port),
        "PGUSER": server.user,
        "PGPASSWORD": server.password.reveal(),
    }
    command = [stage.programs.path("pg_dump"), "--no-owner", "--exclude-schema=saas", *more]
    return subprocess.run(
        [*command, server.database], env=env, capture_output=True, check=True, timeout=60
    ).stdout


def zip_of(stage, dump_name, dump_bytes, name="acme.zip"):
    with zipfile.ZipFile(stage.folder / "uploads" / name, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(dump_name, dump_bytes)
        told = {"major_version": "19.0", "modules": {"base": "19.0.1.3"}}
        made.writestr("manifest.json", json.dumps(told))
        for path in stage.tenant.folder.rglob("*"):
            if path.is_file():
                made.write(path, f"filestore/{path.relative_to(stage.tenant.folder)}")


@pytest.mark.parametrize("form", ["plain", "custom"])
def test_what_pg_dump_writes_comes_in(stage, form):
    if form == "plain":
        zip_of(stage, "dump.sql", pg_dump(stage))
    else:
        zip_of(stage, "dump.dump", pg_dump(stage, "--format=custom"))
    with stage.imported() as database:
        found = dump.look(stage.tenant.pg.tenant(database))
        assert differing(stage.manifest.facts, found) == []


def test_a_custom_dump_with_code_in_it_is_refused(stage):
    stage.tenant.run("CREATE FUNCTION public.spy() RETURNS integer LANGUAGE sql AS 'SELECT 1'")
    zip_of(stage, "dump.dump", pg_dump(stage, "--format=custom"))
    with pytest.raises(Refused, match="archive_kind"):
        stage.imports.look("acme.zip")
    zip_of(stage, "dump.sql", pg_dump(stage))
    with pytest.raises(Refused, match=r"plain_statement_unknown|plain_text_form"):
        stage.imports.look("acme.zip")


def test_a_dump_that_the_server_does_not_take_leaves_an_empty_database(stage):
    stage.tenant.run("INSERT INTO res_partner (name, type) VALUES ('a', 'x'), ('b', 'x')")
    bad = pg_dump(stage).replace(
        b"--\n-- PostgreSQL database dump complete",
        b"ALTER TABLE ONLY public.res_partner ADD CONSTRAINT twice UNIQUE (type);\n\n"
        b"--\n-- PostgreSQL database dump complete",
    )
    zip_of(stage, "dump.sql", bad)
    database = new_name()
    port = stage.tenant.pg.port()
    port.ensure_role(database, 1)
    stage.imports.make(database, ["pg_trgm"])
    with pytest.raises(Broken, match="plain_not_loaded"):
        stage.imports.load("acme.zip", database)
    assert dump.look(stage.tenant.pg.tenant(database)).tables == {}
    with pytest.raises(Refused, match="database_not_empty"):
        plain_load.load(iter(()), stage.tenant.server)
    stage.tenant.pg.forget(database)


def test_the_database_of_an_import_is_closed_to_everybody_else(stage):
    zip_of(stage, "dump.sql", pg_dump(stage))
    with stage.imported() as database:
        other = stage.tenant.server.within(database)
        assert code_of(lambda: dump.look(other)) == "database_closed"
        rows = stage.tenant.pg.rows(
            "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = %s",
            (database,),
        )
        assert rows == [(False,)]


def test_an_upload_has_a_plain_name_and_is_no_link(stage):
    assert code_of(lambda: stage.imports.look("../x.zip")) == "import_name_form"
    assert code_of(lambda: stage.imports.look("none.zip")) == "import_file_missing"
    (stage.folder / "uploads" / "link.zip").symlink_to("/etc/hostname")
    assert code_of(lambda: stage.imports.look("link.zip")) == "import_file_missing"
