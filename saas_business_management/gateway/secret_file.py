"""The node's secret file: who it is and which secrets it holds.

Owns: reading and checking the file. Does not own: its writing (`saas cluster-prepare`), its use.
"""

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..adapters.postgres.connect import Server
from ..kernel.errors import Refused
from ..kernel.secret import Secret, derive

FORMAT = 1


@dataclass(frozen=True)
class NodeSecrets:
    """The content of the file; `tenants` is the cluster's server without a login.

    `…_next` are logins with passwords, and the secret of the cluster, that are just being
    introduced.
    """

    node: str
    cluster_secret: Secret
    tenants: Server
    bus: Server
    control: Server
    connections_per_tenant: int
    bus_next: Server | None = None
    control_next: Server | None = None
    cluster_secret_next: Secret | None = None

    @property
    def cluster_secrets(self) -> tuple[Secret, ...]:
        """What passwords of tenants may be made from: the secret of now, then the next one."""
        return tuple(one for one in (self.cluster_secret, self.cluster_secret_next) if one)

    def copy_keys(self) -> tuple[Secret, ...]:
        """Return the keys a copy of the route map may be sealed with; a new one gets the first,
        which is the one that stays.
        """
        secrets = reversed(self.cluster_secrets)
        return tuple(derive(secret, "route_copy", self.node, 0) for secret in secrets)


def read_secret_file(path: str | Path, node: str) -> NodeSecrets:
    """Return what the file says.

    Raises: Refused (`secret_file_missing`, `secret_file_open_to_others`, `secret_file_invalid`,
    `secret_file_of_another_node`).
    """
    secrets = _parse(read_private(path))
    if secrets.node != node:
        raise Refused("secret_file_of_another_node", node=node, found=secrets.node)
    return secrets


def read_private(path: str | Path) -> str:
    """Return the text of a file that nobody else may read.

    Raises: Refused (`secret_file_missing`, `secret_file_open_to_others`).
    """
    try:
        with open(path, encoding="utf-8") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & 0o077:
                raise Refused("secret_file_open_to_others", mode=f"{mode:04o}")
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("secret_file_missing", reason=type(error).__name__) from None


def _parse(text: str) -> NodeSecrets:
    """Raise without the cause: a traceback of the parser would show the text."""
    try:
        found = json.loads(text)
        if found["format"] != FORMAT:
            raise Refused("secret_file_invalid", format=found["format"])
        return _secrets(found)
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError):
        raise Refused("secret_file_invalid") from None


def _secrets(found: Mapping) -> NodeSecrets:
    place = found["postgres"]
    if not found["cluster_secret"]:
        raise ValueError
    return NodeSecrets(
        node=str(found["node"]),
        cluster_secret=Secret(found["cluster_secret"]),
        tenants=_server({**place, "user": "", "password": "", "database": ""}),
        bus=_server({**place, **found["bus"]}),
        control=_server(found["control"]),
        connections_per_tenant=int(found.get("connections_per_tenant", 10)),
        bus_next=_next({**place, **found["bus"]}),
        control_next=_next(found["control"]),
        cluster_secret_next=_secret(found.get("cluster_secret_next")),
    )


def _secret(text: str | None) -> Secret | None:
    if text is not None and not isinstance(text, str):
        raise TypeError
    return Secret(text) if text else None


def _next(found: Mapping) -> Server | None:
    password = found.get("next_password")
    return _server({**found, "password": password}) if password else None


def _server(found: Mapping) -> Server:
    return Server(
        host=str(found["host"]),
        port=int(found["port"]),
        user=str(found["user"]),
        password=Secret(found["password"]),
        database=str(found["database"]),
        sslmode=str(found.get("sslmode", "prefer")),
    )
