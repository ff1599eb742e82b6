"""Testing a target, and opening it by what a record says."""

import pytest

from saas_business_management.adapters.fakes.blob_store import FakeBlobStore
from saas_business_management.adapters.fakes.stores import FakeStores
from saas_business_management.adapters.storage.factory import TargetSpec, open_store, register
from saas_business_management.adapters.storage.local import LocalStore
from saas_business_management.adapters.storage.probe import probe
from saas_business_management.adapters.storage.s3 import S3Store
from saas_business_management.adapters.storage.stores import Stores
from saas_business_management.kernel.errors import Broken, Refused, Unavailable
from saas_business_management.kernel.secret import Secret
from tests.helpers.s3 import KEY, SECRET
from tests.helpers.s3_stub import in_front_of

LINES = ["target_write", "target_read", "target_list", "target_exclusive", "target_sweep"]
LINES += ["target_delete", "target_checksums", "target_unprotected"]
WARNED = (True, {"warning": True})


def s3_spec(endpoint, bucket, **changes):
    values = {"kind": "s3", "endpoint": endpoint, "bucket": bucket, "prefix": "some/where"}
    values |= {"path_style": True, "access_key": KEY, "secret": Secret(SECRET)}
    return TargetSpec(**{**values, "inside_allowed": True, **changes})


@pytest.fixture(scope="module")
def bucket(s3_server):
    return s3_server.bucket("probed-bucket")


@pytest.fixture(params=["double", "folder", "s3"])
def stores(request, tmp_path):
    """One target numbered 7, real or not."""
    if request.param == "double":
        made = FakeStores()
        made.stores[7] = FakeBlobStore()
        return made
    if request.param == "folder":
        return Stores({7: TargetSpec("local", folder=str(tmp_path))})
    server, name = request.getfixturevalue("s3_server"), request.getfixturevalue("bucket")
    return Stores({7: s3_spec(server.endpoint, name)})


def told(checks):
    return {one.code: (one.ok, dict(one.facts)) for one in checks}


def test_a_good_target_passes_every_line_and_keeps_nothing(stores):
    checks = stores.probe(7)
    assert [one.code for one in checks] == LINES
    assert all(one.ok and not one.facts for one in checks[:-1]), told(checks)
    assert (checks[-1].ok, dict(checks[-1].facts)) == WARNED, "nobody protects it here"
    assert list(stores.open(7).list("probe/")) == []


def test_a_target_is_opened_once(stores):
    assert stores.open(7) is stores.open(7)


def test_a_target_that_is_not_for_this_operation_is_refused(stores):
    for work in (stores.open, stores.probe):
        with pytest.raises(Refused) as error:
            work(8)
        assert error.value.code == "target_unknown"


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("put_stream", "target_write"),
        ("get_range", "target_read"),
        ("list", "target_list"),
        ("put_new", "target_exclusive"),
        ("abort_stale", "target_sweep"),
        ("delete", "target_exclusive"),
    ],
)
def test_a_line_that_fails_says_why(method, code):
    store = FakeBlobStore()
    store.fail_next(method, Broken("access_denied"))
    found = told(probe(store))
    if method == "delete":  # of what the line before it left
        assert found["target_delete"][0]
        return
    assert found[code] == (False, {"error": "access_denied"})
    assert list(found) == (["target_write"] if method == "put_stream" else LINES)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"access_key": f"{KEY}X"}, "access_key_refused"),
        ({"secret": Secret("another")}, "access_key_refused"),
        ({"access_key": f"{KEY}READ"}, "access_denied"),
        ({"bucket": "nobody-made-it"}, "bucket_missing"),
        ({"bucket": "A B"}, "bucket_form"),
        ({"endpoint": "http://127.0.0.1:1"}, "address_silent"),
        ({"endpoint": "http://no.such.name.invalid:8333"}, "address_unknown"),
        ({"endpoint": "http://169.254.169.254"}, "address_inside"),
    ],
)
def test_what_is_wrong_with_a_real_target_is_told_apart(s3_server, bucket, changes, code):
    spec = s3_spec(**{"endpoint": s3_server.endpoint, "bucket": bucket, **changes})
    found = told(Stores({1: spec}).probe(1))
    assert list(found) == ["target_write"]
    assert found["target_write"][0] is False
    assert found["target_write"][1]["error"] == code


