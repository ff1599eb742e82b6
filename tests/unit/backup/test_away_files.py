"""Files that people take away or bring: names, room, keys, and what is read back."""

import hashlib
import shutil
from types import SimpleNamespace

import pytest

from saas_business_management.adapters.backup import imports
from saas_business_management.adapters.backup.bundle_file import BundleReader
from saas_business_management.adapters.backup.exports import Exports, ExportsSpec
from saas_business_management.adapters.backup.imports import Imports, ImportsSpec
from saas_business_management.adapters.ports import BackupPlace, ExportOrder
from saas_business_management.adapters.postgres.client_programs import Programs
from saas_business_management.kernel.backup import layout
from saas_business_management.kernel.backup.passphrase import KEY_ID, Derivation
from saas_business_management.kernel.secret import Secret

from .parts import BACKUP, KEY, KEYS, TENANT, code_of, failing
from .test_foreign_zip import write as write_zip
from .world import World

FILE = "0f0f0f0f-6f2e-4b7a-9a0e-0000000000e1"
PLACE = BackupPlace(TENANT, BACKUP, 1, KEY.id)
# The key as the form makes it is dear; the file is closed with what it is given.
KEY_OF_PHRASE = Derivation(bytes(32), log_cost=4).key(Secret("correct horse battery"))
SEALED = ExportOrder(FILE, "sealed", "acme", KEY_OF_PHRASE, bytes(32))
WITHOUT_KEY = ExportOrder(FILE, "sealed", "acme", None, bytes(32))


@pytest.fixture
def world(tmp_path):
    made = World(TENANT, tmp_path / "source")
    made.spools = tmp_path
    made.write(BACKUP)
    made.exports = Exports(ExportsSpec(KEYS, tmp_path / "exports", Programs()))
    return made


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_sealed_file_is_proven_with_its_key_alone(world, tmp_path):
    told = world.exports.write(world.store, PLACE, SEALED)
    assert code_of(lambda: world.exports.prove(world.store, PLACE, SEALED, told)) == ""
    assert SEALED.key.id == KEY_ID
    with failing("export_key_gone"):
        world.exports.prove(world.store, PLACE, WITHOUT_KEY, told)
    with failing("export_key_gone"):
        world.exports.write(world.store, PLACE, WITHOUT_KEY)


@pytest.mark.parametrize("part", ["db", "pack", "obj"])
def test_a_sealed_file_whose_bytes_were_changed_is_not_offered(world, tmp_path, part):
    world.exports.write(world.store, PLACE, SEALED)
    path = tmp_path / "exports" / FILE
    placed = BundleReader(path)._placed
    one = next(one for name, one in placed.items() if f"/{part}/" in name)
    body = bytearray(path.read_bytes())
    body[one.offset + one.size // 2] ^= 1
    path.write_bytes(body)
    with failing("export_damaged"):
        world.exports.prove(world.store, PLACE, SEALED, {"sha256": sha256(path)})


def test_a_sealed_file_that_lost_an_object_is_not_offered(world, tmp_path):
    world.exports.write(world.store, PLACE, SEALED)
    path = tmp_path / "exports" / FILE
    name = layout.database_name(TENANT, BACKUP, 1).encode()
    other = layout.database_name(TENANT, BACKUP, 2).encode()
    path.write_bytes(path.read_bytes().replace(name, other, 1))
    with failing("export_damaged"):
        world.exports.prove(world.store, PLACE, SEALED, {"sha256": sha256(path)})


@pytest.mark.parametrize("name", ["", "..", "../x", "x", FILE.upper(), f"{FILE}.part", f".{FILE}"])
def test_a_download_is_named_by_a_uuid_and_by_nothing_else(world, name):
    with failing("backup_name_form"):
        world.exports.drop(name)
    order = ExportOrder(name, "sealed", "acme", KEY_OF_PHRASE, bytes(32))
    with failing("backup_name_form"):
        world.exports.write(world.store, PLACE, order)


def test_an_upload_whose_files_the_disk_does_not_take_is_refused(tmp_path, monkeypatch):
    (tmp_path / "uploads").mkdir()
    write_zip(tmp_path / "uploads" / "acme.zip", [("filestore/01/more", b"x" * 1000)])
    spec = ImportsSpec(tmp_path / "uploads", tmp_path / "files", Programs(), 10**9)
    monkeypatch.setattr(
        imports.shutil, "disk_usage", lambda _place: SimpleNamespace(total=1, used=0, free=1104)
    )
    with pytest.raises(Exception, match="export_no_room") as told:
        Imports(spec, None).look("acme.zip")
    assert told.value.facts == {"needed_bytes": 1105, "free_bytes": 1104}
    monkeypatch.undo()
    assert shutil.disk_usage(tmp_path).free > 1105
