"""Mail posted documents with their PDF, some at a time: making one takes a process and a while."""

from .base import Context, Job, Step


def _mail(ctx: Context) -> None:
    ctx.records.call("subscription", "bill_mail", moves=ctx.spec["moves"])


MAIL_INVOICES = Job(
    kind="mail_invoices",
    label="Mail Invoices",
    steps=(Step("mail", "Make PDFs and mail them", _mail),),
    exclusive=False,
)
