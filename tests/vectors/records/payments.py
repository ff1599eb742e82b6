"""Payments: charges of saved methods with news of the provider, what is paid twice or in part."""

from saas_business_management.kernel.billing.payment import REFUND_TASK
from tests.helpers.money_stage import (
    answering,
    days_of,
    dunning_profile,
    ladder_days,
    look,
    pay_online,
    saved_method,
    tell,
)
from tests.vectors.payments import RESULTS, moment
from tests.vectors.reading import day

from .reading import code
from .registry import plays

SOME_PRICE, SOME_DAY = "1.11", "2027-05-01"


@plays("charge")
def charge(stage, asked):
    (attempt,) = asked["attempts"]
    begin, customer = moment(attempt["at"]), stage.customer()
    retries = asked.get("retry_days", ())
    dunning_profile(stage, retry_days=ladder_days(retries))
    with answering(stage):
        saved_method(stage, customer, RESULTS.get(attempt["result"], attempt["result"]))
        one = stage.begin(stage.offer(SOME_PRICE), begin, partner_id=customer.id)
        (move,) = stage.papers(one)
        for at, state in happenings(asked, begin):
            stage.go_to(at)
            if state:
                tell(move.saas_attempt_ids.transaction_id, state)
                stage.work()
            else:
                look(stage)
    paid = move.saas_attempt_ids.filtered(lambda row: row.state == "done")
    return {
        "transactions": len(move.transaction_ids),
        "attempts": len(move.saas_attempt_ids),
        "charged_times": len(paid),
        "invoice": move.payment_state,
        "payment_state": move.payment_state,
        "paid_on": paid.changed_at.date() if paid else None,
    }


def happenings(asked, begin):
    """Return runs of the scheduler, and notices with their states, in the order of time."""
    runs = [(moment(at), None) for at in asked.get("scheduler_runs", ())]
    for after in asked.get("retry_days", ()):
        runs.append((moment(f"{days_of(begin.date(), after)[-1]}"), None))
    notices = [asked[name] for name in ("webhook", "later") if name in asked]
    return sorted([*runs, *((moment(one["at"]), one["state"]) for one in notices)], key=first)


def first(pair):
    return pair[0]


@plays("double_pay", "partial")
def paid(stage, asked):
    with answering(stage):
        one = stage.begin(stage.offer(asked["invoice"], code(asked)), SOME_DAY)
        (move,) = stage.papers(one)
        made = [pay_online(stage, move, amount) for amount in asked["payments"]]
        stage.work()
        stage.go_to(stage.day_after(day(SOME_DAY)))
        look(stage)
    residual = stage.residual([move], code(asked))
    unused = [stage.amount(payment._saas_unused(), code(asked)) for payment in made]
    return {
        "residual": residual,
        "invoice_residual": residual,
        "unallocated": unused[-1],
        "action": REFUND_TASK if move.activity_ids else None,
        "payment_state": move.payment_state,
        "dunning_amount": stage.amount(one.dunning_id.amount_due, code(asked)),
    }
