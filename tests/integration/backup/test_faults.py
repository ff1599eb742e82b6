"""What goes wrong in the middle is an error and no backup."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from saas_business_management.adapters.backup.proof import prove
from saas_business_management.adapters.backup.reader import BackupReader
from saas_business_management.adapters.backup.writer import BackupOrder, BackupWriter
from saas_business_management.adapters.fakes.blob_store import FakeBlobStore
from saas_business_management.adapters.postgres import dump
from saas_business_management.adapters.postgres.client_programs import Programs
from saas_business_management.kernel.errors import Broken, Refused, Unavailable

from .stage import KEY, KEYS, TENANT, Tenant, programs, uuid


def write(tenant, store, tools=None, **more):
    writer = BackupWriter(store, KEY, tools or programs(tenant.pg), **more)
    return writer.write(BackupOrder(TENANT, uuid(1), 1, "manual"), tenant.server, tenant.folder)


def instead_of(tmp_path, tenant, script):
    """A folder whose pg_dump does something else after it told its version."""
    folder = tmp_path / "bin"
    folder.mkdir()
    real = programs(tenant.pg).path("pg_dump")
    program = folder / "pg_dump"
    program.write_text(
        f'#!/bin/sh\nreal="{real}"\n[ "$1" = --version ] && exec "$real" "$1"\n{script}\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return Programs(str(folder))


@pytest.mark.parametrize(
    ("script", "error", "code"),
    [
        ("exit 0", Broken, "archive_damaged"),
        ("echo no dump; exit 0", Broken, "archive_damaged"),
        ("printf PGDMP; kill -9 $$", Unavailable, "program_stopped"),
        ("printf PGDMP; exit 1", Broken, "program_failed"),
        ('"$real" "$@" | head -c 5000; kill -9 $$', Unavailable, "program_stopped"),
        ('"$real" "$@"; exit 3', Broken, "program_failed"),
        ("echo 'pg_dump: error: No space left on device' >&2; exit 1", Broken, "disk_full"),
        ("printf PGDMP; sleep 60", Unavailable, "program_timeout"),
    ],
)
def test_a_dump_that_did_not_come_to_its_end_is_no_backup(
    newest_tenant, tmp_path, script, error, code
):
    store = FakeBlobStore()
    with pytest.raises(error, match=code):
        write(newest_tenant, store, instead_of(tmp_path, newest_tenant, script), dump_seconds=3)
    assert store.objects == {}


def test_pg_dump_killed_in_the_middle_is_an_error_and_leaves_no_manifest(newest_tenant):
    newest_tenant.write_log(60_000)
    store, seen = FakeBlobStore(), []

    def kill(_phase, done, _total):
        if not seen and done > 1_000_000:
            seen.extend(dumping())
            for pid in seen:
                os.kill(pid, signal.SIGKILL)

    writer = BackupWriter(store, KEY, programs(newest_tenant.pg))
    order = BackupOrder(TENANT, uuid(1), 1, "manual")
    with pytest.raises(Unavailable, match="program_stopped"):
        writer.write(order, newest_tenant.server, newest_tenant.folder, kill)
    assert len(seen) == 1 and store.objects == {}


def dumping():
    """The pg_dump processes that this one started."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as told, open(f"/proc/{pid}/cmdline") as command:
                parent = int(told.read().rpartition(")")[2].split()[1])
                if parent == os.getpid() and "pg_dump" in command.read():
                    found.append(int(pid))
        except OSError:
            continue
    return found


def test_the_server_ending_the_dump_is_an_error(newest_tenant):
    pg, store = newest_tenant.pg, FakeBlobStore()
    newest_tenant.write_log(60_000)
    ended = []

    def end(_phase, done, _total):
        if not ended and done > 1_000_000:
            ended.append(
                pg.value(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    " WHERE datname = %s AND application_name = 'saas backup'"
                    " AND backend_xmin IS NOT NULL",
                    (newest_tenant.name,),
                )
            )

    writer = BackupWriter(store, KEY, programs(pg))
    order = BackupOrder(TENANT, uuid(1), 1, "manual")
    with pytest.raises((Unavailable, Broken)):
        writer.write(order, newest_tenant.server, newest_tenant.folder, end)
    assert ended[0] >= 1 and not any("/man/" in key for key in store.objects)


