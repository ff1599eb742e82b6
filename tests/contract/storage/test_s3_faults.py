"""An S3 service that fails, lies or drips: the outcome is right or a clear error.

Never is something stored that was said not to be, and never is something missing or different that
was said to be stored.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from uuid import uuid4

import pytest
from urllib3 import Timeout

from saas_business_management.adapters.storage.capability import CHECKSUMS, EXCLUSIVE
from saas_business_management.adapters.storage.s3 import S3Store
from saas_business_management.kernel.errors import Refused, SaasError
from tests.helpers.s3_bench import PASSING, client, forget, roomy_bucket
from tests.helpers.s3_stub import in_front_of

from .subjects import PART_BYTES, s3_place

SMALL = hashlib.sha256(b"small").digest() * 1000
BIG = hashlib.sha256(b"big").digest() * ((2 * PART_BYTES + 999) // 32)
UNDONE = "target_unavailable"
CALLS = {
    "put_small": ["put_object", "head_object"],
    "put_big": [
        *("create_multipart_upload", "upload_part", "complete_multipart_upload"),
        "head_object",
    ],
    "put_new": ["put_object", "head_object"],
    "get": ["get_object"],
    "get_range": ["get_object"],
    "head": ["head_object"],
    "list": ["list_objects_v2"],
    "delete": ["delete_object"],
    "abort_stale": ["list_multipart_uploads"],
}


@dataclass
class Bench:
    """A store before the go-between, and a way to look past both."""

    stub: object
    place: object
    store: S3Store
    key: str = "v1/tenant/one"

    @property
    def at(self):
        return {"Bucket": self.place.bucket, "Key": f"{self.place.prefix}{self.key}"}

    @property
    def client(self):
        return self.stub.server.client

    def stored(self):
        """Return what is really there."""
        listed = self.client.list_objects_v2(Bucket=self.place.bucket, Prefix=self.at["Key"])
        return self.client.get_object(**self.at)["Body"].read() if listed["KeyCount"] else None

    def uploads(self):
        told = self.client.list_multipart_uploads(
            Bucket=self.place.bucket, Prefix=self.place.prefix
        )
        return told.get("Uploads") or []


@pytest.fixture(scope="module")
def stub(s3_server):
    with in_front_of(s3_server) as made:
        yield made


@pytest.fixture(scope="module")
def bucket(s3_server):
    return roomy_bucket(s3_server, "faults")


@pytest.fixture(scope="module")
def place(stub, bucket):
    return s3_place(stub.endpoint, bucket)


@pytest.fixture(scope="module")
def calls(place):
    made = client(place.endpoint, place.bucket)
    yield made
    made.close()


@pytest.fixture
def bench(stub, place, calls):
    stub.clear()
    forget(calls)
    own = replace(place, prefix=f"{uuid4()}/")
    yield Bench(stub, own, S3Store(own, part_bytes=PART_BYTES, calls=calls))
    stub.clear()
    calls.close()


def pieces(whole):
    return (whole[start : start + 300_000] for start in range(0, len(whole), 300_000))


def prepared(bench, work):
    """Return how to do the work, and what has to be there before."""
    store, key = bench.store, bench.key
    if work in ("get", "get_range", "head", "list", "delete"):
        bench.client.put_object(**bench.at, Body=SMALL)
    return {
        "put_small": lambda: store.put_stream(key, pieces(SMALL)),
        "put_big": lambda: store.put_stream(key, pieces(BIG)),
        "put_new": lambda: store.put_new(key, SMALL),
        "get": lambda: b"".join(store.get_range(key)),
        "get_range": lambda: b"".join(store.get_range(key, 1000, 5000)),
        "head": lambda: store.head(key),
        "list": lambda: [one.key for one in store.list(key)],
        "delete": lambda: store.delete(key),
        "abort_stale": lambda: store.abort_stale(datetime.now(timezone.utc)),
    }[work]


def outcome(bench, work):
    """Do it; return `ok` or the error's code, after holding what was said against what is there."""
    do = prepared(bench, work)
    try:
        told = do()
    except SaasError as error:
        check_failed(bench, work)
        return error.code
    check_done(bench, work, told)
    return "ok"


def check_done(bench, work, told):
    wanted = {
        "get": SMALL,
        "get_range": SMALL[1000:6000],
        "list": [bench.key],
        "delete": None,
        "abort_stale": 0,
    }
    if work.startswith("put"):
        sent = BIG if work == "put_big" else SMALL
        assert bench.stored() == sent
        assert (told.size, told.sha256) == (len(sent), hashlib.sha256(sent).hexdigest())
    elif work == "head":
        assert told.size == len(SMALL)
    else:
        assert told == wanted[work]
    if work == "delete":
        assert bench.stored() is None


def check_failed(bench, work):
    """What was not said to be stored is absent or whole."""
    if work.startswith("put"):
        assert bench.stored() in (None, BIG if work == "put_big" else SMALL)


