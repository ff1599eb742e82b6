"""Look at what is overdue of a subscription: take the steps of its ladder, or let it go on."""

from .base import Context, Job, Step


def _look(ctx: Context) -> None:
    ctx.records.call("subscription", "dun_look")


DUN_SUBSCRIPTION = Job(
    kind="dun_subscription",
    label="Look at Overdue Invoices",
    steps=(Step("look", "Take the steps that are due", _look, final=True),),
    exclusive=False,
)
