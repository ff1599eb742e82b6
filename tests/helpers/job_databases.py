"""Databases and template versions in memory, as jobs change them."""

from typing import Any

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.secret import Secret
from tests.helpers.job_rows import LinkedRecords, reserve


class DatabaseRecords(LinkedRecords):
    """The part of `MemoryRecords` for databases."""

    def _version_intent(self, fence: int) -> dict[str, Any]:
        version = self._linked("version")
        row = self._rows["databases"].get(version["database"], {"stage": "dropped"})
        if row["stage"] in ("dropping", "dropped"):
            number = self._job["links"]["version"]
            version["database"] = reserve(self._rows, "g", version=number)
        self._rows["databases"][version["database"]]["fence"] = fence
        return {"database": version["database"]}

    def _version_discard(self) -> None:
        name = self._linked("version")["database"]
        if name:
            self._rows["databases"][name]["stage"] = "dropped"

    def _version_failed(self) -> None:
        self._linked("version")["state"] = "failed"
        self._rows["events"].append(("build_failed", self._job["error_code"]))

    def _version_publish(self, oid: int, **built: Any) -> None:
        version = self._linked("version")
        if version["state"] == "published":
            return
        self._rows["databases"][version["database"]] |= {"stage": "ready", "oid": oid}
        version |= {"state": "published", **built}
        self._rows["events"].append(("published", version["template"]))

    def _database_intent(self, fence: int) -> dict[str, Any]:
        self._rows["databases"][self._job["links"]["database"]]["fence"] = fence
        return self._copy_facts(self._job["links"]["database"])

    def _database_ready(self, oid: int) -> None:
        self._linked("database").update(stage="standby", oid=oid)
        self._put(self._job["links"]["database"], state="standby", host=None)

    def _database_close(self) -> None:
        self._put(self._job["links"]["database"], state="gone", host=None)

    def _database_forget(self) -> None:
        self._forget(self._job["links"]["database"])

    def _database_birth_secret(self) -> dict[str, Any]:
        return self._birth_secret(self._job["links"]["database"])

    def _birth_secret(self, name: str) -> dict[str, Any]:
        return {"secret": Secret(self._rows["databases"][name]["secret"])}

    def _copy_facts(self, name: str) -> dict[str, Any]:
        row = self._rows["databases"][name]
        return {
            "cluster": "local",
            "database": name,
            "generation": row["generation"],
            "template": self._rows["versions"][row["version"]]["database"],
            "birth": row["birth"],
        }

    def _database_isolation_wanted(self) -> dict[str, Any]:
        row = self._linked("database")
        if row["stage"] != "claimed":
            return {}
        name = self._job["links"]["database"]
        return {"database": name, "generation": row["generation"], "other": ""}

    def _database_isolation_told(self, attacks: list[dict]) -> None:
        self._linked("database")["attacks"] = [(one["name"], one["outcome"]) for one in attacks]

    def _tenant_rotation_wanted(self) -> dict[str, Any]:
        name = self._linked("tenant")["database"]
        if not name:
            raise Refused("tenant_without_database")
        return {"database": name, "generation": self._rows["databases"][name]["generation"] + 1}

    def _tenant_rotated(self, generation: int) -> None:
        name = self._linked("tenant")["database"]
        row = self._rows["databases"][name]
        row["generation"] = generation
        self._put(name, state="trial", generation=generation)
        line = self._job["spec"].get("line")
        if line and line == self._secret["line"]:
            row["pending"] = False

    def _tenant_signing_wanted(self) -> dict[str, Any]:
        tenant = self._linked("tenant")
        if tenant["state"] not in ("trial", "active"):
            raise Refused("tenant_not_open")
        name = tenant["database"]
        row = self._rows["databases"][name]
        row["secret_next"] = f"next secret of {name}"
        return {"database": name, "generation": row["generation"]}

    def _tenant_signing_next(self) -> dict[str, Any]:
        row = self._rows["databases"][self._linked("tenant")["database"]]
        return {"secret": Secret(row["secret_next"])}

    def _tenant_signing_kept(self) -> None:
        self._rows["databases"][self._linked("tenant")["database"]]["secret_next"] = ""

    def _tenant_signing_renewed(self) -> None:
        row = self._rows["databases"][self._linked("tenant")["database"]]
        row.update(secret=row["secret_next"], secret_next="")
        self._rows["events"].append(("signing_renewed",))
