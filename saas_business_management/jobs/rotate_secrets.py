"""New passwords for the product's own roles: the provisioner's, and those of a cluster's nodes;
and which secrets of the cluster stand in the nodes' file.

Not an operation: a person does it at the command line, and an operation would need the very
passwords that change. Each password is written down as the next one before a server learns it, so
a stopped run is simply begun again.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..adapters.postgres import own_password
from ..adapters.postgres.connect import Server
from ..kernel.errors import Refused
from ..kernel.secret import Secret
from .prepare_cluster import write_secret_file

SECTIONS = ("bus", "control")
NEXT = "next_password"
SECRET, SECRET_NEXT = "cluster_secret", "cluster_secret_next"


def new_password() -> Secret:
    """Return a password for a role of the product."""
    return own_password.new_password()


def change_provisioner(cluster: Mapping[str, Any], new: Secret) -> None:
    """Have the provisioner of a cluster's spec change its password to this one.

    Raises: Unavailable, Broken (`login_refused`).
    """
    own_password.change(
        Server(
            cluster["pg_host"], cluster["pg_port"], cluster["prov_role"], cluster["prov_password"]
        ),
        new,
    )


def node_of(path: str) -> str:
    """Return whose secret file this is.

    Raises: Refused (`secret_file_missing`, `secret_file_invalid`).
    """
    return str(_read(Path(path))["node"])


def rotate_nodes(path: str, only_prepare: bool) -> None:
    """Change the passwords of a node file's two roles.

    First the next passwords are written beside those of now: nodes that read the file try both.
    With `only_prepare` it stays at that, so that the file can be copied to other nodes; the next
    run goes on from there.
    Raises: Refused (`secret_file_missing`, `secret_file_invalid`), Unavailable, Broken.
    """
    file, found = Path(path), _read(Path(path))
    for section in SECTIONS:
        found[section].setdefault(NEXT, new_password().reveal())
    write_secret_file(file, found)
    if only_prepare:
        return
    for section in SECTIONS:
        own_password.change(_server(found, section), Secret(found[section][NEXT]))
    for section in SECTIONS:
        found[section]["password"] = found[section].pop(NEXT)
    write_secret_file(file, found)


def write_cluster_secrets(path: str, now: Secret, following: Secret | None) -> None:
    """Put the cluster's secret, and the next one beside it or none, into a nodes' file.

    Raises: Refused (`secret_file_missing`, `secret_file_invalid`).
    """
    file, found = Path(path), _read(Path(path))
    found[SECRET] = now.reveal()
    found.pop(SECRET_NEXT, None)
    if following is not None:
        found[SECRET_NEXT] = following.reveal()
    write_secret_file(file, found)


def holds_other_secret(path: str, now: Secret) -> bool:
    """Tell whether a nodes' file holds another secret of the cluster than this one.

    Raises: Refused (`secret_file_missing`, `secret_file_invalid`).
    """
    found = _read(Path(path))
    held = {found[name] for name in (SECRET, SECRET_NEXT) if found.get(name)}
    return any(Secret(one) != now for one in held)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not all(found[section]["password"] for section in SECTIONS) or not found["node"]:
            raise ValueError
        return found
    except FileNotFoundError:
        raise Refused("secret_file_missing", reason="FileNotFoundError") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise Refused("secret_file_invalid") from None


def _server(found: Mapping[str, Any], section: str) -> Server:
    place = {**found["postgres"], **found[section]}
    return Server(
        host=place["host"],
        port=int(place["port"]),
        user=place["user"],
        password=Secret(place["password"]),
        database=place["database"],
    )
