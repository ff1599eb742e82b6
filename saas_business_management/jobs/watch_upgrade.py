"""Look whether a tenant that was upgraded a short while ago is served.

What is found is the result; what follows is the records' affair.
"""

from collections.abc import Mapping
from typing import Any

from ..kernel.errors import Unavailable
from .base import Context, Job, Step
from .provision_tenant import LOGIN_MARK


def _begin(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("upgrade", "watch_begin")


def _look(ctx: Context) -> Mapping[str, Any]:
    try:
        answer = ctx.ports.front_door.get(ctx.facts["host"], "/web/login")
    except Unavailable as error:
        return {"problem": error.code}
    good = answer.status == 200 and LOGIN_MARK in answer.body
    return {"problem": "" if good else f"status {answer.status}"}


def _note(ctx: Context) -> None:
    ctx.records.call("upgrade", "watched", problem=ctx.facts.get("problem", ""))


def _looked(ctx: Context) -> bool:
    return bool(ctx.facts["host"])


WATCH_UPGRADE = Job(
    kind="watch_upgrade",
    label="Watch Upgrade",
    steps=(
        Step("begin", "Find the address", _begin),
        Step("look", "Ask for the login page", _look, when=_looked),
        Step("note", "Note what was seen", _note),
    ),
    exclusive=False,
)
