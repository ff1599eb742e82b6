"""The step that masks personal data in a copy, for copies of running tenants and of backups.

Facts it needs: `copy` (database and role), `login` (generation its role logs in with), `rules`
(`kernel.migration.masking.Rule` as lists).
"""

from collections.abc import Mapping
from typing import Any

from ..kernel.migration.masking import Rule
from .base import Context


def rules_of(ctx: Context) -> list[Rule]:
    """Return the rules that the records gave."""
    return [Rule(*one) for one in ctx.facts["rules"]]


def mask(ctx: Context) -> Mapping[str, Any]:
    """Mask the records, then remove the files that nothing names any more."""
    name = ctx.facts["copy"]
    counts, files = ctx.ports.copies.mask(name, ctx.facts["login"], rules_of(ctx))
    left = ctx.ports.filestore.keep_only(name, files)
    places = sum(1 for count in counts.values() if count)
    ctx.log(f"{sum(counts.values())} values in {places} places are masked, {left} files stay")
    return {"masked_rows": counts}
