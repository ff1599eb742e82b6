"""The port of backup targets: one suite for the double and for every real kind."""

import hashlib
from datetime import datetime, timedelta, timezone
from uuid import uuid4

import pytest

from saas_business_management.adapters.storage.capability import EXCLUSIVE
from saas_business_management.kernel.errors import Broken, Refused

from .subjects import SERVERLESS, in_bucket

BIG = 3 * (5 << 20) + 12_345  # several parts of every kind, the last one short
BAD_KEYS = ["", "/", "a//b", "../a", "a/../b", "a/..", ".staging/a", "/a", "a/", "a\0b", "a b", "é"]
BAD_KEYS += ["a/" + "b" * 300, "/".join(["a" * 100] * 8), "a\nb", "C:\\a", "a?b", "a#b", "%2e%2e/a"]


@pytest.fixture(scope="module")
def bucket(s3_server):
    """One bucket of the real service for all: every test has a prefix of its own."""
    with in_bucket(s3_server) as made:
        yield made


@pytest.fixture(params=[*SERVERLESS, "s3"])
def subject(request, tmp_path):
    if request.param == "s3":
        yield request.getfixturevalue("bucket")
        return
    with SERVERLESS[request.param](tmp_path) as made:
        yield made


@pytest.fixture
def store(subject):
    return subject.store


@pytest.fixture
def home():
    """A prefix of its own, as real stores outlive a test."""
    return f"v1/{uuid4()}"


