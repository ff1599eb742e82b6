"""A cluster and its change of secret in memory, as jobs see and change them."""

from types import SimpleNamespace
from typing import Any

from saas_business_management.adapters.fakes.cluster import FIRST_SECRET
from saas_business_management.jobs.registry import JOBS
from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.provisioning.audit import Inventory, Known, audit
from saas_business_management.kernel.provisioning.naming import stem_of
from saas_business_management.kernel.work.states import OPEN
from tests.helpers.job_journal import order_of
from tests.helpers.job_rows import LinkedRecords

AUDIT_STAGES = {"standby": "ready", "dropping": "gone", "dropped": "gone"}
WITH_ROLE = ("building", "ready", "standby", "claimed")
AT_WORK = ("running", "undoing")
WITH_FILES = ("ready", "standby", "claimed")


def secrets_in_use(rows: dict[str, Any]) -> tuple[str, str]:
    """Return what passwords are made from, and what they were made from that still open."""
    told = rows["cluster"].get("secret", {"now": FIRST_SECRET, "next": "", "change": ""})
    return (told["next"], told["now"]) if told["change"] == "moving" else (told["now"], "")


class ClusterRecords(LinkedRecords):
    """The part of `MemoryRecords` for clusters."""

    def _cluster_audit(self, **found: Any) -> dict[str, Any]:
        findings = audit(self._known(), inventory(**found))
        kept = [(one.kind, one.what, one.name) for one in findings if not one.sweep]
        self._rows["cluster"]["findings"] = kept
        swept = [one for one in findings if one.sweep]
        return {"sweep": [{"kind": one.what, "name": one.name, "why": one.kind} for one in swept]}

    def _cluster_confirm_sweep(self, sweep: list[dict[str, str]]) -> dict[str, Any]:
        rows = {one.name: one for one in self._known()}
        return {"sweep": [one for one in sweep if _unneeded(rows.get(one["name"]))]}

    def _known(self) -> list[Known]:
        busy = {
            name
            for number, job in self._rows["jobs"].items()
            if number != self._row_id and job["state"] in OPEN
            for name in (job["links"].get("database"), job["facts"].get("database"))
        }
        return known(self._rows, busy)

    def _cluster_rights_wanted(self) -> dict[str, Any]:
        busy = {one.name for one in self._known() if one.busy}
        rows = self._rows["databases"]
        tenants = [
            {"name": name, "generation": row["generation"], "busy": name in busy, "addresses": []}
            for name, row in rows.items()
            if name.startswith("t_") and row["stage"] in ("standby", "claimed")
        ]
        return {"trusted": [], "tenants": tenants}

    def _cluster_rights_audited(self, found: list[dict], mended: list[dict]) -> dict[str, Any]:
        self._rows["cluster"]["rights"] = [(one["kind"], one["name"]) for one in found]
        self._rows["cluster"]["mended"] = [(one["kind"], one["name"]) for one in mended]
        return {"findings": len(found)}

    def _cluster_usage_due(self, source: str) -> dict[str, Any]:
        day = {"since": "2026-01-05T00:00:00+00:00", "until": "2026-01-06T00:00:00+00:00"}
        instants = {**day, "now": day["since"], "month_ago": day["since"]}
        rows = self._rows["databases"].items()
        tenants = [
            {"tenant": place, "database": name, "generation": row["generation"], **instants}
            for place, (name, row) in enumerate(rows)
            if name.startswith("t_") and row["stage"] == "claimed"
        ]
        question = {"code": f"count_{source}", "text": "SELECT 1", "module": "", "day": False}
        return {"tenants": tenants, "questions": [question]}

    def _cluster_usage_read(self, source: str, looks: list[dict[str, Any]]) -> None:
        self._rows["cluster"].setdefault("usage", {})[source] = looks

    def _cluster_probe_due(self, source: str) -> dict[str, Any]:
        due = self._cluster_usage_due(source)["tenants"]
        names = ("tenant", "database", "generation")
        return {"tenants": [{name: one[name] for name in names} for one in due]}

    def _cluster_probe_read(self, source: str, looks: list[dict[str, Any]]) -> None:
        self._rows["cluster"].setdefault("probes", {})[source] = looks

    def _dependencies_due(self, only: int | None) -> dict[str, Any]:
        services = self._rows["cluster"].get("services", [])
        return {"services": [one for one in services if only in (None, one["dependency"])]}

    def _dependencies_seen(self, looks: list[dict[str, Any]], only: int | None) -> None:
        self._rows["cluster"]["dependencies"] = looks

    def _cluster_health_due(self) -> dict[str, Any]:
        tenants = [
            {"tenant": number, "host": row["host"]}
            for number, row in self._rows["tenants"].items()
            if row["state"] in ("trial", "active")
        ]
        return {"tls": self._rows["cluster"].get("tls", True), "tenants": tenants}

    def _cluster_health_seen(self, looks: list[dict[str, Any]]) -> dict[str, Any]:
        cluster = self._rows["cluster"]
        cluster["health"] = looks
        cluster.setdefault("rounds", []).append([one["tenant"] for one in looks])
        wrong = {one["tenant"] for one in looks if not one["problem"] and one["status"] >= 400}
        doubtful = sorted(wrong - set(cluster.get("wrong", ())))
        cluster["wrong"] = sorted(wrong)
        return {"doubtful": doubtful}

    def _cluster_watch_due(self) -> dict[str, Any]:
        return {"due": self._rows["cluster"].get("watch_due", True), "statements": True}

    def _cluster_watched(self, sight: dict[str, Any]) -> None:
        self._rows["cluster"]["sight"] = sight

    def _cluster_watch_missed(self, problem: str) -> None:
        self._rows["cluster"]["watch_problem"] = problem

    def _cluster_limits_wanted(self, tenant_ids: list[int] | None) -> dict[str, Any]:
        found = [
            (number, tenant)
            for number, tenant in self._rows["tenants"].items()
            if tenant["state"] == "trial" and (not tenant_ids or number in tenant_ids)
        ]
        return {"rows": [self._limits_row(number, tenant) for number, tenant in found]}

    def _limits_row(self, number: int, tenant: dict[str, Any]) -> dict[str, Any]:
        database = self._rows["databases"][tenant["database"]]
        return {
            "tenant_id": number,
            "database": tenant["database"],
            "generation": database["generation"],
            "oid": database["oid"],
            "wanted": tenant.get("wanted", {"users": 5, "storage_room": 1000}),
            "applied": tenant.get("applied"),
            "failed": bool(tenant.get("limits_problem")),
            **({"share": tenant["share"]} if "share" in tenant else {}),
        }

    def _cluster_limits_applied(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            tenant = self._rows["tenants"][row["tenant_id"]]
            tenant["limits_problem"] = row["problem"]
            if not row["problem"] and not row.get("only_share"):
                tenant["applied"] = row["wanted"]
            if row["tampered"]:
                self._rows["events"].append(("limits_tampered", *row["tampered"]))

    def _cluster_checked(self, checks: list[dict[str, Any]]) -> None:
        self._rows["cluster"]["checks"] = checks

    def _cluster_modules_read(self, modules: list[dict[str, Any]]) -> None:
        self._rows["cluster"]["modules"] = modules

    def _cluster_fingerprints_read(self, fingerprints: dict[str, str]) -> None:
        self._rows["cluster"]["fingerprints"] = fingerprints

    def _machine_seen(
        self, name: str, figures: dict[str, float], spent: dict[str, float] | None = None
    ) -> None:
        self._rows["doctor"].setdefault("machines", {})[name] = figures

    def _doctor_look(self) -> None:
        self._rows["doctor"]["looks"] = self._rows["doctor"].get("looks", 0) + 1

    @property
    def _secret(self) -> dict[str, Any]:
        return self._rows["cluster"]["secret"]

    def _with_role(self, *stages: str) -> dict[str, dict[str, Any]]:
        return {
            name: row
            for name, row in self._rows["databases"].items()
            if name.startswith("t_") and row["stage"] in (stages or WITH_ROLE)
        }

    def _cluster_secret_keep(self) -> dict[str, Any]:
        rows = [(name, row) for name, row in self._with_role().items() if not row["secret"]]
        for name, row in rows:
            row["secret"] = f"secret of {name}"
        return {"kept": len(rows)}

    def _cluster_secret_begin(self) -> None:
        if not self._secret["next"]:
            raise Refused("cluster_secret_not_prepared")
        self._secret["change"] = "moving"

    def _cluster_secret_line(self) -> dict[str, Any]:
        return {"line": next(self._session.database.fences)}

    def _cluster_secret_drain(self, line: int) -> dict[str, Any]:
        jobs = self._rows["jobs"].items()
        busy = [
            number
            for number, job in jobs
            if number != self._row_id and job["state"] in AT_WORK and 0 < job["fence"] <= line
        ]
        return {"busy": len(busy)}

    def _cluster_secret_list(self, line: int) -> dict[str, Any]:
        for row in self._with_role().values():
            row["pending"] = True
        self._secret["line"] = line
        return {"total": len(self._with_role())}

    def _cluster_secret_standbys(self) -> dict[str, Any]:
        rows = self._with_role("standby").items()
        return {
            "standbys": [
                {"database": name, "generation": row["generation"]}
                for name, row in rows
                if row["pending"]
            ]
        }

    def _cluster_secret_given(self, database: str) -> None:
        self._rows["databases"][database]["pending"] = False

    def _cluster_secret_order(self) -> None:
        for row in self._with_role("claimed").values():
            if row["pending"] and not self._is_ordered(row["tenant"]):
                spec = {"line": self._secret["line"], "by": self._row_id}
                links = {"tenant": row["tenant"]}
                number = len(self._rows["jobs"]) + 1
                self._rows["jobs"][number] = order_of(JOBS["rotate_role"], spec, links)

    def _is_ordered(self, tenant: int) -> bool:
        return any(
            job["spec"].get("line") == self._secret["line"]
            and job["links"] == {"tenant": tenant}
            and job["state"] in (*OPEN, "dead")
            for job in self._rows["jobs"].values()
        )

    def _cluster_secret_left(self) -> dict[str, Any]:
        return {"left": sum(row["pending"] for row in self._with_role().values())}

    def _cluster_secret_changed(self) -> None:
        if self._secret["change"] == "moving":
            self._secret.update(now=self._secret["next"], next="", change="")
            self._rows["events"].append(("secret_changed",))


def _unneeded(row: Known | None) -> bool:
    return row is None or (not row.busy and row.stage in ("building", "gone"))


def known(rows: dict[str, Any], busy: set[str] = frozenset(), there: bool = False) -> list[Known]:
    """Return what the control plane knows of a cluster, as an audit wants it."""
    return [
        Known(
            name=name,
            stage=AUDIT_STAGES.get(row["stage"], row["stage"]),
            busy=name in busy,
            oid=row["oid"] or 0,
            has_role=name.startswith("t_") and name == stem_of(name),
            has_folder=row["stage"] in WITH_FILES,
        )
        for name, row in rows["databases"].items()
        if (row.get("cluster") == "there") is there
    ]


def inventory(databases: list[dict], roles: list[dict], folders: list[str]) -> Inventory:
    """Return what lies on the cluster, as an audit wants it."""
    return Inventory(
        provisioner="saas_prov",
        databases=tuple(SimpleNamespace(**row) for row in databases),
        roles=tuple(SimpleNamespace(**row) for row in roles),
        folders=tuple(folders),
    )
