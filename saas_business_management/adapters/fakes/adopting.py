"""Databases that are not ours, in memory.

Owns: what `postgres/adopting.py` does on a real server. Does not own: databases that are ours
(`cluster.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...kernel.errors import Broken
from ...kernel.provisioning.naming import checked
from ..ports import Foreign

RIGHTS = {
    "limit": -1,
    "acl": [["", "CONNECT", False], ["", "TEMPORARY", False]],
    "public": ["USAGE"],
    "schema_owner": "pg_database_owner",
}


def odoo_inside(**other: Any) -> dict[str, Any]:
    """Return what is read in an ordinary Odoo database."""
    return {
        "entered": True,
        "rights": RIGHTS,
        "owners": {"odoo": 900},
        "superuser_objects": 0,
        "hostile": [],
        "extensions": ["pg_trgm"],
        "odoo": True,
        "version": "19.0.1.3",
        "modules": {"base": "19.0.1.3", "web": "19.0.1.0"},
        "half_done": 0,
        "base_url": "http://old.example",
        "frozen": "",
        "has_secret": True,
        "users": 3,
        "admin": [2, 3],
        "crons": ["Clean up"],
        "mail_servers": 0,
        "files": 0,
        "file_bytes": 0,
        **other,
    }


@dataclass
class FakeForeign:
    """A database of somebody else: from outside and inside."""

    info: Foreign
    inside: dict[str, Any]


class FakeAdopting:
    """The part of `ClusterPort` that takes databases over; mixed into `FakeCluster`."""

    databases_by_name: dict[str, Any]
    foreign_by_name: dict[str, FakeForeign]
    _about_to: Callable[[str], None]
    _connections: int
    _new: Callable[[str, str, int], Any]
    _role: Callable[[str], Any]
    _login: Callable[[str, int], Any]

    def put_foreign(self, name: str, owner: str = "odoo", **inside: Any) -> FakeForeign:
        """Let a database of somebody else stand there."""
        self._oid = getattr(self, "_oid", 16384) + 1
        info = Foreign(name, self._oid, owner, 8_000_000, 0, False, True, True, False)
        self.foreign_by_name[name] = FakeForeign(info, odoo_inside(**inside))
        return self.foreign_by_name[name]

    def foreign(self) -> list[Foreign]:
        """List them."""
        self._about_to("foreign")
        return [self.foreign_by_name[name].info for name in sorted(self.foreign_by_name)]

    def look_foreign(self, name: str) -> dict[str, Any]:
        """Return what a test put inside."""
        self._about_to("look_foreign")
        found = self.foreign_by_name.get(name)
        return dict(found.inside) if found else {"entered": False, "why": "database_missing"}

    def hold_foreign(self, name: str, oid: int, own: str) -> None:
        """Make it ours."""
        self._about_to("hold_foreign")
        ours = self.databases_by_name.get(checked(own))
        if ours is not None and ours.info.oid == oid:
            return
        found = self.foreign_by_name.get(name)
        if found is None:
            raise Broken("database_missing", database=name)
        if ours is not None or found.info.oid != oid:
            raise Broken("database_changed", database=name)
        new = self._new(own, found.info.owner, self._connections)
        new.info = replace(new.info, oid=oid)
        new.modules = tuple(found.inside.get("modules", ()))
        new.parameters["web.base.url"] = found.inside.get("base_url", "")
        new.foreign = found
        del self.foreign_by_name[name]

    def own_foreign(self, own: str, owner: str) -> int:
        """Hand everything over."""
        self._about_to("own_foreign")
        self._role(checked(own))
        found = self.databases_by_name[own]
        changed = 0 if found.objects_owner == own else 900
        found.objects_owner, found.opened_to = own, own
        return changed

    def give_back(self, own: str, name: str, owner: str, rights: Mapping[str, Any]) -> None:
        """Make it somebody else's again."""
        self._about_to("give_back")
        found = self.databases_by_name.pop(checked(own), None)
        if found is not None:
            back = found.foreign
            inside = {**back.inside, "rights": dict(rights)}
            inside["base_url"] = found.parameters.get("web.base.url", "")
            self.foreign_by_name[name] = FakeForeign(back.info, inside)
        elif name not in self.foreign_by_name:
            raise Broken("database_missing", database=name)

    def put_address_back(self, own: str, generation: int, base_url: str, frozen: str) -> None:
        """Write what was there."""
        self._about_to("put_address_back")
        if checked(own) in self.databases_by_name:
            self._login(own, generation).parameters["web.base.url"] = base_url

    def admin_of(self, own: str, generation: int) -> dict[str, int]:
        """Return the first user."""
        self._about_to("admin_of")
        self._login(checked(own), generation)
        return {"admin_user_id": 2, "admin_partner_id": 3}