def test_an_address_inside_is_refused_unless_an_operator_allowed_it(s3_server, bucket):
    spec = s3_spec("https://127.0.0.1:9000", bucket, inside_allowed=False)
    found = told(Stores({1: spec}).probe(1))
    assert found["target_write"][1]["error"] == "address_inside"


def test_a_service_that_ignores_a_second_writer_is_a_warning(s3_server, bucket):
    with in_front_of(s3_server) as stub:
        stub.always["put_object"] = "ignores_conditions"
        found = told(Stores({1: s3_spec(stub.endpoint, bucket)}).probe(1))
    assert found["target_exclusive"] == (True, {"warning": True})
    assert found["target_checksums"] == (True, {})


def test_a_service_without_checksums_is_a_warning(s3_server, bucket):
    with in_front_of(s3_server) as stub:
        stub.always["*"] = "no_sums"
        found = told(Stores({1: s3_spec(stub.endpoint, bucket)}).probe(1))
    assert found["target_checksums"] == (True, {"warning": True})


@pytest.mark.parametrize(
    ("protected", "code", "line"),
    [
        ("locked", "target_locked", (True, {})),
        ("versions", "target_versions", (True, {})),
        ("none", "target_unprotected", WARNED),
        ("unknown", "target_protection_unknown", WARNED),
    ],
)
def test_the_last_line_says_what_holds_against_deleting(protected, code, line):
    store = FakeBlobStore()
    store.protected = protected
    assert probe(store)[-1].code == code
    assert told(probe(store))[code] == line


def test_a_store_that_does_not_answer_about_it_is_unknown_and_no_failure():
    store = FakeBlobStore()
    store.fail_next("protection", Unavailable("target_unavailable"))
    assert told(probe(store))["target_protection_unknown"] == WARNED


def test_versions_and_a_lock_of_a_real_bucket_are_found(s3_server):
    client = s3_server.client
    versions, locked = s3_server.bucket("kept-versions"), "locked-bucket"
    client.put_bucket_versioning(Bucket=versions, VersioningConfiguration={"Status": "Enabled"})
    client.create_bucket(Bucket=locked, ObjectLockEnabledForBucket=True)
    found = {name: open_store(s3_spec(s3_server.endpoint, name)) for name in (versions, locked)}
    assert found[versions].protection() == "versions"
    assert found[locked].protection() == "versions", "nothing is locked by itself yet"
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
    client.put_object_lock_configuration(
        Bucket=locked,
        ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule},
    )
    assert found[locked].protection() == "locked"
    client.put_bucket_versioning(Bucket=versions, VersioningConfiguration={"Status": "Suspended"})
    assert found[versions].protection() == "none"


@pytest.mark.parametrize("fault", ["denied", "cannot"])
@pytest.mark.parametrize("operation", ["get_bucket_versioning", "get_object_lock_configuration"])
def test_what_a_service_denies_or_does_not_know_is_unknown(s3_server, bucket, fault, operation):
    with in_front_of(s3_server) as stub:
        stub.always[operation] = fault
        store = open_store(s3_spec(stub.endpoint, bucket))
        assert store.protection() == "unknown"
        assert operation in stub.seen


