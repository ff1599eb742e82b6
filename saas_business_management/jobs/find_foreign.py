"""List the databases of a cluster that were made without us; nothing is entered."""

from dataclasses import asdict

from .base import Context, Job, Step


def _list(ctx: Context) -> None:
    found = [asdict(one) for one in ctx.ports.cluster.foreign()]
    ctx.records.call("cluster", "foreign_found", found=found)
    ctx.log(f"{len(found)} databases that no tenant owns")


FIND_FOREIGN = Job(
    kind="find_foreign",
    label="Look for Databases",
    steps=(Step("list", "List databases of others", _list),),
    exclusive=False,
)
