"""Bill some subscriptions: write down the periods that are due, draft their documents."""

from collections.abc import Mapping
from typing import Any

from .base import Context, Job, Step


def _close(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("subscription", "bill_close", **_order(ctx))


def _draft(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("subscription", "bill_draft", **_order(ctx))


def _tell(ctx: Context) -> None:
    run = ctx.spec["run"]
    ctx.records.call("subscription", "bill_told", moves=ctx.facts["moves"], run=run)


def _order(ctx: Context) -> dict[str, Any]:
    return {"subscriptions": ctx.spec["subscriptions"], "run": ctx.spec["run"]}


BILL_SUBSCRIPTION = Job(
    kind="bill_subscription",
    label="Bill Subscriptions",
    steps=(
        Step("close", "Close periods and rate usage", _close, final=True),
        Step("draft", "Draft documents", _draft, weight=4),
        Step("tell", "Hand over", _tell),
    ),
    exclusive=False,
)
