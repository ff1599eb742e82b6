"""A tenant's backups as operations ask for them: the double and the real ones, one suite."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from saas_business_management.adapters.backup.vault import Vault, VaultSpec
from saas_business_management.adapters.fakes.blob_store import FakeBlobStore
from saas_business_management.adapters.fakes.vault import FakeVault
from saas_business_management.adapters.ports import BackupPlace, BackupSource
from saas_business_management.adapters.postgres.tenant_login import TenantLogins
from saas_business_management.kernel.backup import layout
from saas_business_management.kernel.backup.key import DataKey
from saas_business_management.kernel.errors import Broken, Refused, Unavailable
from tests.unit.backup.parts import code_of

from .stage import KEY, TENANT, programs, uuid


@dataclass
class Subject:
    """A vault, the store it is given, and the tenant that is backed up."""

    vault: object
    store: FakeBlobStore
    source: BackupSource

    def place(self, number=1, fence=1, **more):
        values = {"tenant": TENANT, "backup": uuid(number), "fence": fence, "key": KEY.id}
        return BackupPlace(**values, **more)

    def write(self, number=1, fence=1, previous=""):
        source = replace(self.source, previous=previous)
        return self.vault.write(self.store, self.place(number, fence), source)


@pytest.fixture(params=["double", "real"])
def subject(request, tenant, tmp_path):
    store = FakeBlobStore()
    if request.param == "double":
        vault = FakeVault()
        vault.keys = {KEY.id}
        vault.shared = {"t_x": [b"a file"]}
        return Subject(vault, store, BackupSource("t_x", 1, "schedule"))
    tenant.attach(b"a file")
    files = tenant.move_below(tmp_path / "files")
    spec = VaultSpec({KEY.id: KEY}, files, tmp_path, programs(tenant.pg))
    logins = TenantLogins(tenant.pg.provisioner, tenant.pg.secret)
    return Subject(Vault(spec, logins), store, BackupSource(tenant.name, 1, "schedule"))


def test_what_was_written_is_there_and_proven(subject):
    figures = subject.write()
    assert set(figures) == {
        *("fence", "taken_at", "manifest_hash", "database_bytes", "file_bytes", "file_count"),
        *("new_bytes", "missing", "rotten"),
    }
    assert figures["database_bytes"] > 0 and figures["fence"] == 1
    assert (figures["missing"], figures["rotten"]) == (0, 0)
    place = subject.place(sha256=figures["manifest_hash"])
    assert subject.vault.look(subject.store, place) == []
    assert subject.vault.prove(subject.store, place).faults == ()


def test_a_worker_that_comes_after_a_dead_one_takes_what_is_there(subject):
    first = subject.write(fence=1)
    objects = dict(subject.store.objects)
    assert subject.write(fence=2) == first
    assert subject.store.objects == objects


def test_the_manifest_comes_last_and_without_it_there_is_no_backup(subject):
    subject.store.fail_next("put_new", Unavailable("target_unavailable"))
    with pytest.raises(Unavailable):
        subject.write(fence=1)
    proof = subject.vault.prove(subject.store, subject.place())
    assert proof.faults == (("manifest", "object_missing"),)
    assert subject.write(fence=2)["fence"] == 2


def test_a_discarded_one_leaves_nothing_of_its_own(subject):
    subject.store.fail_next("put_new", Unavailable("target_unavailable"))
    with pytest.raises(Unavailable):
        subject.write(1, fence=1)
    subject.write(1, fence=2)
    kept = subject.write(2, fence=3)
    for _again in range(2):
        subject.vault.discard(subject.store, subject.place(1))
    assert not [name for name in subject.store.objects if uuid(1) in name]
    place = subject.place(2, fence=3, sha256=kept["manifest_hash"])
    assert subject.vault.prove(subject.store, place).faults == ()


def test_what_is_gone_or_cut_is_told_by_its_name(subject):
    figures = subject.write()
    place = subject.place(sha256=figures["manifest_hash"])
    name = layout.database_name(TENANT, uuid(1), 1)
    whole = subject.store.objects[name]
    subject.store.objects[name] = whole[:-1]
    assert subject.vault.look(subject.store, place) == [name]
    assert name in {key for key, _code in subject.vault.prove(subject.store, place).faults}
    del subject.store.objects[name]
    assert subject.vault.look(subject.store, place) == [name]
    assert (name, "object_missing") in subject.vault.prove(subject.store, place).faults


def test_another_manifest_in_its_place_is_stale(subject):
    subject.write()
    place = subject.place(sha256="00" * 32)
    assert subject.vault.prove(subject.store, place).faults == (("manifest", "backup_stale"),)
    assert code_of(lambda: subject.vault.look(subject.store, place)) == "backup_stale"


@pytest.mark.parametrize("error", [Unavailable("connection_lost"), Broken("access_denied")])
def test_a_store_that_cannot_be_asked_proves_nothing(keyed, error):
    vault, store, source = keyed
    vault(KEY).write(store, place_of(1, 1, KEY), source)
    store.fail_next("get_range", error)
    with pytest.raises(type(error), match=error.code):
        vault(KEY).prove(store, place_of(1, 1, KEY))


def test_a_damaged_manifest_of_its_own_is_never_written_over(keyed):
    vault, store, source = keyed
    name = layout.manifest_name(TENANT, uuid(1))
    store.objects[name] = b"{}"
    with pytest.raises(Broken, match="backup_form"):
        vault(KEY).write(store, place_of(1, 2, KEY), source)
    assert store.objects[name] == b"{}"


def test_without_its_key_nothing_is_written(subject):
    place = replace(subject.place(), key="another")
    code = code_of(lambda: subject.vault.write(subject.store, place, subject.source))
    assert code == "backup_key_missing"
    assert subject.store.objects == {}


def test_the_next_one_follows_one_that_cannot_be_read_all_the_same(subject):
    subject.write(1)
    subject.store.objects[layout.manifest_name(TENANT, uuid(1))] = b"{}"
    figures = subject.write(2, fence=2, previous=uuid(1))
    place = subject.place(2, fence=2, sha256=figures["manifest_hash"])
    assert subject.vault.prove(subject.store, place).faults == ()


LEFT = layout.object_name(TENANT, "ab" * 32)
OLD = timedelta(hours=72)


def aged(subject, *names):
    """Objects that a dead worker left, three days old."""
    subject.store.now -= OLD
    for name in names:
        subject.store.put_stream(name, [b"left"])
    subject.store.now += OLD


def known(**hashes):
    return {uuid(int(name[1:])): sha256 for name, sha256 in hashes.items()}


def sweep(subject, **hashes):
    before = subject.store.now + timedelta(minutes=1)
    return subject.vault.sweep(subject.store, TENANT, known(**hashes), before)


def files(subject):
    return [name for name in subject.store.objects if "/obj/" in name or "/pack/" in name]


def test_a_sweep_takes_what_nobody_names_and_leaves_what_one_backup_still_needs(subject):
    subject.write(1)
    kept = subject.write(2, fence=2, previous=uuid(1))["manifest_hash"]
    aged(subject, LEFT, layout.database_name(TENANT, uuid(2), 77))
    promised = subject.vault.weigh(subject.store, subject.place(1))
    assert subject.vault.discard(subject.store, subject.place(1)) == promised > 0
    assert subject.vault.weigh(subject.store, subject.place(1)) == 0
    told = sweep(subject, b2=kept)
    assert (told.objects, told.bytes, told.code) == (2, 8, "")
    place = subject.place(2, fence=2, sha256=kept)
    assert len(files(subject)) == 1, "both have the same file, and it is there once"
    assert subject.vault.look(subject.store, place) == []
    assert subject.vault.prove(subject.store, place).faults == ()
    assert sweep(subject, b2=kept).objects == 0


def test_with_the_last_backup_everything_goes_and_the_next_one_is_whole(subject):
    subject.write(1)
    subject.vault.discard(subject.store, subject.place(1))
    sweep(subject)
    assert subject.store.objects == {}
    figures = subject.write(2, fence=2, previous=uuid(1))
    place = subject.place(2, fence=2, sha256=figures["manifest_hash"])
    assert subject.vault.prove(subject.store, place).faults == ()


def test_what_is_young_stays_whoever_names_it(subject):
    kept = subject.write(1)["manifest_hash"]
    subject.store.put_stream(LEFT, [b"left"])
    before = subject.store.now - timedelta(hours=48)
    told = subject.vault.sweep(subject.store, TENANT, known(b1=kept), before)
    assert told.objects == 0 and LEFT in subject.store.objects


@pytest.mark.parametrize("what", ["damaged", "absent", "stale"])
def test_a_manifest_that_does_not_open_stops_the_sweep(subject, what):
    hashes = {"b1": subject.write(1)["manifest_hash"]}
    hashes["b2"] = subject.write(2, fence=2, previous=uuid(1))["manifest_hash"]
    aged(subject, LEFT)
    name = layout.manifest_name(TENANT, uuid(2))
    if what == "damaged":
        subject.store.objects[name] = subject.store.objects[name][:-9]
        hashes["b2"] = ""
    elif what == "absent":
        del subject.store.objects[name]
    else:
        hashes["b2"] = "00" * 32
    objects = dict(subject.store.objects)
    told = sweep(subject, **hashes)
    assert (told.objects, told.backup) == (0, uuid(2)) and told.code
    assert subject.store.objects == objects


def test_a_sweep_that_was_cut_off_is_finished_by_the_next(subject):
    kept = subject.write(1)["manifest_hash"]
    aged(subject, LEFT, layout.pack_name(TENANT, "cd" * 32))
    subject.store.fail_next("delete", Unavailable("target_unavailable"))
    with pytest.raises(Unavailable):
        sweep(subject, b1=kept)
    assert sweep(subject, b1=kept).objects == 2


def test_differences_are_told_and_nothing_is_changed(subject):
    kept = subject.write(1)["manifest_hash"]
    subject.write(2, fence=2, previous=uuid(1))
    aged(subject, LEFT)
    dump = layout.database_name(TENANT, uuid(1), 1)
    subject.store.objects[dump] = subject.store.objects[dump][:-1]
    objects = dict(subject.store.objects)
    before = subject.store.now - timedelta(hours=48)
    told = subject.vault.audit(subject.store, TENANT, known(b1=kept), before)
    assert sorted((one.kind, one.name, one.backup) for one in told) == [
        ("extra", LEFT, ""),
        ("size", dump, uuid(1)),
        ("unknown", layout.manifest_name(TENANT, uuid(2)), uuid(2)),
    ]
    assert subject.store.objects == objects


def test_what_is_of_nobody_is_told(subject):
    subject.write(1)
    aged(subject, layout.object_name(uuid(7), "ab" * 32))
    before = subject.store.now - timedelta(hours=48)
    told = subject.vault.strangers(subject.store, [TENANT], before)
    assert [(one.kind, one.name) for one in told] == [("stranger", f"v1/{uuid(7)}/")]


def test_the_figures_of_one_that_nobody_noted_are_those_of_writing_it(subject):
    figures = subject.write(1)
    assert subject.vault.figures(subject.store, subject.place(1)) == figures
    code = code_of(lambda: subject.vault.figures(subject.store, subject.place(2)))
    assert code == "object_missing"


def test_a_daily_proof_is_put_once_and_opens_until_it_is_lost(subject):
    def read(key=KEY.id, write=False):
        return subject.vault.canary(subject.store, TENANT, key, write)

    assert read() == "missing"
    assert [read(write=True), read()] == ["good", "good"]
    assert read("another") == "wrong_key"
    (name,) = subject.store.objects
    subject.store.objects[name] = subject.store.objects[name][:-1]
    assert read() in ("changed", "wrong_key")
    del subject.store.objects[name]
    assert read() == "missing"
    assert subject.store.objects == {}


@pytest.fixture
def keyed(tenant, tmp_path):
    """A store, and vaults of one tenant that hold these keys."""
    tenant.attach(b"a file")
    files = tenant.move_below(tmp_path / "files")
    logins = TenantLogins(tenant.pg.provisioner, tenant.pg.secret)

    def vault(*keys):
        held = {key.id: key for key in keys}
        spec = VaultSpec(held, files, tmp_path, programs(tenant.pg))
        return Vault(spec, logins)

    return vault, FakeBlobStore(), BackupSource(tenant.name, 1, "schedule")


NEXT = DataKey("d2", bytes(range(1, 33)))


def place_of(number, fence, key, **more):
    return BackupPlace(tenant=TENANT, backup=uuid(number), fence=fence, key=key.id, **more)


def packs_in(store):
    return {name for name in store.objects if "/pack/" in name}


def test_a_key_that_was_replaced_meanwhile_closes_what_it_began_and_opens_it(keyed):
    vault, store, source = keyed
    store.fail_next("put_new", Unavailable("target_unavailable"))
    with pytest.raises(Unavailable):
        vault(KEY).write(store, place_of(1, 1, KEY), source)
    # The next worker holds both: the operation was begun with the first.
    first = vault(KEY, NEXT).write(store, place_of(1, 2, KEY), source)
    follower, packs = replace(source, previous=uuid(1)), packs_in(store)
    second = vault(KEY, NEXT).write(store, place_of(2, 3, NEXT), follower)
    assert len(packs_in(store) - packs) == 1, "nothing is shared between two keys"
    both = vault(KEY, NEXT)
    for number, key, figures in ((1, KEY, first), (2, NEXT, second)):
        place = place_of(number, figures["fence"], key, sha256=figures["manifest_hash"])
        assert both.prove(store, place).faults == ()


def test_a_key_that_is_gone_is_named_and_stops_no_other_backup(keyed):
    vault, store, source = keyed
    vault(KEY).write(store, place_of(1, 1, KEY), source)
    without = vault(NEXT)
    proof = without.prove(store, place_of(1, 1, KEY))
    assert proof.faults == (("manifest", "backup_key_missing"),)
    # The worker that wrote it died before it said so, then its key was destroyed.
    with pytest.raises(Refused) as told:
        without.write(store, place_of(1, 2, KEY), source)
    assert (told.value.code, told.value.facts["key"]) == ("backup_key_missing", KEY.id)
    figures = without.write(store, place_of(2, 2, NEXT), replace(source, previous=uuid(1)))
    place = place_of(2, 2, NEXT, sha256=figures["manifest_hash"])
    assert without.prove(store, place).faults == ()


def test_other_bytes_under_the_same_key_id_are_a_wrong_key(keyed):
    vault, store, source = keyed
    vault(KEY).write(store, place_of(1, 1, KEY), source)
    other = DataKey(KEY.id, NEXT.secret)
    assert vault(other).prove(store, place_of(1, 1, KEY)).faults == (
        ("manifest", "backup_key_wrong"),
    )


def test_files_that_rotted_at_the_source_are_counted_and_no_reason_to_fail(keyed, tenant):
    vault, store, source = keyed
    sound = tenant.attach(b"was right")
    (tenant.folder / sound).write_bytes(b"is wrong!")
    tenant.attach(b"never written", write=False)
    figures = vault(KEY).write(store, place_of(1, 1, KEY), source)
    assert (figures["rotten"], figures["missing"], figures["file_count"]) == (1, 1, 2)
    place = place_of(1, 1, KEY, sha256=figures["manifest_hash"])
    assert vault(KEY).prove(store, place).faults == ()
