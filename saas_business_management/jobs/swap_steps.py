"""The steps that put a database that stands beside a live one in its place; for restores and for
taking them back.

Facts they need: `database` (the live one, also the role's name), `copy` with `copy_oid` (what comes
in), `out` (the name of what goes out), `login` (generation to log in with), `open` (is the tenant
open), `host`. The link is the fact `link`, `restore` when there is none.

The address is closed from `close` to `open`. With the copy comes the next password, so that nodes
let go of every connection they had; a generation once told to nodes is never taken back.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
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


def link_of(ctx: Context) -> str:
    """Return the link of the record that the swap is for."""
    return ctx.facts.get("link", "restore")


def _generation(ctx: Context) -> int:
    return ctx.records.call(link_of(ctx), "generation")["generation"]


def _close(ctx: Context) -> Mapping[str, Any]:
    ctx.records.call(link_of(ctx), "close", generation=ctx.facts.get("generation", 0))
    return {"closed_at": ctx.facts.get("closed_at") or ctx.ports.clock.now().isoformat()}


def reopen(ctx: Context) -> None:
    """Open the address again, what was live before in place."""
    ctx.records.call(link_of(ctx), "reopen")


def closed_seconds(ctx: Context) -> float:
    """Return how long the address has been closed."""
    since = datetime.fromisoformat(ctx.facts["closed_at"])
    return round((ctx.ports.clock.now() - since).total_seconds(), 3)


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


def _open(ctx: Context) -> Mapping[str, Any]:
    ctx.log("Point of no return: from here on people work in what is in place now.")
    ctx.records.call(link_of(ctx), "reopen", oid=ctx.facts["copy_oid"])
    return {"outage_seconds": closed_seconds(ctx)}


def _close_again(ctx: Context) -> None:
    ctx.records.call(link_of(ctx), "close_again")


def swap_steps(
    when: Callable[[Context], bool], closed: Sequence[Step] | None = None
) -> tuple[Step, ...]:
    """Return the steps for a job in which they are done when this is so.

    `closed` are its own steps of the closed moment; they leave the fact `signals`. Without them
    what the caches know is read from the live one.
    """
    between = closed or (Step("signals", "Read what caches know", _read_signals, when=when),)

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
        Step("close", "Close the address", _close, only(when, reopen), when=when),
        *between,
        Step("swap", "Put it in place", _swap, only(when, _swap_back), when=when),
        Step("forget", "Have caches forgotten", _pass_signals, when=when),
        Step("open", "Open the address", _open, only(when, _close_again), when=when),
        Step("check", "Ask for the login page", check_page, when=served, weight=2),
    )
