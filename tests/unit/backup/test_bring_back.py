"""Files of a backup brought back into a folder, and what is told when they differ."""

from dataclasses import replace

import pytest

from saas_business_management.adapters.backup import bring_back
from saas_business_management.adapters.backup.bring_back import Filestore
from saas_business_management.adapters.filestore import LocalFilestore
from saas_business_management.adapters.streams.encrypt import dedupe_key
from saas_business_management.kernel.backup.verify import Difference

from .parts import BACKUP, KEY, TENANT
from .world import CONTENTS, World

NAME = "t_" + "a" * 26
HASHING = dedupe_key(KEY, TENANT)


@pytest.fixture
def world(tmp_path):
    """A backup, and filestores on the same disk."""
    made = World(TENANT, tmp_path / "source")
    made.spools = tmp_path
    made.write(BACKUP)
    made.manifest, _link = made.reader().manifest(BACKUP)
    (tmp_path / "files").mkdir()
    made.files = LocalFilestore(tmp_path / "files")
    made.into = Filestore(made.files, NAME, 1)
    return made


def differing(world):
    folder = world.files.folder(NAME)
    return [
        (one.kind, one.name) for one in bring_back.compare_folder(world.manifest, folder, HASHING)
    ]


def test_files_come_back_and_a_second_time_nothing_is_touched(world):
    assert bring_back.unpack(world.reader(), world.manifest, world.into) == len(CONTENTS)
    assert differing(world) == []
    (first, *_others) = [one for one in world.files.folder(NAME).rglob("*") if one.is_file()]
    first.write_bytes(b"newer than the backup")
    again = Filestore(world.files, NAME, 2)
    assert bring_back.unpack(world.reader(), world.manifest, again) == len(CONTENTS)
    assert first.read_bytes() == b"newer than the backup"


def test_what_is_missing_or_damaged_is_put_back_and_what_is_more_stays(world):
    bring_back.unpack(world.reader(), world.manifest, world.into)
    folder = world.files.folder(NAME)
    (gone, damaged, *_whole) = sorted(one for one in folder.rglob("*") if one.is_file())
    gone.unlink()
    damaged.write_bytes(b"changed")
    (folder / "more").write_bytes(b"made since")
    assert len(differing(world)) == 3
    again = Filestore(world.files, NAME, 2)
    assert bring_back.add(world.reader(), world.manifest, again, HASHING) == len(CONTENTS)
    assert differing(world) == [("file", "more")]
    assert (folder / "more").read_bytes() == b"made since"
    assert bring_back.add(world.reader(), world.manifest, again, HASHING) == len(CONTENTS)


def test_what_odoo_notes_for_its_own_collection_is_no_difference(world):
    bring_back.unpack(world.reader(), world.manifest, world.into)
    note = world.files.folder(NAME) / "checklist" / "01" / "note"
    note.parent.mkdir(parents=True)
    note.touch()
    assert differing(world) == []


def test_a_backup_without_a_database_promises_nothing_and_that_is_a_difference(world):
    alone = replace(world.manifest, facts=None)
    found = bring_back.compare_database(alone, None)
    assert found == [Difference("facts", "", None, None)]
    told = bring_back.described(alone)
    assert (told["extensions"], told["modules"], told["server_version"]) == ([], {}, 0)
