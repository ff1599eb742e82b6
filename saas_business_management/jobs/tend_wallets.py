"""Look after the wallets of a company: take out what has expired, order top-ups."""

from collections.abc import Mapping
from typing import Any

from .base import Context, Job, Step


def _expire(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("wallet", "wallet_expire", company=ctx.spec["company"])


def _fill(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("wallet", "wallet_fill", company=ctx.spec["company"])


TEND_WALLETS = Job(
    kind="tend_wallets",
    label="Look After Wallets",
    steps=(
        Step("expire", "Take out what has expired", _expire, final=True),
        Step("fill", "Order top-ups", _fill),
    ),
    exclusive=False,
)
