"""Open a tenant for support: the guest inside it, then the clock. Undone, the guest is archived."""

from collections.abc import Mapping
from typing import Any

from ..adapters.ports import Guest
from .base import Context, Job, Step


def _ready(ctx: Context) -> Mapping[str, Any]:
    """Look whether consent still stands, and write down the guest before it is made."""
    return ctx.records.call("support", "ready")


def _guest(ctx: Context) -> Mapping[str, Any]:
    guest = Guest(**ctx.facts["guest"])
    return ctx.ports.cluster.open_guest(ctx.facts["database"], ctx.facts["generation"], guest)


def _close_guest(ctx: Context) -> None:
    ctx.ports.cluster.close_guest(
        ctx.facts["database"],
        ctx.facts["generation"],
        ctx.facts["guest"]["login"],
        ctx.facts.get("guest_user", 0),
    )


def _enter(ctx: Context) -> None:
    made = {"user": ctx.facts["guest_user"], "partner": ctx.facts["guest_partner"]}
    ctx.records.call("support", "enter", **made)


OPEN_SUPPORT = Job(
    kind="open_support",
    label="Enter for Support",
    steps=(
        Step("ready", "Check consent", _ready),
        Step("guest", "Make support user", _guest, _close_guest),
        Step("enter", "Start the clock", _enter, final=True),
    ),
    on_undone=("support", "not_entered"),
    give_up_seconds=300,
)
