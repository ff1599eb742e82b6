"""What only a real disk can show of the filestore."""

import os
import subprocess

import pytest

from saas_business_management.adapters.filestore import LocalFilestore
from saas_business_management.kernel.errors import Broken, Unavailable
from tests.helpers.postgres import new_name


@pytest.fixture
def root(tmp_path):
    (tmp_path / "filestore").mkdir()
    return tmp_path / "filestore"


@pytest.fixture
def golden(root):
    name = new_name("g")
    for number in range(300):
        folder = root / name / f"{number % 97:02x}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number:040x}").write_bytes(b"%d" % number)
    return name


def test_copies_share_the_bytes_of_their_origin(root, golden):
    name = new_name()
    LocalFilestore(root).clone(golden, name, 1)
    path = f"00/{0:040x}"
    assert (root / name / path).stat().st_ino == (root / golden / path).stat().st_ino


def test_where_the_disk_cannot_share_files_are_copied(root, golden, monkeypatch):
    def refused(*_arguments, **_options):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refused)
    name = new_name()
    LocalFilestore(root).clone(golden, name, 1)
    path = f"01/{1:040x}"
    assert (root / name / path).read_bytes() == b"1"
    assert (root / name / path).stat().st_ino != (root / golden / path).stat().st_ino


@pytest.mark.parametrize("plant", ["file", "folder", "whole", "pipe"])
def test_a_link_or_a_pipe_in_a_filestore_is_refused_and_nothing_appears(
    root, golden, tmp_path, plant
):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_text("of another")
    if plant == "file":
        (root / golden / "00" / "link").symlink_to(secret / "key")
    elif plant == "folder":
        (root / golden / "link").symlink_to(secret)
    elif plant == "pipe":
        os.mkfifo(root / golden / "00" / "pipe")
    else:
        os.rename(root / golden, tmp_path / "elsewhere")
        (root / golden).symlink_to(tmp_path / "elsewhere")
    store, name = LocalFilestore(root), new_name()
    for work in (lambda: store.clone(golden, name, 1), lambda: store.used_bytes(golden)):
        with pytest.raises(Broken) as told:
            work()
        assert told.value.code == "filestore_damaged"
    assert not (root / name).exists()


def test_dropping_a_link_leaves_what_it_points_to(root, tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("kept")
    name = new_name()
    (root / name).symlink_to(kept)
    LocalFilestore(root).drop(name)
    assert (kept / "file").read_text() == "kept"
    assert LocalFilestore(root).names() == []


def test_the_folder_is_made_at_the_first_copy_but_not_its_parent(tmp_path):
    store, name = LocalFilestore(tmp_path / "data" / "filestore"), new_name()
    assert store.names() == []
    assert store.used_bytes(name) == 0
    store.drop(name)
    for work in (store.free_bytes, lambda: store.clone(new_name("g"), name, 1)):
        with pytest.raises(Unavailable) as told:
            work()
        assert told.value.code == "filestore_missing"
    (tmp_path / "data").mkdir()
    store.clone(new_name("g"), name, 1)
    assert store.names() == [name]


def test_the_free_bytes_are_those_df_shows_to_an_ordinary_user(root):
    command = ["df", "-B1", "--output=avail", str(root)]

    def shown():
        told = subprocess.run(command, capture_output=True, text=True, check=True)
        return int(told.stdout.split()[-1])

    # Others write on the same disk meanwhile, and remove what they wrote.
    around = [shown(), LocalFilestore(root).free_bytes(), shown()]
    for _again in range(20):
        if min(around[0], around[2]) <= around[1] <= max(around[0], around[2]):
            return
        around = [shown(), LocalFilestore(root).free_bytes(), shown()]
    raise AssertionError(around)


def test_a_full_disk_leaves_no_half_copy(root, golden, monkeypatch):
    seen = []

    def full(name, *_arguments, **_options):
        seen.append(name)
        if len(seen) > 100:
            raise OSError(28, "No space left on device")

    store, name = LocalFilestore(root), new_name()
    monkeypatch.setattr(os, "link", full)
    with pytest.raises(Broken) as told:
        store.clone(golden, name, 1)
    assert told.value.code == "disk_full"
    assert not (root / name).exists()
    assert store.names() == sorted([golden, name])
    store.drop(name)
    assert store.names() == [golden]


def test_no_error_tells_a_path(root, golden, tmp_path):
    store = LocalFilestore(tmp_path / "missing" / "filestore")
    with pytest.raises(Unavailable) as told:
        store.free_bytes()
    assert str(tmp_path) not in str(told.value)
