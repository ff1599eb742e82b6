"""What the jobs ask of the outside world, one Protocol per neighbour.

Every method may be called twice with the same arguments and then finds its work done. Every method
raises `Refused`, `Unavailable` or `Broken` and nothing else on purpose.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ..kernel.backup.key import DataKey
from ..kernel.provisioning.privileges import Baseline, Inside, Privileges
from ..kernel.secret import Secret
from .storage.port import BlobStore

# Under this generation a stopped tenant's role works for us: no route ever carries it, and nodes
# try theirs and the next one, which begin at 1.
LENT = 0


@dataclass(frozen=True)
class DatabaseInfo:
    """A database as the server knows it; `connection_limit` -2 means an interrupted DROP left it
    unusable.
    """

    name: str
    oid: int
    owner: str
    is_template: bool
    allows_connections: bool
    connection_limit: int


@dataclass(frozen=True)
class RoleInfo:
    """A tenant role: may it log in, and the stage written in its comment (`building`, `ready`,
    `claimed`, or empty).
    """

    name: str
    can_login: bool
    stage: str


@dataclass(frozen=True)
class Check:
    """One line of a connection test: `ok`, what was looked at, and what mends it when it is not."""

    code: str
    ok: bool
    facts: Mapping[str, object] = field(default_factory=dict)
    mend: str = ""


@dataclass(frozen=True)
class Attack:
    """What came of one hostile statement: `refused`, `succeeded` or `unknown` with the SQLSTATE."""

    name: str
    outcome: str
    state: str


@dataclass(frozen=True)
class Birth:
    """What makes a copy an Odoo of its own, independent of the customer; written while it is a
    standby.
    """

    database_uuid: str
    database_secret: str
    created_at: datetime


@dataclass(frozen=True)
class Identity:
    """What makes a database the customer's: company, administrator, address."""

    base_url: str
    company_name: str
    company_email: str
    admin_name: str
    admin_login: str
    admin_email: str
    language: str = ""
    time_zone: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Guest:
    """A user for support inside a tenant; `settings`: with the right to administrator settings."""

    login: str
    name: str
    email: str
    settings: bool = False


@dataclass(frozen=True)
class ModuleInfo:
    """A module as its manifest on the cluster's disk describes it."""

    name: str
    title: str
    summary: str
    version: str
    category: str
    application: bool
    installable: bool
    depends: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """An HTTP answer of the front door: status, the first 64 KiB of the body as text, seconds it
    took.
    """

    status: int
    body: str
    headers: Mapping[str, str]
    seconds: float


@dataclass(frozen=True)
class PublicLook:
    """A host as visitors meet it: status of its login page when a forged forwarding header came
    along, end of its certificate, and whether browsers trust that.
    """

    status: int
    certificate_until: datetime
    trusted: bool


