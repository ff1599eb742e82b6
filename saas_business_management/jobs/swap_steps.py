"""The steps that put a database that stands beside a live one in its place; for restores and for
taking them back.

Facts they need: `database` (the live one, also the role's name), `copy` with `copy_oid` (what comes
in), `out` (the name of what goes out), `login` (generation to log in with), `open` (is the tenant
open), `host`. The link is `restore`.

The address is closed from `close` to `open`. With the copy comes the next password, so that nodes
let go of every connection they had; a generation once told to nodes is never taken back.
"""

from collections.abc import Callable, Mapping
from typing import Any

from .base import Context, Step, only
from .lent_login import is_closed
from .provision_tenant import check_page


def _turn(ctx: Context) -> Mapping[str, Any]:
    """Tell the server the next password; nodes that know the one before try this by themselves."""
    generation = _generation(ctx) + 1
    ctx.ports.cluster.ensure_role(ctx.facts["database"], generation)
    return {"generation": generation, "login": generation}


def _turn_back(ctx: Context) -> None:
    ctx.ports.cluster.ensure_role(ctx.facts["database"], _generation(ctx))


def _generation(ctx: Context) -> int:
    return ctx.records.call("restore", "generation")["generation"]


def _close(ctx: Context) -> None:
    ctx.records.call("restore", "close", generation=ctx.facts.get("generation", 0))


def _reopen(ctx: Context) -> None:
    ctx.records.call("restore", "reopen")


def _read_signals(ctx: Context) -> Mapping[str, Any]:
    return {"signals": ctx.ports.cluster.signals(ctx.facts["database"], ctx.facts["login"])}


def _swap(ctx: Context) -> Mapping[str, Any]:
    facts = ctx.facts
    names = (facts["database"], facts["copy"], facts["out"])
    former = ctx.ports.cluster.swap(*names, facts["copy_oid"])
    ctx.ports.filestore.swap(*names)
    return {"out_oid": former}


def _swap_back(ctx: Context) -> None:
    """Put back what was live, wherever it was left."""
    facts = ctx.facts
    names = (facts["database"], facts["out"], facts["copy"])
    out = ctx.ports.cluster.database(facts["out"])
    if out is None:
        ctx.ports.cluster.let_in(facts["database"])
    else:
        ctx.ports.cluster.swap(*names, out.oid)
    if facts["out"] in ctx.ports.filestore.names():
        ctx.ports.filestore.swap(*names)


def _pass_signals(ctx: Context) -> None:
    facts = ctx.facts
    ctx.ports.cluster.pass_signals(facts["database"], facts["login"], facts["signals"])


def _open(ctx: Context) -> None:
    ctx.records.call("restore", "reopen", oid=ctx.facts["copy_oid"])


def _close_again(ctx: Context) -> None:
    ctx.records.call("restore", "close_again")


def swap_steps(when: Callable[[Context], bool]) -> tuple[Step, ...]:
    """Return the steps for a job in which they are done when this is so."""

    def served(ctx: Context) -> bool:
        return when(ctx) and not is_closed(ctx)

    return (
        Step(
            "turn",
            "Tell the server the next password",
            _turn,
            only(served, _turn_back),
            when=served,
        ),
        Step("close", "Close the address", _close, only(when, _reopen), when=when),
        Step("signals", "Read what caches know", _read_signals, when=when),
        Step("swap", "Put it in place", _swap, only(when, _swap_back), when=when),
        Step("forget", "Have caches forgotten", _pass_signals, when=when),
        Step("open", "Open the address", _open, only(when, _close_again), when=when),
        Step("check", "Ask for the login page", check_page, when=served, weight=2),
    )
