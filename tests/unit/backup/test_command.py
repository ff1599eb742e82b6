"""The command that reads backups: keys out of the key file, counts, files under a passphrase."""

import io

import pytest

from saas_business_management.adapters.backup import command
from saas_business_management.adapters.backup.bundle_file import BundleWriter
from saas_business_management.adapters.backup.key_file import read_keys, write_keys
from saas_business_management.adapters.backup_keys import BackupKeys
from saas_business_management.kernel.backup import layout

from .parts import BACKUP, KEYS, OTHER, TENANT
from .test_bundle import CHEAP, PHRASE, sealed
from .world import CONTENTS, DUMP, World


@pytest.fixture
def world(tmp_path):
    made = World(TENANT, tmp_path / "source")
    made.spools = tmp_path
    made.write(BACKUP)
    for key, content in made.store.objects.items():
        path = tmp_path / "store" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    write_keys(tmp_path / "keys.json", KEYS)
    return made


def run(capsys, *words):
    """Return the exit status and what was said on both ways out."""
    status = command.main([str(word) for word in words])
    told = capsys.readouterr()
    return status, told.out, told.err


def test_the_rows_of_each_table_are_told_as_they_stood(world, tmp_path, capsys):
    words = ("--store", tmp_path / "store", "counts", TENANT, BACKUP)
    status, out, _err = run(capsys, *words, "--keys", tmp_path / "keys.json")
    manifest, _link = world.reader().manifest(BACKUP)
    found = dict(line.split("\t") for line in out.splitlines())
    assert status == 0
    assert found == {name: str(count) for name, count in manifest.facts.tables.items()}


@pytest.fixture
def ring(tmp_path):
    return BackupKeys.create(tmp_path / "backup-keys.json")


def keys(capsys, tmp_path, *more):
    words = ("keys", "--key-file", tmp_path / "backup-keys.json", "--to", tmp_path / "out.json")
    return run(capsys, *words, *more)


def test_keys_of_the_control_plane_and_of_tenants_come_out_of_the_key_file(ring, tmp_path, capsys):
    assert keys(capsys, tmp_path)[:2] == (0, "wrote  1  keys\n")
    assert set(read_keys(tmp_path / "out.json")) == {"control-k1"}
    (tmp_path / "out.json").unlink()
    reference = layout.reference_of(TENANT)
    key, wrapped = ring.make(reference)
    (tmp_path / "wrapped").write_text(f"{key.id}\t{reference}\t{wrapped}\n\n")
    status, out, _err = keys(capsys, tmp_path, "--wrapped", tmp_path / "wrapped")
    assert (status, out) == (0, "wrote  2  keys\n")
    assert read_keys(tmp_path / "out.json")[key.id] == key
    assert (tmp_path / "out.json").stat().st_mode & 0o777 == 0o600
    status, _out, err = keys(capsys, tmp_path)
    assert status == 2 and "keyring_exists" in err


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "keyring_missing"),
        (b"\xff\n", "keyring_missing"),
        (b"d1\treference\n", "keyring_damaged"),
        (b"d1\ta\tb\tc\n", "keyring_damaged"),
        (b"d1\treference\tnonsense\n", "backup_key_damaged"),
    ],
)
def test_a_list_of_closed_keys_is_taken_as_it_should_be_or_not_at_all(
    ring, tmp_path, capsys, content, code
):
    if content is not None:
        (tmp_path / "wrapped").write_bytes(content)
    status, _out, err = keys(capsys, tmp_path, "--wrapped", tmp_path / "wrapped")
    assert status == 2 and code in err
    assert not (tmp_path / "out.json").exists()


@pytest.fixture
def bundle_file(world, tmp_path):
    sealed(world, tmp_path / "bundle")
    return tmp_path / "bundle"


def test_what_is_typed_opens_a_file_and_takes_it_out(bundle_file, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(command.sys, "stdin", io.StringIO(f"{PHRASE}\r\n"))
    assert run(capsys, "open", bundle_file, "--to", tmp_path / "out")[0] == 0
    assert (tmp_path / "out" / "database.dump").read_bytes() == DUMP
    files = [one for one in (tmp_path / "out" / "filestore").rglob("*") if one.is_file()]
    assert sorted(one.read_bytes() for one in files) == sorted(CONTENTS)


def test_at_a_terminal_the_passphrase_is_asked_for_and_not_shown(
    bundle_file, tmp_path, capsys, monkeypatch
):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    asked = []
    monkeypatch.setattr(command.sys, "stdin", terminal)
    monkeypatch.setattr(command.getpass, "getpass", lambda words: asked.append(words) or PHRASE)
    status, out, _err = run(capsys, "open", bundle_file)
    assert (status, asked) == (0, ["Passphrase: "])
    assert "proven" in out and PHRASE not in out


@pytest.mark.parametrize("backups", [(), (BACKUP, OTHER)])
def test_a_file_holds_one_backup_and_no_other_number(tmp_path, capsys, monkeypatch, backups):
    with open(tmp_path / "bundle", "w+b") as file:
        target = BundleWriter(file, CHEAP)
        for backup in backups:
            target.put_new(layout.manifest_name(TENANT, backup), b"x")
        target.end()
    monkeypatch.setattr(command.sys, "stdin", io.StringIO(f"{PHRASE}\n"))
    status, _out, err = run(capsys, "open", tmp_path / "bundle")
    assert status == 2 and "backup_form" in err
