"""A PostgreSQL cluster in memory, with the states and errors of a real one."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace

from ...kernel.errors import Broken
from ...kernel.provisioning.naming import checked, stem_of
from ...kernel.quota.share import Share
from ...kernel.secret import Secret
from ..ports import Birth, Check, DatabaseInfo, Guest, Identity, RoleInfo
from .adopting import FakeAdopting, FakeForeign
from .enforcing import FakeEnforcing
from .faults import Faults
from .guarding import FakeGuarding
from .metering import FakeMetering
from .moving import FakeMoving
from .restoring import FakeRestoring
from .upgrading import FakeUpgrading
from .watching import FakeWatching

PROVISIONER = "saas_prov"
BUILDER = "saas_builder"
STAGES = ("building", "ready", "claimed")
EMPTY_BYTES = 8_000_000
FIRST_SECRET = "first"


@dataclass
class FakeDatabase:
    """A database: what the server knows of it, who owns its objects, what Odoo would read in it."""

    info: DatabaseInfo
    objects_owner: str
    size: int = EMPTY_BYTES
    opened_to: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    admin: dict[str, str] = field(default_factory=dict)
    company: dict[str, str] = field(default_factory=dict)
    guests: dict[str, bool] = field(default_factory=dict)
    content: bytes = b""
    neutral: bool = False
    masked: bool = False
    signals: int = 1
    # When rows of each table were written, as ISO texts in UTC; None = nobody can read it.
    dated: dict[str, list[str] | None] = field(default_factory=lambda: {"res_partner": []})
    # What is told of a question by its code: a number as a text, or `!` and a problem.
    answers: dict[str, str] = field(default_factory=dict)
    modules: tuple[str, ...] = ("base",)
    read_only: bool = False
    # Users, given room and what is left of it, None = never put; what a tenant did to them.
    limits: tuple[int | None, int | None, int | None] | None = None
    defects: tuple[str, ...] = ()
    share: Share = field(default_factory=Share)
    # What it was before an adoption.
    foreign: FakeForeign | None = None


@dataclass
class FakeRole:
    """A tenant's role, the generation of its password and the secret that was made from."""

    info: RoleInfo
    generation: int
    sessions: int = 0
    secret: str = FIRST_SECRET


