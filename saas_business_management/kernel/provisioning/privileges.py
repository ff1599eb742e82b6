"""Who may do what on a cluster, compared with the hardening baseline (audit A5).

Owns: which right or setting is a finding, how bad it is, which of them the product puts right by
itself. Does not own: reading them (`adapters/postgres/privileges.py`), putting right (job
`audit_rights`), words (`messages/rights.py`).

A tenant on which an operation runs is not judged: half of it is made. What was not seen (`None`) is
never a finding.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from .naming import stem_of

AUDIT = "A5"
SERVER, DATABASE, ROLE, INSIDE = "server", "database", "role", "inside"
FAILING, WARNING = "failing", "warning"

RECOMMENDED_VERSION = 16
# Since 15 schema public is closed and a provisioner may be let to cap temporary files.
CAPPED_VERSION = 15
QUEUE_RATIO = 0.5
MOST_RELATIONS = 5000
# Attributes that make a role stronger than its databases.
STRONG = ("superuser", "createdb", "createrole", "replication", "bypassrls")
# `datconnlimit` of a database whose DROP was interrupted: audit A1 tells it.
INVALID = -2


@dataclass(frozen=True)
class ServerRights:
    """Settings of the server that matter here.

    `hba` are authentication methods of rules for remote logins, None when they cannot be seen.
    """

    version: int
    prepared_transactions: int
    password_encryption: str
    notify_queue_ratio: float = 0.0
    hba: tuple[str, ...] | None = None


@dataclass(frozen=True)
class DatabaseRights:
    """One database: its owner, what PUBLIC may there, and other roles that may enter it."""

    name: str
    owner: str
    public: tuple[str, ...] = ()
    entrants: tuple[str, ...] = ()
    is_template: bool = False
    connection_limit: int = -1


@dataclass(frozen=True)
class RoleRights:
    """One role; `strong` are names of `STRONG`, `member_of` the roles it is a member of directly,
    `lent_to` its direct members."""

    name: str
    strong: tuple[str, ...] = ()
    inherits: bool = True
    can_login: bool = True
    connection_limit: int = -1
    temp_file_limit: str = ""
    member_of: tuple[str, ...] = ()
    lent_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Inside:
    """What a tenant's own role sees in its database; None = not seen.

    `opens` is False only when the server refused the derived password.
    """

    opens: bool | None = None
    public_creates: bool | None = None
    base_url: str | None = None
    base_url_frozen: bool | None = None
    relations: int | None = None


@dataclass(frozen=True)
class Privileges:
    """Everything read of one cluster as its provisioner, without entering a tenant's database."""

    server: ServerRights
    databases: tuple[DatabaseRights, ...] = ()
    roles: tuple[RoleRights, ...] = ()


@dataclass(frozen=True)
class Baseline:
    """What is right on this cluster: who the product's own roles are and what tenants may have."""

    provisioner: str
    node: str
    tenants_group: str
    builder: str
    connections: int
    spare_connections: int
    temp_files: str
    # Strong roles the operator knows of, such as postgres, with anything they may.
    trusted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TenantKnown:
    """A tenant's database as the records know it; `addresses` are those its Odoo may give itself,
    none when it is not a customer's yet; `connections` and `temp_mb` of its own, 0 = everybody's.
    """

    name: str
    generation: int
    busy: bool = False
    addresses: frozenset[str] = frozenset()
    connections: int = 0
    temp_mb: int = 0


@dataclass(frozen=True)
class Finding:
    """One defect: `mend` says that the product may put it right by itself."""

    kind: str
    what: str
    name: str
    level: str = FAILING
    mend: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)


def judge(
    seen: Privileges,
    baseline: Baseline,
    known: Iterable[TenantKnown] = (),
    insides: Mapping[str, Inside] | None = None,
) -> list[Finding]:
    """Return the findings of A5 in a stable order; empty when the baseline holds."""
    tenants = {one.name: one for one in known}
    found = [
        *_server(seen.server),
        *(one for row in seen.databases for one in _database(row, seen, baseline, tenants)),
        *(one for row in seen.roles for one in _role(row, seen, baseline, tenants)),
        *(
            one
            for name, row in (insides or {}).items()
            for one in _inside(row, tenants[name], seen.server)
        ),
    ]
    return sorted(found, key=lambda one: (one.what, one.name, one.kind))


def _server(server: ServerRights) -> Iterator[Finding]:
    if server.version < RECOMMENDED_VERSION:
        facts = {"version": server.version}
        yield Finding("version_old", SERVER, "", WARNING, facts=facts)
    if server.prepared_transactions:
        facts = {"count": server.prepared_transactions}
        yield Finding("prepared_transactions", SERVER, "", facts=facts)
    if server.password_encryption != "scram-sha-256":
        facts = {"found": server.password_encryption}
        yield Finding("password_encryption", SERVER, "", facts=facts)
    if server.notify_queue_ratio > QUEUE_RATIO:
        facts = {"percent": round(100 * server.notify_queue_ratio)}
        yield Finding("notify_queue", SERVER, "", facts=facts)
    weak = sorted({"trust", "password", "md5"} & set(server.hba or ()))
    if weak:
        yield Finding("weak_logins", SERVER, "", facts={"methods": weak})