def test_an_older_pg_dump_is_refused_before_anything_begins(newest_tenant, tmp_path):
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 12.4'\n")
    (folder / "pg_dump").chmod(0o755)
    store = FakeBlobStore()
    with pytest.raises(Refused, match="pg_dump_too_old"):
        write(newest_tenant, store, Programs(str(folder)))
    with pytest.raises(Broken, match="program_missing"):
        write(newest_tenant, store, Programs(str(tmp_path)))
    assert store.objects == {}


def test_a_store_that_fails_or_lies_makes_no_backup(newest_tenant):
    for method in ("put_stream", "put_new"):
        store = FakeBlobStore()
        store.fail_next(method, Unavailable("connection_lost"))
        with pytest.raises(Unavailable):
            write(newest_tenant, store)
        assert not any("/man/" in key for key in store.objects)

    class Lying(FakeBlobStore):
        def put_stream(self, key, chunks):
            stored = super().put_stream(key, chunks)
            self.objects[key] = self.objects[key][:-1]
            return replace(stored, size=stored.size - 1)

    store = Lying()
    with pytest.raises(Broken, match="object_differs"):
        write(newest_tenant, store)
    assert not any("/man/" in key for key in store.objects)


def test_a_backup_is_never_written_over(newest_tenant):
    store = FakeBlobStore()
    first = write(newest_tenant, store)
    kept = store.objects[next(key for key in store.objects if "/man/" in key)]
    with pytest.raises(Refused, match="object_exists"):
        write(newest_tenant, store)
    assert [value for key, value in store.objects.items() if "/man/" in key] == [kept]
    assert first.manifest.fence == 1


def test_the_password_stands_in_no_argument_and_no_variable(newest_tenant):
    password = newest_tenant.server.password.reveal()
    told = []

    def look(_phase, _done, _total):
        for pid in dumping() if not told else ():
            with open(f"/proc/{pid}/cmdline") as command, open(f"/proc/{pid}/environ") as variables:
                told.append(command.read() + variables.read())

    newest_tenant.write_log(30_000)
    writer = BackupWriter(FakeBlobStore(), KEY, programs(newest_tenant.pg))
    order = BackupOrder(TENANT, uuid(1), 1, "manual")
    writer.write(order, newest_tenant.server, newest_tenant.folder, look)
    assert len(told) == 1 and "PGPASSFILE" in told[0] and "PGPASSWORD" not in told[0]
    assert password not in told[0] and newest_tenant.server.user in told[0]


def order_of(tenant, tmp_path, **more):
    """What the child is told."""
    server = tenant.server
    return {
        "host": server.host,
        "port": server.port,
        "user": server.user,
        "database": server.database,
        "password": server.password.reveal(),
        "bin": programs(tenant.pg).folder,
        "folder": str(tenant.folder),
        "store": str(tmp_path / "store"),
        "spool": str(tmp_path),
        **more,
    }


def test_a_killed_writer_leaves_no_backup_no_program_and_no_lock(newest_tenant, tmp_path):
    newest_tenant.write_log(60_000)
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.backup.memory_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        child.stdin.write(json.dumps(order_of(newest_tenant, tmp_path, stop_at=1_000_000)))
        child.stdin.close()
        assert child.stdout.readline() == "stopped\n"
        child.kill()
    assert not any("man" in path.parts for path in (tmp_path / "store").rglob("*"))
    pg, until = newest_tenant.pg, time.monotonic() + 60
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = %s"
    while pg.value(asked, (newest_tenant.name, "client backend")):
        assert time.monotonic() < until, "a session outlived the writer"
        time.sleep(0.05)
    store = FakeBlobStore()
    write(newest_tenant, store)
    assert any("/man/" in key for key in store.objects)


