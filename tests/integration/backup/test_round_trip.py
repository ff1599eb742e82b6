"""What was backed up comes back, equal, while everybody goes on writing."""

import os
from dataclasses import replace

import pytest

from saas_business_management.adapters.backup.reader import BackupReader
from saas_business_management.adapters.backup.writer import BackupOrder, BackupWriter
from saas_business_management.adapters.fakes.blob_store import FakeBlobStore
from saas_business_management.adapters.postgres import connect, dump, restore
from saas_business_management.kernel.backup.verify import compare_databases
from saas_business_management.kernel.errors import Broken, Refused, Unavailable
from saas_business_management.kernel.quota.enforced import Enforced
from tests.unit.backup.parts import code_of

from .stage import KEY, KEYS, TENANT, Writing, programs, uuid

ROUNDS = 50 if os.environ.get("SAAS_PROOF") else 3


class Stage:
    """One tenant, a store in memory, a writer and a reader."""

    def __init__(self, tenant, spools):
        self.tenant = tenant
        self.spools = spools
        self.programs = programs(tenant.pg)
        self.store = FakeBlobStore()
        self.writer = BackupWriter(self.store, KEY, self.programs)
        self.reader = BackupReader(self.store, TENANT, KEYS, spools)
        self.restored = []

    def order(self, number=1, **more):
        return BackupOrder(TENANT, uuid(number), number, "schedule", **more)

    def write(self, number=1, **more):
        order = self.order(number, **more)
        return self.writer.write(order, self.tenant.server, self.tenant.folder)

    def restore(self, manifest):
        server = self.tenant.empty()
        self.restored.append(server.database)
        with self.reader.part(manifest) as archive:
            restore.restore(archive.fileno(), server, self.programs, manifest.facts.left_out)
        return server


@pytest.fixture
def stage(tenant, tmp_path):
    made = Stage(tenant, tmp_path)
    yield made
    tenant.forget(*made.restored)


@pytest.fixture
def newest(newest_tenant, tmp_path):
    made = Stage(newest_tenant, tmp_path)
    yield made
    newest_tenant.forget(*made.restored)


def test_a_database_and_its_files_come_back_equal(stage, tmp_path):
    contents = [b"", b"small", b"small", os.urandom(65536), os.urandom(3_000_000), bytes(500_000)]
    names = {stage.tenant.attach(content): content for content in contents}
    written = stage.write(hash_tables=("public.res_partner", "public.none"))
    manifest, link = stage.reader.manifest(uuid(1), fence=1, sha256=written.link.sha256)
    assert (manifest, link) == (written.manifest, written.link)
    assert stage.reader.backups() == [uuid(1)] and stage.reader.look(manifest) == []
    assert stage.reader.prove(manifest) == []
    server = stage.restore(manifest)
    found = dump.look(server, manifest.facts.row_hashes)
    assert compare_databases(manifest.facts, found) == []
    assert list(manifest.facts.row_hashes) == ["public.res_partner"]
    assert manifest.facts.tables["public.ir_attachment"] == 6
    assert manifest.facts.counts["large_objects"] == 1 and "extra.note" in manifest.facts.tables
    target = tmp_path / "restored"
    target.mkdir()
    assert stage.reader.extract(manifest, target) == len(names)
    found = {str(p.relative_to(target)): p.read_bytes() for p in target.rglob("*") if p.is_file()}
    assert found == names


def test_everything_in_the_restored_database_belongs_to_its_role(stage):
    server = stage.restore(stage.write().manifest)
    pg = stage.tenant.pg
    foreign = pg.value(
        "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND pg_get_userbyid(relowner) <> %s",
        (server.user,),
        database=server.database,
    )
    assert foreign == 0


def test_restored_counts_are_those_of_the_snapshot_while_others_write(stage):
    for number in range(1, ROUNDS + 1):
        with Writing(stage.tenant) as writing:
            while not writing.rounds:
                assert writing.error is None
            before = writing.rounds
            manifest = stage.write(number).manifest
            assert writing.rounds > before
        found = dump.look(stage.restore(manifest))
        assert compare_databases(manifest.facts, found) == []
        assert manifest.files.missing == ()
        assert len(manifest.files.files) == manifest.facts.tables["public.ir_attachment"]
        assert stage.reader.prove(manifest) == []


