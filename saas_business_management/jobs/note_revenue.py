"""Compare subscriptions with the ledger of recurring revenue and write what it misses."""

from collections.abc import Mapping
from typing import Any

from .base import Context, Job, Step


def _note(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("subscription", "mrr_note", subscriptions=ctx.spec["subscriptions"])


NOTE_REVENUE = Job(
    kind="note_revenue",
    label="Note Recurring Revenue",
    steps=(Step("note", "Compare with the ledger", _note),),
    exclusive=False,
)