def _database(
    row: DatabaseRights,
    seen: Privileges,
    baseline: Baseline,
    tenants: Mapping[str, TenantKnown],
) -> Iterator[Finding]:
    tenant = tenants.get(row.name)
    if (tenant and tenant.busy) or row.connection_limit == INVALID:
        return
    if row.public:
        mend = row.owner == baseline.provisioner
        yield Finding("open_to_public", DATABASE, row.name, mend=mend, facts={"may": row.public})
    group = _tenant_roles(seen, baseline)
    if row.owner in group or row.owner == baseline.builder:
        yield Finding("owned_by_tenant", DATABASE, row.name, facts={"owner": row.owner})
    barred = group | {baseline.node} if tenant else group
    # What a restore makes beside a tenant's database is that tenant's.
    foreign = sorted((set(row.entrants) & barred) - {row.name, stem_of(row.name)})
    if foreign:
        mend = row.owner == baseline.provisioner
        yield Finding("foreign_entry", DATABASE, row.name, mend=mend, facts={"roles": foreign})
    if tenant:
        yield from _tenant_database(row, _own(baseline, tenant))


def _tenant_database(row: DatabaseRights, baseline: Baseline) -> Iterator[Finding]:
    if row.connection_limit != baseline.connections:
        facts = {"found": row.connection_limit, "expected": baseline.connections}
        yield Finding("database_limit", DATABASE, row.name, mend=True, facts=facts)
    if row.is_template:
        yield Finding("database_template", DATABASE, row.name, mend=True)


def _own(baseline: Baseline, tenant: TenantKnown) -> Baseline:
    """Return what is right for a tenant that has a share of its own."""
    return replace(
        baseline,
        connections=tenant.connections or baseline.connections,
        temp_files=f"{tenant.temp_mb}MB" if tenant.temp_mb else baseline.temp_files,
    )


def _tenant_roles(seen: Privileges, baseline: Baseline) -> set[str]:
    return {row.name for row in seen.roles if baseline.tenants_group in row.member_of} - {
        baseline.provisioner
    }


def _role(
    row: RoleRights,
    seen: Privileges,
    baseline: Baseline,
    tenants: Mapping[str, TenantKnown],
) -> Iterator[Finding]:
    if row.name in tenants:
        if not tenants[row.name].busy:
            yield from _tenant_role(row, seen.server, _own(baseline, tenants[row.name]))
        return
    strong = sorted(set(row.strong) - _allowed(row.name, baseline))
    if strong:
        yield Finding("role_strong", ROLE, row.name, facts={"attributes": strong})


def _allowed(name: str, baseline: Baseline) -> set[str]:
    if name in baseline.trusted:
        return set(STRONG)
    return {"createdb", "createrole"} if name == baseline.provisioner else set()


def _tenant_role(row: RoleRights, server: ServerRights, baseline: Baseline) -> Iterator[Finding]:
    limit = baseline.connections + baseline.spare_connections
    if row.strong:
        # Only a superuser takes these away again; the two others the provisioner may.
        mend = set(row.strong) <= {"createdb", "createrole"}
        facts = {"attributes": sorted(row.strong)}
        yield Finding("tenant_strong", ROLE, row.name, mend=mend, facts=facts)
    if not row.inherits:
        yield Finding("tenant_noinherit", ROLE, row.name, mend=True)
    others = sorted(set(row.member_of) - {baseline.tenants_group})
    if others:
        facts = {"roles": others}
        yield Finding("tenant_member", ROLE, row.name, mend=True, facts=facts)
    if baseline.tenants_group not in row.member_of:
        yield Finding("tenant_unmarked", ROLE, row.name, mend=True)
    lent = sorted(set(row.lent_to) - {baseline.provisioner} - baseline.trusted)
    if lent:
        yield Finding("tenant_lent", ROLE, row.name, mend=True, facts={"roles": lent})
    if row.connection_limit != limit:
        facts = {"found": row.connection_limit, "expected": limit}
        yield Finding("role_limit", ROLE, row.name, mend=True, facts=facts)
    if server.version >= CAPPED_VERSION and row.temp_file_limit != baseline.temp_files:
        facts = {"found": row.temp_file_limit, "expected": baseline.temp_files}
        yield Finding("temp_files", ROLE, row.name, mend=True, facts=facts)


def _inside(row: Inside, tenant: TenantKnown, server: ServerRights) -> Iterator[Finding]:
    if tenant.busy:
        return
    if row.opens is False:
        yield Finding("password_changed", INSIDE, tenant.name, mend=True)
    # Before 15 the schema is the superuser's and open to whoever may enter; nobody else may.
    if row.public_creates and server.version >= CAPPED_VERSION:
        yield Finding("schema_open", INSIDE, tenant.name)
    if row.base_url is not None and tenant.addresses and row.base_url not in tenant.addresses:
        facts = {"found": row.base_url[:120]}
        yield Finding("address_drift", INSIDE, tenant.name, WARNING, facts=facts)
    if row.base_url_frozen is False and tenant.addresses:
        yield Finding("address_thawed", INSIDE, tenant.name, WARNING)
    if row.relations is not None and row.relations > MOST_RELATIONS:
        facts = {"count": row.relations}
        yield Finding("many_relations", INSIDE, tenant.name, WARNING, facts=facts)
