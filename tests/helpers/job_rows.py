"""The rows of a control plane in memory, and how a job's record finds its own.

Owns: an empty control plane, new names of databases, what is done to any row. Does not own: what
the `_step_…` methods do (`job_records.py` names the files).
"""

import itertools
from typing import Any

from saas_business_management.kernel.provisioning.naming import database_name
from tests.helpers.job_journal import Session

TENANT_UUID = "3f0c6c1e-5a55-4d1c-9d53-0d0f5d7c7a11"
AT = "2026-01-05T09:00:00"
# Outside every transaction: a name that was chosen and lost is never chosen again.
_names = itertools.count(1)


def empty_rows() -> dict[str, Any]:
    """Return a control plane without anything."""
    names = ("databases", "versions", "tenants", "routes", "supports", "hosts", "cluster", "doctor")
    names += ("targets", "backups", "exports", "restores", "upgrades", "canaries", "adoptions")
    names += ("copies", "moves")
    names += ("periods", "documents", "handed", "noted", "mailed", "attempts")
    names += ("grants", "topups", "fees", "months")
    names += ("messages", "watch")
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


class LinkedRecords:
    """Rows as one job sees them, in its session."""

    def __init__(self, session: Session, row_id: int) -> None:
        self._session = session
        self._row_id = row_id

    @property
    def _rows(self) -> dict[str, Any]:
        return self._session.rows

    @property
    def _job(self) -> dict[str, Any]:
        return self._rows["jobs"][self._row_id]

    def _linked(self, link: str) -> dict[str, Any]:
        return self._rows[f"{link}s"][self._job["links"][link]]

    def _forget(self, name: str) -> None:
        self._put(name, state="gone", host=None)
        gone = {"stage": "dropped", "tenant": None, "secret": "", "pending": False}
        self._rows["databases"][name] |= gone

    def _put(self, name: str, **values: Any) -> None:
        if name in self._rows["routes"] or values["state"] != "gone":
            self._rows["routes"].setdefault(name, {}).update(values)

    def _reserve(self, **values: Any) -> str:
        return reserve(self._rows, "t", **values)
