"""The auditor's side of the cluster in memory: rights, attacks, ended sessions.

Owns: what a test may spoil (`holes`, `spoiled`, `older_sessions`). Does not own: databases and
roles (`cluster.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ...kernel.errors import Broken
from ...kernel.provisioning.naming import checked
from ...kernel.provisioning.privileges import (
    Baseline,
    DatabaseRights,
    Inside,
    Privileges,
    RoleRights,
    ServerRights,
)
from ..ports import Attack

ATTACKS = ("drop another database", "become another role", "enter postgres")
MENDED = ("open_to_public", "database_limit", "tenant_strong", "role_limit", "temp_files")
SERVER = ServerRights(18, 0, "scram-sha-256")
LIMIT, SPARE, FILES = 10, 2, "1GB"


class FakeGuarding:
    """The part of `ClusterPort` that keeps tenants apart; mixed into `FakeCluster`.

    `spoiled` maps the name of a database or role to the fields of its rights that are wrong;
    mending takes them away. `holes` are attacks that succeed.
    """

    databases_by_name: dict[str, Any]
    roles_by_name: dict[str, Any]
    _about_to: Callable[[str], None]
    ensure_role: Callable[[str, int], None]
    _opens: Callable[[str, int], bool]

    def __init__(self) -> None:
        super().__init__()
        self.spoiled: dict[str, dict[str, object]] = {}
        self.holes: set[str] = set()
        self.older_sessions: dict[str, int] = {}

    def baseline(self) -> Baseline:
        """Return what is right on this cluster."""
        return Baseline(
            "saas_prov", "saas_node", "saas_tenant", "saas_builder", LIMIT, SPARE, FILES
        )

    def privileges(self) -> Privileges:
        """Return rights as they should be, but for what is spoiled."""
        self._about_to("privileges")
        databases = tuple(self._database_rights(name) for name in sorted(self.databases_by_name))
        return Privileges(
            SERVER, databases, tuple(self._role_rights(one) for one in sorted(self.roles_by_name))
        )

    def inside(self, name: str, generation: int) -> Inside:
        """Look as the tenant."""
        self._about_to("inside")
        role, found = self.roles_by_name.get(checked(name)), self.databases_by_name.get(name)
        if role is None or found is None:
            return Inside()
        if not self._opens(name, generation):
            return Inside(opens=False)
        told = found.parameters.get
        return Inside(
            True, False, told("web.base.url", ""), "web.base.url.freeze" in (found.parameters), 450
        )

    def mend_right(
        self, kind: str, name: str, generation: int, facts: Mapping[str, object]
    ) -> None:
        """Put right what is spoiled, or the password."""
        self._about_to("mend_right")
        if kind == "password_changed":
            self.ensure_role(checked(name), generation)
        elif kind not in MENDED:
            raise Broken("mend_unknown", kind=kind)
        else:
            self.spoiled.pop(name, None)

    def attack(self, name: str, generation: int, other: str) -> list[Attack]:
        """Succeed where there is a hole."""
        self._about_to("attack")
        if not self._opens(checked(name), generation):
            raise Broken("login_refused")
        return [
            Attack(one, "succeeded", "") if one in self.holes else Attack(one, "refused", "42501")
            for one in ATTACKS
        ]

    def moment(self) -> str:
        """Return an instant."""
        self._about_to("moment")
        return "2026-01-05 09:00:00+00"

    def end_sessions_before(self, role: str, moment: str, patience_seconds: float) -> int:
        """End what a test left open."""
        self._about_to("end_sessions_before")
        return self.older_sessions.pop(checked(role), 0)

    def _database_rights(self, name: str) -> DatabaseRights:
        info = self.databases_by_name[name].info
        right = DatabaseRights(name, info.owner, (), (), info.is_template, info.connection_limit)
        return replace(right, **self._wrong(name, right))

    def _role_rights(self, name: str) -> RoleRights:
        info = self.roles_by_name[name].info
        right = RoleRights(
            name, (), True, info.can_login, LIMIT + SPARE, FILES, ("saas_tenant",), ("saas_prov",)
        )
        return replace(right, **self._wrong(name, right))

    def _wrong(self, name: str, right: object) -> dict[str, object]:
        wrong = self.spoiled.get(name, {})
        return {key: value for key, value in wrong.items() if hasattr(right, key)}