def test_the_next_backup_writes_only_what_is_new(newest):
    for number in range(40):
        newest.tenant.attach(b"file %d " % number * 500)
    big = os.urandom(200_000)
    newest.tenant.attach(big)
    first = newest.write(1)
    kept = set(newest.store.objects)
    newest.tenant.attach(b"one more")
    second = newest.write(2, former=first.former)
    added = {key.split("/")[2] for key in set(newest.store.objects) - kept}
    assert sorted(added) == ["db", "man", "pack"]
    assert len(second.manifest.files.files) == 42 and second.manifest.files.rehash.runs == 1
    assert second.manifest.new_bytes < first.manifest.new_bytes
    assert second.manifest.previous.backup == uuid(1)
    assert newest.reader.prove(second.manifest) == []


def test_every_file_is_read_again_when_it_is_time_or_ordered(newest):
    name = newest.tenant.attach(b"sound")
    first = newest.write(1)
    (newest.tenant.folder / name).write_bytes(b"rotte")
    trusting = newest.write(2, former=first.former)
    assert trusting.manifest.files.rotten == ()
    reading = newest.write(3, former=trusting.former, rehash=True)
    assert reading.manifest.files.rotten == (name,) and reading.manifest.files.rehash.runs == 0
    former = replace(trusting.former.manifest.files.rehash, runs=6)
    files = replace(trusting.manifest.files, rehash=former)
    late = replace(trusting.former, manifest=replace(trusting.manifest, files=files))
    assert newest.write(4, former=late).manifest.files.rotten == (name,)
    trusted = newest.write(5, former=reading.former)
    assert trusted.manifest.files.rotten == (name,)
    assert newest.reader.prove(trusted.manifest) == []


def test_what_the_store_lost_is_written_again(newest):
    newest.tenant.attach(os.urandom(100_000))
    newest.tenant.attach(b"small")
    first = newest.write(1)
    for key in list(newest.store.objects):
        if "/obj/" in key or "/pack/" in key:
            newest.store.delete(key)
    faults = {fault.code for fault in newest.reader.look(first.manifest)}
    assert faults == {"object_missing"} and len(newest.reader.prove(first.manifest)) == 2
    second = newest.write(2, former=first.former)
    assert newest.reader.prove(second.manifest) == []


def test_missing_rotten_and_wild_names_are_told_and_lead_nowhere(newest, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"another tenant's")
    gone = newest.tenant.attach(b"gone", write=False)
    rotten = newest.tenant.attach(b"rotten")
    (newest.tenant.folder / rotten).write_bytes(b"changed")
    link = newest.tenant.attach(b"a link", write=False)
    (newest.tenant.folder / link).parent.mkdir(exist_ok=True)
    (newest.tenant.folder / link).symlink_to(secret)
    (newest.tenant.folder / "zz").symlink_to(tmp_path)
    pipe = newest.tenant.attach(b"a pipe", write=False)
    (newest.tenant.folder / pipe).parent.mkdir(exist_ok=True)
    os.mkfifo(newest.tenant.folder / pipe)
    wild = [
        "../secret",
        "/etc/passwd",
        "ab/../../secret",
        "checklist/ab/x",
        "zz/secret",
        "x",
        "a:b/c",
    ]
    for name in wild:
        newest.tenant.attach(b"wild", name=name, write=False)
    files = newest.write().manifest.files
    assert [one.name for one in files.files] == [rotten] and files.rotten == (rotten,)
    assert files.missing == tuple(sorted([gone, link, pipe, *wild]))
    assert not any(b"another" in content for content in newest.store.objects.values())


def test_odoo_cannot_collect_files_while_they_are_read(newest):
    collector = "BEGIN; SET LOCAL lock_timeout = '200ms'; LOCK ir_attachment IN SHARE MODE; COMMIT"
    pg = newest.tenant.pg
    with dump.pinned(newest.tenant.server) as held:
        for step in (lambda: None, held.release_snapshot):
            step()
            with pytest.raises(Exception, match="lock timeout"):
                pg.rows(collector, server=newest.tenant.server)
            newest.tenant.attach(b"writing goes on")
        held.require_held()
    pg.rows(collector, server=newest.tenant.server)


def test_no_lock_no_backup(newest):
    pg = newest.tenant.pg
    with dump.pinned(newest.tenant.server) as held:
        held.facts()
        held.release_snapshot()
        pg.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (
            newest.tenant.name,
        ))  # fmt: skip
        with pytest.raises(Unavailable):
            held.require_held()


