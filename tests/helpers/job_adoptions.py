"""Adoptions in memory, as jobs change them.

Owns: what the `_step_…` methods of adoptions do to rows. Does not own: the other records
(`job_records.py`).
"""

from typing import Any

from saas_business_management.kernel.migration.adoption import Place, judge
from tests.helpers.job_rows import LinkedRecords

SEEN = ("oid", "owner", "modules", "version", "rights", "base_url", "frozen", "admin")


class AdoptionRecords(LinkedRecords):
    """The part of `MemoryRecords` that adoptions call."""

    def _cluster_foreign_found(self, found: list[dict[str, Any]]) -> None:
        self._rows["cluster"]["foreign"] = [one["name"] for one in found]

    def _adoption_wanted(self) -> dict[str, Any]:
        return {"name": self._linked("adoption")["name"]}

    def _adoption_looked(self, look: dict[str, Any], modules: dict[str, str]) -> None:
        blocked = self._verdict(look, modules).blockers
        state = "blocked" if blocked else "ready"
        self._linked("adoption").update({"state": state, "look": look})

    def _verdict(self, look: dict[str, Any], modules: dict[str, str]) -> Any:
        return judge(look, Place(modules["base"], tuple(modules)))

    def _adoption_begin(self, fence: int) -> dict[str, Any]:
        adoption, tenant = self._linked("adoption"), self._linked("tenant")
        look = adoption["look"]
        if not tenant["database"]:
            number = self._job["links"]["tenant"]
            told = {"tenant": number, "fence": fence, "oid": look["oid"]}
            tenant["database"] = self._reserve(**told)
        return {
            "name": adoption["name"],
            "oid": look["oid"],
            "database": tenant["database"],
            "generation": 1,
            "host": tenant["host"],
            "base_url": tenant["identity"]["base_url"],
            "seen": {word: look[word] for word in SEEN},
        }

    def _adoption_confirmed(self, look: dict[str, Any], modules: dict[str, str]) -> None:
        for blocker in self._verdict(look, modules).blockers:
            raise blocker

    def _adoption_done(self) -> None:
        self._linked("adoption")["state"] = "done"

    def _adoption_undone(self) -> None:
        self._tenant_failed()
        self._linked("adoption")["state"] = "undone"
