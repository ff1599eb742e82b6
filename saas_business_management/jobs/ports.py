"""Builds the adapters a job works with, from what a cluster record says of itself.

Owns: the bundle `Ports` and which adapter stands behind each port. Does not own: what they do.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..adapters.backup.exports import Exports, ExportsSpec
from ..adapters.backup.imports import Imports, ImportsSpec
from ..adapters.backup.vault import Vault, VaultSpec
from ..adapters.clock import SystemClock
from ..adapters.filestore import LocalFilestore
from ..adapters.http import HttpFrontDoor
from ..adapters.machine import OwnMachine
from ..adapters.mover import Mover, MoverSpec
from ..adapters.name_server import NameServers, parse_servers
from ..adapters.odoo_process import OdooProcess
from ..adapters.outside import Outside
from ..adapters.ports import (
    Clock,
    ClusterPort,
    CopiesPort,
    DnsPort,
    ExportsPort,
    FilestorePort,
    FrontDoorPort,
    ImportsPort,
    MachinePort,
    MoverPort,
    OdooPort,
    OutsidePort,
    PublicDoorPort,
    StoresPort,
    VaultPort,
)
from ..adapters.poster import Poster
from ..adapters.postgres.client_programs import Programs
from ..adapters.postgres.cluster import PostgresCluster
from ..adapters.postgres.connect import Server
from ..adapters.postgres.control_login import ControlLogin
from ..adapters.postgres.copying import Copies
from ..adapters.postgres.tenant_login import TenantLogins
from ..adapters.public_door import TlsPublicDoor
from ..adapters.storage.factory import TargetSpec
from ..adapters.storage.stores import Stores
from ..kernel.backup.key import DataKey

_kept = threading.local()
# What was added since the last look is told of the process, whichever thread looked.
_MACHINE = OwnMachine()


@dataclass(frozen=True)
class Ports:
    """The outside world of one cluster, the backup targets a job names and the backups it is
    about; without a cluster it gets the clock, services of others, those targets and those backups
    alone.
    """

    clock: Clock
    cluster: ClusterPort | None = None
    filestore: FilestorePort | None = None
    odoo: OdooPort | None = None
    front_door: FrontDoorPort | None = None
    dns: DnsPort | None = None
    public_door: PublicDoorPort | None = None
    stores: StoresPort | None = None
    vault: VaultPort | None = None
    exports: ExportsPort | None = None
    imports: ImportsPort | None = None
    copies: CopiesPort | None = None
    poster: Poster | None = None
    machine: MachinePort | None = None
    outside: OutsidePort | None = None
    # The other cluster of a move, and the way between the two.
    there_cluster: ClusterPort | None = None
    there_files: FilestorePort | None = None
    there_door: FrontDoorPort | None = None
    mover: MoverPort | None = None


def build_ports(
    cluster: Mapping[str, Any] | None,
    targets: Mapping[int, Mapping[str, Any]] | None = None,
    backup_keys: Mapping[str, DataKey] | None = None,
    control: Mapping[str, Any] | None = None,
    exports: str = "",
    imports: tuple[str, int] | None = None,
    there: Mapping[str, Any] | None = None,
) -> Ports:
    """Return the adapters for a cluster's spec (`saas.cluster._to_spec`), for those of backup
    targets by their numbers (`saas.backup.target._to_spec`) and for backup keys by id, None for a
    job that is not about backups; `exports` is the folder of downloads, empty when there is nothing
    to do with it, `imports` that of uploads with the most bytes that are taken; `there` is the spec
    of the cluster that a move leads to.

    Without a cluster `control` says where the control plane's own database and files are
    (`saas.control.backup._to_spec`). A cluster's adapters are kept per thread, so that connections
    stay warm.
    """
    ports = _cluster_ports(cluster)
    if targets:
        specs = {number: TargetSpec.of(values) for number, values in targets.items()}
        ports = replace(ports, stores=Stores(specs))
    if backup_keys is not None and cluster is not None:
        ports = replace(ports, vault=_vault(cluster, backup_keys))
    elif backup_keys is not None and control is not None:
        ports = replace(ports, vault=_control_vault(control, backup_keys))
    if exports:
        programs = Programs(cluster["pg_bin"] if cluster else "")
        spec = ExportsSpec(backup_keys or {}, Path(exports), programs)
        ports = replace(ports, exports=Exports(spec))
    if imports and cluster is not None:
        ports = replace(ports, imports=_imports(cluster, *imports))
    if there is not None and cluster is not None:
        ports = _with_destination(ports, cluster, there)
    return ports


def _with_destination(ports: Ports, here: Mapping[str, Any], there: Mapping[str, Any]) -> Ports:
    other = _cluster_ports(there)
    spec = MoverSpec(
        files_here=Path(here["filestore_path"]),
        files_there=Path(there["filestore_path"]),
        spool=Path(tempfile.gettempdir()),
        programs=Programs(there["pg_bin"]),
    )
    return replace(
        ports,
        there_cluster=other.cluster,
        there_files=other.filestore,
        there_door=other.front_door,
        mover=Mover(spec, _logins(here), _logins(there)),
    )


def _imports(cluster: Mapping[str, Any], folder: str, most_bytes: int) -> Imports:
    spec = ImportsSpec(
        folder=Path(folder),
        files=Path(cluster["filestore_path"]),
        programs=Programs(cluster["pg_bin"]),
        most_bytes=most_bytes,
    )
    return Imports(spec, _logins(cluster))


def _logins(cluster: Mapping[str, Any]) -> TenantLogins:
    secret, older = cluster["cluster_secret"], cluster.get("older_cluster_secret")
    return TenantLogins(_server(cluster), secret, older)


def _vault(cluster: Mapping[str, Any], keys: Mapping[str, DataKey]) -> Vault:
    return Vault(_vault_spec(cluster, keys), _logins(cluster))


def _control_vault(control: Mapping[str, Any], keys: Mapping[str, DataKey]) -> Vault:
    server = Server(
        host=control["host"],
        port=control["port"],
        user=control["user"],
        password=control["password"],
        sslmode=control["sslmode"],
    )
    return Vault(_vault_spec(control, keys), ControlLogin(server))


def _vault_spec(place: Mapping[str, Any], keys: Mapping[str, DataKey]) -> VaultSpec:
    return VaultSpec(
        keys=keys,
        files=Path(place["filestore_path"]),
        spool=Path(tempfile.gettempdir()),
        programs=Programs(place["pg_bin"]),
    )


def _cluster_ports(cluster: Mapping[str, Any] | None) -> Ports:
    if cluster is None:
        return Ports(clock=SystemClock(), poster=Poster(), machine=_MACHINE, outside=Outside())
    kept = _kept.__dict__.setdefault("ports", {})
    label = tuple(sorted((name, str(value)) for name, value in cluster.items()))
    secrets = (
        *("prov_password", "cluster_secret", "older_cluster_secret"),
        *("monitor_password", "limits_password"),
    )
    marks = (label, *(cluster.get(name) for name in secrets))
    if cluster["key"] not in kept or kept[cluster["key"]][0] != marks:
        kept[cluster["key"]] = (marks, _build(cluster))
    return kept[cluster["key"]][1]


def _server(cluster: Mapping[str, Any]) -> Server:
    return Server(
        host=cluster["pg_host"],
        port=cluster["pg_port"],
        user=cluster["prov_role"],
        password=cluster["prov_password"],
    )


def _build(cluster: Mapping[str, Any]) -> Ports:
    return Ports(
        clock=SystemClock(),
        cluster=PostgresCluster(
            _server(cluster),
            cluster["cluster_secret"],
            cluster["connections_per_tenant"],
            older_secret=cluster.get("older_cluster_secret"),
            monitor_password=cluster.get("monitor_password"),
            limits_password=cluster.get("limits_password"),
        ),
        filestore=LocalFilestore(cluster["filestore_path"]),
        odoo=OdooProcess(
            command=cluster["odoo_command"],
            addons_path=cluster["addons_path"],
            data_dir=cluster["data_dir"],
            host=cluster["pg_host"],
            port=cluster["pg_port"],
            user=cluster["prov_role"],
            password=cluster["prov_password"],
            logins=_logins(cluster),
        ),
        front_door=HttpFrontDoor(cluster["node_url"]),
        copies=Copies(_logins(cluster), Programs(cluster["pg_bin"]), Path(tempfile.gettempdir())),
        dns=NameServers(parse_servers(cluster.get("dns_resolver", ""))),
        public_door=TlsPublicDoor(cluster.get("public_address", "")),
    )
