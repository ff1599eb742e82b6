"""The records that moves work for, in memory.

Owns: what the `_step_…` methods of moves do to rows. Does not own: the other records
(`job_records.py`).
"""

from typing import Any

from saas_business_management.kernel.errors import Refused

OPEN_STATES = ("trial", "active")
THERE = "there"


class MoveRecords:
    """The part of `MemoryRecords` that moves call."""

    _rows: dict[str, Any]
    _job: dict[str, Any]

    def _mover(self) -> tuple[dict[str, Any], dict[str, Any]]:
        move = self._linked("move")
        return move, self._rows["tenants"][move["tenant"]]

    def _move_begin(self, fence: int) -> dict[str, Any]:
        move, tenant = self._mover()
        if not move["copy"]:
            here = self._rows["databases"][move["source"]]
            kept = {name: here[name] for name in ("secret", "birth", "version")}
            move["copy"] = self._reserve(tenant=move["tenant"], fence=fence, cluster=THERE, **kept)
        return self._ends(move, tenant)

    def _ends(self, move: dict[str, Any], tenant: dict[str, Any]) -> dict[str, Any]:
        databases = self._rows["databases"]
        return {
            "database": move["source"],
            "generation": databases[move["source"]]["generation"],
            "login": databases[move["source"]]["generation"],
            "copy": move["copy"],
            "copy_generation": databases[move["copy"]]["generation"],
            "open": tenant["state"] in OPEN_STATES,
            "host": tenant["host"],
            "address": move["address"],
        }

    def _move_forget_copy(self) -> None:
        move, _tenant = self._mover()
        name, move["copy"] = move["copy"], None
        if name:
            self._forget(name)

    def _move_allowed(self, names: list[str]) -> dict[str, Any]:
        return {"offered": dict(self._linked("move")["offered"]), "unapproved": []}

    def _move_freeze(self) -> None:
        move, tenant = self._mover()
        if move["state"] == "copying":
            move["state"] = "frozen"
        self._guide(tenant, away=True)

    def _move_thaw(self) -> None:
        move, tenant = self._mover()
        if move["state"] == "frozen":
            move["state"] = "copying"
        self._guide(tenant, away=False)

    def _guide(self, tenant: dict[str, Any], away: bool) -> None:
        state = "migrating" if away and tenant["state"] in OPEN_STATES else tenant["state"]
        self._put(tenant["database"], state=state, host=tenant["host"])

    def _move_keep_marks(self, marks: dict[str, str]) -> None:
        self._linked("move")["marks"] |= marks

    def _move_switch(self, oid: int) -> None:
        move, tenant = self._mover()
        if move["state"] in ("switched", "done"):
            return
        self._live_at(tenant, move["copy"], oid)
        move["state"] = "switched"
        if move["address"]:
            tenant["identity"] = {**tenant["identity"], "base_url": move["address"]}

    def _live_at(self, tenant: dict[str, Any], name: str, oid: int | None = None) -> None:
        former, databases = tenant["database"], self._rows["databases"]
        self._put(former, state="gone", host=None)
        databases[former]["stage"] = "ready"
        databases[name]["stage"] = "claimed"
        if oid:
            databases[name]["oid"] = oid
        tenant["database"] = name
        self._guide(tenant, away=True)

    def _move_arrive(self) -> None:
        self._guide(self._mover()[1], away=False)

    def _move_done(self, told: dict[str, Any]) -> None:
        move, _tenant = self._mover()
        if move["state"] == "done":
            return
        seen = {name: told[name] for name in ("rest", "carried", "ended")}
        move |= {"state": "done", "told": seen}

    def _move_failed(self) -> None:
        self._linked("move")["state"] = "failed"

    # Taken back

    def _move_undo_begin(self) -> dict[str, Any]:
        move, tenant = self._mover()
        if move["state"] != "done" or tenant["database"] != move["copy"]:
            raise Refused("move_undo_missing")
        return self._ends(move, tenant)

    def _move_marks(self) -> dict[str, Any]:
        return {"marks": self._linked("move")["marks"]}

    def _move_switch_back(self) -> None:
        move, tenant = self._mover()
        if move["state"] != "undone":
            self._live_at(tenant, move["source"])
            move["state"] = "undone"

    def _move_undone(self) -> None:
        move, _tenant = self._mover()
        self._rows["databases"][move["copy"]]["stage"] = "dropping"

    def _move_undo_failed(self) -> None:
        self._rows["events"].append(("undo_failed",))
