"""Sweeping a store: what nobody names goes, and nothing goes while one manifest does not open."""

import os
import random
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace

import pytest

from saas_business_management.adapters.backup.vault import Vault, VaultSpec
from saas_business_management.adapters.ports import BackupPlace, BackupSource, Swept
from saas_business_management.adapters.postgres.client_programs import Programs
from saas_business_management.kernel.backup import layout
from saas_business_management.kernel.errors import Broken, Unavailable

from .parts import BACKUP, FOREIGN_KEY, KEY, KEYS, OTHER, TENANT, failing
from .world import World

OLD = timedelta(hours=72)


@pytest.fixture
def world(tmp_path):
    """Two backups, the second with a large file of its own; all of it is older than the limit."""
    made = World(TENANT, tmp_path)
    older = made.write(BACKUP)
    made.attach(b"".join(b"%d" % n for n in range(30_000)))
    made.links = {BACKUP: older[1].sha256, OTHER: made.write(OTHER, 2, older)[1].sha256}
    made.before = made.store.now + timedelta(hours=1)
    return made


def vault_of(world, keys=KEYS):
    return Vault(VaultSpec(keys, world.folder, world.spools, Programs()), None)


def swept(world, known=None, keys=KEYS):
    known = world.links if known is None else known
    return vault_of(world, keys).sweep(world.store, TENANT, known, world.before)


def odd(world, known=None, keys=KEYS):
    known = world.links if known is None else known
    found = vault_of(world, keys).audit(world.store, TENANT, known, world.before)
    return [(one.kind, one.name, one.backup) for one in found]


def discard(world, backup):
    world.links.pop(backup)
    return vault_of(world).discard(world.store, BackupPlace(TENANT, backup, 1, KEY.id))


def litter(world, *names, age=OLD):
    now = world.store.now
    world.store.now -= age
    for name in names:
        world.store.put_stream(name, [b"litter"])
    world.store.now = now


LITTER = (
    layout.object_name(TENANT, "ab" * 32),
    layout.pack_name(TENANT, "cd" * 32),
    layout.database_name(TENANT, BACKUP, 99),
)


def test_nothing_goes_while_every_object_is_named(world):
    before = dict(world.store.objects)
    assert swept(world) == Swept(0, 0)
    assert world.store.objects == before


def test_what_the_deleted_one_alone_needed_goes_and_the_other_is_whole(world):
    promised = vault_of(world).weigh(world.store, BackupPlace(TENANT, OTHER, 2, KEY.id))
    freed = discard(world, OTHER)
    assert freed == promised > 0
    told = swept(world)
    assert told.objects == 1 and told.bytes > 60_000
    left = {*world.store.objects}
    vault = vault_of(world)
    assert vault.look(world.store, BackupPlace(TENANT, BACKUP, 1, KEY.id)) == []
    assert swept(world) == Swept(0, 0) and {*world.store.objects} == left


def test_the_last_backup_takes_everything_with_it(world):
    discard(world, BACKUP)
    discard(world, OTHER)
    swept(world)
    assert world.store.objects == {}


def test_litter_of_dead_workers_goes_also_dumps_of_a_claim_before(world):
    litter(world, *LITTER)
    assert swept(world).objects == len(LITTER)
    assert not {*LITTER} & {*world.store.objects}


def test_what_is_younger_than_the_limit_stays(world):
    litter(world, *LITTER, age=timedelta(0))
    world.before = world.store.now
    assert swept(world).objects == 0
    assert {*LITTER} <= {*world.store.objects}


def test_daily_proofs_and_other_tenants_are_never_touched(world):
    others = (layout.object_name(OTHER, "ab" * 32), f"v1/{TENANT}/canary/{KEY.id}", "v1/note")
    litter(world, *others)
    swept(world)
    assert {*others} <= {*world.store.objects}


@pytest.mark.parametrize("what", ["damaged", "key", "absent", "stale"])
def test_a_manifest_that_does_not_open_stops_it_and_nothing_goes(world, what):
    litter(world, *LITTER)
    name = layout.manifest_name(TENANT, OTHER)
    keys, known = KEYS, dict(world.links)
    if what == "damaged":
        stored = world.store.objects[name]
        world.store.objects[name] = stored[:-40] + bytes([stored[-40] ^ 1]) + stored[-39:]
    elif what == "key":
        keys = {}
    elif what == "absent":
        del world.store.objects[name]
    else:
        known[OTHER] = "00" * 32
    objects = dict(world.store.objects)
    told = swept(world, known, keys)
    codes = {
        "damaged": "backup_damaged",
        "key": "backup_key_missing",
        "absent": "object_missing",
        "stale": "backup_stale",
    }
    backup = BACKUP if what == "key" else OTHER
    assert (told.objects, told.backup, told.code) == (0, backup, codes[what])
    assert world.store.objects == objects


