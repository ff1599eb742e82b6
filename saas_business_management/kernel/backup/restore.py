"""What has to be true before a backup is brought back.

Owns: the kinds of restores, the room and the server they need, what refuses one. Does not own:
measuring (jobs), the dialog, doing it.
"""

from dataclasses import dataclass

from ..errors import Refused, SaasError

# Where it goes: into the tenant itself, a tenant of its own, a copy that can do no harm.
IN_PLACE, COPY, SANDBOX = "in_place", "copy", "sandbox"
WHERE = (IN_PLACE, COPY, SANDBOX)
# What is brought back.
ALL, RECORDS, FILES = "all", "records", "files"
WHAT = (ALL, RECORDS, FILES)

# The spool holds the dump as it is, the database grows indexes beside it, and WAL comes on top.
DATABASE_FACTOR = 3
MARGIN_PERCENT = 10


@dataclass(frozen=True)
class Wish:
    """A restore somebody asks for, and how its tenant stands.

    `fatal_key` says why the key does not open backups there, empty when it does or nobody knows.
    """

    where: str
    what: str
    state: str
    restorable: bool
    busy: bool
    has_database: bool
    fatal_key: str = ""
    typed: str = ""
    subdomain: str = ""
    reason: str = ""


def hindrances(wish: Wish) -> list[SaasError]:
    """Return everything that stands in the way, the weightiest first; empty = go.

    Codes: `restore_kind_unknown`, `restore_gone`, `restore_key`, `restore_busy`, `restore_state`,
    `restore_without_database`, `restore_files_elsewhere`, `restore_typed`, `restore_reason`.
    """
    if wish.where not in WHERE or wish.what not in WHAT:
        return [Refused("restore_kind_unknown")]
    found: list[SaasError] = []
    if not wish.restorable:
        found.append(Refused("restore_gone"))
    if wish.fatal_key:
        found.append(Refused("restore_key", why=wish.fatal_key))
    if wish.where == IN_PLACE:
        return found + _in_place(wish)
    if wish.what == FILES:
        found.append(Refused("restore_files_elsewhere"))
    return found


# States in which a tenant has a database of its own that nobody is taking away.
RESTORABLE_STATES = ("trial", "active", "suspended", "archived")


def _in_place(wish: Wish) -> list[SaasError]:
    found: list[SaasError] = []
    if wish.busy:
        found.append(Refused("restore_busy"))
    if wish.state not in RESTORABLE_STATES:
        found.append(Refused("restore_state", state=wish.state))
    elif not wish.has_database:
        found.append(Refused("restore_without_database"))
    if wish.typed != wish.subdomain:
        found.append(Refused("restore_typed", subdomain=wish.subdomain))
    if not wish.reason.strip():
        found.append(Refused("restore_reason"))
    return found


def needed_bytes(database_bytes: int, file_bytes: int) -> int:
    """Return the disk a restore needs beside what is there, for a dump and files of these bytes."""
    plain = DATABASE_FACTOR * database_bytes + file_bytes
    return -(-plain * (100 + MARGIN_PERCENT) // 100)


def require_server(dumped: int, major: int) -> None:
    """Make sure a server of this major version takes a dump of one that numbers itself `dumped`.

    Raises: Refused (`restore_server_older`).
    """
    if dumped and dumped // 10_000 > major:
        raise Refused("restore_server_older", dumped=dumped // 10_000, server=major)
