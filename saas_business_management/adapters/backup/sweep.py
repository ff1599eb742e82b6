"""What lies in a store beside what backups name: found, told, removed (mark and sweep).

Owns: which objects nobody names, how a store differs from the catalogue. Does not own: opening a
manifest (`reader.py`), which backups the catalogue has, that nobody writes meanwhile (jobs).

Objects are listed first and manifests then: a backup completed in between keeps what it names.
Nothing is removed before every manifest was opened, and nothing younger than the instant given: a
writer that lost its claim without noticing may still put a manifest that names it.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime

from ...kernel.backup import layout
from ...kernel.errors import SaasError
from ..ports import Oddity, Swept
from ..storage.port import BlobStore, StoredObject

# Manifests and the daily proofs of keys are never garbage.
SWEPT = ("db/", "obj/", "pack/")
# Names and sizes of the objects of a backup, from its manifest; the hash is what it must have.
NamesOf = Callable[[str, str | None], Mapping[str, int]]


def remove_backup(store: BlobStore, tenant: str, backup: str) -> int:
    """Remove the manifest, then every dump that a worker wrote for it; return the bytes freed.

    Raises: Unavailable, Broken.
    """
    found = _own(store, tenant, backup)
    for one in found:
        store.delete(one.key)
    return sum(one.size for one in found)


def weigh_backup(store: BlobStore, tenant: str, backup: str) -> int:
    """Return how many bytes removing it would free.

    Raises: Unavailable, Broken.
    """
    return sum(one.size for one in _own(store, tenant, backup))


def _own(store: BlobStore, tenant: str, backup: str) -> list[StoredObject]:
    """Return what is its alone, the manifest first."""
    manifest = layout.manifest_name(tenant, backup)
    return [one for one in (store.head(manifest), *store.list(dumps_of(tenant, backup))) if one]


def dumps_of(tenant: str, backup: str) -> str:
    """Return how the names of all dumps of a backup begin, whatever their fences."""
    return layout.database_name(tenant, backup, 0).removesuffix("0")


def sweep(
    store: BlobStore, tenant: str, known: Mapping[str, str], before: datetime, names_of: NamesOf
) -> Swept:
    """Remove every object that no manifest names and that is older than `before`.

    `known`: backups that must be there, by uuid, with the hashes of their manifests. One of them
    that is absent or another, or any manifest that cannot be opened, stops it: nothing is removed,
    and which one it was is told.
    Raises: Unavailable, and Broken of the store itself.
    """
    found = _objects(store, tenant)
    named: set[str] = set()
    for backup in _backups(store, tenant, known):
        try:
            named |= {*names_of(backup, known.get(backup) or None)}
        except SaasError as error:
            if error.kind == "unavailable":
                raise
            return Swept(0, 0, backup, error.code)
    gone = [one for one in found if one.key not in named and _is_old(one, before)]
    for one in gone:
        store.delete(one.key)
    return Swept(len(gone), sum(one.size for one in gone))


def audit(
    store: BlobStore, tenant: str, known: Mapping[str, str], before: datetime, names_of: NamesOf
) -> list[Oddity]:
    """Return how what lies there differs from the catalogue; nothing is changed.

    `known` and `before` as in `sweep`.
    Raises: Unavailable, and Broken of the store itself.
    """
    found = {one.key: one for one in _objects(store, tenant)}
    told: list[Oddity] = []
    named: dict[str, int] = {}
    for backup in _backups(store, tenant, known):
        if backup not in known:
            told.append(Oddity("unknown", layout.manifest_name(tenant, backup), backup))
        try:
            names = names_of(backup, known.get(backup) or None)
        except SaasError as error:
            if error.kind == "unavailable":
                raise
            name = layout.manifest_name(tenant, backup)
            kind = "missing" if error.code == "object_missing" else "unreadable"
            told.append(Oddity(kind, name, backup, code=error.code))
            continue
        named |= names
        told += _differing(names, found, backup)
    # As long as it is not known what every backup names, nothing is one too many.
    told += () if any(one.code for one in told) else _extra(found, named, before)
    return told


def strangers(store: BlobStore, known: Collection[str], before: datetime) -> list[Oddity]:
    """Return the tenants under whose references old objects lie though none of them is known.

    Raises: Unavailable, Broken.
    """
    sizes: Counter[str] = Counter()
    for one in store.list(f"{layout.ROOT}/"):
        tenant = one.key.split("/")[1]
        if tenant not in known and _is_old(one, before):
            sizes[tenant] += one.size
    return [
        Oddity("stranger", f"{layout.ROOT}/{tenant}/", size=size) for tenant, size in sizes.items()
    ]


def _differing(
    names: Mapping[str, int], found: Mapping[str, StoredObject], backup: str
) -> Iterator[Oddity]:
    for key, size in names.items():
        if key not in found:
            yield Oddity("missing", key, backup, size)
        elif found[key].size != size:
            yield Oddity("size", key, backup, found[key].size)


def _extra(
    found: Mapping[str, StoredObject], named: Mapping[str, int], before: datetime
) -> Iterator[Oddity]:
    for key, one in found.items():
        if key not in named and _is_old(one, before):
            yield Oddity("extra", key, size=one.size)


def _objects(store: BlobStore, tenant: str) -> list[StoredObject]:
    prefix = layout.tenant_prefix(tenant)
    return [one for part in SWEPT for one in store.list(f"{prefix}{part}")]


def _backups(store: BlobStore, tenant: str, known: Mapping[str, str]) -> list[str]:
    there = (layout.backup_of(one.key) for one in store.list(layout.manifest_prefix(tenant)))
    return sorted({*filter(None, there), *known})


def _is_old(one: StoredObject, before: datetime) -> bool:
    """Tell whether nobody can be about to name it; one of unknown age stays."""
    return one.modified is not None and one.modified < before
