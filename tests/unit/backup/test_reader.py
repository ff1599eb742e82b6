"""Reading back: files with their names, spools, disks that fail, the reading store on a disk."""

import errno
import hashlib
import os
import tempfile
from dataclasses import replace

import pytest

from saas_business_management.adapters.backup import closed_manifest, file_writer, spool
from saas_business_management.adapters.backup.command import main
from saas_business_management.adapters.backup.key_file import write_keys
from saas_business_management.adapters.backup.read_folder import ReadFolder
from saas_business_management.adapters.backup.reader import NO_EVIDENCE, BackupReader
from saas_business_management.adapters.backup.source_files import SourceFiles
from saas_business_management.adapters.backup.writer import BackupWriter, Written, _archive
from saas_business_management.adapters.postgres.client_programs import WORDS, Programs, judge
from saas_business_management.adapters.storage.port import StoredObject
from saas_business_management.adapters.streams import objects
from saas_business_management.adapters.streams.objects import ObjectCipher
from saas_business_management.kernel.backup.content import PackEntry, content_hash
from saas_business_management.kernel.backup.manifest import ClearLine, Link, parse_clear_line
from saas_business_management.kernel.errors import Broken, Unavailable

from .parts import BACKUP, KEY, KEYS, OTHER, TENANT, code_of, failing
from .world import CONTENTS, World

LINK = Link(BACKUP, "ab" * 32, None)


@pytest.fixture
def world(tmp_path):
    made = World(TENANT, tmp_path)
    made.one = made.write(BACKUP)[0]
    return made


def disk_of(world, folder):
    for key, content in world.store.objects.items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return ReadFolder(folder)


def test_chosen_files_come_with_their_names_and_nothing_else(world, tmp_path):
    target, told = tmp_path / "out", []
    target.mkdir()
    chosen = {name for name, size in world.names if size in (3, 96000)}
    count = world.reader().extract(
        world.one, target, chosen.__contains__, lambda *step: told.append(step)
    )
    found = {str(p.relative_to(target)) for p in target.rglob("*") if p.is_file()}
    assert (count, found) == (2, chosen) and told[-1] == ("files", 2, 2)


def test_two_names_of_one_content_are_both_written(world, tmp_path):
    twin = world.folder / "ab" / "twin"
    twin.parent.mkdir(exist_ok=True)
    twin.write_bytes(CONTENTS[1])
    world.names.append(("ab/twin", 3))
    manifest = world.write(OTHER)[0]
    (tmp_path / "out").mkdir()
    assert world.reader().extract(manifest, tmp_path / "out") == len(CONTENTS) + 1
    assert (tmp_path / "out" / "ab" / "twin").read_bytes() == CONTENTS[1]


def test_a_file_that_is_not_what_its_name_says_is_refused_unless_it_was_rotten(world, tmp_path):
    sha1 = hashlib.sha1(b"another").hexdigest()
    files = replace(world.one.files.files[0], name=f"{sha1[:2]}/{sha1}")
    lying = replace(world.one, files=replace(world.one.files, files=(files,)))
    for rotten, code in (((), "backup_damaged"), ((files.name,), "")):
        target = tmp_path / f"out{len(rotten)}"
        target.mkdir()
        one = replace(lying, files=replace(lying.files, rotten=rotten))
        assert code_of(lambda one=one, to=target: world.reader().extract(one, to)) == code


def test_a_pack_under_a_foreign_name_is_refused(world):
    (pack,) = world.one.files.packs
    key = next(key for key in world.store.objects if "/pack/" in key)
    world.store.objects[key] = world.store.objects[key][::-1]
    assert [fault.code for fault in world.reader().prove(world.one)] == ["backup_damaged"]
    assert pack.size == len(world.store.objects[key])


def test_no_answer_of_the_store_proves_nothing(world):
    world.store.fail_next("get_range", Unavailable("connection_lost"))
    with pytest.raises(Unavailable):
        world.reader().prove(world.one)


@pytest.mark.parametrize("code", sorted(NO_EVIDENCE))
def test_what_this_machine_lacks_is_no_fault_of_a_backup(world, code):
    def refuse(file):
        raise Broken(code)

    with pytest.raises(Broken, match=code):
        world.reader().prove(world.one, refuse)
    world.store.fail_next("get_range", Broken(code))
    with pytest.raises(Broken, match=code):
        world.reader().prove(world.one)


