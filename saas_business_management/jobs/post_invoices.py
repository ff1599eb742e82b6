"""Post documents that billing drafted; two of these never work in one journal."""

from collections.abc import Mapping
from typing import Any

from .base import Context, Job, Step


def _post(ctx: Context) -> Mapping[str, Any]:
    run = ctx.spec["run"]
    return ctx.records.call("subscription", "bill_post", moves=ctx.spec["moves"], run=run)


def _tell(ctx: Context) -> None:
    ctx.records.call("subscription", "bill_posted", moves=ctx.facts["posted"], run=ctx.spec["run"])


POST_INVOICES = Job(
    kind="post_invoices",
    label="Post Invoices",
    steps=(
        Step("post", "Post documents", _post, weight=4, final=True),
        Step("tell", "Hand over", _tell),
    ),
    exclusive=False,
)
