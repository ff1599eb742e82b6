"""The records that jobs work for, in memory: tenants, databases, versions, routes, one cluster.

Owns: what the `_step_…` methods of the models do to rows. Does not own: transactions and journal
(`job_journal.py`), what lies on servers (`job_world.py`).
"""

import itertools
from types import SimpleNamespace
from typing import Any

from saas_business_management.adapters.fakes.cluster import FIRST_SECRET
from saas_business_management.jobs.registry import JOBS
from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.hosts.proof import Seen, Wanted, judge
from saas_business_management.kernel.provisioning.audit import Inventory, Known, audit
from saas_business_management.kernel.provisioning.naming import database_name, stem_of
from saas_business_management.kernel.secret import Secret
from saas_business_management.kernel.work.states import OPEN
from tests.helpers.job_journal import Session, order_of
from tests.helpers.job_restores import RestoreRecords

TENANT_UUID = "3f0c6c1e-5a55-4d1c-9d53-0d0f5d7c7a11"
AT = "2026-01-05T09:00:00"
AUDIT_STAGES = {"standby": "ready", "dropping": "gone", "dropped": "gone"}
WITH_ROLE = ("building", "ready", "standby", "claimed")
AT_WORK = ("running", "undoing")
WITH_FILES = ("ready", "standby", "claimed")
# Outside every transaction: a name that was chosen and lost is never chosen again.
_names = itertools.count(1)


def empty_rows() -> dict[str, Any]:
    """Return a control plane without anything."""
    names = ("databases", "versions", "tenants", "routes", "supports", "hosts", "cluster", "doctor")
    names += ("targets", "backups", "exports", "restores")
    return {name: {} for name in names} | {"events": [], "mails": []}


def reserve(rows: dict[str, Any], kind: str, **values: Any) -> str:
    """Write down a new database name before anything is made under it."""
    name = database_name(kind, next(_names).to_bytes(16, "big"))
    blank = dict.fromkeys(("version", "tenant", "oid", "fence"))
    birth = {"uuid": f"uuid of {name}", "at": AT}
    rows["databases"][name] = {
        "stage": "building",
        "generation": 1,
        "birth": birth,
        "secret": f"secret of {name}",
        "pending": False,
        **blank,
        **values,
    }
    return name


def secrets_in_use(rows: dict[str, Any]) -> tuple[str, str]:
    """Return what passwords are made from, and what they were made from that still open."""
    told = rows["cluster"].get("secret", {"now": FIRST_SECRET, "next": "", "change": ""})
    return (told["next"], told["now"]) if told["change"] == "moving" else (told["now"], "")