class FakeCluster(
    FakeGuarding,
    FakeRestoring,
    FakeMoving,
    FakeUpgrading,
    FakeMetering,
    FakeEnforcing,
    FakeWatching,
    FakeAdopting,
    Faults,
):
    """`ClusterPort` in memory; tests look at and tamper with its dictionaries."""

    def __init__(self, connections_per_tenant: int = 10) -> None:
        super().__init__()
        self.databases_by_name: dict[str, FakeDatabase] = {}
        self.foreign_by_name: dict[str, FakeForeign] = {}
        self.roles_by_name: dict[str, FakeRole] = {}
        self.failed_checks: dict[str, str] = {}
        # What passwords are made from, and what those were made from that still open.
        self.secret, self.older_secret = FIRST_SECRET, ""
        self._connections = connections_per_tenant
        self._oid = 16384

    def check(self) -> list[Check]:
        """Everything is well, but for `failed_checks` (code → what mends it)."""
        self._about_to("check")
        failed = [Check(code, False, {}, mend) for code, mend in self.failed_checks.items()]
        return [Check("server_reachable", True), *failed]

    def database(self, name: str) -> DatabaseInfo | None:
        """Look a database up."""
        self._about_to("database")
        found = self.databases_by_name.get(checked(name))
        return found and found.info

    def databases(self) -> list[DatabaseInfo]:
        """List the databases whose names are of our form."""
        self._about_to("databases")
        return [self.databases_by_name[name].info for name in sorted(self.databases_by_name)]

    def roles(self) -> list[RoleInfo]:
        """List the members of the tenants' marker group."""
        self._about_to("roles")
        return [self.roles_by_name[name].info for name in sorted(self.roles_by_name)]

    def database_bytes(self, name: str) -> int:
        """Return the size of a database."""
        self._about_to("database_bytes")
        return self._existing(checked(name)).size

    def create_empty(self, name: str) -> int:
        """Create an empty database owned by the provisioner."""
        self._about_to("create_empty")
        found = self._usable(checked(name))
        if found is not None and found.info.is_template:
            raise Broken("golden_sealed", database=name)
        if found is None:
            found = self._new(name, PROVISIONER, -1)
        return found.info.oid

    def seal_golden(self, name: str) -> None:
        """Hand all objects to the builder and close the database."""
        self._about_to("seal_golden")
        found = self._existing(checked(name))
        found.objects_owner = BUILDER
        found.info = replace(found.info, is_template=True, allows_connections=False)

    def ensure_role(self, role: str, generation: int) -> None:
        """Create the tenant role or set the generation of the one that is there."""
        self._about_to("ensure_role")
        if checked(role) not in self.roles_by_name:
            self.roles_by_name[role] = FakeRole(RoleInfo(role, True, "building"), generation)
        found = self.roles_by_name[role]
        found.generation, found.secret = generation, self.secret

    def mark_role(self, role: str, stage: str) -> None:
        """Write the stage into the role's comment."""
        self._about_to("mark_role")
        if stage not in STAGES:
            raise Broken("stage_unknown", stage=stage)
        found = self._role(checked(role))
        found.info = replace(found.info, stage=stage)

    def clone(self, name: str, template: str) -> int:
        """Copy a golden database, or adopt the copy that is there."""
        self._about_to("clone")
        checked(template)
        if checked(name) not in self.roles_by_name:
            raise Broken("role_missing", role=name)
        found = self._usable(name)
        if found is None:
            golden = self.databases_by_name.get(template)
            if golden is None or not golden.info.is_template:
                raise Broken("template_missing", template=template)
            found = self._new(name, golden.objects_owner, self._connections)
            found.size = golden.size
            found.parameters = dict(golden.parameters)
        found.opened_to = name
        return found.info.oid

    def own_objects(self, name: str) -> None:
        """Hand everything inside to the tenant role."""
        self._about_to("own_objects")
        found = self._existing(checked(name))
        if name not in self.roles_by_name:
            raise Broken("role_missing", role=name)
        if found.objects_owner == BUILDER:
            if self._role(name).info.stage != "building":
                raise Broken("already_handed_over", database=name)
            found.objects_owner = name
        if found.objects_owner != name:
            raise Broken("objects_foreign", database=name, count=1)

    def give_birth(self, name: str, generation: int, birth: Birth) -> None:
        """Write new keys."""
        self._about_to("give_birth")
        found = self._login(name, generation)
        found.parameters |= {
            "database.uuid": birth.database_uuid,
            "database.secret": birth.database_secret,
            "database.create_date": birth.created_at.strftime("%Y-%m-%d %H:%M:%S"),
        }

    def expecting(self, name: str, generation: int) -> AbstractContextManager[None]:
        """Expect nothing: no customer waits here."""
        return nullcontext()

    def settle(self, name: str, generation: int, identity: Identity) -> dict[str, object]:
        """Write the customer's names."""
        self._about_to("settle")
        found = self._login(name, generation)
        found.parameters |= {
            **identity.parameters,
            "web.base.url": identity.base_url,
            "web.base.url.freeze": "True",
        }
        found.admin = {
            "login": identity.admin_login,
            "name": identity.admin_name,
            "email": identity.admin_email,
        }
        found.company = {"name": identity.company_name, "email": identity.company_email}
        return {"admin_user_id": 2, "admin_partner_id": 3, "company_id": 1}

    def open_guest(self, name: str, generation: int, guest: Guest) -> dict[str, int]:
        """Let a guest in; its ids follow the order in which guests came."""
        self._about_to("open_guest")
        guests = self._login(name, generation).guests
        guests[guest.login] = True
        place = list(guests).index(guest.login)
        return {"guest_user": 100 + place, "guest_partner": 200 + place}

    def close_guest(self, name: str, generation: int, login: str, user: int) -> dict[str, int]:
        """Archive a guest."""
        self._about_to("close_guest")
        guests = self._login(name, generation).guests
        there = login in guests
        if there:
            guests[login] = False
        return {"guests": int(there), "users_made": 0}

    def address_of(self, name: str, generation: int) -> str | None:
        """Return the address, None when it is not frozen."""
        self._about_to("address_of")
        parameters = self._login(name, generation).parameters
        frozen = parameters.get("web.base.url.freeze") == "True"
        return parameters.get("web.base.url", "") if frozen else None

    def set_address(self, name: str, generation: int, base_url: str) -> None:
        """Write the address, frozen."""
        self._about_to("set_address")
        found = self._login(name, generation)
        if found.read_only:
            raise Broken("right_missing")
        parameters = found.parameters
        parameters |= {"web.base.url": base_url, "web.base.url.freeze": "True"}

    def set_database_secret(self, name: str, generation: int, secret: Secret) -> None:
        """Write the parameter."""
        self._about_to("set_database_secret")
        self._login(name, generation).parameters["database.secret"] = secret.reveal()

    def stop_logins(self, name: str) -> None:
        """Role NOLOGIN and its sessions ended."""
        self._about_to("stop_logins")
        if checked(name) in self.roles_by_name:
            found = self.roles_by_name[name]
            found.info, found.sessions = replace(found.info, can_login=False), 0

    def allow_logins(self, name: str) -> None:
        """Role LOGIN again."""
        self._about_to("allow_logins")
        found = self._role(checked(name))
        found.info = replace(found.info, can_login=True)

    def drop_database(self, name: str) -> None:
        """Drop it whatever its state."""
        self._about_to("drop_database")
        self._usable(checked(name))
        self.databases_by_name.pop(name, None)

    def drop_role(self, role: str) -> None:
        """Drop the tenant role."""
        self._about_to("drop_role")
        if any(one.opened_to == checked(role) for one in self.databases_by_name.values()):
            raise Broken("still_referenced")
        self.roles_by_name.pop(role, None)

    def _new(self, name: str, objects_owner: str, limit: int) -> FakeDatabase:
        self._oid += 1
        info = DatabaseInfo(name, self._oid, PROVISIONER, False, True, limit)
        self.databases_by_name[name] = FakeDatabase(info, objects_owner)
        return self.databases_by_name[name]

    def _usable(self, name: str) -> FakeDatabase | None:
        found = self.databases_by_name.get(name)
        if found is not None and found.info.owner != PROVISIONER:
            raise Broken("database_foreign", database=name)
        if found is not None and found.info.connection_limit == -2:
            del self.databases_by_name[name]
            return None
        return found

    def _existing(self, name: str) -> FakeDatabase:
        found = self.databases_by_name.get(name)
        if found is None:
            raise Broken("database_missing", database=name)
        return found

    def _role(self, name: str) -> FakeRole:
        if name not in self.roles_by_name:
            raise Broken("role_missing", role=name)
        return self.roles_by_name[name]

    def _opens(self, name: str, generation: int) -> bool:
        """Tell whether a password of this generation opens, of either secret."""
        role = self.roles_by_name.get(stem_of(name))
        if role is None or not role.info.can_login:
            return False
        return role.generation == generation and role.secret in (self.secret, self.older_secret)

    def _login(self, name: str, generation: int) -> FakeDatabase:
        """Enter as the tenant would: right role and generation, allowed, everything his own."""
        if not self._opens(checked(name), generation):
            raise Broken("login_refused")
        found = self._existing(name)
        if not found.info.allows_connections:
            raise Broken("database_closed")
        if found.objects_owner != stem_of(name):
            raise Broken("right_missing")
        return found
