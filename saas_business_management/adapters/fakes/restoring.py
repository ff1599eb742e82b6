"""The restorer's side of the cluster in memory: logins lent, staging copies, databases swapped.

Owns: what `postgres/restoring.py` does on a real one. Does not own: databases and roles
(`cluster.py`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from ...kernel.errors import Broken
from ...kernel.provisioning.naming import checked, stem_of
from ..ports import LENT, Birth


class FakeRestoring:
    """The part of `ClusterPort` that brings data back; mixed into `FakeCluster`."""

    databases_by_name: dict[str, Any]
    roles_by_name: dict[str, Any]
    _about_to: Callable[[str], None]
    _connections: int
    ensure_role: Callable[[str, int], None]
    stop_logins: Callable[[str], None]
    _new: Callable[[str, str, int], Any]
    _usable: Callable[[str], Any]
    _role: Callable[[str], Any]
    _login: Callable[[str, int], Any]

    def lend_login(self, role: str) -> int:
        """Let a stopped role log in under generation 0."""
        self._about_to("lend_login")
        found = self._role(checked(role))
        self.ensure_role(role, LENT)
        found.info = replace(found.info, can_login=True)
        return LENT

    def take_login_back(self, role: str, generation: int) -> None:
        """Stop it again."""
        self._about_to("take_login_back")
        self.stop_logins(role)
        self.ensure_role(role, generation)

    def make_anew(self, name: str, extensions: Iterable[str]) -> int:
        """Make an empty database for the role of its stem, whatever was there."""
        self._about_to("make_anew")
        role = stem_of(checked(name))
        if self._role(role).info.stage == "claimed" and name == role:
            raise Broken("already_handed_over", database=name)
        self._usable(name)
        self.databases_by_name.pop(name, None)
        found = self._new(name, role, self._connections)
        found.opened_to = role
        return found.info.oid

    def drop_staging(self, name: str, keep: Iterable[str] = ()) -> None:
        """Drop staging copies."""
        self._about_to("drop_staging")
        for one in [*self.databases_by_name]:
            if one.startswith(f"{checked(name)}_r") and one not in {*keep}:
                del self.databases_by_name[one]

    def neutralise(self, name: str, generation: int, statements: Iterable[str]) -> dict[str, int]:
        """Make a copy harmless; without any statement it is not."""
        self._about_to("neutralise")
        found = self._login(name, generation)
        if not [*statements]:
            raise Broken("not_neutral", servers=1, crons=1)
        found.neutral = True
        return {"mail_servers": 1, "crons": 1}

    def adopt(self, name: str, generation: int, birth: Birth, base_url: str) -> None:
        """Write uuid, secret and address."""
        self._about_to("adopt")
        self._login(name, generation).parameters |= {
            "database.uuid": birth.database_uuid,
            "database.secret": birth.database_secret,
            "web.base.url": base_url,
            "web.base.url.freeze": "True",
        }

    def count_newer(
        self, name: str, generation: int, since: datetime, most: int
    ) -> dict[str, int | None]:
        """Count the dates that a test wrote into `dated`; a table with None cannot be read."""
        self._about_to("count_newer")
        dated = self._login(name, generation).dated
        if not dated:
            raise Broken("table_missing")
        naive = since.astimezone(timezone.utc).replace(tzinfo=None).isoformat()
        return {
            table: None if dates is None else min(sum(one > naive for one in dates), most + 1)
            for table, dates in dated.items()
        }

    def signals(self, name: str, generation: int) -> dict[str, int]:
        """Return the one signal there is."""
        self._about_to("signals")
        return {"registry": self._login(name, generation).signals}

    def pass_signals(self, name: str, generation: int, marks: Mapping[str, int]) -> None:
        """Go past the mark."""
        self._about_to("pass_signals")
        found = self._login(name, generation)
        found.signals = max(marks.get("registry", 0) + 1, found.signals)

    def let_in(self, name: str) -> None:
        """Allow connections."""
        self._about_to("let_in")
        found = self.databases_by_name.get(checked(name))
        if found is not None:
            found.info = replace(found.info, allows_connections=True)

    def swap(self, name: str, incoming: str, outgoing: str, oid: int) -> int:
        """Exchange two databases."""
        self._about_to("swap")
        for one in (name, incoming, outgoing):
            if stem_of(checked(one)) != name:
                raise Broken("database_changed", database=one)
        live, copy = self.databases_by_name.get(name), self.databases_by_name.get(incoming)
        if live is not None and live.info.oid == oid:
            out = self.databases_by_name.get(outgoing)
            return out.info.oid if out else 0
        if live is None or copy is None:
            raise Broken("database_missing", database=name if live is None else incoming)
        if copy.info.oid != oid:
            raise Broken("database_changed", database=incoming)
        del self.databases_by_name[incoming]
        live.info = replace(live.info, name=outgoing, allows_connections=False)
        copy.info = replace(copy.info, name=name, allows_connections=True)
        self.databases_by_name |= {outgoing: live, name: copy}
        return live.info.oid

    def entered(self, name: str, generation: int) -> Any:
        """Return a database as its own role sees it; for the other doubles."""
        return self._login(name, generation)