def test_what_a_part_is_used_for_may_fault_it(world):
    def refuse(file):
        raise Broken("archive_damaged")

    assert [fault.code for fault in world.reader().prove(world.one, refuse)] == ["archive_damaged"]


def test_a_large_object_is_proven_in_a_spool(tmp_path, monkeypatch):
    monkeypatch.setattr(objects, "IN_MEMORY_BYTES", 1000)
    cipher, content = ObjectCipher(KEY, TENANT), os.urandom(300_000)
    sealed = b"".join(cipher.seal([content], "0a" * 32))
    for step in (1, 15, 16, 17, 100_000, len(sealed)):
        if step < 15 and len(sealed) > 3000:
            pieces = [bytes([one]) for one in sealed[:20]] + [sealed[20:]]
        else:
            pieces = [sealed[at : at + step] for at in range(0, len(sealed), step)]
        assert b"".join(cipher.open(pieces, "0a" * 32, tmp_path, len(content))) == content
    assert list(tmp_path.iterdir()) == []


def test_a_large_object_that_finds_no_spool_is_told(world, monkeypatch):
    monkeypatch.setattr(objects, "IN_MEMORY_BYTES", 10)
    reader = BackupReader(world.store, TENANT, KEYS, "/nowhere/at/all")
    big = {one.content for one in world.one.files.files} & {*world.one.files.objects}
    with pytest.raises(Unavailable, match=r"^spool_unreachable"):
        for _content, chunks in reader.contents(world.one, big):
            b"".join(chunks)


@pytest.mark.parametrize("length", [0, 1, 12, 27])
def test_an_object_too_short_for_its_tag_is_cut(tmp_path, length):
    cipher = ObjectCipher(KEY, TENANT)
    assert code_of(lambda: cipher.open([bytes(length)], "0a" * 32, tmp_path, 9)) == (
        "backup_truncated"
    )
    assert code_of(lambda: cipher.open_whole(bytes(length), "0a" * 32, 9)) == "backup_truncated"


def test_an_object_beyond_what_one_nonce_may_close_is_refused(monkeypatch):
    monkeypatch.setattr(objects, "PLAIN_BYTES_MAX", 10)
    cipher = ObjectCipher(KEY, TENANT)
    assert code_of(lambda: cipher.seal([os.urandom(100)], "0a" * 32)) == "backup_too_large"


@pytest.mark.parametrize(
    ("number", "error", "code"),
    [
        (errno.ENOSPC, Broken, "disk_full"),
        (errno.EDQUOT, Broken, "disk_full"),
        (errno.EACCES, Broken, "spool_denied"),
        (errno.EROFS, Broken, "spool_denied"),
        (errno.EIO, Unavailable, "spool_unreachable"),
    ],
)
def test_a_spool_that_cannot_be_written_is_told(world, monkeypatch, number, error, code):
    class Full:
        def write(self, _chunk):
            raise OSError(number, "no")

    class Holder:
        def __enter__(self):
            return Full()

        def __exit__(self, *_error):
            return None

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_options: Holder())
    with pytest.raises(error, match=code), world.reader().part(world.one):
        raise AssertionError("never reached")


def test_a_disk_that_does_not_keep_what_was_written_is_told(world, tmp_path, monkeypatch):
    class Disk:
        def syncfs(self, _descriptor):
            return -1

    monkeypatch.setattr(spool.ctypes, "CDLL", lambda *_told, **_more: Disk())
    (tmp_path / "out").mkdir()
    with pytest.raises(Unavailable, match=r"^spool_unreachable"):
        world.reader().extract(world.one, tmp_path / "out")


def test_a_write_that_takes_a_part_goes_on(world, tmp_path):
    class Slow:
        def __init__(self):
            self.got = b""

        def write(self, chunk):
            self.got += bytes(chunk[:3])
            return len(chunk[:3])

    slow = Slow()
    world.reader()._spool_part(world.one.parts[0], world.one, slow)
    assert hashlib.sha256(slow.got).hexdigest() == world.one.parts[0].sha256


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sha256": "0a" * 32}, "backup_damaged"),
        ({"stored_sha256": "0a" * 32}, "backup_damaged"),
        ({"size": 10**6}, "backup_damaged"),
        ({"size": 10}, "backup_trailing"),
        ({"stored_size": 10}, "backup_trailing"),
        ({"stored_size": 10**6}, "backup_truncated"),
    ],
)
def test_a_part_is_what_the_manifest_says_in_every_size_and_hash(world, change, code):
    part = replace(world.one.parts[0], **change)
    one = replace(world.one, parts=(part,))
    with failing(code), world.reader().part(one):
        raise AssertionError("never reached")


