"""Charge what is open of an invoice to a saved payment method, at most once.

The transaction is written down and committed before the provider is asked, and so is which claim
asks. Whoever takes the operation over from there has another claim and asks nobody: the outcome is
unknown then, until the provider tells it.
"""

from collections.abc import Mapping
from typing import Any

from .base import Context, Job, Step


def _prepare(ctx: Context) -> Mapping[str, Any]:
    known = ctx.spec.get("attempt")
    if known:
        return {"attempt": known}
    return ctx.records.call("invoice", "charge_prepare", why=ctx.spec["why"])


def _announce(ctx: Context) -> None:
    ctx.records.call("invoice", "charge_announce", attempt=ctx.facts["attempt"], fence=ctx.fence)


def _ask(ctx: Context) -> None:
    ctx.records.call("invoice", "charge_ask", attempt=ctx.facts["attempt"], fence=ctx.fence)


def _settle(ctx: Context) -> None:
    ctx.records.call("invoice", "charge_settle", attempt=ctx.facts["attempt"])


def _tell(ctx: Context) -> None:
    ctx.records.call("invoice", "charge_told", attempt=ctx.facts["attempt"])


def _new(ctx: Context) -> bool:
    return bool(ctx.facts.get("attempt")) and not ctx.spec.get("attempt")


def _any(ctx: Context) -> bool:
    return bool(ctx.facts.get("attempt"))


CHARGE_INVOICE = Job(
    kind="charge_invoice",
    label="Charge Invoice",
    steps=(
        Step("prepare", "Write the attempt down", _prepare),
        Step("announce", "Take the turn", _announce, when=_new, final=True),
        Step("ask", "Ask the payment provider", _ask, when=_new, weight=4),
        Step("settle", "Book what came in", _settle, when=_any, weight=2),
        Step("tell", "Hand over", _tell, when=_any),
    ),
    exclusive=False,
)