class MemoryRecords(RestoreRecords):
    """`jobs.journal.Records` on a session."""

    def __init__(self, session: Session, row_id: int) -> None:
        self._session = session
        self._row_id = row_id

    def call(self, link: str, step: str, **values: Any) -> dict[str, Any]:
        return getattr(self, f"_{link}_{step}")(**values) or {}

    @property
    def _rows(self) -> dict[str, Any]:
        return self._session.rows

    @property
    def _job(self) -> dict[str, Any]:
        return self._rows["jobs"][self._row_id]

    def _linked(self, link: str) -> dict[str, Any]:
        return self._rows[f"{link}s"][self._job["links"][link]]

    # Tenant

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

    def _copy_facts(self, name: str) -> dict[str, Any]:
        row = self._rows["databases"][name]
        return {
            "cluster": "local",
            "database": name,
            "generation": row["generation"],
            "template": self._rows["versions"][row["version"]]["database"],
            "birth": row["birth"],
        }

    def _tenant_birth_secret(self) -> dict[str, Any]:
        return self._birth_secret(self._linked("tenant")["database"])

    def _database_birth_secret(self) -> dict[str, Any]:
        return self._birth_secret(self._job["links"]["database"])

    def _reserve(self, **values: Any) -> str:
        return reserve(self._rows, "t", **values)

    def _birth_secret(self, name: str) -> dict[str, Any]:
        return {"secret": Secret(self._rows["databases"][name]["secret"])}

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

    # Host names

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

    # Version

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

    # Database

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

    def _forget(self, name: str) -> None:
        self._put(name, state="gone", host=None)
        gone = {"stage": "dropped", "tenant": None, "secret": "", "pending": False}
        self._rows["databases"][name] |= gone

    def _put(self, name: str, **values: Any) -> None:
        if name in self._rows["routes"] or values["state"] != "gone":
            self._rows["routes"].setdefault(name, {}).update(values)

    # Support

    def _support_ready(self) -> dict[str, Any]:
        support = self._linked("support")
        if support["state"] != "allowed":
            raise Refused("support_move", state=support["state"])
        support["login"] = support["login"] or "support-000000000001"
        guest = {"login": support["login"], "name": "Support (Bob)", "email": "bob@example.com"}
        return {**self._support_place(), "guest": {**guest, "settings": False}}

    def _support_enter(self, user: int, partner: int) -> None:
        support = self._linked("support")
        if support["state"] != "allowed":
            raise Refused("support_move", state=support["state"])
        support |= {"state": "inside", "user": user, "partner": partner}
        self._rows["mails"].append(("support entered", support["login"]))

    def _support_not_entered(self) -> None:
        self._rows["events"].append(("support_not_entered", self._job["error_code"]))

    def _support_leave(self) -> dict[str, Any]:
        support = self._linked("support")
        return {**self._support_place(), "login": support["login"], "user": support["user"]}

    def _support_left(self, users_made: int) -> None:
        support = self._linked("support")
        if support["state"] == "leaving":
            support |= {"state": "over", "users_made": users_made}
            self._rows["mails"].append(("support left", support["login"]))

    def _support_place(self) -> dict[str, Any]:
        name = self._rows["tenants"][self._linked("support")["tenant"]]["database"]
        return {"database": name, "generation": self._rows["databases"][name]["generation"]}

    # Isolation

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

    # A cluster's new secret

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

    # Cluster and doctor

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

    def _cluster_checked(self, checks: list[dict[str, Any]]) -> None:
        self._rows["cluster"]["checks"] = checks

    def _target_checked(self, checks: list[dict[str, Any]]) -> None:
        self._linked("target")["checks"] = checks

    def _backup_begin(self, fence: int) -> dict[str, Any]:
        backup = self._linked("backup")
        tenant = self._rows["tenants"][backup["tenant"]]
        if tenant["state"] not in ("trial", "active", "suspended"):
            raise Refused("backup_tenant_closed", tenant="Acme")
        backup["fence"] = fence
        row = self._rows["databases"][tenant["database"]]
        source = {"database": tenant["database"], "login": row["generation"]}
        source["open"] = tenant["state"] != "suspended"
        return {**self._backup_place(), **source, "reason": "manual", "previous": ""}

    def _backup_place(self) -> dict[str, Any]:
        backup = self._linked("backup")
        place = {name: backup[name] for name in ("target", "uuid", "fence", "sha256")}
        return {**place, "backup": place.pop("uuid"), "tenant": TENANT_UUID, "key": "k1"}

    def _backup_stored(self, figures: dict[str, Any]) -> None:
        told = {"state": "stored", "fence": figures["fence"], "sha256": figures["manifest_hash"]}
        self._linked("backup").update(told)

    def _backup_not_stored(self) -> None:
        self._linked("backup")["state"] = "failed"

    def _backup_proven(self, faults: list, files: int, seconds: float) -> None:
        self._linked("backup")["faults"] = [code for _name, code in faults]

    # Imports

    def _backup_import_begin(self, fence: int) -> dict[str, Any]:
        self._linked("backup")["fence"] = fence
        return {**self._backup_place(), "database": self._job["links"]["database"]}

    def _backup_imported(self, figures: dict[str, Any]) -> None:
        self._linked("database")["stage"] = "dropped"
        self._backup_stored(figures)

    def _backup_not_imported(self) -> None:
        self._linked("database")["stage"] = "dropped"
        self._backup_not_stored()

    # Downloads

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

    def _cluster_modules_read(self, modules: list[dict[str, Any]]) -> None:
        self._rows["cluster"]["modules"] = modules

    def _cluster_fingerprints_read(self, fingerprints: dict[str, str]) -> None:
        self._rows["cluster"]["fingerprints"] = fingerprints

    def _doctor_look(self) -> None:
        self._rows["doctor"]["looks"] = self._rows["doctor"].get("looks", 0) + 1


def _unneeded(row: Known | None) -> bool:
    return row is None or (not row.busy and row.stage in ("building", "gone"))


def known(rows: dict[str, Any], busy: set[str] = frozenset()) -> list[Known]:
    """Return what the control plane knows, as an audit wants it."""
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
    ]


def inventory(databases: list[dict], roles: list[dict], folders: list[str]) -> Inventory:
    """Return what lies on the cluster, as an audit wants it."""
    return Inventory(
        provisioner="saas_prov",
        databases=tuple(SimpleNamespace(**row) for row in databases),
        roles=tuple(SimpleNamespace(**row) for row in roles),
        folders=tuple(folders),
    )
