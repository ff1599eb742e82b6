"""Count in a running tenant what each rule of masking would meet; nothing is changed."""

from collections.abc import Mapping
from typing import Any

from .base import Context, Job, Step
from .mask_step import rules_of


def _begin(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("tenant", "masking_rules")


def _count(ctx: Context) -> Mapping[str, Any]:
    source, login = ctx.facts["source"], ctx.facts["source_login"]
    counts = ctx.ports.copies.preview(source, login, rules_of(ctx))
    return {"counts": counts}


def _note(ctx: Context) -> None:
    ctx.records.call("tenant", "masking_preview", counts=ctx.facts["counts"])


PREVIEW_MASKING = Job(
    kind="preview_masking",
    label="Preview of Masking",
    steps=(
        Step("begin", "Read the rules", _begin),
        Step("count", "Count what they meet", _count),
        Step("note", "Note the counts", _note, final=True),
    ),
    exclusive=False,
)
