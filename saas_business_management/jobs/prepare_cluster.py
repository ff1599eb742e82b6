"""Prepare a cluster: roles on its server and on the control plane's, secret file of its nodes.

Not an operation: it is carried out once, at the command line, by a person who has a superuser's
password. That password is read from its file, used, and kept nowhere.
"""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..adapters.postgres.connect import Server
from ..adapters.postgres.prepare import prepare_cluster as prepare_tenants_server
from ..adapters.postgres.prepare import prepare_control
from ..adapters.postgres.roles import BUS, LIMITS, MONITOR, NODE, PROVISIONER
from ..kernel.errors import Refused
from ..kernel.secret import Secret

FORMAT = 1


@dataclass(frozen=True)
class Place:
    """A server and the superuser there; an empty password file means that none is asked for."""

    host: str
    port: int
    superuser: str
    password_file: str = ""

    def server(self, database: str = "postgres") -> Server:
        """Return the superuser's login."""
        text = (
            Path(self.password_file).read_text(encoding="utf-8").strip()
            if self.password_file
            else ""
        )
        return Server(self.host, self.port, self.superuser, Secret(text), database)


@dataclass(frozen=True)
class Preparation:
    """What is to be prepared; `secret_out` is the node's secret file, `known` is stored already."""

    key: str
    tenants: Place
    control: Place
    control_database: str
    node_role: str
    secret_out: str
    connections_per_tenant: int
    known: Mapping[str, Secret]


def prepare_cluster(order: Preparation) -> dict[str, Secret]:
    """Make or mend roles and secret file; return `prov_password`, `monitor_password`,
    `limits_password` and `cluster_secret`.

    Passwords and the cluster's secret stay as they are when they are known: tenants depend on them.
    Raises: Refused (`secret_file_of_another_node`, `secret_file_invalid`, and what the servers
    refuse), Unavailable, Broken.
    """
    stored = _read(Path(order.secret_out), order.key)
    known = {
        NODE: stored.get("bus"),
        PROVISIONER: order.known.get("prov_password"),
        MONITOR: order.known.get("monitor_password"),
        LIMITS: order.known.get("limits_password"),
    }
    made = prepare_tenants_server(
        order.tenants.server(), {role: one for role, one in known.items() if one}
    )
    control = prepare_control(
        order.control.server(), order.control_database, order.node_role, stored.get("control")
    )
    secret = (
        order.known.get("cluster_secret")
        or stored.get("cluster_secret")
        or Secret(secrets.token_urlsafe(32))
    )
    write_secret_file(Path(order.secret_out), _content(order, secret, made[NODE], control))
    return {
        "prov_password": made[PROVISIONER],
        "monitor_password": made[MONITOR],
        "limits_password": made[LIMITS],
        "cluster_secret": secret,
    }


def _content(order: Preparation, secret: Secret, bus: Secret, control: Secret) -> dict[str, object]:
    following = order.known.get("cluster_secret_next")
    return {
        "format": FORMAT,
        "node": order.key,
        "cluster_secret": secret.reveal(),
        **({"cluster_secret_next": following.reveal()} if following else {}),
        "postgres": {"host": order.tenants.host, "port": order.tenants.port},
        "bus": {"database": BUS, "user": NODE, "password": bus.reveal()},
        "control": {
            "host": order.control.host,
            "port": order.control.port,
            "database": order.control_database,
            "user": order.node_role,
            "password": control.reveal(),
        },
        "connections_per_tenant": order.connections_per_tenant,
    }


def _read(path: Path, key: str) -> dict[str, Secret]:
    """Return the secrets an earlier run wrote, none when there is no file."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["node"] != key:
            raise Refused("secret_file_of_another_node", node=key, found=found["node"])
        return {
            "cluster_secret": Secret(found["cluster_secret"]),
            "bus": Secret(found["bus"]["password"]),
            "control": Secret(found["control"]["password"]),
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError):
        raise Refused("secret_file_invalid") from None


def write_secret_file(path: Path, content: Mapping[str, object]) -> None:
    """Put the file in place whole, readable by its owner alone."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
