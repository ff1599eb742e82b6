"""The filestore port: one suite for the double and for a folder on the disk."""

import pytest

from saas_business_management.adapters.fakes.filestore import FakeFilestore
from saas_business_management.adapters.filestore import LocalFilestore
from saas_business_management.kernel.errors import Refused
from tests.helpers.postgres import new_name

FILES = {"ab/abcdef": b"x" * 1000, "cd/cdefab": b"y" * 24, "checklist/ab/abcdef": b""}


class OnDisk:
    """A real filestore with the double's ways to put and look."""

    def __init__(self, root):
        self.root = root
        self.port = LocalFilestore(root)

    def put(self, name, path, content):
        target = self.root / name / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def files(self, name):
        folder = self.root / name
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }

    def begin(self, name, fence):
        """What a worker leaves that was killed in the middle of a copy."""
        (self.root / ".staging").mkdir(exist_ok=True)
        (self.root / ".staging" / f"{name}.f{fence}" / "ab").mkdir(parents=True)


class InMemory:
    """The double behind the same face."""

    def __init__(self):
        self.port = FakeFilestore()
        self.put = self.port.put

    def files(self, name):
        return self.port.files.get(name, {})

    def begin(self, name, fence):
        self.port.unfinished[name] = fence


@pytest.fixture(params=["double", "disk"])
def store(request, tmp_path):
    if request.param == "double":
        return InMemory()
    (tmp_path / "filestore").mkdir()
    return OnDisk(tmp_path / "filestore")


@pytest.fixture
def golden(store):
    name = new_name("g")
    for path, content in FILES.items():
        store.put(name, path, content)
    return name


def wanted():
    return {path: content for path, content in FILES.items() if not path.startswith("checklist/")}


def test_a_copy_has_every_file_but_the_checklist(store, golden):
    name = new_name()
    store.port.clone(golden, name, 1)
    assert store.files(name) == wanted()


def test_a_copy_of_nothing_is_an_empty_filestore(store):
    name = new_name()
    store.port.clone(new_name("g"), name, 1)
    assert store.port.names() == [name]
    assert store.port.used_bytes(name) == 0


def test_copying_twice_changes_nothing(store, golden):
    name = new_name()
    store.port.clone(golden, name, 1)
    store.put(name, "ef/efabcd", b"the tenant's own")
    store.port.clone(golden, name, 2)
    assert store.files(name) == {**wanted(), "ef/efabcd": b"the tenant's own"}


def test_a_copy_cut_off_is_begun_anew(store, golden):
    name = new_name()
    store.begin(name, 3)
    assert name in store.port.names()
    store.port.clone(golden, name, 4)
    assert store.files(name) == wanted()


def test_a_worker_that_was_overtaken_touches_nothing(store, golden):
    name = new_name()
    store.begin(name, 5)
    with pytest.raises(Refused) as told:
        store.port.clone(golden, name, 4)
    assert told.value.code == "fence_stale"
    assert store.files(name) == {}


def test_a_later_change_of_the_copy_does_not_reach_the_golden(store, golden):
    name = new_name()
    store.port.clone(golden, name, 1)
    store.port.drop(name)
    assert store.files(golden) == FILES


def test_dropping_takes_unfinished_copies_too_and_may_run_twice(store, golden):
    name, other = new_name(), new_name()
    store.port.clone(golden, name, 1)
    store.begin(name, 2)
    store.begin(other, 2)
    for _again in range(2):
        store.port.drop(name)
    assert store.port.names() == sorted([golden, other])


def test_the_used_bytes_are_those_of_the_files_alone(store, golden):
    assert store.port.used_bytes(golden) == 1024
    assert store.port.used_bytes(new_name()) == 0


def test_there_is_room(store, golden):
    assert store.port.free_bytes() > 0


@pytest.mark.parametrize(
    "name", ["", "..", "../etc", "t_short", ".staging", "t_" + "a" * 26 + "/.."]
)
def test_no_name_but_ours_becomes_a_path(store, golden, name):
    for work in (
        lambda: store.port.used_bytes(name),
        lambda: store.port.drop(name),
        lambda: store.port.clone(golden, name, 1),
        lambda: store.port.clone(name, new_name(), 1),
    ):
        with pytest.raises(Refused) as told:
            work()
        assert told.value.code == "database_name_form"


def test_only_the_files_that_are_named_stay_and_the_others_keep_theirs(store):
    source, name = new_name(), new_name()
    for path, content in FILES.items():
        store.put(source, path, content)
    store.port.clone(source, name, 1)
    for _again in range(2):
        assert store.port.keep_only(name, ["cd/cdefab", "not/there"]) == 1
    assert {*store.files(name)} == {"cd/cdefab"} and len(store.files(source)) == 3
    assert store.port.keep_only(name, []) == 0 and store.files(name) == {}
    assert store.port.keep_only(new_name(), ["cd/cdefab"]) == 0