def test_no_answer_is_no_manifest_that_does_not_open(world):
    world.store.fail_next("get_range", Unavailable("target_unavailable"))
    with failing("target_unavailable"):
        swept(world)


def test_a_backup_that_only_the_target_knows_keeps_what_it_names(world):
    known = {BACKUP: world.links[BACKUP]}
    assert swept(world, known) == Swept(0, 0)
    place = BackupPlace(TENANT, OTHER, 2, KEY.id)
    assert vault_of(world).look(world.store, place) == []


def test_a_frozen_writer_that_comes_back_finds_what_it_stored(world):
    """It stored its objects, was thought dead, and puts its manifest after a sweep."""
    name = layout.manifest_name(TENANT, OTHER)
    manifest = world.store.objects.pop(name)
    known = {BACKUP: world.links[BACKUP]}
    world.before = world.store.now - timedelta(hours=48)
    vault = vault_of(world)
    assert vault.sweep(world.store, TENANT, known, world.before).objects == 0
    world.store.objects[name] = manifest
    assert vault.look(world.store, BackupPlace(TENANT, OTHER, 2, KEY.id)) == []


def test_one_that_comes_back_after_two_days_is_seen_to_be_no_backup(world):
    name = layout.manifest_name(TENANT, OTHER)
    manifest = world.store.objects.pop(name)
    assert swept(world, {BACKUP: world.links[BACKUP]}).objects > 0
    world.store.objects[name] = manifest
    missing = vault_of(world).look(world.store, BackupPlace(TENANT, OTHER, 2, KEY.id))
    assert missing
    told = odd(world, {BACKUP: world.links[BACKUP]})
    assert ("unknown", name, OTHER) in told
    assert ("missing", missing[0], OTHER) in told


SEED = int(os.environ.get("SAAS_SEED", "20260310"))


def live(world, chance, number, known, former):
    """Time goes by: a file changes, a backup is written, a worker dies, some backups go."""
    world.store.now += timedelta(hours=chance.choice([1, 24, 60]))
    if chance.random() < 0.6:
        world.names = chance.sample(world.names, len(world.names) - 1)
        world.attach(chance.randbytes(chance.choice([10, 3000, 70_000])))
    backup = f"8d5a1a52-6f2e-4b7a-9a0e-{number:012x}"
    written = world.write(backup, number + 1, former)
    known[backup] = written[1].sha256
    if chance.random() < 0.3:
        litter(world, layout.object_name(TENANT, chance.randbytes(32).hex()))
    for gone in chance.sample(sorted(known), chance.randrange(len(known))):
        known.pop(gone)
        vault_of(world).discard(world.store, BackupPlace(TENANT, gone, 0, KEY.id))
    return written


def sweep_twice(world, chance, known):
    """The first sweep may be cut off."""
    world.before = world.store.now - timedelta(hours=48)
    if chance.random() < 0.3:
        world.store.fail_next("delete", Unavailable("target_unavailable"))
        with suppress(Unavailable):
            assert swept(world, known).code == ""
        world.store._errors.clear()
    assert swept(world, known).code == ""


@pytest.mark.parametrize("run", range(12))
def test_whatever_is_written_deleted_and_swept_every_backup_left_is_whole(tmp_path, run):
    chance = random.Random(SEED + run)
    world, former, known = World(TENANT, tmp_path), None, {}
    for number in range(14):
        former = live(world, chance, number, known, former)
        sweep_twice(world, chance, known)
        for backup, sha256 in known.items():
            manifest, _link = world.reader().manifest(backup, None, sha256)
            assert world.reader().prove(manifest) == [], (SEED, run, number)
    world.store.now += timedelta(days=9)
    sweep_twice(world, chance, known)
    assert odd(world, known) == [], (SEED, run)


def test_a_whole_target_differs_in_nothing(world):
    assert odd(world) == []


def test_a_difference_is_told_by_kind_and_name(world):
    manifest = layout.manifest_name(TENANT, OTHER)
    assert odd(world, {BACKUP: world.links[BACKUP]}) == [("unknown", manifest, OTHER)]
    litter(world, LITTER[0])
    dump = layout.database_name(TENANT, BACKUP, 1)
    del world.store.objects[dump]
    other = layout.database_name(TENANT, OTHER, 2)
    world.store.objects[other] += b"more"
    assert sorted(odd(world)) == [
        ("extra", LITTER[0], ""),
        ("missing", dump, BACKUP),
        ("size", other, OTHER),
    ]