class Clock(Protocol):
    """Time, so that tests can turn it."""

    def now(self) -> datetime:
        """Return the aware UTC instant."""

    def monotonic(self) -> float:
        """Return seconds for durations."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class ClusterPort(Protocol):
    """One PostgreSQL cluster as its provisioner sees it. Names are checked against
    `^[gt]_[a-z2-7]{26}(_[rz][0-9]+)?$`.
    """

    def check(self) -> list[Check]:
        """Test every right and setting the product needs; never raises, an unreachable server is a
        failed check.
        """

    def database(self, name: str) -> DatabaseInfo | None:
        """Look a database up."""

    def databases(self) -> list[DatabaseInfo]:
        """List the databases whose names are of our form."""

    def roles(self) -> list[RoleInfo]:
        """List the members of the tenants' marker group."""

    def database_bytes(self, name: str) -> int:
        """Return `pg_database_size`."""

    def create_empty(self, name: str) -> int:
        """Create an empty UTF-8, C-collated database with pg_trgm, closed to PUBLIC, owned by the
        provisioner; return its oid.
        """

    def seal_golden(self, name: str) -> None:
        """Hand all objects to the builder role, revoke, mark as template, allow no connections."""

    def ensure_role(self, role: str, generation: int) -> None:
        """Create the tenant role or set its verifier for this generation, its limits and its
        membership; comment `building` when new.
        """

    def mark_role(self, role: str, stage: str) -> None:
        """Write the stage into the role's comment."""

    def clone(self, name: str, template: str) -> int:
        """Copy a golden database, adopting one that already appeared or waiting for one that is
        being made; return its oid.

        Closed to PUBLIC and open to its role at once.
        """

    def own_objects(self, name: str) -> None:
        """Hand everything inside from the builder to the tenant role and prove that nothing foreign
        is left.
        """

    def give_birth(self, name: str, generation: int, birth: Birth) -> None:
        """As the tenant's role: new uuid, secret and times, cron calls spread ahead, nothing
        inherited (mail servers, tokens, sessions).
        """

    def expecting(self, name: str, generation: int) -> AbstractContextManager[None]:
        """Make ready, inside the block, for a `settle` that is likely; a wrong guess costs
        nothing.
        """

    def settle(self, name: str, generation: int, identity: Identity) -> dict[str, object]:
        """As the tenant's role, one transaction: company, administrator, address, parameters, cache
        signal.

        Return `{"admin_user_id": int, "admin_partner_id": int, "company_id": int}`.
        """

    def open_guest(self, name: str, generation: int, guest: Guest) -> dict[str, int]:
        """As the tenant's role: a user without a password that a sign-up link of type `reset` may
        give one. Return `{"guest_user": int, "guest_partner": int}`.
        """

    def close_guest(self, name: str, generation: int, login: str, user: int) -> dict[str, int]:
        """As the tenant's role: archive that user, ending its sessions and keys; absent is done.

        Return `{"guests": int, "users_made": int}`.
        """

    def address_of(self, name: str, generation: int) -> str | None:
        """As the tenant's role: return by which address the database calls itself, None when that
        is not frozen, so that anybody's login may change it.
        """

    def set_address(self, name: str, generation: int, base_url: str) -> None:
        """As the tenant's role: have the database call itself by this address, frozen."""

    def set_database_secret(self, name: str, generation: int, secret: Secret) -> None:
        """As the tenant's role: have sessions and links signed with another `database.secret`."""

    def stop_logins(self, name: str) -> None:
        """Role NOLOGIN and its sessions ended."""

    def allow_logins(self, name: str) -> None:
        """Role LOGIN again."""

    def lend_login(self, role: str) -> int:
        """Let a stopped tenant's role log in for an operation, under a password that no node has;
        return the generation to log in with.
        """

    def take_login_back(self, role: str, generation: int) -> None:
        """Stop a role that was lent; its password is that of this generation again."""

    def make_anew(self, name: str, extensions: Iterable[str]) -> int:
        """Make an empty database for the role of its stem, whatever was there; return its oid.

        A tenant's own database that was handed over is never touched.
        """

    def drop_staging(self, name: str, keep: Iterable[str] = ()) -> None:
        """Drop the staging copies `…_r` of a database, but for those to be kept."""

    def neutralise(self, name: str, generation: int, statements: Iterable[str]) -> dict[str, int]:
        """As the tenant's role, in one transaction: make a copy harmless and prove it.

        Return `{"mail_servers": int, "crons": int}` that are left active.
        """

    def adopt(self, name: str, generation: int, birth: Birth, base_url: str) -> None:
        """As the tenant's role: give a restored database uuid, secret and address of its own; the
        rest of it stays as it was.
        """

    def count_newer(
        self, name: str, generation: int, since: datetime, most: int
    ) -> dict[str, int | None]:
        """As the tenant's role, read only: return for each table that dates its rows how many are
        newer than an instant, at most `most` + 1; None where that could not be told in time.
        """

    def signals(self, name: str, generation: int) -> dict[str, int]:
        """As the tenant's role: return how far each cache signal has come."""

    def pass_signals(self, name: str, generation: int, marks: Mapping[str, int]) -> None:
        """As the tenant's role: have the cache signals go past these."""

    def let_in(self, name: str) -> None:
        """Allow connections to a database that a swap had closed; absent is done."""

    def swap(self, name: str, incoming: str, outgoing: str, oid: int) -> int:
        """Put a copy with this oid in a database's place, the former under another name that lets
        nobody in; return the former's oid.
        """

    def drop_database(self, name: str) -> None:
        """Drop it whatever its state, waiting for a creation under way; nothing happens when it is
        absent.
        """

    def drop_role(self, role: str) -> None:
        """Drop the tenant role; nothing happens when it is absent."""

    def baseline(self) -> Baseline:
        """Return what rights and limits are right on this cluster."""

    def privileges(self) -> Privileges:
        """Read rights and settings of the whole cluster from outside."""

    def inside(self, name: str, generation: int) -> Inside:
        """Look into a tenant's database as the tenant; never raises for what cannot be seen."""

    def mend_right(
        self, kind: str, name: str, generation: int, facts: Mapping[str, object]
    ) -> None:
        """Put one finding of the audit of rights right; `Broken` when only a superuser can."""

    def attack(self, name: str, generation: int, other: str) -> list[Attack]:
        """Try every hostile statement as the tenant and leave nothing; `other` is another tenant's
        database or empty.
        """

    def moment(self) -> str:
        """Return the server's own instant."""

    def end_sessions_before(self, role: str, moment: str, patience_seconds: float) -> int:
        """Let a role's sessions from before that moment end by themselves for a while, then end
        them; return how many were ended.
        """