def content(size, seed=b"seed"):
    block = hashlib.sha256(seed).digest() * 1024
    return (block * (size // len(block) + 1))[:size]


def pieces(whole, size=100_000):
    return (whole[start : start + size] for start in range(0, len(whole), size))


def read(store, key, *span):
    return b"".join(store.get_range(key, *span))


def keys(store, prefix):
    return sorted(one.key for one in store.list(prefix))


@pytest.mark.parametrize("size", [0, 1, 65_537, 5 << 20, BIG])
def test_what_was_put_comes_back_whole(store, home, size):
    whole = content(size)
    told = store.put_stream(f"{home}/db/one", pieces(whole))
    assert (told.key, told.size) == (f"{home}/db/one", size)
    assert told.sha256 == hashlib.sha256(whole).hexdigest()
    assert read(store, f"{home}/db/one") == whole


def test_a_stream_of_empty_and_odd_pieces_is_one_object(store, home):
    odd = [b"", b"a", b"", content(70_001), b"", b"z"]
    told = store.put_stream(f"{home}/odd", iter(odd))
    assert told.size == 70_003
    assert read(store, f"{home}/odd") == b"".join(odd)


def test_putting_again_replaces_the_whole(store, home):
    store.put_stream(f"{home}/one", [b"long and old"])
    store.put_stream(f"{home}/one", [b"new"])
    assert read(store, f"{home}/one") == b"new"
    assert store.head(f"{home}/one").size == 3


@pytest.mark.parametrize("before", [1000, BIG])
def test_a_stream_that_breaks_leaves_nothing(store, home, before):
    def breaking():
        yield from pieces(content(before))
        raise Broken("source_broke")

    with pytest.raises(Broken) as told:
        store.put_stream(f"{home}/one", breaking())
    assert told.value.code == "source_broke"
    assert store.head(f"{home}/one") is None
    assert keys(store, f"{home}/") == []
    assert store.abort_stale(datetime.now(timezone.utc) + timedelta(hours=1)) == 0


def test_a_stream_that_breaks_leaves_what_was_there(store, home):
    def breaking():
        yield b"new"
        raise OSError("a pipe of the caller broke")

    store.put_stream(f"{home}/one", [b"old"])
    with pytest.raises(OSError, match="a pipe of the caller"):
        store.put_stream(f"{home}/one", breaking())
    assert read(store, f"{home}/one") == b"old"


def test_a_new_object_is_stored_once(store, home):
    told = store.put_new(f"{home}/man/one", b"first")
    assert (told.size, told.sha256) == (5, hashlib.sha256(b"first").hexdigest())
    with pytest.raises(Refused) as refused:
        store.put_new(f"{home}/man/one", b"second")
    assert refused.value.code == "object_exists"
    assert read(store, f"{home}/man/one") == b"first"


def test_the_suite_runs_where_the_store_itself_refuses_the_second_writer(store):
    assert EXCLUSIVE in store.capabilities()


@pytest.mark.parametrize(
    ("start", "length", "wanted"),
    [
        (0, None, slice(0, None)),
        (0, 10, slice(0, 10)),
        (10, 10, slice(10, 20)),
        (99_990, 10, slice(99_990, None)),
        (99_990, 1000, slice(99_990, None)),
        (50_000, None, slice(50_000, None)),
        (100_000, None, slice(0, 0)),
        (100_001, 5, slice(0, 0)),
        (5, 0, slice(0, 0)),
    ],
)
def test_a_range_is_what_was_asked_for(store, home, start, length, wanted):
    whole = content(100_000)
    store.put_stream(f"{home}/one", [whole])
    assert read(store, f"{home}/one", start, length) == whole[wanted]


def test_an_empty_object_has_no_bytes(store, home):
    store.put_stream(f"{home}/empty", [])
    assert read(store, f"{home}/empty") == b""
    assert store.head(f"{home}/empty").size == 0


def test_reading_what_is_not_there_says_so(store, home):
    store.put_new(f"{home}/other", b"x")
    for span in ((), (5,), (0, 5)):
        with pytest.raises(Broken) as told:
            read(store, f"{home}/one", *span)
        assert told.value.code == "object_missing"


def test_head_tells_size_and_time_or_nothing(store, home):
    assert store.head(f"{home}/one") is None
    store.put_stream(f"{home}/one", [b"12345"])
    told = store.head(f"{home}/one")
    assert (told.key, told.size) == (f"{home}/one", 5)
    assert told.modified.tzinfo is not None
    assert told.sha256 in (None, hashlib.sha256(b"12345").hexdigest())
    assert store.head(home) is None


def test_a_listing_has_everything_below_a_prefix_and_nothing_else(store, home):
    wanted = {f"{home}/{name}": name.encode() for name in ("man/b", "man/a", "db/a.f1", "obj/ab/c")}
    for key, body in wanted.items():
        store.put_stream(key, [body])
    found = {one.key: one.size for one in store.list(f"{home}/")}
    assert found == {key: len(body) for key, body in wanted.items()}
    assert keys(store, f"{home}/man/") == [f"{home}/man/a", f"{home}/man/b"]
    assert keys(store, f"{home}/db/a.f") == [f"{home}/db/a.f1"]
    assert keys(store, f"{home}/nothing/") == []
    assert keys(store, f"{home}/man/a/") == []


def test_a_listing_of_many_is_whole(store, home):
    wanted = sorted(f"{home}/obj/{number:04d}" for number in range(1010))
    for key in wanted:
        store.put_stream(key, [b"x"])
    assert keys(store, f"{home}/obj/") == wanted


def test_deleting_takes_one_object_and_may_run_twice(store, home):
    for name in ("one", "one.more", "folder/one"):
        store.put_new(f"{home}/{name}", b"x")
    for _again in range(2):
        store.delete(f"{home}/one")
    store.delete(f"{home}/folder")
    assert keys(store, f"{home}/") == [f"{home}/folder/one", f"{home}/one.more"]
    store.put_new(f"{home}/one", b"again")


def test_what_killed_writers_left_goes_when_it_is_old_enough(subject, home):
    began = datetime.now(timezone.utc) - timedelta(hours=25)
    later = began + timedelta(minutes=1)
    if not subject.keeps_beginnings:
        began = datetime.now(timezone.utc)
        later = began + timedelta(hours=1)
    subject.kill_a_writer(began)
    assert subject.store.abort_stale(began - timedelta(minutes=1)) == 0
    assert subject.store.abort_stale(later) == 1
    assert subject.store.abort_stale(later) == 0


@pytest.mark.parametrize("key", BAD_KEYS)
def test_no_key_of_another_form_is_taken(store, key):
    for work in (
        lambda: store.put_stream(key, [b"x"]),
        lambda: store.put_new(key, b"x"),
        lambda: list(store.get_range(key)),
        lambda: store.head(key),
        lambda: store.delete(key),
    ):
        with pytest.raises(Refused) as told:
            work()
        assert told.value.code == "object_key_form"


@pytest.mark.parametrize("prefix", ["../", "/", "a//", ".staging/", "a/../b", "a b", "*"])
def test_no_prefix_of_another_form_is_taken(store, prefix):
    with pytest.raises(Refused) as told:
        list(store.list(prefix))
    assert told.value.code == "object_key_form"
