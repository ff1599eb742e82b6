"""Two clusters and the way between them: doubles, or real servers with real folders.

Owns: how both are set up the same. Does not own: what is tested with them.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from saas_business_management.adapters.fakes.cluster import FakeCluster
from saas_business_management.adapters.fakes.filestore import FakeFilestore
from saas_business_management.adapters.fakes.moving import FakeMover
from saas_business_management.adapters.filestore import LocalFilestore
from saas_business_management.adapters.mover import Mover, MoverSpec
from saas_business_management.adapters.ports import End
from saas_business_management.adapters.postgres.client_programs import Programs
from saas_business_management.adapters.postgres.tenant_login import TenantLogins
from tests.helpers.postgres import new_name


@dataclass
class TwoClusters:
    """Source and destination with a mover; `golden` is what tenants at the source are made of."""

    here: Any
    there: Any
    files_here: Any
    files_there: Any
    mover: Any
    golden: str
    servers: tuple = ()

    def born(self, name: str = "") -> str:
        """A tenant at the source, handed over."""
        name = name or new_name()
        self.here.ensure_role(name, 1)
        self.here.clone(name, self.golden)
        self.here.own_objects(name)
        self.here.mark_role(name, "claimed")
        return name

    def put_file(self, name: str, path: str, content: bytes) -> None:
        """Write a file at the source, as Odoo would."""
        if not self.servers:
            self.files_here.put(name, path, content)
            return
        place = self.files_here.folder(name) / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)

    def change(self, end: End, there: bool = False) -> None:
        """Write to a tenant's records, as a user would."""
        cluster = self.there if there else self.here
        cluster.set_address(end.database, end.generation, f"http://changed-{there}.localhost")

    def room(self, name: str) -> End:
        """An empty database at the destination, that no node can enter."""
        self.there.ensure_role(name, 0)
        self.there.make_anew(name, ["pg_trgm"])
        return End(name, 0)

    def clear(self) -> None:
        """Remove every tenant of both servers."""
        for server in self.servers:
            port = server.port()
            left = {one.name for one in port.databases()} | {one.name for one in port.roles()}
            for name in sorted(left - {server.golden}):
                server.forget(name)
            port.close()


def of_doubles() -> TwoClusters:
    """Two clusters in memory."""
    here, there, golden = FakeCluster(), FakeCluster(), new_name("g")
    files_here, files_there = FakeFilestore(), FakeFilestore()
    here.create_empty(golden)
    here.seal_golden(golden)
    mover = FakeMover(here, there, files_here, files_there)
    return TwoClusters(here, there, files_here, files_there, mover, golden)


def of_servers(source: Any, destination: Any, folder: Path) -> TwoClusters:
    """Two prepared servers, and two folders for files."""
    places = folder / "here", folder / "there"
    spec = MoverSpec(
        *places,
        spool=folder,
        programs=Programs(str(destination.private.binaries.tool("pg_dump").parent)),
    )
    logins = [TenantLogins(one.provisioner, one.secret) for one in (source, destination)]
    return TwoClusters(
        source.port(),
        destination.port(),
        *(LocalFilestore(place) for place in places),
        mover=Mover(spec, *logins),
        golden=source.golden,
        servers=(source, destination),
    )
