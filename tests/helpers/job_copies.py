"""The records that copies of running tenants work for, in memory.

Owns: what the `_step_…` methods of copies and previews do to rows. Does not own: the other records
(`job_records.py`).
"""

from typing import Any

from saas_business_management.kernel.errors import Refused
from tests.helpers.job_rows import reserve

OPEN_STATES = ("trial", "active")
RULES = [["res_partner", "email", "email", "all"], ["ir_attachment", "", "files", "all"]]


class CopyRecords:
    """The part of `MemoryRecords` that copies call."""

    _rows: dict[str, Any]
    _job: dict[str, Any]

    def _copy(self) -> dict[str, Any]:
        return self._rows["copies"][self._job["links"]["copy"]]

    def _copied_into(self) -> dict[str, Any]:
        return self._rows["tenants"][self._copy()["into"]]

    def _copy_begin(self, fence: int) -> dict[str, Any]:
        one, into = self._copy(), self._copied_into()
        source = self._rows["tenants"][1]
        if source["state"] not in OPEN_STATES:
            raise Refused("copy_state", state=source["state"])
        if not one["database"]:
            one["database"] = reserve(self._rows, "t", version=1, tenant=one["into"], fence=fence)
            if not one["refresh"]:
                into["database"] = one["database"]
        row = self._rows["databases"][one["database"]]
        return {
            **self._copy_source(),
            "link": "copy",
            "copy": one["database"],
            "generation": row["generation"],
            "birth": row["birth"],
            "host": into["host"],
            "base_url": into["identity"]["base_url"],
            "masked": one["masked"],
            "rules": RULES if one["masked"] else [],
        }

    def _copy_source(self) -> dict[str, Any]:
        name = self._rows["tenants"][1]["database"]
        return {"source": name, "source_login": self._rows["databases"][name]["generation"]}

    def _copy_birth_secret(self) -> dict[str, Any]:
        return self._birth_secret(self._copy()["database"])

    def _copy_forget(self) -> None:
        one, into = self._copy(), self._copied_into()
        name, one["database"] = one["database"], None
        if not one["refresh"]:
            into["database"] = None
        if name:
            self._forget(name)

    def _copy_publish(self, oid: int) -> None:
        one, into = self._copy(), self._copied_into()
        row = self._rows["databases"][one["database"]]
        row |= {"oid": oid, "stage": "claimed" if one["refresh"] else "building"}
        if one["refresh"] and into["database"] != one["database"]:
            one["former"] = into["database"]
            self._put(one["former"], state="gone", host=None)
        into["database"] = one["database"]
        self._put(one["database"], state="trial", host=into["host"])

    def _copy_withdraw(self) -> None:
        one, into = self._copy(), self._copied_into()
        if one["database"]:
            self._put(one["database"], state="gone", host=None)
        if one["refresh"] and one["former"]:
            into["database"] = one["former"]
            self._put(one["former"], state="trial", host=into["host"])

    def _copy_open(self) -> None:
        one, into = self._copy(), self._copied_into()
        if one["refresh"]:
            return
        self._rows["databases"][one["database"]]["stage"] = "claimed"
        self._fire(into, "provisioned", "trial")
        into |= {"host_state": "live", "admin": {"admin_user_id": 2, "admin_partner_id": 3}}

    def _copy_done(self, masked_rows: Any = None, **figures: Any) -> None:
        one = self._copy()
        if one["state"] == "done":
            return
        one |= {"state": "done", "masked_rows": masked_rows}
        if one["former"]:
            self._rows["databases"][one["former"]]["stage"] = "dropping"
        self._rows["events"].append(("copied", self._copied_into()["host"]))

    def _copy_failed(self) -> None:
        one, into = self._copy(), self._copied_into()
        one["state"] = "failed"
        if not one["refresh"]:
            self._fire(into, "provisioning_failed", "failed")
            into["host_state"] = None

    def _tenant_masking_rules(self) -> dict[str, Any]:
        return {**self._copy_source(), "rules": RULES}

    def _tenant_masking_preview(self, counts: dict[str, int]) -> None:
        self._linked("tenant")["counts"] = counts