def test_a_manifest_beyond_measure_is_not_read(world, monkeypatch):
    monkeypatch.setattr("saas_business_management.adapters.backup.reader.OBJECT_BYTES_MAX", 50)
    assert code_of(lambda: world.reader().manifest(BACKUP)) == "backup_too_large"
    monkeypatch.setattr(closed_manifest, "OBJECT_BYTES_MAX", 50)
    stored = next(body for key, body in world.store.objects.items() if "/man/" in key)
    wanted = closed_manifest.Wanted(TENANT, BACKUP)
    assert code_of(lambda: closed_manifest.open_manifest(stored, KEYS, wanted)) == (
        "backup_too_large"
    )


def test_a_closed_manifest_that_speaks_of_another_is_refused(world):
    one = replace(world.one, tenant=TENANT, backup=OTHER)
    closed = closed_manifest.close_manifest(one, KEY)
    wanted = closed_manifest.Wanted(TENANT, OTHER)
    assert closed_manifest.open_manifest(closed, KEYS, wanted).backup == OTHER
    monkey = replace(world.one, backup=BACKUP)
    with pytest.raises(Broken, match=r"^backup_binding"):
        closed_manifest._require_wanted(monkey, "", wanted)


def test_a_store_that_has_something_else_is_not_believed():
    tally = spool.Tally()
    assert b"".join(tally.over([b"abc", b"d"])) == b"abcd"
    for size, sha256, code in (
        (4, None, ""),
        (3, None, "object_differs"),
        (4, "x", "object_differs"),
    ):
        stored = StoredObject("k", size, sha256, None)
        told = code_of(lambda stored=stored: file_writer.require_stored(stored, tally))
        assert told == code


@pytest.mark.parametrize(
    ("chunks", "code"),
    [
        ([b"PGDMP..."], ""),
        ([b"P", b"GD", b"MP"], ""),
        ([], "archive_damaged"),
        ([b"PGD"], "archive_damaged"),
        ([b"--", b" plain"], "archive_damaged"),
    ],
)
def test_only_an_archive_of_pg_dump_goes_on(chunks, code):
    assert code_of(lambda: _archive(chunks)) == code


def source(folder) -> SourceFiles:
    return SourceFiles(folder, b"k" * 32)


def test_a_file_that_changes_between_two_readings_is_no_content(tmp_path):
    (tmp_path / "ab").mkdir()
    path = tmp_path / "ab" / "big"
    path.write_bytes(os.urandom(70_000))
    files = source(tmp_path)
    reading = files.read("ab/big")
    assert reading.small is None and b"".join(files.chunks(reading)) == path.read_bytes()
    path.write_bytes(os.urandom(70_000))
    assert code_of(lambda: files.chunks(reading)) == "backup_source_changed"
    path.unlink()
    assert code_of(lambda: files.chunks(reading)) == "backup_source_changed"


def test_content_that_is_being_written_is_waited_for(tmp_path, monkeypatch):
    """Odoo opens a file for writing again when two people store the same content at once."""
    sha1 = hashlib.sha1(b"whole").hexdigest()
    path = tmp_path / sha1[:2] / sha1
    path.parent.mkdir()
    path.write_bytes(b"who")
    where = "saas_business_management.adapters.backup.source_files.time.sleep"
    monkeypatch.setattr(where, lambda _seconds: path.write_bytes(b"whole"))
    reading = source(tmp_path).read(f"{sha1[:2]}/{sha1}")
    assert (reading.sound, reading.small) == (True, b"whole")
    running = content_hash(b"k" * 32)
    running.update(b"whole")
    assert reading.content == running.hexdigest()


def test_a_source_that_cannot_be_read_is_told(tmp_path, monkeypatch):
    assert source(None).read("ab/cd") is None
    assert source(tmp_path / "none").read("ab/cd") is None
    for number, code in ((errno.EACCES, "filestore_denied"), (errno.EIO, "filestore_unreachable")):

        def refuse(*_told, number=number, **_more):
            raise OSError(number, "no")

        with monkeypatch.context() as patch:
            patch.setattr(os, "open", refuse)
            assert code_of(lambda: source(tmp_path).read("ab/cd")) == code


