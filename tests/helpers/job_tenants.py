"""Tenants and their host names in memory, as jobs change them."""

from typing import Any

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.hosts.proof import Seen, Wanted, judge
from tests.helpers.job_rows import LinkedRecords, reserve


class TenantRecords(LinkedRecords):
    """The part of `MemoryRecords` for tenants."""

    def _tenant_claim(self, fence: int) -> dict[str, Any]:
        tenant = self._linked("tenant")
        name = tenant["database"] or self._take_standby(tenant)
        if not name:
            number = self._job["links"]["tenant"]
            name = reserve(self._rows, "t", version=tenant["version"], tenant=number, fence=fence)
        tenant["database"] = name
        return {
            **self._copy_facts(name),
            "warm": self._rows["databases"][name]["stage"] == "claimed",
            "host": tenant["host"],
            "identity": tenant["identity"],
        }

    def _take_standby(self, tenant: dict[str, Any]) -> str:
        for name, row in self._rows["databases"].items():
            if row["stage"] == "standby" and row["version"] == tenant["version"]:
                row |= {"stage": "claimed", "tenant": self._job["links"]["tenant"]}
                return name
        return ""

    def _tenant_birth_secret(self) -> dict[str, Any]:
        return self._birth_secret(self._linked("tenant")["database"])

    def _tenant_release_database(self) -> None:
        tenant = self._linked("tenant")
        name, tenant["database"] = tenant["database"], None
        if name:
            self._forget(name)

    def _tenant_publish(self) -> None:
        tenant = self._linked("tenant")
        self._put(tenant["database"], state="trial", host=tenant["host"])

    def _tenant_withdraw(self) -> None:
        self._put(self._linked("tenant")["database"], state="gone", host=None)

    def _tenant_open(self, admin: dict[str, Any]) -> None:
        tenant = self._linked("tenant")
        self._rows["databases"][tenant["database"]]["stage"] = "claimed"
        self._fire(tenant, "provisioned", "trial")
        tenant |= {"host_state": "live", "admin": admin}

    def _tenant_welcome(self) -> None:
        self._rows["mails"].append(("welcome", self._linked("tenant")["host"]))

    def _tenant_failed(self) -> None:
        tenant = self._linked("tenant")
        cancelled = self._job["error_code"] == "operation_cancelled"
        event = "provisioning_cancelled" if cancelled else "provisioning_failed"
        self._fire(tenant, event, "draft" if cancelled else "failed")
        tenant["host_state"] = None

    def _fire(self, tenant: dict[str, Any], event: str, target: str) -> None:
        if tenant["state"] != "provisioning":
            raise Refused("transition_refused", event=event, state=tenant["state"])
        tenant["state"] = target
        self._rows["events"].append((event, tenant["host"]))

    def _tenant_access(self) -> dict[str, Any]:
        tenant = self._linked("tenant")
        row = self._rows["databases"].get(tenant["database"], {"generation": 0})
        told = {"database": tenant["database"], "generation": row["generation"]}
        return {**told, "open": tenant["state"] in ("trial", "active")}

    def _tenant_close_for_good(self) -> dict[str, Any]:
        tenant = self._linked("tenant")
        if tenant["state"] != "deleting":
            raise Refused("transition_refused", event="deleted", state=tenant["state"])
        name = tenant["database"]
        self._rows["databases"][name]["stage"] = "dropping"
        self._put(name, state="gone", host=None)
        return {"database": name, "kept": []}

    def _tenant_deleted(self) -> None:
        tenant = self._linked("tenant")
        if tenant["state"] == "deleted":
            return
        self._forget(tenant["database"])
        tenant |= {"state": "deleted", "database": None, "host_state": "released"}
        self._rows["events"].append(("deleted", tenant["host"]))

    def _tenant_host_judged(self, host_id: int, seen: dict[str, Any] | None) -> dict[str, Any]:
        row = self._rows["hosts"][host_id]
        if seen is None:
            return {"holds": row["state"] == "live", "status": "unknown"}
        looked = Seen(**{name: tuple(values) for name, values in seen.items()})
        verdict = judge(looked, Wanted(row["host"], row["target"], (), row["token"]))
        row["status"] = verdict.status
        if verdict.status == "found" and row["state"] != "live":
            row["state"] = "live"
            self._rows["mails"].append(("works", row["host"]))
        return {"holds": row["state"] == "live", "status": verdict.status}

    def _tenant_host_certificate(self, host_id: int, state: str, until: str) -> None:
        self._rows["hosts"][host_id] |= {"certificate": state, "until": until}

    def _cluster_addresses(self, tenant_id: int | None) -> dict[str, Any]:
        return {
            "rows": [
                {
                    "tenant_id": number,
                    "database": tenant["database"],
                    "generation": self._rows["databases"][tenant["database"]]["generation"],
                    "base_url": tenant["identity"]["base_url"],
                }
                for number, tenant in self._rows["tenants"].items()
                if tenant_id in (None, number) and tenant["state"] == "trial"
            ]
        }

    def _cluster_addresses_set(self, changed: list[dict[str, Any]], expected: bool) -> None:
        action = "address_set" if expected else "address_put_back"
        self._rows["events"] += [(action, one["tenant_id"], one["was"]) for one in changed]
