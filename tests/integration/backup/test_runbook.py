"""The page of disaster recovery does what it says: its commands are run as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from saas_business_management.adapters.backup.writer import BackupOrder, BackupWriter
from saas_business_management.adapters.backup_keys import BackupKeys
from saas_business_management.adapters.postgres import dump
from saas_business_management.kernel.backup.verify import compare_databases

from .disk_store import DiskStore
from .stage import TENANT, programs, uuid

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "saas_business_management" / "docs" / "disaster_recovery.md"
ZEROS = "00000000-0000-0000-0000-000000000000"
REFERENCE = "PwxsHlpVTB2dUw0PXXx6EQ"
_BLOCK = re.compile(r"^```sh(?P<mark> settings)?\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_SECTION = re.compile(r"^## (\d)\. ", re.MULTILINE)
# What of the control plane the page asks for.
CONTROL_ROWS = """
CREATE TABLE saas_tenant (id serial PRIMARY KEY, public_id varchar);
CREATE TABLE saas_backup_key (id serial PRIMARY KEY, key_id varchar, wrapped varchar,
    tenant_id int REFERENCES saas_tenant);
INSERT INTO saas_tenant (public_id) VALUES (%s);
INSERT INTO saas_backup_key (key_id, wrapped, tenant_id) VALUES (%s, %s, 1), ('gone', NULL, 1);
"""


def blocks(section):
    """The commands of a section, those that only set names apart."""
    text = PAGE.read_text(encoding="utf-8")
    parts = _SECTION.split(text)
    body = dict(zip(parts[1::2], parts[2::2], strict=True))[str(section)]
    return [one["text"] for one in _BLOCK.finditer(body) if not one["mark"]]


class Disaster:
    """A tenant and a control database whose backups lie in a folder, and nothing else."""

    def __init__(self, tenant, control, folder):
        self.tenant, self.control, self.folder = tenant, control, folder
        self.pg = tenant.pg
        self.store = DiskStore(folder / "store")
        self.keys = BackupKeys.create(folder / "backup-keys.json")
        self.key, wrapped = self.keys.make(REFERENCE)
        tenant.attach(b"a file")
        tenant.attach(os.urandom(100_000))
        self.written = self.write(TENANT, uuid(1), self.key, tenant)
        control.run(CONTROL_ROWS, (REFERENCE, self.key.id, wrapped))
        self.write(ZEROS, uuid(2), self.keys.control_key(), control)
        (folder / "work").mkdir(mode=0o700)
        self.made = []

    def write(self, reference, backup, key, one):
        order = BackupOrder(reference, backup, 1, "schedule")
        writer = BackupWriter(self.store, key, programs(self.pg))
        return writer.write(order, one.server, one.folder).manifest

    def run(self, text, **changed):
        """Run commands as a person does, at a shell that stops at the first failure."""
        superuser = self.pg.superuser
        bin_folder = self.pg.private.binaries.tool("pg_dump").parent
        env = {
            "PATH": f"{bin_folder}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "STORE": str(self.folder / "store"),
            "KEYFILE": str(self.folder / "backup-keys.json"),
            "WORK": str(self.folder / "work"),
            "CONTROL": "brought_back",
            "TENANT": TENANT,
            "BACKUP": uuid(1),
            "CONTROL_BACKUP": uuid(2),
            "RESTORED": "restored",
            "FILESTORE": str(self.folder / "filestores"),
            "PGHOST": str(superuser.host),
            "PGPORT": str(superuser.port),
            "PGUSER": superuser.user,
            "PGPASSWORD": superuser.password.reveal(),
            **changed,
        }
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env=env,
        )

    def follow(self, section, **changed):
        """Run everything a section says; return what was said."""
        said = ""
        for text in blocks(section):
            found = self.run(text, **changed)
            assert found.returncode == 0, f"{text}\n{found.stdout}\n{found.stderr}"
            said += found.stdout
        return said

    def look(self, database):
        return dump.look(self.pg.superuser.within(database))


@pytest.fixture
def disaster(newest_tenant, tmp_path):
    from .stage import Tenant

    control = Tenant(newest_tenant.pg, tmp_path / "control-files")
    made = Disaster(newest_tenant, control, tmp_path)
    yield made
    for name in ("restored", "brought_back"):
        made.pg.rows(f"DROP DATABASE IF EXISTS {name}")
    control.forget()


def test_every_section_that_promises_commands_has_them():
    assert len(blocks(2)) == 5 and len(blocks(4)) == 1
    assert [blocks(one) for one in (1, 3, 5, 6, 7)] == [[]] * 5
    text = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"export (\w+)=", text)) | {"PGUSER"}
    used = set(re.findall(r"\$\{?([A-Z]+(?:_[A-Z]+)*)", "".join(blocks(2) + blocks(4))))
    assert used - {"READER", "ALL_ZEROS"} <= named


def test_the_control_plane_and_then_a_tenant_come_back_from_folder_and_key_file(disaster):
    said = disaster.follow(4)
    assert uuid(2) in said and "proven" in said
    said = disaster.follow(2)
    assert TENANT in said and uuid(1) in said and "proven" in said
    found = disaster.look("restored")
    wanted = disaster.written.facts
    assert found.tables == wanted.tables and found.sequences == wanted.sequences
    told = [one for one in compare_databases(wanted, found) if one.kind != "extension"]
    assert told == []
    folder = disaster.folder / "filestores" / "restored"
    files = {path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    ours = {path.read_bytes() for path in disaster.tenant.folder.rglob("*") if path.is_file()}
    assert files == ours
    keys = disaster.folder / "work" / "keys.json"
    assert keys.stat().st_mode & 0o777 == 0o600


def test_a_row_that_is_missing_shows(disaster):
    disaster.follow(4)
    disaster.follow(2)
    disaster.pg.rows("DELETE FROM ir_logging", database="restored")
    disaster.pg.rows(
        "INSERT INTO ir_logging (name, message) VALUES ('x', 'y')", database="restored"
    )
    disaster.pg.rows(
        "INSERT INTO ir_logging (name, message) VALUES ('x', 'y')", database="restored"
    )
    found = disaster.run(blocks(2)[-1])
    assert found.returncode == 1 and "ir_logging" in found.stdout


def test_another_key_file_opens_nothing(disaster):
    BackupKeys.create(disaster.folder / "other.json")
    other = str(disaster.folder / "other.json")
    found = disaster.run(blocks(4)[0], KEYFILE=other)
    assert found.returncode != 0 and "backup_key" in found.stderr
    assert not (disaster.folder / "work" / "control").exists()
