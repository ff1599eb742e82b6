"""The records that upgrades work for, in memory.

Owns: what the `_step_…` methods of upgrades do to rows. Does not own: the other records
(`job_records.py`).
"""

from typing import Any

from saas_business_management.kernel.errors import Refused
from tests.helpers.job_restores import OPEN_STATES, RestoreRecords

CHANGE: dict[str, Any] = {
    "install": ["crm"],
    "update": ["base"],
    "remove": [],
    "parameters": {"web.x": "1"},
    "languages": [],
    "checks": [{"name": "No orphan", "statement": "SELECT 1 WHERE false"}],
}


class UpgradeRecords(RestoreRecords):
    """The part of `MemoryRecords` that upgrades call."""

    def _upgraded(self) -> dict[str, Any]:
        return self._rows["tenants"][self._linked("upgrade")["tenant"]]

    def _upgrade_facts(self) -> dict[str, Any]:
        tenant = self._upgraded()
        return {
            "link": "upgrade",
            "database": tenant["database"],
            "login": self._rows["databases"][tenant["database"]]["generation"],
            "open": tenant["state"] in OPEN_STATES,
            "host": tenant["host"],
        }

    def _upgrade_begin(self, fence: int) -> dict[str, Any]:
        one = self._linked("upgrade")
        return {**self._upgrade_facts(), **{name: one[name] for name in ("rehearsal", "mode")}}

    def _upgrade_look(self, there: dict, offered: list, **_bytes: int) -> dict[str, Any]:
        absent = sorted({*CHANGE["install"]} - {*offered})
        if absent:
            raise Refused("upgrade_missing", modules=absent)
        installed = sorted(name for name, row in there.items() if row[0] == "installed")
        return {"modules": installed, "change": CHANGE}

    def _upgrade_order_safety(self) -> None:
        self._linked("upgrade")["safety"] = "stored"

    def _upgrade_safety(self) -> dict[str, Any]:
        return {"state": self._linked("upgrade")["safety"]}

    def _upgrade_generation(self) -> dict[str, Any]:
        return {"generation": self._rows["databases"][self._upgraded()["database"]]["generation"]}

    def _upgrade_close(self, generation: int = 0) -> None:
        tenant = self._upgraded()
        row = self._rows["databases"][tenant["database"]]
        row["generation"] = max(generation, row["generation"])
        self._linked("upgrade")["former_oid"] = row["oid"]
        self._lead(tenant, away=True)

    def _upgrade_reopen(self, oid: int = 0) -> None:
        tenant = self._upgraded()
        if oid:
            self._rows["databases"][tenant["database"]]["oid"] = oid
        self._lead(tenant, away=False)

    def _upgrade_close_again(self) -> None:
        tenant, one = self._upgraded(), self._linked("upgrade")
        self._rows["databases"][tenant["database"]]["oid"] = one["former_oid"]
        self._lead(tenant, away=True)

    def _upgrade_rehearsed(self, report: dict[str, Any]) -> None:
        self._linked("upgrade").update(state="done", report=_steady(report))

    def _upgrade_done(self, report: dict, outage: float, out: str, out_oid: int) -> None:
        one = self._linked("upgrade")
        if one["state"] == "running":
            kept = self._keep(out, out_oid)
            one |= {"state": "watching", "report": _steady(report), "kept": kept}

    def _upgrade_failed(self) -> None:
        self._linked("upgrade")["state"] = "failed"

    def _upgrade_undo_begin(self) -> dict[str, Any]:
        kept = self._linked("upgrade")["kept"]
        row = self._rows["databases"][kept]
        if row["stage"] != "ready":
            raise Refused("upgrade_undo_missing")
        return {**self._upgrade_facts(), "copy": kept, "copy_oid": row["oid"]}

    def _upgrade_undone(self, out: str, out_oid: int) -> None:
        one = self._linked("upgrade")
        if one["kept"] != out:
            self._rows["databases"][one["kept"]]["stage"] = "dropped"
            one |= {"state": "rolled_back", "kept": self._keep(out, out_oid)}

    def _upgrade_undo_failed(self) -> None:
        self._rows["events"].append(("undo_failed",))

    def _upgrade_watch_begin(self) -> dict[str, Any]:
        tenant = self._upgraded()
        return {"host": tenant["host"] if tenant["state"] in OPEN_STATES else ""}

    def _upgrade_watched(self, problem: str) -> None:
        self._linked("upgrade")["watched"] = problem


def _steady(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report without what differs between two runs."""
    return {name: value for name, value in report.items() if not name.endswith("_seconds")}
