"""A whole platform in memory on which any job can run: records, one cluster, a node, an Odoo.

Owns: how the doubles hang together, what counts as the same end. Does not own: the doubles of the
ports (`adapters/fakes`), queue and records, what the jobs are given to do (`job_orders.py`).
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from saas_business_management.adapters.fakes.clock import FakeClock
from saas_business_management.adapters.fakes.cluster import FakeCluster
from saas_business_management.adapters.fakes.copying import FakeCopies
from saas_business_management.adapters.fakes.exports import FakeExports
from saas_business_management.adapters.fakes.filestore import FakeFilestore
from saas_business_management.adapters.fakes.front_door import FakeFrontDoor
from saas_business_management.adapters.fakes.imports import FakeImports
from saas_business_management.adapters.fakes.machine import FakeMachine
from saas_business_management.adapters.fakes.moving import FakeMover
from saas_business_management.adapters.fakes.name_server import FakeNameServers
from saas_business_management.adapters.fakes.odoo import FakeOdoo
from saas_business_management.adapters.fakes.outside import FakeOutside
from saas_business_management.adapters.fakes.poster import FakePoster
from saas_business_management.adapters.fakes.public_door import FakePublicDoor
from saas_business_management.adapters.fakes.stores import FakeStores
from saas_business_management.adapters.fakes.vault import FakeVault
from saas_business_management.adapters.ports import Answer
from saas_business_management.jobs.ports import Ports
from saas_business_management.kernel.errors import Broken, Unavailable
from saas_business_management.kernel.provisioning.audit import Finding, audit
from tests.helpers.job_clusters import inventory, known, secrets_in_use
from tests.helpers.job_journal import MemoryDatabase
from tests.helpers.job_records import MemoryRecords
from tests.helpers.job_rows import empty_rows, reserve
from tests.helpers.jobs import Desk

HOST = "acme.localhost"
SERVING = ("trial", "active")
GOLDEN = {"modules": ["crm"], "language": "en_US", "languages": ["fr_FR"]}
IDENTITY = {
    "base_url": f"http://{HOST}:8070",
    "company_name": "Acme",
    "company_email": "office@acme.example",
    "admin_name": "Alice",
    "admin_login": "alice@acme.example",
    "admin_email": "alice@acme.example",
    "language": "",
    "time_zone": "",
    "parameters": {},
}


class Node(FakeFrontDoor):
    """A node that serves what the committed route map and the cluster let it serve."""

    def __init__(self, database: MemoryDatabase, cluster: FakeCluster) -> None:
        super().__init__()
        self._database = database
        self._cluster = cluster
        self.serve("localhost", "/saas/health", "ok")

    def get(self, host: str, path: str) -> Answer:
        for name, route in self._database.rows["routes"].items():
            role = self._cluster.roles_by_name.get(name)
            leads = role and route["host"] == host and route["state"] in SERVING
            if leads and role.info.can_login and role.generation:
                self.serve(host)
        return super().get(host, path)


class GuardedCluster(FakeCluster):
    """A cluster on which nothing is dropped that visitors are still led to."""

    def __init__(self, database: MemoryDatabase) -> None:
        super().__init__()
        self._database = database

    def take_secrets(self) -> None:
        """Use the secrets of now; real ports are built with them when a job is claimed."""
        self.secret, self.older_secret = secrets_in_use(self._database.rows)

    def drop_database(self, name: str) -> None:
        route = self._database.rows["routes"].get(name, {"state": "gone"})
        if route["state"] in SERVING:
            raise AssertionError("a served database would be dropped")
        super().drop_database(name)


class StrictOdoo(FakeOdoo):
    """An Odoo whose phases work only in order, once, on the database they were begun on."""

    def __init__(self, cluster: FakeCluster, files: FakeFilestore) -> None:
        super().__init__()
        self._cluster = cluster
        self._files = files
        self._begun: dict[tuple[str, int], list[str]] = {}

    def run_phase(
        self,
        phase: str,
        database: str,
        spec: Mapping[str, object],
        on_line: Callable[[str], None],
        login: int | None = None,
    ) -> dict[str, object]:
        info = self._cluster.databases_by_name[database].info
        begun = self._begun.setdefault((database, info.oid), [])
        order = ["base", "locale", "modules", "settings", "assets"]
        if login is not None:
            # A copy is looked at as often as somebody likes, and changed once.
            order = ["upgrade", "prove"]
            begun[1:] = []
        if begun != order[: order.index(phase)] or info.is_template:
            raise Broken("odoo_phase_failed", phase=phase, line="half made", module="")
        begun.append(f"{phase}, cut off")
        report = super().run_phase(phase, database, spec, on_line, login)
        on_line(f"{phase} ends")
        if database not in self._cluster.databases_by_name:
            raise Unavailable("odoo_phase_interrupted", phase=phase, line="it is gone")
        self._files.put(database, f"{len(begun)}/{phase}", phase.encode())
        begun[-1] = phase
        return report


class World:
    """One platform with a published version of one template; `order` makes a job of some kind."""

    def __init__(self) -> None:
        rows = empty_rows()
        self.golden = reserve(rows, "g", version=1, stage="ready")
        rows["versions"][1] = {"state": "published", "template": 1, "database": self.golden}
        self.database = MemoryDatabase(rows)
        self.cluster = GuardedCluster(self.database)
        oid = self.cluster.create_empty(self.golden)
        self.add(lambda rows: rows["databases"][self.golden].update(oid=oid))
        self.cluster.seal_golden(self.golden)
        self.files = FakeFilestore()
        self.files.put(self.golden, "ab/logo", b"logo")
        self.odoo = StrictOdoo(self.cluster, self.files)
        self.node = Node(self.database, self.cluster)
        self.dns = FakeNameServers()
        self.public_door = FakePublicDoor()
        self.stores = FakeStores()
        self.vault = FakeVault()
        self.exports = FakeExports()
        self.imports = FakeImports(self.cluster, self.files)
        self.services = FakeOutside()
        self.copies = FakeCopies(self.cluster, self.files)
        self.poster = FakePoster()
        self.vault.cluster, self.vault.filestore = self.cluster, self.files
        self.there = GuardedCluster(self.database)
        self.there_files = FakeFilestore()
        self.there_node = Node(self.database, self.there)
        self.mover = FakeMover(self.cluster, self.there, self.files, self.there_files)
        ports = Ports(
            FakeClock(),
            self.cluster,
            self.files,
            self.odoo,
            self.node,
            self.dns,
            self.public_door,
            self.stores,
            self.vault,
            self.exports,
            self.imports,
            machine=FakeMachine(),
            outside=self.services,
            copies=self.copies,
            poster=self.poster,
            there_cluster=self.there,
            there_files=self.there_files,
            there_door=self.there_node,
            mover=self.mover,
        )
        self.desk = Desk(self.database, ports, MemoryRecords)
        self.desk.on_claim = self.cluster.take_secrets

    @property
    def rows(self) -> dict[str, Any]:
        """What is committed."""
        return self.database.rows

    def add(self, change: Callable[[dict[str, Any]], Any]) -> Any:
        """Change the records as a person would; return what the change returns."""
        rows = self.rows
        found = change(rows)
        self.database.keep(rows)
        return found

    def audit(self) -> list[Finding]:
        """Return what an audit finds when no job runs."""
        found = inventory(
            [asdict(one) for one in self.cluster.databases()],
            [asdict(one) for one in self.cluster.roles()],
            self.files.names(),
        )
        there = inventory(
            [asdict(one) for one in self.there.databases()],
            [asdict(one) for one in self.there.roles()],
            self.there_files.names(),
        )
        return [*audit(known(self.rows), found), *audit(known(self.rows, there=True), there)]

    def writable(self) -> list[str]:
        """Return the databases that take writes from a node, wherever they are: their role logs in
        under a password that nodes have, or will have next.
        """
        return [
            name
            for cluster in (self.cluster, self.there)
            for name, role in cluster.roles_by_name.items()
            if name in cluster.databases_by_name and role.info.can_login and role.generation
            if not cluster.databases_by_name[name].read_only
        ]

    def records(self) -> str:
        """Return what the records say in the end."""
        rows = self.rows
        jobs = {number: (job["kind"], job["state"]) for number, job in rows["jobs"].items()}
        return self._told({**rows, "jobs": jobs})

    def outside(self) -> str:
        """Return what is left on servers and disks in the end."""
        told = {
            "servers": {name: vars(one) for name, one in self.cluster.databases_by_name.items()},
            "roles": {name: vars(one) for name, one in self.cluster.roles_by_name.items()},
            "files": self.files.files,
            "servers there": {n: vars(one) for n, one in self.there.databases_by_name.items()},
            "roles there": {name: vars(one) for name, one in self.there.roles_by_name.items()},
            "files there": self.there_files.files,
            "unfinished": self.files.unfinished,
            "downloads": self.exports.files,
            "uploads": self.imports.uploads,
            # A message may arrive twice, never not at all.
            "posted": sorted(self.poster.arrived),
            "kept": {number: one.objects for number, one in self.stores.stores.items()},
        }
        return self._told(told)

    def _told(self, told: Mapping[str, Any]) -> str:
        """Return a text that is the same for the same end.

        Names (and secrets with names in them) and oids differ from run to run; they are compared by
        what they belong to.
        """
        text = json.dumps(told, default=_plain)
        for place, name in enumerate(self.rows["databases"], 1):
            text = text.replace(name, f"database {place}")
        text = re.sub(r'"(oid|fence|line)": \d+', r'"\1": "a number"', text)
        # So has what a restore put aside.
        text = re.sub(r"(_[rz])\d+", r"\1 a claim", text)
        # A backup has its claim in the names of its objects, and so in its manifest's hash.
        text = re.sub(r'(\.f|fence\\": )\d+|[0-9a-f]{64}', "a claim", text)
        return json.dumps(json.loads(text), sort_keys=True, indent=1)


def _plain(value: object) -> object:
    return value.decode() if isinstance(value, bytes) else asdict(value)