class FilestorePort(Protocol):
    """The filestores of one cluster, one folder per database."""

    def free_bytes(self) -> int:
        """Return what an ordinary process may still write."""

    def used_bytes(self, name: str) -> int:
        """Return the apparent size of one database's files, 0 when there are none."""

    def clone(self, source: str, name: str, fence: int) -> None:
        """Copy by hard links into a folder that carries the fence, then rename: afterwards the
        whole filestore is there or none.
        """

    def swap(self, name: str, incoming: str, outgoing: str) -> None:
        """Put a copy's folder in the place of another, which gets a third name."""

    def drop(self, name: str) -> None:
        """Remove one database's files and every unfinished copy of them."""

    def names(self) -> list[str]:
        """List folders of our form, unfinished copies included."""


class OdooPort(Protocol):
    """The cluster's own Odoo, run as a subprocess."""

    def modules(self) -> list[ModuleInfo]:
        """Read the manifests on its addons path."""

    def fingerprint(self, modules: Iterable[str]) -> str:
        """Return a hash over the code of these modules and of Odoo itself."""

    def neutral_statements(self, modules: Iterable[str]) -> list[str]:
        """Return what these modules ship to make a copy harmless, in the order given."""

    def run_phase(
        self, phase: str, database: str, spec: Mapping[str, object], on_line: Callable[[str], None]
    ) -> dict[str, object]:
        """Run one golden phase to its end and return its report.

        `on_line` gets every log line, secrets masked, without time, process and database.
        Raises `Broken("odoo_phase_failed", phase=…, line=<what went wrong>, module=…)`, `module`
        empty unless one is to blame, `Unavailable("odoo_phase_timeout", phase=…, seconds=…)` and,
        when the server went away or somebody stopped it, `Unavailable("odoo_phase_interrupted",
        phase=…, line=…)`. The child dies with its parent.
        """


class FrontDoorPort(Protocol):
    """The runtime node as a visitor meets it."""

    def get(self, host: str, path: str) -> Answer:
        """Ask for a page under a host name; `Unavailable` when nothing answers."""