WRITES = ("put_object", "upload_part", "complete_multipart_upload", "create_multipart_upload")
PLACES = [(work, call) for work, calls in CALLS.items() for call in calls]


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize(("work", "call"), PLACES)
def test_what_passes_is_overcome(bench, work, call, fault):
    bench.stub.once[call] = [fault]
    assert outcome(bench, work) == "ok"
    assert bench.stub.seen.count(call) >= 2
    check_uploads(bench, call, fault)


def check_uploads(bench, call, fault):
    """Nothing half done stays, but an upload whose name was lost with the answer."""
    nameless = call == "create_multipart_upload" and fault == "answer_lost"
    assert bool(bench.uploads()) == nameless
    bench.stub.clear()
    later = datetime.now(timezone.utc) + timedelta(hours=1)
    assert (bench.store.abort_stale(later) > 0) == nameless


@pytest.mark.parametrize(("work", "call"), [(w, c) for w, c in PLACES if c in WRITES])
def test_bytes_that_change_on_the_way_are_sent_again(bench, work, call):
    bench.stub.once[call] = ["bad_digest"]
    assert outcome(bench, work) == "ok"
    bench.stub.always[call] = "bad_digest"
    bench.store.delete(bench.key)
    assert outcome(bench, work) == "transfer_damaged"


@pytest.mark.parametrize(
    ("work", "call"),
    [("put_small", "put_object"), ("put_big", "upload_part"), ("get", "get_object")],
)
def test_a_service_that_says_nothing_is_asked_again(bench, calls, monkeypatch, work, call):
    impatient = calls._door._pools.connection_pool_kw | {"timeout": Timeout(4)}
    monkeypatch.setattr(calls._door._pools, "connection_pool_kw", impatient)
    calls.close()
    bench.stub.once[call] = ["stall"]
    assert outcome(bench, work) == "ok"
    assert bench.stub.seen.count(call) >= 2


@pytest.mark.parametrize("fault", ["503", "drop", "answer_lost"])
@pytest.mark.parametrize(("work", "call"), PLACES)
def test_what_does_not_pass_is_a_clear_error(bench, work, call, fault):
    bench.stub.always[call] = fault
    found = outcome(bench, work)
    done_unheard = (work, call, fault) == ("put_big", "complete_multipart_upload", "answer_lost")
    assert found == ("ok" if done_unheard else UNDONE)
    check_uploads(bench, call, fault)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("expired", "access_key_refused"),
        ("unknown_key", "access_key_refused"),
        ("denied", "access_denied"),
        ("skew", "clock_skew"),
        ("no_bucket", "bucket_missing"),
        ("redirect", "region_wrong"),
        ("html", "target_unavailable"),
    ],
)
@pytest.mark.parametrize("work", sorted(CALLS))
def test_what_a_person_must_mend_is_told_apart(bench, work, fault, code):
    bench.stub.always["*"] = fault
    found = outcome(bench, work)
    assert found == ("target_garbled" if fault == "html" and work.startswith("get") else code)
    if fault != "html":
        assert bench.stub.seen.count(bench.stub.seen[0]) <= 2, "nobody can mend it in a second"


@pytest.mark.parametrize(("work", "call"), [(w, c) for w, c in PLACES if c in WRITES])
def test_a_full_target_says_so_and_keeps_nothing(bench, work, call):
    bench.stub.always[call] = "full"
    assert outcome(bench, work) == "no_space"
    assert bench.stored() is None
    assert bench.uploads() == []


@pytest.mark.parametrize(
    ("work", "call", "lie", "code"),
    [
        ("put_small", "put_object", "swallow", "object_lost"),
        ("put_small", "put_object", "gone", "object_lost"),
        ("put_small", "put_object", "shorter", "object_damaged"),
        ("put_small", "put_object", "other", "object_damaged"),
        ("put_new", "put_object", "swallow", "object_lost"),
        ("put_new", "put_object", "other", "object_damaged"),
        ("put_big", "create_multipart_upload", "swallow", "target_garbled"),
        ("put_big", "upload_part", "swallow", "transfer_damaged"),
        ("put_big", "complete_multipart_upload", "swallow", "object_lost"),
        ("put_big", "complete_multipart_upload", "gone", "object_lost"),
        ("put_big", "complete_multipart_upload", "shorter", "object_damaged"),
        ("put_big", "complete_multipart_upload", "other", "object_damaged"),
        ("put_big", "complete_multipart_upload", "no_upload", "upload_lost"),
        ("get", "get_object", "html", "target_garbled"),
        ("get", "get_object", "less", "target_garbled"),
        ("get_range", "get_object", "less", "target_garbled"),
        ("get_range", "get_object", "whole", "target_garbled"),
    ],
)
def test_a_lie_is_found_out(bench, work, call, lie, code):
    bench.stub.once[call] = [lie]
    assert outcome(bench, work) == code
    if work.startswith("put"):
        assert bench.stored() is None, "what is not right does not stay"


