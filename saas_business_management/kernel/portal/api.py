"""The operations of the customers' API: paths, scopes, questions and answers, as data.

Owns: this table, bounds of pages, how often a key may ask. Does not own: answering
(`controllers/api.py`, `models/saas_api.py`), the OpenAPI file made of it (`openapi.py`).
"""

from dataclasses import dataclass

from . import scope

BASE = "/saas/api/v1"
DOCS, FILE = "/saas/api/docs", "/saas/api/openapi.json"
MOST_A_PAGE, USUAL_A_PAGE = 100, 50
MOST_PAGE = 100_000
KEY_A_MINUTE = 120
FAULTS, FAULT_SECONDS = 30, 600
MOST_USAGE_DAYS = 366


@dataclass(frozen=True, slots=True)
class Operation:
    """One route. `query` are the names of its questions, `answer` the schema of a row; `many` says
    that a page of them is answered.
    """

    name: str
    method: str
    path: str
    scope: str
    summary: str
    answer: str
    many: bool = False
    query: tuple[str, ...] = ()
    status: int = 200


PAGED = ("page", "per_page")
OPERATIONS = (
    Operation(
        *("list_tenants", "GET", "/tenants", scope.TENANTS_READ),
        *("List the databases of the account", "Tenant", True, PAGED),
    ),
    Operation(
        *("get_tenant", "GET", "/tenants/{tenant}", scope.TENANTS_READ),
        *("Show one database, with the addresses that open it", "Tenant"),
    ),
    Operation(
        *("pause_tenant", "POST", "/tenants/{tenant}/pause", scope.TENANTS_MANAGE),
        *("Close it for a while: from tomorrow it costs nothing", "Tenant"),
    ),
    Operation(
        *("resume_tenant", "POST", "/tenants/{tenant}/resume", scope.TENANTS_MANAGE),
        *("Open a paused database again", "Tenant"),
    ),
    Operation(
        *("list_changes", "GET", "/tenants/{tenant}/changes", scope.TENANTS_READ),
        *("List its upgrades, moves and copies, the newest first", "Change", True, PAGED),
    ),
    Operation(
        *("list_usage", "GET", "/tenants/{tenant}/usage", scope.USAGE_READ),
        *("Show what it used, by meter and day", "Usage", True, (*PAGED, "since", "until")),
    ),
    Operation(
        *("list_backups", "GET", "/tenants/{tenant}/backups", scope.BACKUPS_READ),
        *("List the backups that can be restored", "Backup", True, PAGED),
    ),
    Operation(
        *("make_backup", "POST", "/tenants/{tenant}/backups", scope.BACKUPS_MAKE),
        *("Have a backup made now", "Backup", True, (), 202),
    ),
    Operation(
        *("list_invoices", "GET", "/invoices", scope.INVOICES_READ),
        *("List invoices and credit notes, the newest first", "Invoice", True, PAGED),
    ),
)

TEXT, NUMBER, FLAG = {"type": "string"}, {"type": "number"}, {"type": "boolean"}
INSTANT, DAY = {"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}
MAYBE_DAY = {"type": ["string", "null"], "format": "date"}
MAYBE_NUMBER = {"type": ["number", "null"]}
MAYBE_INSTANT = {"type": ["string", "null"], "format": "date-time"}
AMOUNT = {"type": "string", "description": "An amount with the digits of its currency"}

SCHEMAS = {
    "Tenant": {
        "id": {**TEXT, "description": "22 signs, as in the address of its page in the portal"},
        "name": TEXT,
        "state": {
            **TEXT,
            "enum": [
                *("draft", "provisioning", "trial", "active", "suspended", "archived"),
                *("migrating", "deleting", "failed"),
            ],
        },
        "reason": {**TEXT, "description": "Why it is closed; empty while it is open"},
        "host": TEXT,
        "open_url": {**TEXT, "description": "Opens the database; empty while it is closed"},
        "portal_url": {**TEXT, "description": "Its page in the portal"},
        "plan": TEXT,
        "sandbox": FLAG,
        "trial_ends_on": MAYBE_DAY,
        "created_at": INSTANT,
    },
    "Change": {
        "kind": {**TEXT, "enum": ["upgrade", "move", "copy"]},
        "state": {**TEXT, "enum": ["running", "watched", "done", "failed", "undone"]},
        "version": {**MAYBE_NUMBER, "description": "Of its template, after an upgrade"},
        "copy": {**TEXT, "description": "Reference of the copy that was made; else empty"},
        "started_at": MAYBE_INSTANT,
        "ended_at": MAYBE_INSTANT,
        "outage_seconds": {**NUMBER, "description": "How long its address was closed"},
    },
    "Usage": {
        "meter": TEXT,
        "unit": TEXT,
        "day": DAY,
        "quantity": {**TEXT, "description": "A number as text; a day nobody read is left out"},
    },
    "Backup": {
        "id": TEXT,
        "state": TEXT,
        "kind": {**TEXT, "description": "manual, schedule or safety"},
        "taken_at": MAYBE_INSTANT,
        "size_bytes": NUMBER,
        "proven_at": MAYBE_INSTANT,
    },
    "Invoice": {
        "number": TEXT,
        "kind": {**TEXT, "enum": ["invoice", "credit_note"]},
        "issued_on": MAYBE_DAY,
        "due_on": MAYBE_DAY,
        "currency": TEXT,
        "untaxed": AMOUNT,
        "tax": AMOUNT,
        "total": AMOUNT,
        "due": AMOUNT,
        "state": {**TEXT, "enum": ["open", "paid"]},
    },
    "Problem": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "code": {**TEXT, "description": "Stable, for programs"},
        "detail": {**TEXT, "description": "A sentence for people"},
    },
}
QUESTIONS = {
    "page": ("Which page, from 1", {"type": "integer", "minimum": 1, "maximum": MOST_PAGE}),
    "per_page": (
        f"Rows a page, {USUAL_A_PAGE} unless told otherwise",
        {"type": "integer", "minimum": 1, "maximum": MOST_A_PAGE},
    ),
    "since": ("First day; 30 days ago unless told otherwise", DAY),
    "until": ("Last day; today unless told otherwise", DAY),
}
PROBLEMS = {
    400: ("bad_request", "A question is unknown or has a value it cannot have"),
    401: ("unauthorized", "There is no key, or it is unknown, over or revoked"),
    403: ("scope_missing", "The key, or who made it, may not do this"),
    404: ("not_found", "There is no such database in this account"),
    409: ("refused", "It cannot be done now; code and sentence say why"),
    429: ("too_many", f"More than {KEY_A_MINUTE} requests in a minute; wait for Retry-After"),
}