class DnsPort(Protocol):
    """What name servers say; a name that does not exist has nothing of anything.

    Names are ASCII, without last dot, and come back in lower case.
    """

    def aliases(self, name: str) -> tuple[str, ...]:
        """Return the names a host leads through by CNAME, nearest first."""

    def addresses(self, name: str) -> tuple[str, ...]:
        """Return the IPv4 and IPv6 addresses a host ends at, sorted."""

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the TXT values of a name, sorted; not those of a name it is an alias of."""


class PublicDoorPort(Protocol):
    """The front proxy as visitors meet it."""

    def look(self, host: str) -> PublicLook:
        """Ask over TLS for the login page of a host; `Unavailable` when nothing answers."""


@dataclass(frozen=True)
class BackupPlace:
    """Which backup of which tenant: uuids, the fence under which it is written, its key's id.

    `sha256` is its manifest's hash as the catalogue has it, empty while there is none.
    """

    tenant: str
    backup: str
    fence: int
    key: str
    sha256: str = ""


@dataclass(frozen=True)
class BackupSource:
    """What is backed up: a database with its role's generation, why, and the backup before."""

    database: str
    generation: int
    reason: str
    previous: str = ""


@dataclass(frozen=True)
class RestorePlace:
    """Where a backup is brought: a database that is empty, the generation its role logs in with."""

    database: str
    generation: int


@dataclass(frozen=True)
class Proof:
    """What came of reading a backup whole: faults as (object, code), and how many files it has."""

    faults: tuple[tuple[str, str], ...]
    files: int


@dataclass(frozen=True)
class Swept:
    """What a sweep removed; when a manifest stopped it, nothing: its backup, the error's code."""

    objects: int
    bytes: int
    backup: str = ""
    code: str = ""


@dataclass(frozen=True)
class Oddity:
    """One difference between a store and the catalogue.

    `kind`: `missing` (an object, or the manifest, of a known backup), `size`, `unreadable` (a
    manifest that does not open, with the code), `unknown` (a manifest of no known backup), `extra`
    (an old object nobody names), `stranger` (old objects of a tenant nobody knows). `size` in
    bytes: what is missing, or what lies there.
    """

    kind: str
    name: str
    backup: str = ""
    size: int = 0
    code: str = ""


class VaultPort(Protocol):
    """The backups of one tenant, with its keys; daily proofs and audits know the keys of all."""

    def write(
        self, store: BlobStore, place: BackupPlace, source: BackupSource
    ) -> dict[str, object]:
        """Write a backup, or take the one of this uuid that is there; return its figures.

        Keys: `fence`, `taken_at` (ISO), `manifest_hash`, `database_bytes`, `file_bytes`,
        `file_count`, `new_bytes`, `missing`, `rotten`.
        """

    def discard(self, store: BlobStore, place: BackupPlace) -> int:
        """Have this be no backup any more: its manifest goes first, then every dump of it; absent
        is done. Return the bytes that were freed.

        Files that other backups may share stay.
        """

    def sweep(
        self, store: BlobStore, tenant: str, known: Mapping[str, str], before: datetime
    ) -> Swept:
        """Remove dumps and files that no manifest names and that are older than `before`.

        `known`: uuids of backups that must be there → hashes of their manifests. A manifest that
        is missing, another, or cannot be opened stops it, and nothing is removed. Nobody may write
        a backup of this tenant there meanwhile.
        """

    def audit(
        self, store: BlobStore, tenant: str, known: Mapping[str, str], before: datetime
    ) -> list[Oddity]:
        """Return how what lies there differs from what is known; `known`, `before` as in `sweep`.

        Nothing is changed.
        """

    def strangers(self, store: BlobStore, known: Collection[str], before: datetime) -> list[Oddity]:
        """Return what lies under references of tenants that are not known, older than `before`."""

    def figures(self, store: BlobStore, place: BackupPlace) -> dict[str, object]:
        """Return what `write` returned of a backup that is there.

        Raises: Broken (`object_missing` without its manifest), Refused (`backup_key_missing`).
        """

    def canary(self, store: BlobStore, tenant: str, key: str, write: bool) -> str:
        """Read the object that proves that a key opens what lies there; put it first if asked to.

        Return one of `kernel/backup/canary.py: OUTCOMES`; without the key itself, `wrong_key`.
        """

    def look(self, store: BlobStore, place: BackupPlace) -> list[str]:
        """Return the names of objects that are absent or of a wrong size (level V0)."""

    def prove(self, store: BlobStore, place: BackupPlace) -> Proof:
        """Read every byte, and the dump with pg_restore (level V1).

        Raises: Unavailable when there was no answer, which proves nothing.
        """

    def describe(self, store: BlobStore, place: BackupPlace) -> dict[str, object]:
        """Open a backup's manifest and return what a restore has to know, as plain values.

        Keys: `taken_at` (ISO), `extensions`, `modules` (name → version), `database_bytes` (of the
        dump), `file_bytes`, `server_version` (as the server numbers itself).
        """

    def load(self, store: BlobStore, place: BackupPlace, to: RestorePlace) -> dict[str, int]:
        """Bring the database into an empty one, every byte proven before the first goes in.

        Return `{"tables": int, "rows": int}` by the manifest.
        """

    def unpack(self, store: BlobStore, place: BackupPlace, name: str, fence: int) -> int:
        """Bring the files into the filestore of a database that has none yet, all or none; return
        how many.
        """

    def add_files(self, store: BlobStore, place: BackupPlace, name: str, fence: int) -> int:
        """Bring those files that the filestore lacks or that are damaged there; return how many of
        the backup's are there now.
        """

    def compare(
        self, store: BlobStore, place: BackupPlace, to: RestorePlace, files: str = ""
    ) -> list[list[str]]:
        """Return how a database, and the filestore of that name, differ from the backup.

        Each difference as [kind, name]; nothing when they are equal.
        """


