"""A backup as one file under a passphrase: it comes back whole, nothing else is taken for it."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from saas_business_management.adapters.backup.bundle_file import BundleReader, BundleWriter
from saas_business_management.adapters.backup.command import main
from saas_business_management.adapters.backup.reader import BackupReader
from saas_business_management.adapters.backup.reseal import Resealer
from saas_business_management.kernel.backup import bundle, layout
from saas_business_management.kernel.backup.passphrase import (
    PASSPHRASE_MIN,
    Derivation,
    checked,
)
from saas_business_management.kernel.errors import Broken, Refused, SaasError
from saas_business_management.kernel.secret import Secret

from .parts import BACKUP, KEY, TENANT, code_of, failing
from .world import CONTENTS, DUMP, World

ROOT = Path(__file__).resolve().parents[3]
PHRASE = "correct horse battery"
KNOWN = "99393f176d7e73f00cca87320bc74a3624d02e76d3f5754e2ffa4643966f1644"
CASES = 2000 if os.environ.get("SAAS_PROOF") else 150
# As cheap as the form allows: the real cost is tried once.
CHEAP = Derivation(bytes(range(64, 96)), log_cost=4)


def sealed(world, path, phrase=PHRASE, derivation=CHEAP):
    """Write the world's backup into a file; return its manifest there."""
    reader = world.reader()
    manifest, _link = reader.manifest(BACKUP)
    with open(path, "w+b") as file:
        target = BundleWriter(file, derivation)
        made = Resealer(target, derivation.key(Secret(phrase)), world.spools).write(
            reader, manifest
        )
        target.end()
    return made


def opened(path, folder, phrase=PHRASE):
    store = BundleReader(path)
    key = store.derivation.key(Secret(phrase))
    return BackupReader(store, TENANT, {key.id: key}, folder)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(TENANT, tmp_path_factory.mktemp("world"))
    made.write(BACKUP)
    made.path = made.spools / "bundle"
    made.manifest = sealed(made, made.path)
    return made


def test_everything_of_a_backup_is_in_its_file(world, tmp_path):
    reader = opened(world.path, tmp_path)
    manifest, _link = reader.manifest(BACKUP)
    assert manifest == world.manifest
    assert (reader.look(manifest), reader.prove(manifest)) == ([], [])
    with reader.part(manifest) as file:
        assert file.read() == DUMP
    target = tmp_path / "out"
    target.mkdir()
    assert reader.extract(manifest, target) == len(CONTENTS)
    found = [path.read_bytes() for path in target.rglob("*") if path.is_file()]
    assert sorted(found) == sorted(CONTENTS)


def test_nothing_of_the_tenants_own_key_is_in_it(world):
    body = world.path.read_bytes()
    assert KEY.id.encode() not in body and KEY.secret not in body
    before, _link = world.reader().manifest(BACKUP)
    assert {one.content for one in before.files.files}.isdisjoint(
        one.content for one in world.manifest.files.files
    )
    assert before.facts == world.manifest.facts and world.manifest.previous is None


def test_another_passphrase_opens_nothing_and_is_told_from_damage(world, tmp_path):
    with failing("backup_key_wrong"):
        opened(world.path, tmp_path, "correct horse batterz").manifest(BACKUP)


def test_the_same_letters_typed_otherwise_are_the_same_passphrase():
    composed, apart = "Ünïcödé lines", "Ünïcödé lines"
    assert CHEAP.key(Secret(composed)) == CHEAP.key(Secret(apart))


def test_the_real_cost_is_written_and_read():
    made = Derivation(bytes(32))
    assert (made.log_cost, made.block_size, made.parallel) == (17, 8, 1)
    assert bundle.parse_front(bundle.encode_front(made)) == made
    assert len(made.key(Secret(PHRASE)).secret) == 32


def test_a_known_passphrase_makes_a_known_key():
    # As `openssl kdf … SCRYPT` makes it.
    found = Derivation(b"s" * 32, log_cost=10).key(Secret("a b c d e f g"))
    assert found.secret.hex() == KNOWN


@pytest.mark.parametrize(
    ("one", "again", "code"),
    [
        ("", "", "passphrase_short"),
        ("x" * (PASSPHRASE_MIN - 1), "x" * (PASSPHRASE_MIN - 1), "passphrase_short"),
        (PHRASE, PHRASE + " ", "passphrase_differs"),
        ("x" * 5000, "x" * 5000, "passphrase_long"),
        ("x" * PASSPHRASE_MIN, "x" * PASSPHRASE_MIN, ""),
        ("ééééééééééé", "ééééééééééé", "passphrase_short"),
    ],
)
def test_what_a_passphrase_must_be(one, again, code):
    assert code_of(lambda: checked(Secret(one), Secret(again))) == code


@pytest.mark.parametrize("values", [{"log_cost": 21}, {"log_cost": 0}, {"block_size": 9}])
def test_a_file_cannot_ask_for_more_than_a_reader_gives(values):
    with pytest.raises(Broken, match="backup_form"):
        Derivation(bytes(32), **values)


@pytest.mark.parametrize(
    ("front", "code"),
    [
        (b"", "backup_form"),
        (b"PK\x03\x04" + bytes(60), "backup_form"),
        (bundle.MAGIC, "backup_truncated"),
        (bundle.MAGIC + b"\x02\x01\x11\x08\x01" + bytes(32), "backup_version_unknown"),
        (bundle.MAGIC + b"\x01\x02\x11\x08\x01" + bytes(32), "backup_suite_unknown"),
        (bundle.MAGIC + b"\x01\x01\xff\x08\x01" + bytes(32), "backup_form"),
    ],
)
def test_what_is_no_such_file_is_told(tmp_path, front, code):
    (tmp_path / "file").write_bytes(front)
    assert code_of(lambda: BundleReader(tmp_path / "file")) == code


