"""A closed tenant's role, lent for the length of an operation.

Owns: lending it, and having it brought in line with the tenant's state afterwards. The link is
`tenant`; the facts need `database` and `open` (is the tenant open).

It is not simply stopped again: the tenant may have been opened meanwhile. An operation of its own
looks, in turn with whatever else changes its state (`apply_state.py`).
"""

from collections.abc import Mapping
from typing import Any

from .base import Context


def is_closed(ctx: Context) -> bool:
    """Tell whether the tenant's role may not log in by itself."""
    return not ctx.facts["open"]


def lend(ctx: Context) -> Mapping[str, Any]:
    """Let the role log in under a password that no node has."""
    return {"login": ctx.ports.cluster.lend_login(ctx.facts["database"])}


def give_back(ctx: Context) -> None:
    """Have the role do what the tenant's state says."""
    ctx.records.call("tenant", "order_access")