def test_memory_stays_bounded_whatever_the_size(newest_tenant, tmp_path):
    newest_tenant.run(
        "INSERT INTO ir_logging (name, message) SELECT 'x', string_agg(md5((n * k)::text), '')"
        " FROM generate_series(1, 40000) n, generate_series(1, 80) k GROUP BY n"
    )
    with open("/dev/urandom", "rb") as noise:
        big = noise.read(150 << 20)
    newest_tenant.attach(big)
    newest_tenant.attach(bytes(400 << 20))
    for number in range(300):
        newest_tenant.attach(b"small %d" % number + bytes(40_000))
    del big
    told = order_of(newest_tenant, tmp_path)
    child = subprocess.run(
        [sys.executable, "-m", "tests.integration.backup.memory_child"],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert child.returncode == 0, child.stderr[-2000:]
    answer = json.loads(child.stdout)
    assert answer["files"] == 302 and answer["faults"] == []
    assert answer["dump_bytes"] > 90 << 20
    assert answer["peak_bytes"] < 200_000_000, answer


def test_a_full_target_and_a_full_spool_are_told_and_touch_no_other_backup(newest_tenant, tmp_path):
    newest_tenant.run(
        "INSERT INTO ir_logging (name, message) SELECT 'x', string_agg(md5((n * k)::text), '')"
        " FROM generate_series(1, 5000) n, generate_series(1, 30) k GROUP BY n"
    )
    newest_tenant.attach(b"a small file")
    small = tmp_path / "small"
    shutil.copytree(newest_tenant.folder, small)
    newest_tenant.attach(os.urandom(80 << 20))
    for name in ("store", "spool"):
        (tmp_path / name).mkdir()
    told = order_of(newest_tenant, tmp_path, small=str(small), spool=str(tmp_path / "spool"))
    child = subprocess.run(
        [sys.executable, "-m", "tests.integration.backup.small_disk_child"],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert child.returncode == 0, child.stderr[-2000:]
    answer = json.loads(child.stdout)
    first, full, freed = (answer[name] for name in ("first", "full", "freed"))
    assert (first["code"], full["code"]) == ("ok", "unavailable no_space")
    assert full["parts"] == [] and full["backups"] == first["backups"]
    assert full["free"] > 40 << 20, "what did not fit was given back"
    assert answer["proof_after"] == []
    assert (freed["code"], len(freed["backups"])) == ("ok", 2)
    # A spool that is full says nothing about a backup.
    assert answer["proof_on_a_full_spool"] == "broken disk_full"
    assert answer["spool"] == []


# What a server that falls, or is on its way up, makes of a dump.
GONE = ("connection_lost", "server_restarting", "server_unreachable", "program_failed")


@pytest.mark.parametrize("signal_name", ["SIGTERM", "SIGKILL"])
def test_a_backend_of_the_dump_that_dies_is_an_error_and_the_next_try_is_whole(
    own_pg, tmp_path, signal_name
):
    tenant = Tenant(own_pg, tmp_path / "filestore")
    tenant.attach(b"a file")
    tenant.write_log(60_000)
    killed = []

    def kill(_phase, done, _total):
        if not killed and done > 1_000_000:
            killed.extend(
                own_pg.rows(
                    "SELECT pid FROM pg_stat_activity WHERE application_name = 'saas backup'"
                    " AND query LIKE 'COPY%%'"
                )
            )
            for (pid,) in killed:
                os.kill(pid, getattr(signal, signal_name))

    store, order = FakeBlobStore(), BackupOrder(TENANT, uuid(1), 1, "manual")
    writer = BackupWriter(store, KEY, programs(own_pg))
    with pytest.raises((Unavailable, Broken)) as told:
        writer.write(order, tenant.server, tenant.folder, kill)
    assert len(killed) == 1
    assert told.value.code in GONE
    assert store.objects == {}
    # A killed backend takes the whole cluster through recovery.
    until, written = time.monotonic() + 60, None
    while written is None:
        try:
            written = writer.write(order, tenant.server, tenant.folder)
        except (Unavailable, Broken) as error:
            # It may have let us in just before it noticed that one of its processes is gone.
            assert error.code in GONE and time.monotonic() < until, error
            time.sleep(0.1)
    reader = BackupReader(store, TENANT, KEYS, tmp_path)
    assert prove(reader, written.manifest, programs(own_pg)) == []


def test_the_lock_is_given_up_soon_when_odoo_collects(newest_tenant, monkeypatch):
    monkeypatch.setattr(dump, "HELD", dump.Limits(statement_seconds=20, lock_seconds=0.3))
    pg, begun, end = newest_tenant.pg, threading.Event(), threading.Event()

    def collect():
        cnx = pg.raw(newest_tenant.server)
        with cnx.cursor() as cursor:
            cursor.execute("BEGIN; LOCK ir_attachment IN SHARE MODE")
            begun.set()
            end.wait(20)
        cnx.close()

    thread = threading.Thread(target=collect)
    thread.start()
    try:
        assert begun.wait(10)
        begin = time.monotonic()
        with pytest.raises(Unavailable, match="lock_timeout"):
            write(newest_tenant, FakeBlobStore())
        assert time.monotonic() - begin < 10
    finally:
        end.set()
        thread.join(20)
