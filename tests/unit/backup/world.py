"""A whole backup in memory without a server: a made-up dump, some files."""

import hashlib
from datetime import datetime, timezone

from saas_business_management.adapters.backup.closed_manifest import close_manifest, link_of
from saas_business_management.adapters.backup.file_writer import FileWriter
from saas_business_management.adapters.backup.reader import BackupReader
from saas_business_management.adapters.backup.source_files import SourceFiles
from saas_business_management.adapters.backup.spool import Tally
from saas_business_management.adapters.fakes.blob_store import FakeBlobStore
from saas_business_management.adapters.streams.compress import compress
from saas_business_management.adapters.streams.encrypt import dedupe_key, seal_stream
from saas_business_management.adapters.streams.objects import ObjectCipher
from saas_business_management.kernel.backup import layout
from saas_business_management.kernel.backup.envelope import Context
from saas_business_management.kernel.backup.manifest import Manifest, Part, Previous

from .parts import KEY, KEYS, manifest

NOW = datetime(2026, 3, 1, 2, tzinfo=timezone.utc)
CHUNK = 256
DUMP = b"PGDMP" + b"".join(hashlib.sha256(b"%d" % n).digest() for n in range(60))
CONTENTS = [
    b"",
    b"one",
    b"two" * 400,
    b"".join(hashlib.sha256(b"f%d" % n).digest() for n in range(3000)),
]


def store_of(objects):
    """A store with these objects."""
    store = FakeBlobStore()
    for key, content in objects.items():
        store.put_new(key, content)
    return store


class World:
    """A store with backups of one tenant, each written by `write`."""

    def __init__(self, tenant, folder, key=KEY, store=None):
        self.tenant = tenant
        self.key = key
        self.store = store or FakeBlobStore()
        self.folder = folder / tenant
        self.spools = folder
        self.names = []
        for content in CONTENTS:
            self.attach(content)

    def attach(self, content):
        sha1 = hashlib.sha1(content).hexdigest()
        path = self.folder / sha1[:2] / sha1
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.names.append((f"{sha1[:2]}/{sha1}", len(content)))

    def write(self, backup, fence=1, former=None):
        """Write one; return its manifest and link."""
        one = self._manifest(backup, fence, former)
        closed = close_manifest(one, self.key)
        key = layout.manifest_name(self.tenant, backup)
        self.store.delete(key)
        self.store.put_new(key, closed)
        return one, link_of(one, closed)

    def _manifest(self, backup, fence, former):
        cipher = ObjectCipher(self.key, self.tenant)
        source = SourceFiles(self.folder, dedupe_key(self.key, self.tenant))
        writer = FileWriter(self.store, self.tenant, cipher, source, lambda *_told: None)
        files = writer.write(self.names, former and former[0], NOW, False)
        return Manifest(
            tenant=self.tenant,
            backup=backup,
            fence=fence,
            reason="schedule",
            key_id=self.key.id,
            started_at=NOW,
            finished_at=NOW,
            previous=former and Previous(former[1].backup, former[1].sha256),
            facts=manifest().facts,
            parts=(self._part(backup, fence),),
            files=files,
            new_bytes=writer.new_bytes,
        )

    def _part(self, backup, fence):
        plain, stored = Tally(), Tally()
        context = Context(self.tenant, backup, "db")
        pieces = compress(plain.over([DUMP]))
        sealed = seal_stream(pieces, self.key, context, CHUNK)
        key = layout.database_name(self.tenant, backup, fence)
        self.store.put_stream(key, stored.over(sealed))
        return Part("db", key, plain.size, plain.sha256, stored.size, stored.sha256)

    def reader(self, keys=KEYS, store=None):
        return BackupReader(store or self.store, self.tenant, keys, self.spools)
