"""What a node noticed and tells the control plane: attacks and what was refused.

Owns: the rules by name, the row. Does not own: collecting (`gateway/events.py`), what follows from
an event (control plane).
"""

from dataclasses import dataclass, field

DATABASE_MANAGER = "database_manager"
RPC_FOREIGN_DATABASE = "rpc_foreign_database"
CONNECT_FOREIGN_DATABASE = "connect_foreign_database"
LOGIN_THROTTLED = "login_throttled"
LOGIN_FAILED = "login_failed"
DUPLICATE_COOKIE = "duplicate_cookie"
BAD_HOST = "bad_host"
EXPRESSION_REFUSED = "expression_refused"
RULES = frozenset(
    {
        DATABASE_MANAGER,
        RPC_FOREIGN_DATABASE,
        CONNECT_FOREIGN_DATABASE,
        LOGIN_THROTTLED,
        LOGIN_FAILED,
        DUPLICATE_COOKIE,
        BAD_HOST,
        EXPRESSION_REFUSED,
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """One row of `saas_node_event`: `at` is a Unix time, `database` and `source` may be empty."""

    sequence: int
    at: float
    rule: str
    database: str
    source: str
    count: int
    facts: dict[str, str] = field(default_factory=dict)
