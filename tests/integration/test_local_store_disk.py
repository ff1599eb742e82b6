"""What only a real disk can show of a backup target in a folder."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.adapters.storage.local import LocalStore
from saas_business_management.kernel.errors import Broken, Refused, SaasError, Unavailable
from tests.bare import ROOT

KEY = "v1/tenant/db/one"
FAR = datetime.now(timezone.utc) + timedelta(days=1)
# A writer that is killed in the middle of an object.
WRITER = """
import os, sys
sys.path.insert(0, sys.argv[1])
import tests.bare
from saas_business_management.adapters.storage.local import LocalStore
def chunks():
    for number in range(1000):
        yield b"x" * 100_000
        if number == 20:
            print("half", flush=True)
            sys.stdin.read()
LocalStore(sys.argv[2]).put_stream("v1/tenant/db/one", chunks())
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


def parts(root):
    staging = root / ".staging"
    return [one for one in staging.iterdir() if one.suffix == ".part"] if staging.exists() else []


def test_a_folder_that_is_not_there_is_told_and_never_made(tmp_path):
    store = LocalStore(tmp_path / "not mounted")
    for work in (
        lambda: store.put_stream(KEY, [b"x"]),
        lambda: store.put_new(KEY, b"x"),
        lambda: list(store.get_range(KEY)),
        lambda: store.head(KEY),
        lambda: list(store.list("v1/")),
        lambda: store.delete(KEY),
        lambda: store.abort_stale(datetime.now(timezone.utc)),
    ):
        with pytest.raises(Unavailable) as told:
            work()
        assert told.value.code == "target_folder_missing"
    assert not (tmp_path / "not mounted").exists()


@pytest.mark.parametrize("plant", ["file", "folder", "pipe", "staging"])
def test_no_link_leads_out_of_the_folder(root, tmp_path, plant):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "one").write_bytes(b"of another")
    place = root / "v1" / "tenant" / "db"
    if plant == "file":
        place.mkdir(parents=True)
        (place / "one").symlink_to(outside / "one")
    elif plant == "folder":
        place.parent.mkdir(parents=True)
        place.symlink_to(outside)
    elif plant == "pipe":
        place.mkdir(parents=True)
        os.mkfifo(place / "one")
    else:
        (root / ".staging").symlink_to(outside)
    store = LocalStore(root)
    codes = []
    for work in (
        lambda: list(store.get_range(KEY)),
        lambda: store.head(KEY),
        lambda: list(store.list("v1/")),
        lambda: store.put_stream(KEY, [b"x"]),
    ):
        try:
            work()
        except SaasError as error:
            codes.append(error.code)
    assert "target_damaged" in codes
    assert sorted(one.name for one in outside.iterdir()) == ["one"]
    assert (outside / "one").read_bytes() == b"of another"


def test_no_other_user_reads_what_is_stored(root):
    LocalStore(root).put_stream(KEY, [b"x"])
    for path in (root / KEY, (root / KEY).parent, root / ".staging"):
        assert path.stat().st_mode & 0o077 == 0


def test_a_disk_that_may_not_be_written_says_so(root, monkeypatch):
    def refused(*_arguments, **_options):
        raise PermissionError(13, "Permission denied", "/a/path/of/the/server")

    monkeypatch.setattr(os, "write", refused)
    with pytest.raises(Broken) as told:
        LocalStore(root).put_stream(KEY, [b"x"])
    assert told.value.code == "access_denied"
    assert "server" not in str(told.value)


@pytest.mark.parametrize("size", [2 << 20, 40 << 20])
def test_a_full_disk_leaves_nothing_half_there(tmp_path, size):
    mount = tmp_path / "small"
    mount.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", mount], check=True)
    try:
        store = LocalStore(mount)
        store.put_stream("v1/tenant/db/before", [b"x" * (7 << 20)])
        with pytest.raises(Unavailable) as told:
            store.put_stream(KEY, (b"y" * 100_000 for _ in range(size // 100_000)))
        assert told.value.code == "no_space"
        assert [one.key for one in store.list("v1/")] == ["v1/tenant/db/before"]
        assert parts(mount) == []
        store.delete("v1/tenant/db/before")
        assert store.put_stream(KEY, [b"y" * (1 << 20)]).size == 1 << 20
    finally:
        subprocess.run(["umount", mount], check=True)


def test_a_killed_writer_leaves_a_part_that_is_swept_and_no_object(root):
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(ROOT), str(root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert child.stdout.readline() == b"half\n"
        child.send_signal(signal.SIGKILL)
        child.wait(20)
    finally:
        child.kill()
        child.stdin.close()
        child.stdout.close()
    store = LocalStore(root)
    assert len(parts(root)) == 1
    assert list(store.list("")) == []
    assert store.head(KEY) is None
    assert store.abort_stale(datetime.now(timezone.utc) - timedelta(hours=24)) == 0
    assert store.abort_stale(datetime.now(timezone.utc) + timedelta(seconds=1)) == 1
    assert parts(root) == []


@pytest.mark.parametrize("shares", [True, False])
def test_of_many_writers_of_one_new_object_one_wins(root, monkeypatch, shares):
    if not shares:

        def refused(*_arguments, **_options):
            raise OSError(95, "Operation not supported")

        monkeypatch.setattr(os, "link", refused)
    won, refused_codes, begin = [], [], threading.Barrier(8)

    def write(number):
        store = LocalStore(root)
        begin.wait(10)
        try:
            store.put_new(KEY, b"%d" % number)
            won.append(number)
        except Refused as error:
            refused_codes.append(error.code)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(won) == 1
    assert refused_codes == ["object_exists"] * 7
    assert b"".join(LocalStore(root).get_range(KEY)) == b"%d" % won[0]
    assert parts(root) == []


def test_a_folder_that_is_swept_as_empty_meanwhile_is_made_again(root, monkeypatch):
    """A sweep comes between entering a folder and giving the object its name."""
    store, rename, sweeps = LocalStore(root), os.rename, []

    def swept(*arguments, **options):
        if not sweeps:
            sweeps.append(True)
            shutil.rmtree(root / "v1")
        rename(*arguments, **options)

    monkeypatch.setattr(os, "rename", swept)
    store.put_stream(KEY, [b"x"])
    assert sweeps == [True]
    assert b"".join(store.get_range(KEY)) == b"x"


def test_folders_go_when_they_are_empty_for_long(root):
    store = LocalStore(root)
    store.put_new(KEY, b"x")
    store.put_new("v1/other/one", b"x")
    store.delete(KEY)
    store.abort_stale(datetime.now(timezone.utc) - timedelta(hours=1))
    assert (root / KEY).parent.is_dir()
    store.abort_stale(FAR)
    assert sorted(one.name for one in (root / "v1").iterdir()) == ["other"]
    store.abort_stale(FAR)
    assert [one.key for one in store.list("")] == ["v1/other/one"]


def test_every_byte_reaches_the_disk_before_the_name_does(root, monkeypatch):
    """After a power cut there is the old object or the new one, never an empty one."""
    steps = []
    fsync, rename = os.fsync, os.rename

    def noted_fsync(file):
        steps.append("folder" if os.path.isdir(f"/proc/self/fd/{file}") else "file")
        fsync(file)

    def noted_rename(*arguments, **options):
        steps.append("name")
        rename(*arguments, **options)

    store = LocalStore(root)
    store.put_stream(KEY, [b"old"])
    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "rename", noted_rename)
    store.put_stream(KEY, [b"new"])
    assert steps == ["file", "name", "folder"]
