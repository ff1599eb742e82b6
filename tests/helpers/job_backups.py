"""Backups, their targets and what is taken away of them in memory, as jobs change them."""

from typing import Any

from saas_business_management.kernel.backup import layout
from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.secret import Secret
from tests.helpers.job_rows import TENANT_UUID, LinkedRecords


class BackupRecords(LinkedRecords):
    """The part of `MemoryRecords` for backups."""

    def _backup_begin(self, fence: int) -> dict[str, Any]:
        backup = self._linked("backup")
        if not backup["tenant"]:
            backup["fence"] = fence
            source = {"database": "control", "login": 0, "reason": "manual", "previous": ""}
            return {**self._backup_place(), **source}
        tenant = self._rows["tenants"][backup["tenant"]]
        if tenant["state"] not in ("trial", "active", "suspended"):
            raise Refused("backup_tenant_closed", tenant="Acme")
        backup["fence"] = fence
        row = self._rows["databases"][tenant["database"]]
        source = {"database": tenant["database"], "login": row["generation"]}
        source["open"] = tenant["state"] != "suspended"
        return {**self._backup_place(), **source, "reason": "manual", "previous": ""}

    def _backup_place(self, row: dict[str, Any] | None = None) -> dict[str, Any]:
        backup = row or self._linked("backup")
        place = {name: backup[name] for name in ("target", "uuid", "fence", "sha256")}
        tenant = TENANT_UUID if backup["tenant"] else layout.CONTROL
        return {**place, "backup": place.pop("uuid"), "tenant": tenant, "key": "k1"}

    def _backup_stored(self, figures: dict[str, Any]) -> None:
        told = {"state": "stored", "fence": figures["fence"], "sha256": figures["manifest_hash"]}
        self._linked("backup").update(told)

    def _backup_not_stored(self) -> None:
        self._linked("backup")["state"] = "failed"

    def _backup_proven(self, faults: list, files: int, seconds: float) -> None:
        self._linked("backup")["faults"] = [code for _name, code in faults]

    def _backup_expire_begin(self) -> dict[str, Any]:
        leaving = [row for row in self._rows["backups"].values() if row.get("leaves")]
        for row in leaving:
            row["state"] = "deleting"
        places = [self._backup_place(row) for row in leaving]
        return {"target": 1, "tenant": TENANT_UUID, "leaving": places, "aborting": True}

    def _backup_expire_deleted(self, freed: dict[str, int]) -> None:
        for row in self._rows["backups"].values():
            if row["uuid"] in freed:
                row.update(state="deleted", leaves=False, freed=freed[row["uuid"]])

    def _backup_expire_known(self) -> dict[str, Any]:
        rows = self._rows["backups"].values()
        return {"known": {row["uuid"]: row["sha256"] for row in rows if row["state"] == "stored"}}

    def _backup_expire_told(self, swept: dict[str, Any], aborted: bool) -> None:
        self._rows["targets"][1] = {"swept": swept["code"] or "whole", "aborted": aborted}

    def _backup_import_begin(self, fence: int) -> dict[str, Any]:
        self._linked("backup")["fence"] = fence
        return {**self._backup_place(), "database": self._job["links"]["database"]}

    def _backup_imported(self, figures: dict[str, Any]) -> None:
        self._linked("database")["stage"] = "dropped"
        self._backup_stored(figures)

    def _backup_not_imported(self) -> None:
        self._linked("database")["stage"] = "dropped"
        self._backup_not_stored()

    def _target_checked(self, checks: list[dict[str, Any]]) -> None:
        self._linked("target")["checks"] = checks

    def _target_audit_begin(self) -> dict[str, Any]:
        return {"tenants": [TENANT_UUID], "known": [TENANT_UUID]}

    def _target_audit_known(self, tenant: str) -> dict[str, Any]:
        return self._backup_expire_known()

    def _target_audit_adoptable(self, backups: list[str]) -> dict[str, Any]:
        rows = self._rows["backups"].values()
        unnoted = [row for row in rows if row["uuid"] in backups and row["state"] == "failed"]
        names = ("tenant", "backup", "fence", "key", "sha256")
        places = [self._backup_place(row) for row in unnoted]
        return {"places": [{name: place[name] for name in names} for place in places]}

    def _target_audit_adopted(self, backup: str, figures: dict[str, Any]) -> None:
        for row in self._rows["backups"].values():
            if row["uuid"] == backup:
                told = {"fence": figures["fence"], "sha256": figures["manifest_hash"]}
                row.update(state="stored", **told)

    def _target_audit_told(
        self, found: list[dict[str, Any]], counts: dict[str, int], missing: list[str]
    ) -> None:
        told = sorted((one["kind"], one["name"]) for one in found)
        self._rows["targets"][1] = {"found": told, "counts": dict(counts), "missing": missing}

    def _target_canaries(self) -> dict[str, Any]:
        rows = self._rows["canaries"]
        keys = ("k1", "another")
        canaries = [{"tenant": TENANT_UUID, "key": one, "write": one not in rows} for one in keys]
        return {"canaries": canaries, "over": [{"tenant": TENANT_UUID, "key": "destroyed"}]}

    def _target_canaries_gone(self, keys: list[str]) -> None:
        self._rows["targets"][1] = {"gone": keys}

    def _target_canaries_told(self, readings: list[dict[str, Any]]) -> None:
        for one in readings:
            self._rows["canaries"][one["key"]] = {
                name: one[name] for name in ("outcome", "written")
            }

    def _target_canaries_unanswered(self) -> None:
        self._rows["canaries"]["k1"] = {"outcome": "unreachable", "written": False}

    def _export_begin(self) -> dict[str, Any]:
        export = self._linked("export")
        told = {"label": "acme", "salt": "00" * 32, "wanted_bytes": 1000}
        place = self._backup_place()
        return {**place, **told, "export": export["uuid"], "kind": export["kind"]}

    def _export_key(self) -> dict[str, Any]:
        export = self._linked("export")
        if export["kind"] != "sealed":
            return {"key": None}
        if not export["key"]:
            raise Refused("export_key_gone")
        return {"key": Secret(export["key"])}

    def _export_ready(self, size: int, sha256: str) -> None:
        export = self._linked("export")
        if export["state"] != "ready":
            export |= {"state": "ready", "size": size, "sha256": sha256, "key": ""}
            self._rows["mails"].append(("export ready", export["uuid"]))

    def _export_not_ready(self) -> None:
        self._linked("export").update(state="failed", key="")

    def _exports_over(self, names: list[str]) -> dict[str, Any]:
        rows = self._rows["exports"].values()
        kept = {row["uuid"] for row in rows if row["state"] in ("running", "ready")}
        return {"over": sorted(set(names) - kept)}

    def _exports_dropped(self, names: list[str]) -> None:
        for row in self._rows["exports"].values():
            if row["state"] == "over" or row["uuid"] in names:
                row["state"] = "deleted"