@dataclass(frozen=True)
class ExportOrder:
    """A file of a backup to be made: its name (a uuid), `odoo_zip` or `sealed`, what the database
    is called in it; of a sealed one the key that a passphrase made, and its salt.
    """

    name: str
    kind: str
    label: str = ""
    key: DataKey | None = None
    salt: bytes = b""


class ExportsPort(Protocol):
    """Files of backups that people take away, in a private folder of the control machine."""

    def require_room(self, wanted_bytes: int) -> None:
        """Refuse (`export_no_room`) when the disk does not take so many bytes and a tenth more."""

    def write(self, store: BlobStore, place: BackupPlace, order: ExportOrder) -> dict[str, object]:
        """Make the file, in place of one that is there; return `size`, `sha256`, `sql_sha256`."""

    def prove(
        self, store: BlobStore, place: BackupPlace, order: ExportOrder, told: Mapping[str, object]
    ) -> None:
        """Read the whole file back; `told` is what `write` said. Broken when it is another."""

    def drop(self, name: str) -> None:
        """Remove a file, unfinished or not; absent is done."""

    def names(self) -> list[str]:
        """Return the names of the files that are there, unfinished ones too."""


class ImportsPort(Protocol):
    """Odoo's own zips of somebody else, in the upload folder of the control machine."""

    def look(self, name: str) -> dict[str, object]:
        """Look at a whole zip, its dump read to nowhere; Refused for whatever is not as it should.

        Return `modules` (names), `extensions`, `tables` and `file_count`.
        """

    def make(self, database: str, extensions: Iterable[str]) -> None:
        """Make an empty database that its own role alone can enter, in place of one that is
        there.
        """

    def load(self, name: str, database: str) -> int:
        """Run the dump there as that role, in one transaction; the database must be empty.

        Return how many indexes were made without `unaccent`.
        """

    def unpack(self, name: str, database: str) -> int:
        """Write the files where those of that database lie, in place of what is there; return how
        many.
        """

    def drop(self, name: str) -> None:
        """Remove an uploaded file; absent is done."""


class StoresPort(Protocol):
    """The backup targets an operation may use, by the numbers of their records."""

    def open(self, target: int) -> BlobStore:
        """Return the store of a target; nothing is asked of it yet."""

    def probe(self, target: int) -> list[Check]:
        """Test everything backups need of a target; it keeps nothing of it."""
