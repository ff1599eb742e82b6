"""Recognize the revenue of a company's months that are over, one entry a month and accounts."""

from collections.abc import Mapping
from typing import Any

from .base import Context, Job, Step


def _schedule(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("deferral", "revenue_schedule", **_order(ctx))


def _gather(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("deferral", "revenue_gather", **_order(ctx))


def _post(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("deferral", "revenue_post", **_order(ctx))


def _order(ctx: Context) -> dict[str, Any]:
    return {"company": ctx.spec["company"], "month": ctx.spec["month"]}


RECOGNIZE_REVENUE = Job(
    kind="recognize_revenue",
    label="Recognize Revenue",
    steps=(
        Step("schedule", "Schedule what was invoiced", _schedule, weight=4, final=True),
        Step("gather", "Gather the months that are over", _gather),
        Step("post", "Post entries", _post, weight=2),
    ),
    exclusive=False,
)