def test_names_and_objects_stand_once(tmp_path):
    with open(tmp_path / "file", "w+b") as file:
        target = BundleWriter(file, CHEAP)
        target.put_new("v1/a", b"1")
        with pytest.raises(Refused, match="object_exists"):
            target.put_new("v1/a", b"2")
        with pytest.raises(Refused, match="backup_name_form"):
            target.put_new("é", b"2")
        target.end()


def read_all(path, folder):
    """Read a file whole; return the code it is refused with, empty when it is taken."""
    try:
        reader = opened(path, folder)
        manifest, _link = reader.manifest(BACKUP)
        faults = [*reader.look(manifest), *reader.prove(manifest)]
    except SaasError as error:
        return error.code
    return faults[0].code if faults else ""


def changed(body, chance):
    at = chance.randrange(len(body))
    kind = chance.choice(("flip", "cut", "append", "drop", "double"))
    if kind == "flip":
        return body[:at] + bytes([body[at] ^ (1 << chance.randrange(8))]) + body[at + 1 :]
    if kind == "cut":
        return body[:at]
    if kind == "append":
        return body + chance.randbytes(1 + at % 40)
    end = min(len(body), at + 1 + chance.randrange(200))
    return body[:at] + body[end:] if kind == "drop" else body[:end] + body[at:]


def test_whatever_is_done_to_a_file_is_refused(world, tmp_path):
    body = world.path.read_bytes()
    chance = random.Random(20260301)
    seen = set()
    for case in range(CASES):
        path = tmp_path / "changed"
        path.write_bytes(changed(body, chance))
        code = read_all(path, tmp_path)
        assert code, f"case {case} was taken"
        seen.add(code)
    assert len(seen) >= 4


def run(folder, *words, phrase=PHRASE):
    return subprocess.run(
        [sys.executable, "-m", "saas_business_management.backup_reader", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        input=f"{phrase}\n",
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
    )


def test_the_reader_opens_it_without_odoo(world, tmp_path):
    found = run(tmp_path, "open", world.path, "--to", tmp_path / "out")
    assert found.returncode == 0, found.stderr
    assert (tmp_path / "out" / "database.dump").read_bytes() == DUMP
    files = [path for path in (tmp_path / "out" / "filestore").rglob("*") if path.is_file()]
    assert sorted(path.read_bytes() for path in files) == sorted(CONTENTS)
    wrong = run(tmp_path, "open", world.path, phrase="another passphrase")
    assert wrong.returncode == 2 and "backup_key_wrong" in wrong.stderr
    assert "another" not in wrong.stderr


def test_the_passphrase_may_come_from_a_private_file(world, tmp_path, capsys):
    secret = tmp_path / "phrase"
    secret.write_text(f"{PHRASE}\n")
    secret.chmod(0o600)
    told = ["open", str(world.path), "--passphrase-file", str(secret)]
    assert main(told) == 0 and "proven" in capsys.readouterr().out
    secret.chmod(0o644)
    assert main(told) == 2 and "keyring_open_to_others" in capsys.readouterr().err
    secret.unlink()
    assert main(told) == 2 and "keyring_missing" in capsys.readouterr().err


def test_the_store_is_asked_for_where_it_is_needed(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["list"])
    assert stopped.value.code == 2 and "--store" in capsys.readouterr().err


def test_the_names_in_a_file_are_those_of_a_store(world):
    names = [one.key for one in BundleReader(world.path).list("v1/")]
    assert names[0] == layout.database_name(TENANT, BACKUP, 1)
    assert names[-1] == layout.manifest_name(TENANT, BACKUP)


def test_an_object_is_looked_up_and_read_from_where_one_likes(world):
    store = BundleReader(world.path)
    name = layout.manifest_name(TENANT, BACKUP)
    whole = b"".join(store.get_range(name))
    assert store.head(name).size == len(whole)
    assert b"".join(store.get_range(name, 5, 7)) == whole[5:12]
    assert b"".join(store.get_range(name, len(whole) + 1)) == b""
    assert [one.key for one in store.list("v1/other/")] == []
    assert store.head("v1/none") is None
    assert code_of(lambda: store.get_range("v1/none")) == "object_missing"


def test_a_file_that_is_gone_is_missing(world, tmp_path):
    assert code_of(lambda: BundleReader(tmp_path / "none")) == "object_missing"
    path = tmp_path / "file"
    path.write_bytes(world.path.read_bytes())
    store = BundleReader(path)
    path.unlink()
    assert code_of(lambda: store.get_range(layout.manifest_name(TENANT, BACKUP))) == (
        "object_missing"
    )


def test_a_name_that_stands_twice_is_no_file_of_ours(tmp_path):
    one = bundle.encode_name("v1/a") + bundle.encode_length(1) + b"x"
    (tmp_path / "file").write_bytes(bundle.encode_front(CHEAP) + one + one + bundle.END)
    assert code_of(lambda: BundleReader(tmp_path / "file")) == "backup_form"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: bundle.parse_name("v1/ä".encode()), "backup_form"),
        (lambda: bundle.parse_name(b"elsewhere/x"), "backup_form"),
        (lambda: bundle.name_length(b""), "backup_truncated"),
        (lambda: bundle.parse_length(b"\x00"), "backup_truncated"),
    ],
)
def test_what_is_no_name_and_no_length_is_refused(call, code):
    assert code_of(call) == code


def test_a_tenants_reference_is_the_same_sixteen_bytes():
    told = layout.reference_of(TENANT)
    assert len(told) == 22
    assert code_of(lambda: layout.reference_of("no uuid")) == "backup_name_form"
