"""The records that restores and proofs work for, in memory.

Owns: what the `_step_…` methods of restores do to rows. Does not own: the other records
(`job_records.py`).
"""

from typing import Any

from saas_business_management.jobs.registry import JOBS
from saas_business_management.kernel.errors import Refused
from tests.helpers.job_journal import order_of

OPEN_STATES = ("trial", "active")
PROOF_HOST = "0123456789abcdef.localhost"


class RestoreRecords:
    """The part of `MemoryRecords` that restores call."""

    _rows: dict[str, Any]
    _job: dict[str, Any]
    _row_id: int

    def _tenant_order_access(self) -> None:
        spec, links = {"by": self._row_id}, {"tenant": self._job["links"]["tenant"]}
        number = len(self._rows["jobs"]) + 1
        self._rows["jobs"][number] = order_of(JOBS["apply_state"], spec, links)

    def _into(self) -> dict[str, Any]:
        return self._rows["tenants"][self._linked("restore")["into"]]

    def _restore_begin(self, fence: int) -> dict[str, Any]:
        return {**self._live(), **self._source()}

    def _live(self) -> dict[str, Any]:
        tenant = self._into()
        return {
            "database": tenant["database"],
            "login": self._rows["databases"][tenant["database"]]["generation"],
            "open": tenant["state"] in OPEN_STATES,
            "host": tenant["host"],
            "base_url": tenant["identity"]["base_url"],
        }

    def _source(self) -> dict[str, Any]:
        restore = self._linked("restore")
        return {"source": self._backup_place(), **{n: restore[n] for n in ("what", "where")}}

    def _restore_order_safety(self) -> None:
        self._linked("restore")["safety"] = "stored"

    def _restore_safety(self) -> dict[str, Any]:
        return {"state": self._linked("restore")["safety"]}

    def _restore_generation(self) -> dict[str, Any]:
        return {"generation": self._rows["databases"][self._into()["database"]]["generation"]}

    def _restore_close(self, generation: int) -> None:
        tenant = self._into()
        row = self._rows["databases"][tenant["database"]]
        row["generation"] = max(generation, row["generation"])
        self._linked("restore")["former_oid"] = row["oid"]
        self._lead(tenant, away=True)

    def _lead(self, tenant: dict[str, Any], away: bool) -> None:
        state = "migrating" if away and tenant["state"] in OPEN_STATES else tenant["state"]
        self._put(tenant["database"], state=state, host=tenant["host"])

    def _restore_reopen(self, oid: int = 0) -> None:
        tenant = self._into()
        if oid:
            self._rows["databases"][tenant["database"]]["oid"] = oid
        self._lead(tenant, away=False)

    def _restore_close_again(self) -> None:
        tenant, restore = self._into(), self._linked("restore")
        self._rows["databases"][tenant["database"]]["oid"] = restore["former_oid"]
        self._lead(tenant, away=True)

    def _restore_done(self, out: str = "", out_oid: int = 0, **figures: Any) -> None:
        restore = self._linked("restore")
        if restore["state"] == "done":
            return
        restore |= {"state": "done", "figures": figures}
        if out:
            restore["kept"] = self._keep(out, out_oid)
        self._rows["mails"].append(("restored", self._into()["host"]))

    def _keep(self, name: str, oid: int) -> str:
        blank = dict.fromkeys(("version", "tenant", "fence", "birth"))
        row = {"stage": "ready", "oid": oid, "generation": 1, "secret": "", "pending": False}
        self._rows["databases"].setdefault(name, {**blank, **row})
        return name

    def _restore_failed(self) -> None:
        self._linked("restore")["state"] = "failed"

    def _restore_undo_begin(self) -> dict[str, Any]:
        kept = self._linked("restore")["kept"]
        row = self._rows["databases"][kept]
        if row["stage"] != "ready":
            raise Refused("restore_undo_missing")
        return {**self._live(), "copy": kept, "copy_oid": row["oid"]}

    def _restore_undone(self, out: str, out_oid: int) -> None:
        restore = self._linked("restore")
        if restore["kept"] == out:
            return
        self._rows["databases"][restore["kept"]]["stage"] = "dropped"
        restore |= {"state": "undone", "kept": self._keep(out, out_oid)}

    def _restore_undo_failed(self) -> None:
        self._rows["events"].append(("undo_failed",))

    def _tenant_newer_begin(self) -> dict[str, Any]:
        tenant = self._linked("tenant")
        return {
            "database": tenant["database"],
            "login": self._rows["databases"][tenant["database"]]["generation"],
            "open": tenant["state"] in OPEN_STATES,
        }

    # Copies

    def _tenant_claim_copy(self, fence: int) -> dict[str, Any]:
        tenant = self._linked("tenant")
        name = tenant["database"]
        if not name:
            number = self._job["links"]["tenant"]
            name = self._reserve(tenant=number, fence=fence)
            tenant["database"] = name
        return {
            **self._place_of_copy(name),
            **self._source(),
            "link": "tenant",
            "rules": [["res_partner", "email", "email", "all"]],
            "host": tenant["host"],
            "base_url": tenant["identity"]["base_url"],
            "admin": {"admin_user_id": 2, "admin_partner_id": 3},
        }

    def _place_of_copy(self, name: str) -> dict[str, Any]:
        row = self._rows["databases"][name]
        return {"copy": name, "login": row["generation"], "birth": row["birth"]}

    # Proofs

    def _backup_proof_begin(self, fence: int) -> dict[str, Any]:
        links = self._job["links"]
        if not links.get("database"):
            links["database"] = self._reserve(fence=fence)
        return {
            **self._place_of_copy(links["database"]),
            "source": self._backup_place(),
            "what": "all",
            "link": "database",
            "host": PROOF_HOST,
            "base_url": f"http://{PROOF_HOST}",
        }

    def _backup_proof_publish(self, host: str) -> None:
        self._put(self._job["links"]["database"], state="active", host=host)

    def _backup_proof_withdraw(self) -> None:
        self._put(self._job["links"]["database"], state="gone", host=None)

    def _backup_proof_forget(self) -> None:
        if self._job["links"].get("database"):
            self._forget(self._job["links"]["database"])

    def _backup_restored(self, faults: list, told: dict[str, Any]) -> None:
        self._linked("backup")["restored"] = [[*one] for one in faults] or told

    def _backup_not_proven(self) -> None:
        self._rows["events"].append(("not_proven",))
