"""Revenue by month, as it stands in the books: what is deferred, reversed, used up."""

from tests.helpers.money_stage import (
    by_month,
    deferral_books,
    recognize,
    stands_on,
    wallet_books,
)
from tests.vectors.deferral import USAGE
from tests.vectors.reading import day, days

from .reading import FREE, code, cycle_of, refunds
from .registry import plays
from .wallets import bought, invoiced, wallet_of

WHY = "A worked example"
DAYS = "days"


@plays("deferral")
def deferral(stage, asked):
    books, service = deferral_books(stage, asked.get("method", DAYS)), days(asked["service"])
    if asked.get("kind") == USAGE:
        charge = {"model": "flat", "flat_fee": asked["total"]}
        stage.begin(stage.offer(FREE, code(asked), [charge], grace_hours=0), service.start)
        stage.bill(service.end)
    else:
        stage.begin(stage.offer(asked["total"], code(asked), **cycle_of(service)), service.start)
    recognize(stage, stage.month_after(service.end))
    return {"schedule": by_month(stage, books.income), "sum": stands_on(stage, books.income)}


@plays("deferral_cancel")
def deferral_cancel(stage, asked):
    books, service = deferral_books(stage, asked.get("method", DAYS)), days(asked["service"])
    version = stage.offer(asked["total"], code(asked), **cycle_of(service))
    one, last = stage.begin(version, service.start), day(asked["last_service_day"])
    with stage.new_papers(one) as made:
        stage.go_to(last)
        one.action_cancel_now(WHY)
        stage.work()
    recognize(stage, stage.month_after(last))
    (note,) = refunds(made)
    return {
        "recognized": stands_on(stage, books.income),
        "credit_note_untaxed": stage.amount(note.amount_untaxed, code(asked)),
        "deferred_after": stands_on(stage, books.owed),
    }


@plays("prepaid_revenue")
def prepaid_revenue(stage, asked):
    books, customer = wallet_books(stage), stage.customer()
    months = [(f"{month}-01", amount) for month, amount in asked["consumed_by_month"]]
    first, _amount = months[0]
    stage.go_to(first)
    bought(stage, wallet_of(stage, customer, code(asked)), asked["purchase"])
    liability = [stands_on(stage, books.owed)]
    for on, amount in months:
        invoiced(stage, customer, amount, code(asked), on)
        liability.append(stands_on(stage, books.owed))
    return {"liability_after": liability, "revenue": by_month(stage, books.income)}
