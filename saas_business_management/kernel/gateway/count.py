"""What a node counts of a tenant's use, and what is an API call.

Owns: the row, the bounds of response times. Does not own: counting (`gateway/counters.py`), meters.
"""

from dataclasses import dataclass

from .kind import Kind

# Response times up to each bound, in milliseconds; buckets add up across tenants and time.
BOUNDS_MS = (25, 50, 100, 250, 500, 1000, 2500, 5000, 10000)
MOST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Counted:
    """One row of `saas_node_usage`; an empty `database` says that the process is there."""

    sequence: int
    database: str
    requests: int = 0
    api_calls: int = 0
    failures: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    response_ms: float = 0.0
    answered: int = 0
    cron_ms: float = 0.0
    latency: tuple[int, ...] = ()
    failed_logins: int = 0
    held_requests: int = 0
    # (route, requests, milliseconds) of those that took the most time (`busy.py`).
    routes: tuple[tuple[str, int, float], ...] = ()
    # (number of the user, requests, API calls, milliseconds) of who asked most (`busy.py`).
    users: tuple[tuple[int, int, int, float], ...] = ()


def is_api_call(kind: Kind, path: str) -> bool:
    """Tell whether a program calls: `/json/2`, `/xmlrpc` or `/jsonrpc`, not the web client."""
    if kind is Kind.JSON2:
        return path.startswith("/json/2/")
    return kind is Kind.XMLRPC or (kind is Kind.JSONRPC and path.startswith("/jsonrpc"))