def test_a_disk_that_fails_while_a_file_is_read_is_told(tmp_path, monkeypatch):
    class Failing:
        def read(self, _size):
            raise OSError(errno.EIO, "no")

    with failing("filestore_unreachable"):
        source(tmp_path)._hashed("ab/cd", Failing())


def test_the_reading_store_gives_ranges_and_says_what_is_missing(world, tmp_path):
    store = disk_of(world, tmp_path / "store")
    key = next(iter(world.store.objects))
    body = world.store.objects[key]
    assert b"".join(store.get_range(key)) == body
    assert b"".join(store.get_range(key, 5, 7)) == body[5:12]
    assert b"".join(store.get_range(key, 5, 0)) == b""
    assert b"".join(store.get_range(key, len(body) + 5)) == b""
    assert store.head(key).size == len(body) and store.head("v1/none") is None
    assert code_of(lambda: store.get_range("v1/none")) == "object_missing"
    assert code_of(lambda: store.get_range("v1")) == "object_missing"
    (tmp_path / "store" / "v1" / ".part").write_bytes(b"unfinished")
    assert [one.key for one in store.list("v1/")] == sorted(world.store.objects)
    assert [one.key for one in store.list(f"v1/{TENANT}/man/")] != []
    assert list(store.list("v2/")) == []


def test_the_reading_store_tells_a_disk_that_fails(tmp_path, monkeypatch):
    (tmp_path / "x").write_bytes(b"x")
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    store = ReadFolder(tmp_path)
    assert code_of(lambda: store.get_range("loop")) == "spool_unreachable"
    assert code_of(lambda: store.head("loop")) == "spool_unreachable"


def test_reading_from_a_disk_proves_the_same(world, tmp_path):
    reader = BackupReader(disk_of(world, tmp_path / "store"), TENANT, KEYS, tmp_path)
    manifest, link = reader.manifest(BACKUP)
    assert manifest == world.one and reader.look(manifest) == [] == reader.prove(manifest)
    assert Written(manifest, link).former.link.backup == BACKUP
    assert reader.clear_line(BACKUP).key_id == KEY.id


def test_the_command_lists_proves_and_extracts(world, tmp_path, capsys):
    disk_of(world, tmp_path / "store")
    write_keys(tmp_path / "keys", KEYS)
    program = tmp_path / "bin"
    program.mkdir()
    tables = "".join(
        f"1; 0 1 TABLE DATA {name.replace('.', ' ')} o\\n" for name in world.one.facts.tables
    )
    (program / "pg_restore").write_text(
        f"#!/bin/sh\n[ $1 = --list ] && printf '{tables}'; exit 0\n"
    )
    (program / "pg_restore").chmod(0o755)
    front = ["--store", str(tmp_path / "store"), "--spool", str(tmp_path)]
    keys = ["--keys", str(tmp_path / "keys")]
    assert main([*front, "list"]) == 0 and TENANT in capsys.readouterr().out
    assert main([*front, "list", TENANT]) == 0 and BACKUP in capsys.readouterr().out
    verify = [*front, "verify", TENANT, BACKUP, *keys, "--pg-bin", str(program)]
    assert main(verify) == 0 and "proven" in capsys.readouterr().out
    (program / "pg_restore").write_text("#!/bin/sh\nexit 0\n")
    assert main(verify) == 1 and "archive_damaged" in capsys.readouterr().out
    out = tmp_path / "out"
    assert main([*front, "extract", TENANT, BACKUP, *keys, "--to", str(out)]) == 0
    assert len([path for path in out.rglob("*") if path.is_file()]) == len(CONTENTS) + 2
    assert main([*front, "extract", TENANT, BACKUP, *keys, "--to", str(out)]) == 2
    assert "folder_not_empty" in capsys.readouterr().err
    (tmp_path / "store" / "v1" / "lost+found").mkdir()
    assert main([*front, "list"]) == 0 and "lost" not in capsys.readouterr().out


def test_the_reading_store_lists_what_begins_so_and_nothing_beside_it(world, tmp_path):
    store = disk_of(world, tmp_path / "store")
    (name,) = [key for key in world.store.objects if "/man/" in key]
    (tmp_path / "store" / name).with_name("other").write_bytes(b"x")
    assert [one.key for one in store.list(name[:-4])] == [name]


