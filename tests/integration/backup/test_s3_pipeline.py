"""A whole backup through an S3 service that fails or lies: it is there and right, or an error.

`SAAS_PROOF=1` tries every fault at every call, else a slice that `SAAS_SEED` chooses.
"""

import os
import random
from dataclasses import dataclass
from uuid import uuid4

import pytest

from dev import proof
from saas_business_management.adapters.backup.vault import Vault, VaultSpec
from saas_business_management.adapters.ports import BackupPlace, BackupSource
from saas_business_management.adapters.postgres.tenant_login import TenantLogins
from saas_business_management.adapters.storage.s3 import S3Store
from saas_business_management.kernel.backup import layout
from saas_business_management.kernel.errors import SaasError
from tests.contract.storage.subjects import PART_BYTES, s3_place
from tests.helpers.s3_bench import PASSING, client, forget, roomy_bucket
from tests.helpers.s3_stub import in_front_of

from .stage import KEY, TENANT, Tenant, programs, uuid

PROOF = os.environ.get("SAAS_PROOF") == "1"
SEED = int(os.environ.get("SAAS_SEED", "20260301"))
SLICE = 12
LASTING = ("503", "drop", "denied", "full", "expired", "no_bucket", "html", "answer_lost")
LIES = ("swallow", "gone", "shorter", "other")
SENDING = ("put_object", "upload_part", "complete_multipart_upload")
WRITE = ("create_multipart_upload", *SENDING, "head_object", "list_objects_v2", "get_object")
READ = ("list_objects_v2", "get_object")
READING_LIES = ("less", "whole", "html", "cut", "flip", "nothing_listed")
_counted: dict[str, int] = {}


def cases(calls, *sorts):
    """Every fault at every call, once or always and at the first or the second of its kind."""
    every = [(call, *sort) for call in calls for sort in sorts]
    return every if PROOF else random.Random(f"{SEED} {calls}").sample(every, SLICE)


WRITING = cases(
    WRITE,
    *(("once", fault, nth) for fault in PASSING for nth in (0, 1)),
    *(("always", fault, 0) for fault in LASTING),
) + cases(SENDING, *(("once", lie, nth) for lie in LIES for nth in range(6)))
READINGS = cases(
    READ,
    *(("once", fault, nth) for fault in PASSING for nth in (0, 1)),
    *(("always", fault, 0) for fault in LASTING),
    *(("once", lie, nth) for lie in READING_LIES for nth in range(3)),
)


@dataclass
class Bench:
    """A vault, a store behind the go-between, and one that looks past it."""

    vault: Vault
    stub: object
    through: S3Store
    past: S3Store
    source: BackupSource

    def place(self, number=1, fence=1, **more):
        values = {"tenant": TENANT, "backup": uuid(number), "fence": fence, "key": KEY.id}
        return BackupPlace(**values, **more)

    def write(self, number=1, fence=1, store=None):
        return self.vault.write(store or self.through, self.place(number, fence), self.source)

    def listed(self):
        """The uuids of the backups that are really there."""
        found = self.past.list(layout.manifest_prefix(TENANT))
        return [layout.backup_of(one.key) for one in found]

    def truth(self, number=1, **more):
        """What is really wrong with a backup."""
        place = self.place(number, **more)
        looked = self.vault.look(self.past, place)
        return [*looked, *self.vault.prove(self.past, place).faults]

    def plan(self, call, how, fault, nth):
        """Let a call go wrong."""
        if how == "always":
            self.stub.always[call] = fault
        else:
            self.stub.once[call] = [""] * nth + [fault]


@pytest.fixture(scope="module")
def stub(s3_server):
    with in_front_of(s3_server) as made:
        yield made


@pytest.fixture(scope="module")
def bucket(s3_server):
    return roomy_bucket(s3_server, "pipeline")


@pytest.fixture(scope="module")
def calls(stub, bucket, s3_server):
    """One client each way."""
    made = [client(endpoint, bucket) for endpoint in (stub.endpoint, s3_server.endpoint)]
    yield made
    for one in made:
        one.close()


@pytest.fixture(scope="module")
def wide_tenant(tmp_path_factory):
    """A tenant whose backup needs every call: packs, a file of several parts, a dump."""
    from tests.helpers.postgres import VERSIONS, server_of

    made = Tenant(server_of(VERSIONS[0]), tmp_path_factory.mktemp("wide") / "filestore")
    noise = random.Random(SEED)
    for size in (100, 40_000, PART_BYTES + 500_000):
        made.attach(noise.randbytes(size))
    made.move_below(made.folder.with_name("files"))
    yield made
    made.forget()


