"""The control plane's own backups are read with the key file alone."""

import os

import pytest

from saas_business_management.adapters.backup.command import main
from saas_business_management.adapters.backup.key_file import read_keys
from saas_business_management.adapters.backup_keys import BackupKeys
from saas_business_management.kernel.backup import layout

from .parts import BACKUP, failing
from .world import World


@pytest.fixture
def disk(tmp_path):
    keys = BackupKeys.create(tmp_path / "backup-keys.json")
    world = World(layout.CONTROL, tmp_path / "source", keys.control_key())
    world.spools = tmp_path
    (tmp_path / "source").mkdir(exist_ok=True)
    world.write(BACKUP)
    for key, content in world.store.objects.items():
        path = tmp_path / "store" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path


def run(disk, *words):
    return main(["--store", str(disk / "store"), "--spool", str(disk), *words])


def test_it_is_listed_as_what_it_is(disk, capsys):
    assert run(disk, "list") == 0
    assert capsys.readouterr().out == f"{layout.CONTROL}  control plane\n"


def test_the_key_file_opens_it_also_after_a_rotation(disk, capsys):
    keys = ("--keys", str(disk / "backup-keys.json"))
    for _again in range(2):
        target = disk / f"out{_again}"
        assert run(disk, "extract", layout.CONTROL, BACKUP, *keys, "--to", str(target)) == 0
        assert (target / "database.dump").read_bytes()[:5] == b"PGDMP"
        BackupKeys.load(disk / "backup-keys.json").rotated()
    assert "4  files" in capsys.readouterr().out


def test_a_key_that_was_forgotten_opens_nothing_any_more(disk, capsys):
    BackupKeys.load(disk / "backup-keys.json").rotated().without_old_keks()
    words = ("extract", layout.CONTROL, BACKUP, "--keys", str(disk / "backup-keys.json"))
    assert run(disk, *words, "--to", str(disk / "out")) == 2
    assert "backup_key_missing" in capsys.readouterr().err
    assert not (disk / "out").exists()


def test_the_key_file_is_refused_to_others_and_when_it_is_damaged(disk):
    path = disk / "backup-keys.json"
    path.chmod(0o640)
    with failing("keyring_open_to_others"):
        read_keys(path)
    path.chmod(0o600)
    path.write_text('{"format": 1, "current": "k9", "keys": {}}')
    os.chmod(path, 0o600)
    with failing("backup_kek_damaged"):
        read_keys(path)
