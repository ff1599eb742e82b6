"""A zip for Odoo is read back before it is offered: whatever is another is told."""

import hashlib
import zipfile
from dataclasses import replace

import pytest

from saas_business_management.adapters.backup import odoo_zip

from .parts import BACKUP, TENANT, code_of
from .world import World

SQL = b"CREATE TABLE x (id integer);\n"
SHA256 = hashlib.sha256(SQL).hexdigest()


@pytest.fixture
def world(tmp_path):
    made = World(TENANT, tmp_path / "source")
    made.spools = tmp_path
    made.write(BACKUP)
    made.manifest, _link = made.reader().manifest(BACKUP)
    return made


def content(world):
    """What a right one holds, by name."""
    files = {f"filestore/{name}": (world.folder / name).read_bytes() for name, _size in world.names}
    return {"dump.sql": SQL, "manifest.json": b"{}", **files}


def proven(world, tmp_path, changes):
    path = tmp_path / "made.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name, body in {**content(world), **changes}.items():
            if body is not None:
                made.writestr(name, body)
    return code_of(lambda: odoo_zip.prove(path, world.manifest, SHA256))


def test_what_was_written_is_taken(world, tmp_path):
    assert proven(world, tmp_path, {}) == ""


def test_a_name_too_many_and_one_too_few_are_damage(world, tmp_path):
    (file, *_others) = [name for name in content(world) if name.startswith("filestore/")]
    for changes in ({"more": b"x"}, {file: None}, {"dump.sql": None}, {"manifest.json": None}):
        assert proven(world, tmp_path, changes) == "export_damaged", changes


def test_other_statements_are_damage(world, tmp_path):
    assert proven(world, tmp_path, {"dump.sql": SQL + b"-- more\n"}) == "export_damaged"


def test_a_file_that_is_not_what_its_name_says_is_damage(world, tmp_path):
    for name, body in content(world).items():
        if name.startswith("filestore/"):
            other = bytes([body[0] ^ 1]) + body[1:] if body else b"x"
            assert proven(world, tmp_path, {name: other}) == "export_damaged", name


def test_a_file_that_was_rotten_before_is_known_by_its_size_alone(world, tmp_path):
    name, size = next(one for one in world.names if one[1])
    files = replace(world.manifest.files, rotten=(name,))
    world.manifest = replace(world.manifest, files=files)
    assert proven(world, tmp_path, {f"filestore/{name}": bytes(size)}) == ""
    assert proven(world, tmp_path, {f"filestore/{name}": bytes(size + 1)}) == "export_damaged"


def test_whatever_byte_is_changed_it_is_damage_or_of_no_account(world, tmp_path):
    path = tmp_path / "made.zip"
    statements = b"".join(b"INSERT INTO x VALUES (%d, 'a text');\n" % n for n in range(90))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in {**content(world), "dump.sql": statements}.items():
            made.writestr(name, body)
    whole, seen = path.read_bytes(), set()
    # All of its directory, and a slice of what is before.
    places = [*range(0, len(whole) - 700, 41), *range(len(whole) - 700, len(whole))]
    for place in places:
        changed = bytes([whole[place] ^ 1 << place % 8])
        path.write_bytes(whole[:place] + changed + whole[place + 1 :])
        told = code_of(
            lambda: odoo_zip.prove(path, world.manifest, hashlib.sha256(statements).hexdigest())
        )
        seen.add(told)
    # Times, attributes and comments are nobody's contents.
    assert seen == {"", "export_damaged"}


def test_what_the_disk_says_is_no_damage(world, tmp_path, monkeypatch):
    def failing_zip(*_arguments, **_options):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(odoo_zip.zipfile, "ZipFile", failing_zip)
    found = code_of(lambda: odoo_zip.prove(tmp_path / "x", world.manifest, SHA256))
    assert found == "spool_unreachable"


@pytest.mark.parametrize("body", [b"", b"no zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_zip_is_damage(world, tmp_path, body):
    (tmp_path / "made.zip").write_bytes(body)
    found = code_of(lambda: odoo_zip.prove(tmp_path / "made.zip", world.manifest, SHA256))
    assert found == "export_damaged"


def test_a_backup_without_a_database_makes_none(world):
    alone = replace(world.manifest, facts=None)
    assert code_of(lambda: odoo_zip.odoo_manifest(alone, "acme")) == "archive_damaged"
    told = odoo_zip.odoo_manifest(world.manifest, "acme")
    assert (told["db_name"], told["odoo_dump"]) == ("acme", "1")