def test_an_authentic_content_under_a_foreign_id_is_refused(world):
    content = next(iter(world.one.files.objects))
    opening = world.reader()._opening(world.one)
    sealed = ObjectCipher(KEY, TENANT).seal_whole(b"something else", content)
    entry = PackEntry(content, 0, len(sealed))
    assert code_of(lambda: opening.small(sealed, entry)) == "backup_damaged"


def test_only_packs_with_something_wanted_are_read(world):
    big = {*world.one.files.objects}
    assert {content for content, _chunks in world.reader().contents(world.one, big)} == big


def test_a_store_that_keeps_another_manifest_than_was_sent_is_not_believed(world, monkeypatch):
    writer = BackupWriter(world.store, KEY, Programs())
    put = world.store.put_new

    def less(key, content):
        return replace(put(key, content), size=len(content) - 1)

    monkeypatch.setattr(world.store, "put_new", less)
    with pytest.raises(Broken, match=r"^object_differs"):
        writer._finish(replace(world.one, backup=OTHER))


def test_what_a_program_complains_is_told_in_words_of_ours():
    for words, kind, code in WORDS:
        error = judge("pg_dump", 1, f"pg_dump: error: {words} at 'secret value'")
        assert isinstance(error, kind) and error.code == code, words
        assert "secret" not in str(error)
    error = judge("pg_restore", 1, "something else with a secret")
    assert (error.code, error.facts) == ("program_failed", {"program": "pg_restore", "status": 1})


def test_a_program_without_a_version_is_no_program_of_ours(tmp_path):
    (tmp_path / "pg_dump").write_text("#!/bin/sh\necho hello\n")
    (tmp_path / "pg_dump").chmod(0o755)
    with failing("program_failed"):
        Programs(str(tmp_path)).version("pg_dump")
    (tmp_path / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 18beta1'\n")
    assert Programs(str(tmp_path)).version("pg_dump") == (18, "18")
    assert Programs().path("pg_dump") == "pg_dump"


def test_a_content_in_a_pack_is_opened_by_its_own_id_alone():
    cipher = ObjectCipher(KEY, TENANT)
    sealed = cipher.seal_whole(b"content", "0a" * 32)
    assert cipher.open_whole(sealed, "0a" * 32, 7) == b"content"
    for call in (
        lambda: cipher.open_whole(sealed, "0b" * 32, 7),
        lambda: cipher.open_whole(sealed[:-1] + bytes([sealed[-1] ^ 1]), "0a" * 32, 7),
        lambda: ObjectCipher(KEY, OTHER).open_whole(sealed, "0a" * 32, 7),
    ):
        assert code_of(call) == "backup_damaged"
    assert code_of(lambda: cipher.open_whole(sealed, "0a" * 32, 6)) == "backup_trailing"


def test_what_the_list_shows_in_another_size_is_written_again(world):
    kept = dict(world.store.objects)
    for key, body in kept.items():
        if "/obj/" in key or "/pack/" in key:
            world.store.objects[key] = body[:-1]
    one, _link = world.write(OTHER, former=(world.one, LINK))
    reader = world.reader()
    assert reader.look(one) == [] == reader.prove(one)


def test_a_content_that_stands_under_two_names_is_stored_once(world):
    before = len(world.store.objects)
    for name, content in (("ab/again", CONTENTS[3]), ("cd/again", CONTENTS[2])):
        path = world.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        world.names.append((name, len(content)))
    one, _link = world.write(OTHER, former=(world.one, LINK))
    assert len(world.store.objects) == before + 2  # dump and manifest
    assert len(one.files.files) == len(CONTENTS) + 2 and world.reader().prove(one) == []


def test_a_backup_has_the_parts_its_manifest_names(world):
    assert code_of(lambda: world.one.part("none")) == "backup_part_missing"
    assert world.one.part("db") is world.one.parts[0]


def test_a_clear_line_of_another_kind_is_no_manifest():
    line = ClearLine(BACKUP, "d1", "ab" * 8, 500).encode()
    for old, new in ((b"saas-backup/1", b"saas-backup/2"), (b'"d1"', b'"d 1"'), (b"500", b"-50")):
        other = line.replace(old, new)
        assert code_of(lambda other=other: parse_clear_line(other)) == "backup_form"