def test_a_folder_that_is_not_mounted_is_told(tmp_path):
    found = told(Stores({1: TargetSpec("local", folder=str(tmp_path / "gone"))}).probe(1))
    assert found == {"target_write": (False, {"error": "target_folder_missing"})}


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        (TargetSpec("ftp"), "target_kind_unknown"),
        (TargetSpec("local"), "target_incomplete"),
        (TargetSpec("local", folder="relative/path"), "target_incomplete"),
        (s3_spec("https://s3.example.com", ""), "target_incomplete"),
        (s3_spec("https://s3.example.com", "bucket", access_key=""), "target_incomplete"),
        (s3_spec("https://s3.example.com", "bucket", secret=None), "target_incomplete"),
        (s3_spec("https://s3.example.com", "bucket", prefix="../up"), "object_key_form"),
        (s3_spec("http://s3.example.com", "bucket", inside_allowed=False), "address_without_tls"),
        (s3_spec("https://s3.example.com:22", "bucket", inside_allowed=False), "address_port"),
        (s3_spec("https://u:p@s3.example.com", "bucket"), "address_form"),
        (s3_spec("https://s3.example.com", "bucket", ca="no certificate"), "ca_damaged"),
    ],
)
def test_a_spec_that_says_too_little_or_wrong_opens_nothing(spec, code):
    with pytest.raises(Refused) as error:
        open_store(spec)
    assert error.value.code == code


def test_each_kind_opens_its_store(tmp_path):
    assert isinstance(open_store(TargetSpec("local", folder=str(tmp_path))), LocalStore)
    assert isinstance(open_store(s3_spec("", "bucket", region="eu-west-1")), S3Store)


def test_a_further_kind_is_one_line():
    store = FakeBlobStore()
    register("tape", lambda spec: store)
    assert open_store(TargetSpec("tape")) is store


def test_a_spec_is_made_of_what_a_record_tells_and_shows_no_secret():
    spec = TargetSpec.of({"kind": "s3", "secret": Secret("hidden"), "name": "not its own"})
    assert (spec.kind, spec.secret) == ("s3", Secret("hidden"))
    assert "hidden" not in repr(spec)


def test_an_outage_in_the_middle_is_a_line_too():
    store = FakeBlobStore()
    store.fail_next("list", Unavailable("target_unavailable"))
    assert told(probe(store))["target_list"] == (False, {"error": "target_unavailable"})


def with_second_key(endpoint, bucket):
    second = {"delete_access_key": f"{KEY}REMOVE", "delete_secret": Secret(SECRET)}
    return s3_spec(endpoint, bucket, **second)


def test_with_a_second_key_the_first_one_needs_no_right_to_delete(s3_server, bucket):
    with in_front_of(s3_server) as stub:
        stub.always["delete_object"] = "denied_to_first_key"
        stores = Stores(
            {1: with_second_key(stub.endpoint, bucket), 2: s3_spec(stub.endpoint, bucket)}
        )
        found = told(stores.probe(1))
        assert found["target_delete"] == found["target_second_key"] == (True, {})
        assert all(ok for ok, _facts in found.values()), found
        store = stores.open(1)
        store.put_stream("data/kept", [b"content"])
        with pytest.raises(Broken) as error:
            stores.open(2).delete("data/kept")
        assert error.value.code == "access_denied"
        assert store.head("data/kept")
        store.delete("data/kept")
        assert store.head("data/kept") is None
        assert list(store.list("probe/")) == []


def test_a_first_key_that_deletes_as_well_is_a_warning(s3_server, bucket):
    store = Stores({1: with_second_key(s3_server.endpoint, bucket)})
    assert told(store.probe(1))["target_second_key"] == WARNED
    assert list(store.open(1).list("probe/")) == []


def test_whether_the_first_key_deletes_may_stay_unknown(s3_server, bucket):
    with in_front_of(s3_server) as stub:
        store = open_store(with_second_key(stub.endpoint, bucket))
        stub.once["delete_object"] = ["", "", "unknown_key"]
        found = told(probe(store))
    assert found["target_second_key_unknown"][0] is False


def test_a_second_key_without_its_secret_is_incomplete(s3_server, bucket):
    spec = s3_spec(s3_server.endpoint, bucket, delete_access_key=f"{KEY}REMOVE")
    with pytest.raises(Refused) as error:
        open_store(spec)
    assert (error.value.code, error.value.facts) == (
        "target_incomplete",
        {"missing": "secret key for deleting"},
    )
