"""Whatever is done to a stored backup is refused with the class of what was done, before a byte of
it goes on.

Each case makes a change to one object of a copy of the store and reads the whole backup. A slice
runs by default; `SAAS_PROOF=1` makes at least ten thousand.
"""

import os
import random
from collections import Counter
from dataclasses import replace

import pytest

from saas_business_management.adapters.backup.closed_manifest import close_manifest
from saas_business_management.kernel.backup import layout
from saas_business_management.kernel.backup.key import DataKey
from saas_business_management.kernel.errors import SaasError

from .parts import BACKUP, FOREIGN_KEY, KEY, OTHER, TENANT
from .world import CHUNK, DUMP, World, store_of

CASES = 10_500 if os.environ.get("SAAS_PROOF") else 700
SEED = int(os.environ.get("SAAS_SEED", "20260301"))
THIRD = "c0ffee00-2222-4333-8444-555566667777"
ANY_HEADER = {
    "backup_form",
    "backup_version_unknown",
    "backup_suite_unknown",
    "backup_key_missing",
    "backup_key_wrong",
    "backup_binding",
    "backup_damaged",
    "backup_truncated",
    "backup_trailing",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(TENANT, tmp_path_factory.mktemp("world"))
    made.older = made.write(OTHER)
    made.attach(b"a new file")
    made.one = made.write(BACKUP, fence=2, former=made.older)
    made.neighbour = World(THIRD, made.spools, KEY)
    made.neighbour.one = made.neighbour.write(BACKUP, fence=2)
    return made


def read_all(world, objects, keys=None, sha256=None) -> str:
    """Read a whole backup; return the code it is refused with, empty when all of it was taken.

    A byte of the refused object that went on before fails the test.
    """
    reader = world.reader({KEY.id: KEY} if keys is None else keys, store_of(objects))
    gone_on = 0
    try:
        manifest, _link = reader.manifest(BACKUP, 2, sha256)
        with reader.part(manifest) as file:
            gone_on = 1
            assert file.read() == DUMP
        gone_on = 0
        for _content, chunks in reader.contents(manifest):
            for chunk in chunks:
                gone_on += len(chunk)
            gone_on = 0
    except SaasError as error:
        assert gone_on == 0, error
        return error.code
    return ""


def targets(world):
    """The objects of the backup by what they are."""
    manifest, _link = world.one
    yield "man", layout.manifest_name(TENANT, BACKUP)
    yield "db", manifest.parts[0].key
    yield from (("obj", layout.object_name(TENANT, one)) for one in manifest.files.objects)
    yield from (("pack", layout.pack_name(TENANT, one.id)) for one in manifest.files.packs)


def flip(chance, kind, body):
    at, bit = chance.randrange(len(body)), 1 << chance.randrange(8)
    changed = body[:at] + bytes([body[at] ^ bit]) + body[at + 1 :]
    return changed, {"backup_damaged"} if _inside(kind, body, at) else ANY_HEADER


def _inside(kind, body, at):
    """Tell whether a place is behind everything that says how to read the rest."""
    if kind in ("obj", "pack"):
        return True
    line = body.find(b"\n") + 1 if kind == "man" else 0
    return at >= line + 200


def cut(chance, kind, body):
    return body[: chance.randrange(len(body))], {"backup_truncated"}


def lengthen(chance, kind, body):
    more = chance.randbytes(chance.choice([1, 16, 100, len(body)]))
    return body + more, {"backup_trailing"}


def double(chance, kind, body):
    return body + body, {"backup_trailing"}


def zero(chance, kind, body):
    at = chance.randrange(len(body))
    length = chance.randrange(1, 64)
    changed = body[:at] + bytes(len(body[at : at + length])) + body[at + length :]
    inside = _inside(kind, body, at)
    return changed, ({"backup_damaged"} if inside else ANY_HEADER) | (
        {""} if changed == body else set()
    )


def reorder(chance, kind, body):
    """Two pieces of one length change places; of a stream whole chunks."""
    size = CHUNK + 16 if kind == "db" else chance.randrange(1, max(2, len(body) // 3))
    start = len(body) % size if kind == "db" else 0
    places = range(start, len(body) - size + 1, size)
    if len(places) < 2:
        return body, {""}
    first, second = sorted(chance.sample(places, 2))
    changed = bytearray(body)
    changed[first : first + size], changed[second : second + size] = (
        body[second : second + size],
        body[first : first + size],
    )
    return bytes(changed), ANY_HEADER | ({""} if changed == body else set())


def drop(chance, kind, body):
    size = chance.randrange(1, min(300, len(body)))
    at = chance.randrange(len(body) - size + 1)
    codes = {"backup_truncated", "backup_damaged"} if _inside(kind, body, at) else ANY_HEADER
    return body[:at] + body[at + size :], codes


def noise(chance, kind, body):
    return chance.randbytes(len(body)), ANY_HEADER


MUTATIONS = (flip, flip, flip, cut, lengthen, double, zero, reorder, drop, noise)


def test_the_untouched_backup_is_taken(world):
    assert read_all(world, dict(world.store.objects)) == ""
    kinds = Counter(kind for kind, _key in targets(world))
    assert kinds == {"man": 1, "db": 1, "obj": 1, "pack": 2}


def test_every_mutation_is_refused_with_its_class(world):
    chance = random.Random(SEED)
    places = list(targets(world))
    refused = Counter()
    for case in range(CASES):
        kind, key = places[case % len(places)]
        mutate = MUTATIONS[case // len(places) % len(MUTATIONS)]
        body = world.store.objects[key]
        changed, codes = mutate(chance, kind, body)
        code = read_all(world, {**world.store.objects, key: changed})
        told = (SEED, case, kind, mutate.__name__, code)
        assert code in codes, told
        assert code or changed == body, told
        refused[mutate.__name__] += bool(code)
    assert sum(refused.values()) > CASES * 0.95, refused
    print(f"{sum(refused.values())} mutations refused, seed {SEED}: {dict(refused)}")


def test_an_object_that_is_gone_is_named(world):
    for kind, key in targets(world):
        objects = dict(world.store.objects)
        del objects[key]
        assert read_all(world, objects) == "object_missing", kind


def test_objects_of_another_backup_or_tenant_do_not_pass(world):
    objects, neighbours = world.store.objects, world.neighbour.store.objects
    older, one, foreign = world.older[0], world.one[0], world.neighbour.one[0]
    man, db = layout.manifest_name(TENANT, BACKUP), one.parts[0].key
    swaps = [
        (man, objects[layout.manifest_name(TENANT, OTHER)], {"backup_binding"}),
        (man, neighbours[layout.manifest_name(THIRD, BACKUP)], {"backup_binding"}),
        (db, objects[older.parts[0].key], {"backup_binding"}),
        (db, neighbours[foreign.parts[0].key], {"backup_binding"}),
        (man, objects[db], {"backup_form"}),
    ]
    for key, body, codes in swaps:
        assert read_all(world, {**objects, key: body}) in codes
    (content,), (foreign_content,) = one.files.objects, foreign.files.objects
    mine = layout.object_name(TENANT, content)
    theirs = neighbours[layout.object_name(THIRD, foreign_content)]
    assert content != foreign_content
    assert len(objects[mine]) == len(theirs)
    assert read_all(world, {**objects, mine: theirs}) == "backup_damaged"


def test_a_wrong_key_is_told_from_damage(world):
    objects = dict(world.store.objects)
    assert read_all(world, objects, {KEY.id: FOREIGN_KEY}) == "backup_key_wrong"
    assert read_all(world, objects, {}) == "backup_key_missing"
    other = DataKey("d8-2026", KEY.secret)
    assert read_all(world, objects, {other.id: other}) == "backup_key_missing"


def test_an_older_manifest_put_back_is_stale(world, tmp_path):
    """The same backup tried twice: the first worker's manifest comes back after the second's."""
    early = World(TENANT, tmp_path)
    stale = early.write(BACKUP, fence=1)
    man = layout.manifest_name(TENANT, BACKUP)
    objects = {**early.store.objects, **world.store.objects, man: early.store.objects[man]}
    assert read_all(world, objects) == "backup_stale"
    again = World(TENANT, tmp_path)
    again.write(BACKUP, fence=2)
    same_fence = {**world.store.objects, **again.store.objects}
    assert read_all(world, same_fence) == ""
    assert read_all(world, same_fence, sha256=world.one[1].sha256) == "backup_stale"
    assert stale[0].fence == 1


def test_a_manifest_that_points_elsewhere_is_refused(world):
    one = world.one[0]
    elsewhere = replace(one.parts[0], key=world.older[0].parts[0].key)
    closed = close_manifest(replace(one, parts=(elsewhere,)), KEY)
    objects = {**world.store.objects, layout.manifest_name(TENANT, BACKUP): closed}
    assert read_all(world, objects) == "backup_binding"


def test_faults_are_listed_object_by_object(world):
    objects = dict(world.store.objects)
    for _kind, key in targets(world):
        if "/man/" not in key:
            objects[key] = objects[key][:-1]
    reader = world.reader(store=store_of(objects))
    manifest = world.one[0]
    assert {fault.code for fault in reader.look(manifest)} == {"object_differs"}
    assert [fault.code for fault in reader.prove(manifest)] == ["backup_truncated"] * 4