def test_while_a_manifest_does_not_open_nothing_is_called_too_many(world):
    litter(world, LITTER[0])
    manifest = layout.manifest_name(TENANT, OTHER)
    del world.store.objects[manifest]
    assert odd(world) == [("missing", manifest, OTHER)]
    world.store.objects[manifest] = b"{}"
    assert odd(world) == [("unreadable", manifest, OTHER)]


def test_what_lies_under_a_reference_nobody_knows_is_told_with_its_bytes(world):
    def strange(known):
        found = vault_of(world).strangers(world.store, known, world.before)
        return [(one.kind, one.name, one.size) for one in found]

    assert strange({TENANT}) == []
    litter(world, layout.object_name(OTHER, "ab" * 32), layout.pack_name(OTHER, "cd" * 32))
    assert strange({TENANT}) == [("stranger", f"v1/{OTHER}/", 12)]
    assert strange({TENANT, OTHER}) == []
    world.before = world.store.now - timedelta(days=9)
    assert strange(set()) == []


def test_the_figures_of_one_that_is_there_are_those_of_writing_it(world):
    told = vault_of(world).figures(world.store, BackupPlace(TENANT, OTHER, 0, KEY.id))
    assert (told["fence"], told["manifest_hash"]) == (2, world.links[OTHER])
    place = BackupPlace(TENANT, "8d5a1a52-6f2e-4b7a-9a0e-00000000dead", 0, KEY.id)
    with failing("object_missing"):
        vault_of(world).figures(world.store, place)


CANARY = f"v1/{TENANT}/canary/{KEY.id}"


def proof(world, write=False, keys=KEYS):
    return vault_of(world, keys).canary(world.store, TENANT, KEY.id, write)


def test_a_daily_proof_that_was_put_opens_and_one_that_is_lost_is_missing(world):
    assert proof(world) == "missing"
    assert proof(world, write=True) == "good"
    assert proof(world) == "good"
    del world.store.objects[CANARY]
    assert proof(world) == "missing"
    assert CANARY not in world.store.objects


def test_every_changed_byte_of_it_is_seen(world):
    proof(world, write=True)
    whole = world.store.objects[CANARY]
    for place in range(len(whole)):
        world.store.objects[CANARY] = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        assert proof(world) == ("wrong_key" if place < 16 else "changed"), place
    for cut in (0, 15, 16, len(whole) - 1):
        world.store.objects[CANARY] = whole[:cut]
        assert proof(world) in ("wrong_key", "changed"), cut
    world.store.objects[CANARY] = whole + b"x" * 9000
    assert proof(world) == "changed"


def test_another_key_of_the_same_name_and_none_are_the_wrong_one(world):
    proof(world, write=True)
    assert proof(world, keys={KEY.id: FOREIGN_KEY}) == "wrong_key"
    assert proof(world, keys={}) == "wrong_key"
    assert proof(world, write=True, keys={}) == "wrong_key"


def test_a_target_that_refuses_proves_nothing_either(world):
    world.store.fail_next("get_range", Broken("access_denied"))
    with failing("access_denied"):
        proof(world)


def test_an_audit_without_an_answer_tells_nothing(world):
    world.store.fail_next("get_range", Unavailable("target_unavailable"))
    with failing("target_unavailable"):
        odd(world)


def test_a_backup_before_that_gave_no_answer_is_waited_for(world):
    """One that is damaged costs bytes; one that is only away would cost them for nothing."""
    read = world.store.get_range
    away = layout.manifest_name(TENANT, BACKUP)

    def get_range(key, *more):
        if key == away:
            raise Unavailable("target_unavailable")
        return read(key, *more)

    world.store.get_range = get_range
    vault = Vault(
        VaultSpec(KEYS, world.folder, world.spools, Programs()),
        SimpleNamespace(server_of=lambda *_told: None),
    )
    place = BackupPlace(TENANT, "8d5a1a52-6f2e-4b7a-9a0e-0000000000aa", 3, KEY.id)
    with failing("target_unavailable"):
        vault.write(world.store, place, BackupSource("acme", 1, "schedule", BACKUP))
    assert layout.manifest_name(TENANT, place.backup) not in world.store.objects


def test_a_target_that_gives_no_answer_proves_nothing(world):
    world.store.fail_next("get_range", Unavailable("target_unavailable"))
    with failing("target_unavailable"):
        proof(world)