@pytest.fixture
def bench(stub, bucket, calls, wide_tenant, tmp_path):
    tenant = wide_tenant
    stub.clear()
    prefix = f"{uuid4()}/"
    stores = []
    for one, endpoint in zip(calls, (stub.endpoint, stub.server.endpoint), strict=True):
        forget(one)
        place = s3_place(endpoint, bucket, prefix=prefix)
        stores.append(S3Store(place, part_bytes=PART_BYTES, calls=one))
    spec = VaultSpec({KEY.id: KEY}, tenant.folder.parent, tmp_path, programs(tenant.pg))
    vault = Vault(spec, TenantLogins(tenant.pg.provisioner, tenant.pg.secret))
    yield Bench(vault, stub, *stores, BackupSource(tenant.name, 1, "schedule"))
    stub.clear()


@pytest.fixture(scope="module", autouse=True)
def told():
    """Leave the counts for the proof."""
    yield
    if PROOF and _counted:
        proof.keep("s3_pipeline", {sort: (count, 0) for sort, count in _counted.items()})


def counted(sort):
    _counted[sort] = _counted.get(sort, 0) + 1


@pytest.mark.parametrize(("call", "how", "fault", "nth"), WRITING)
def test_a_backup_that_was_said_to_be_written_is_there(bench, call, how, fault, nth):
    counted("backup written")
    bench.plan(call, how, fault, nth)
    try:
        figures = bench.write()
    except SaasError as error:
        figures = None
        assert error.kind in ("unavailable", "broken"), error
    bench.stub.clear()
    if figures is not None:
        assert bench.truth(sha256=figures["manifest_hash"]) == []
        return
    # What was not said to be there is absent, or whole all the same: its answer was lost.
    assert bench.listed() in ([], [uuid(1)])
    assert not bench.listed() or bench.truth() == []
    # A lie about contents is known by then: the next try mends it, under a claim of its own.
    again = bench.write(fence=2)
    assert bench.truth(fence=again["fence"], sha256=again["manifest_hash"]) == []


@pytest.mark.parametrize(("call", "how", "fault", "nth"), READINGS)
def test_a_proof_that_passed_has_read_what_is_there(bench, call, how, fault, nth):
    counted("backup read")
    figures = bench.write(store=bench.past)
    place = bench.place(sha256=figures["manifest_hash"])
    bench.plan(call, how, fault, nth)
    try:
        looked = bench.vault.look(bench.through, place)
        faults = bench.vault.prove(bench.through, place).faults
    except SaasError:
        return
    lied = fault in READING_LIES
    assert not (looked or faults) or lied, "what passes on the way is no fault of a backup"
    bench.stub.clear()
    assert bench.truth(sha256=figures["manifest_hash"]) == []


@pytest.mark.parametrize("lie", ["gone", "shorter", "other"])
@pytest.mark.parametrize("what", ["db", "pack", "obj", "man"])
def test_what_is_not_there_any_more_is_never_proven(bench, what, lie):
    counted("backup damaged behind our back")
    figures = bench.write(store=bench.past)
    place = bench.place(sha256=figures["manifest_hash"])
    (key, *_more) = [
        one.key for one in bench.past.list(layout.tenant_prefix(TENANT)) if f"/{what}/" in one.key
    ]
    whole = b"".join(bench.past.get_range(key))
    bench.past.delete(key)
    if lie != "gone":
        last = b"" if lie == "shorter" else bytes([whole[-1] ^ 1])
        bench.past.put_stream(key, [whole[:-1] + last])
    faults = bench.vault.prove(bench.through, place).faults
    assert {name for name, _code in faults} == {"manifest" if what == "man" else key}


def test_a_list_that_is_behind_costs_bytes_and_nothing_else(bench):
    bench.write(store=bench.past)
    source = BackupSource(bench.source.database, 1, "schedule", uuid(1))
    bench.stub.always["list_objects_v2"] = "nothing_listed"
    figures = bench.vault.write(bench.through, bench.place(2, 2), source)
    bench.stub.clear()
    assert figures["new_bytes"] > PART_BYTES
    assert bench.truth(2, fence=2, sha256=figures["manifest_hash"]) == []
    assert bench.truth() == []


def test_a_service_that_drips_is_given_up_and_makes_no_backup(bench):
    bench.write(store=bench.past)
    bench.stub.always["get_object"] = "drip"
    with pytest.raises(SaasError) as told:
        bench.vault.prove(bench.through, bench.place())
    assert told.value.code == "target_slow"
