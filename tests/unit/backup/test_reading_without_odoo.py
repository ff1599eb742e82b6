"""A backup is listed, proven and taken out where no Odoo can be imported."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from saas_business_management.adapters.backup.command import main
from saas_business_management.adapters.backup.key_file import read_keys, write_keys
from saas_business_management.kernel.errors import Broken, Refused

from .parts import BACKUP, FOREIGN_KEY, KEY, KEYS, OTHER, TENANT
from .world import CONTENTS, DUMP, World

ROOT = Path(__file__).resolve().parents[3]
BLOCKER = """
import importlib.abc, sys
class Blocker(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("odoo", "psycopg2", "requests", "boto3"):
            raise ImportError(name + " is not there")
sys.meta_path.insert(0, Blocker())
"""


@pytest.fixture
def disk(tmp_path):
    """A store on a disk and the file with its keys."""
    world = World(TENANT, tmp_path / "source")
    world.spools = tmp_path
    older = world.write(OTHER)
    world.write(BACKUP, 2, older)
    for key, content in world.store.objects.items():
        path = tmp_path / "store" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    write_keys(tmp_path / "keys.json", KEYS)
    return tmp_path


def run(disk, *words, keys="keys.json"):
    """The command as a person starts it; what it imports is blocked but for two packages."""
    (disk / "sitecustomize.py").write_text(BLOCKER)
    told = [str(word) for word in words]
    if told[0] in ("verify", "extract"):
        told += ["--keys", str(disk / keys)]
    command = ["-m", "saas_business_management.backup_reader", "--store", str(disk / "store")]
    return subprocess.run(
        [sys.executable, *command, "--spool", str(disk), *told],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=disk,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{disk}:{ROOT}"},
    )


def test_nothing_that_needs_odoo_can_be_imported_here(disk):
    run(disk, "list")
    code = "import sitecustomize; import psycopg2"
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PYTHONPATH": str(disk)},
    )
    assert "psycopg2 is not there" in found.stderr


def test_it_lists_tenants_and_backups_without_a_key(disk):
    assert run(disk, "list").stdout.split() == [TENANT]
    found = run(disk, "list", TENANT)
    assert [line.split()[0] for line in found.stdout.splitlines()] == sorted([BACKUP, OTHER])
    assert f"key={KEY.id}" in found.stdout and found.returncode == 0


def test_it_extracts_dump_and_files(disk):
    target = disk / "out"
    found = run(disk, "extract", TENANT, BACKUP, "--to", target)
    assert found.returncode == 0, found.stderr
    assert (target / "database.dump").read_bytes() == DUMP
    files = [path for path in (target / "filestore").rglob("*") if path.is_file()]
    assert sorted(path.read_bytes() for path in files) == sorted(CONTENTS)
    again = run(disk, "extract", TENANT, BACKUP, "--to", target)
    assert (again.returncode, again.stderr) == (2, "refused: folder_not_empty\n")


def test_nothing_is_extracted_of_a_damaged_dump(disk):
    (part,) = (disk / "store").rglob(f"{BACKUP}.f2")
    body = bytearray(part.read_bytes())
    body[-40] ^= 1
    part.write_bytes(body)
    found = run(disk, "extract", TENANT, BACKUP, "--to", disk / "out")
    assert found.returncode == 2 and "backup_damaged" in found.stderr
    assert not (disk / "out" / "database.dump").exists()


def test_a_fault_is_told_by_the_exit_status(disk, tmp_path):
    program = tmp_path / "bin"
    program.mkdir()
    (program / "pg_restore").write_text("#!/bin/sh\nexit 1\n")
    (program / "pg_restore").chmod(0o755)
    found = run(disk, "verify", TENANT, BACKUP, "--pg-bin", program)
    assert found.returncode == 1 and "FAULT" in found.stdout and "program_failed" in found.stdout
    (pack,) = (disk / "store").rglob("pack/*")
    pack.unlink()
    assert "object_missing" in run(disk, "verify", TENANT, BACKUP).stdout


def test_a_wrong_key_is_told(disk):
    write_keys(disk / "wrong.json", {KEY.id: FOREIGN_KEY})
    found = run(disk, "verify", TENANT, BACKUP, keys="wrong.json")
    assert found.returncode == 2 and "backup_key_wrong" in found.stderr
    assert KEY.secret.hex() not in found.stderr


@pytest.mark.parametrize(
    ("content", "mode", "error", "code"),
    [
        (None, 0o600, Refused, "keyring_missing"),
        ('{"format": 1, "keys": {}}', 0o600, Broken, "keyring_damaged"),
        ('{"format": 1, "keys": {"d1": "c2hvcnQ="}}', 0o600, Broken, "keyring_damaged"),
        (
            '{"format": 2, "keys": {"d1": "%s"}}' % ("A" * 43 + "="),
            0o600,
            Broken,
            "keyring_damaged",
        ),
        ("[" * 100_000, 0o600, Broken, "keyring_damaged"),
        ("{}", 0o644, Refused, "keyring_open_to_others"),
    ],
)
def test_a_key_file_is_taken_as_it_should_be_or_not_at_all(tmp_path, content, mode, error, code):
    path = tmp_path / "keys"
    if content is not None:
        path.write_text(content)
        path.chmod(mode)
    with pytest.raises(error, match=code):
        read_keys(path)


def test_a_key_file_comes_back_and_is_never_written_over(tmp_path):
    write_keys(tmp_path / "keys", KEYS)
    assert read_keys(tmp_path / "keys") == KEYS
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o600
    with pytest.raises(Refused, match="keyring_exists"):
        write_keys(tmp_path / "keys", KEYS)
    with pytest.raises(Refused, match="keyring_folder"):
        write_keys(tmp_path / "none" / "keys", KEYS)


def test_errors_of_ours_end_it_with_two(tmp_path, capsys):
    told = ["--store", str(tmp_path), "list", "no-uuid"]
    assert main(told) == 2 and "backup_name_form" in capsys.readouterr().err
    assert main(["--store", str(tmp_path), "list"]) == 0