def test_the_snapshot_goes_before_the_files_are_read(newest):
    pg = newest.tenant.pg
    sessions = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = %s AND backend_type = 'client backend'"
    )
    asked = f"{sessions} AND backend_xmin IS NOT NULL"
    with dump.pinned(newest.tenant.server) as held:
        assert pg.value(asked, (newest.tenant.name,)) == 1
        held.release_snapshot()
        assert pg.value(asked, (newest.tenant.name,)) == 0
        assert pg.value(sessions, (newest.tenant.name,)) == 2


def test_a_restore_that_fails_leaves_nothing(newest):
    manifest = newest.write().manifest
    server = newest.tenant.empty()
    newest.restored.append(server.database)
    with newest.reader.part(manifest) as archive:
        half = os.fstat(archive.fileno()).st_size // 2
        os.ftruncate(archive.fileno(), half)
        with pytest.raises(Broken):
            restore.restore(archive.fileno(), server, newest.programs)
    tables = newest.tenant.pg.value(
        "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind='r'",
        database=server.database,
    )
    assert tables == 0


def test_only_an_empty_database_is_restored_into(newest):
    manifest = newest.write().manifest
    with (
        newest.reader.part(manifest) as archive,
        pytest.raises(Refused, match="database_not_empty"),
    ):
        restore.restore(archive.fileno(), newest.tenant.server, newest.programs)


def test_our_own_schema_and_its_triggers_stay_out(newest):
    pg, name = newest.tenant.pg, newest.tenant.name
    pg.rows(
        "CREATE SCHEMA saas; CREATE TABLE saas.user_limit (n int);"
        "CREATE FUNCTION saas.check_users() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN RETURN NEW; END';"
        "GRANT USAGE ON SCHEMA saas TO PUBLIC;"
        "CREATE TRIGGER saas_user_limit BEFORE INSERT ON res_users"
        " FOR EACH ROW EXECUTE FUNCTION saas.check_users();"
        "COMMENT ON TRIGGER saas_user_limit ON res_users IS 'ours'",
        database=name,
    )
    manifest = newest.write().manifest
    assert manifest.facts.left_out == (("public", "res_users", "saas_user_limit"),)
    assert "saas.user_limit" not in manifest.facts.tables
    server = newest.restore(manifest)
    assert compare_databases(manifest.facts, dump.look(server)) == []


def test_limits_that_are_enforced_stay_out_and_are_put_into_what_was_restored(stage):
    port, name, wanted = stage.tenant.pg.port(), stage.tenant.name, Enforced(5, 1000)
    port.put_limits(name, 1, wanted)
    manifest = stage.write().manifest
    assert len(manifest.facts.left_out) == 5
    assert not [one for one in manifest.facts.tables if one.startswith("saas.")]
    server = stage.restore(manifest)
    assert compare_databases(manifest.facts, dump.look(server)) == []
    copy = server.database
    assert "schema_missing" in port.look_at_limits(copy).defects
    port.put_limits(copy, 1, wanted)
    assert port.look_at_limits(copy).holds(wanted)
    port.close()


def test_a_tenant_who_hides_rows_gets_no_backup_that_lacks_them(newest):
    newest.tenant.run("ALTER TABLE res_partner ENABLE ROW LEVEL SECURITY")
    newest.tenant.run("ALTER TABLE res_partner FORCE ROW LEVEL SECURITY")
    with pytest.raises(Broken, match="right_missing"):
        newest.write()
    assert newest.store.objects == {}


def test_unaccent_is_made_immutable_as_odoo_makes_it(newest):
    pg, tenant = newest.tenant.pg, newest.tenant
    with connect.opened(pg.superuser.within(tenant.name)) as cursor:
        restore.prepare_extensions(cursor, ["unaccent"])
        restore.prepare_extensions(cursor, ["unaccent"])
    tenant.run("CREATE INDEX ON res_partner (public.unaccent(name))")
    manifest = newest.write().manifest
    assert set(manifest.facts.extensions) == {"pg_trgm", "unaccent"}
    lines = []
    for wanted, error in ((["unaccent"], ""), ([], "unaccent_mutable")):
        server = tenant.empty()
        newest.restored.append(server.database)
        if wanted:
            with connect.opened(pg.superuser.within(server.database)) as cursor:
                restore.prepare_extensions(cursor, wanted)
        with newest.reader.part(manifest) as archive:
            order = (archive.fileno(), server, newest.programs, manifest.facts.left_out)
            told = code_of(lambda order=order: restore.restore(*order, on_line=lines.append))
        assert told == error
    assert any("IMMUTABLE" in line for line in lines)