def test_a_body_cut_in_the_middle_is_read_to_its_end(bench):
    bench.client.put_object(**bench.at, Body=BIG)
    bench.stub.once["get_object"] = ["cut", "drop", "cut", "503", "cut"]
    assert b"".join(bench.store.get_range(bench.key)) == BIG
    assert bench.stub.seen.count("get_object") == 6


def test_an_object_that_changes_while_it_is_read_is_never_mixed(bench):
    bench.store.put_stream(bench.key, [BIG])
    bench.stub.once["get_object"] = ["cut"]
    reading = bench.store.get_range(bench.key)
    next(reading)
    bench.client.put_object(**bench.at, Body=BIG[::-1])
    with pytest.raises(SaasError) as told:
        list(reading)
    assert told.value.code == "object_changed"


def test_a_drip_is_given_up(bench):
    bench.client.put_object(**bench.at, Body=BIG)
    bench.stub.always["get_object"] = "drip"
    with pytest.raises(SaasError) as told:
        list(bench.store.get_range(bench.key))
    assert told.value.code == "target_slow"


def test_a_new_object_whose_answer_was_lost_is_still_refused_to_others(bench):
    bench.stub.once["put_object"] = ["answer_lost"]
    bench.store.put_new(bench.key, b"mine")
    with pytest.raises(Refused) as told:
        bench.store.put_new(bench.key, b"another's")
    assert told.value.code == "object_exists"
    assert bench.stored() == b"mine"


def test_another_writer_in_the_moment_of_the_first_look_is_not_overwritten(bench):
    bench.client.put_object(**bench.at, Body=b"first")
    bench.stub.once["head_object"] = ["no_upload"]  # "not found", which is not true any more
    with pytest.raises(Refused) as told:
        bench.store.put_new(bench.key, b"second")
    assert told.value.code == "object_exists"
    assert bench.stored() == b"first"


def test_a_service_without_checksums_is_used_without(bench):
    bench.stub.always["*"] = "no_sums"
    for work in ("put_small", "put_big"):
        assert outcome(bench, work) == "ok"
    assert CHECKSUMS not in bench.store.capabilities()


def test_a_service_without_conditions_is_used_without(bench):
    bench.stub.always["put_object"] = "no_conditions"
    assert outcome(bench, "put_new") == "ok"
    assert EXCLUSIVE not in bench.store.capabilities()
    with pytest.raises(Refused) as told:
        bench.store.put_new(bench.key, b"second")
    assert told.value.code == "object_exists"


@pytest.mark.parametrize(("fault", "exclusive"), [("", True), ("ignores_conditions", False)])
def test_a_service_that_only_seems_to_listen_is_found_out(bench, fault, exclusive):
    bench.stub.always["put_object"] = fault
    bench.store.learn(bench.key)
    assert (EXCLUSIVE in bench.store.capabilities()) == exclusive


def test_a_service_whose_tags_are_no_sums_is_read_back(bench):
    bench.stub.always["head_object"] = "own_tags"
    assert outcome(bench, "put_big") == "ok"
    assert "get_object" in bench.stub.passed


def test_parts_are_sent_again_alone(bench):
    bench.stub.once["upload_part"] = ["", "reset_in_request"]
    assert outcome(bench, "put_big") == "ok"
    assert bench.stub.passed.count("upload_part") == 3


def test_a_service_that_is_asked_too_much_gets_one_part_at_a_time(bench):
    bench.stub.once["upload_part"] = ["slow_down"]
    assert outcome(bench, "put_big") == "ok"
    assert not bench.store._calls.in_a_hurry


def test_an_upload_that_could_not_be_given_up_is_swept_later(bench):
    bench.stub.always |= {"upload_part": "503", "abort_multipart_upload": "drop"}
    assert outcome(bench, "put_big") == UNDONE
    assert len(bench.uploads()) == 1
    bench.stub.clear()
    assert bench.store.abort_stale(datetime.now(timezone.utc) + timedelta(hours=1)) == 1
    assert bench.uploads() == []


def test_a_redirect_is_never_followed(bench):
    bench.stub.always["*"] = "redirect"
    with pytest.raises(SaasError) as told:
        bench.store.head(bench.key)
    assert told.value.code == "region_wrong"


def test_no_error_tells_a_secret_or_an_address(bench):
    bench.stub.always["*"] = "denied"
    with pytest.raises(SaasError) as told:
        bench.store.put_stream(bench.key, [SMALL])
    shown = f"{told.value!r} {told.value} {told.value.facts}"
    assert "a secret of" not in shown
    assert "127.0.0.1" not in shown
    assert told.value.__cause__ is None
