"""Copies that stand beside a live database until one of them takes its place.

Owns: removing those that this and dead workers made. Does not own: making them
(`restore_tenant.py`, `upgrade_tenant.py`), the swap (`swap_steps.py`).
"""

from .base import Context


def drop_copies(ctx: Context) -> None:
    """Drop what this and dead workers made, database and files."""
    database = ctx.facts["database"]
    ctx.ports.cluster.drop_staging(database)
    for name in ctx.ports.filestore.names():
        if name.startswith(f"{database}_r"):
            ctx.ports.filestore.drop(name)
