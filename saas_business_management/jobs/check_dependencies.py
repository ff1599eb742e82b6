"""Ask the outside services that are due whether they are there.

What stands in the way of a check is its result; the operation itself does not fail for it. Nothing
is written outside.
"""

from collections.abc import Mapping
from typing import Any

from ..kernel.errors import SaasError
from ..kernel.monitoring.dependency import HTTP, meets
from .base import Context, Job, Step
from .side_by_side import side_by_side

LONGEST_SECONDS = 120.0
AT_ONCE = 8


def _look(ctx: Context) -> Mapping[str, Any]:
    due = ctx.records.call("dependencies", "due", only=ctx.spec.get("only"))["services"]
    until = ctx.ports.clock.monotonic() + LONGEST_SECONDS
    looks = side_by_side(
        lambda one: {"dependency": one["dependency"], **_seen(ctx, one)},
        due,
        AT_ONCE,
        lambda: ctx.ports.clock.monotonic() > until,
    )
    # Also without any: who calls us has no address.
    ctx.records.call("dependencies", "seen", looks=looks, only=ctx.spec.get("only"))
    return {"looked": len(looks), "wrong": sum(bool(one["problem"]) for one in looks)}


def _seen(ctx: Context, one: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was met: the problem, whether we did not even ask, whether nothing came back,
    and the milliseconds of an answer.
    """
    try:
        problem, seconds = _asked(ctx, one)
    except SaasError as error:
        refused, silent = error.kind == "refused", error.kind == "unavailable"
        return {"problem": error.code, "refused": refused, "silent": silent, "milliseconds": None}
    told = {"problem": problem, "refused": False, "silent": False}
    return {**told, "milliseconds": round(seconds * 1000)}


def _asked(ctx: Context, one: Mapping[str, Any]) -> tuple[str, float]:
    if one["kind"] != HTTP:
        return "", ctx.ports.outside.touch(one["address"], one["inside_allowed"])
    page = ctx.ports.outside.ask(one["address"], one["inside_allowed"])
    return meets(page.status, page.body, one["status"], one["marker"]), page.seconds


CHECK_DEPENDENCIES = Job(
    kind="check_dependencies",
    label="Check Dependencies",
    steps=(Step("look", "Ask services of others", _look),),
    give_up_seconds=300,
    exclusive=False,
)
