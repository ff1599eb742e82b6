"""Trials, cancellations, pauses and suspensions: the documents of a subscription's course."""

from tests.vectors.cancel import CREDIT, PERIOD_END
from tests.vectors.period import CALENDAR
from tests.vectors.reading import day, days, each, instant

from .reading import FREE, borders, code, cycle, cycle_of, invoices, refunds
from .registry import plays

# What a plan calls the ends of a trial.
RULES = {"pause": "suspend", "cancel": "cancel", "invoice": "convert"}
# Of the others each is a document of its own: the rules alone answer.
SETTLED = (CREDIT, "none")
WHY = "A worked example"


def on_trial(stage, asked, rule, **more):
    aligned = {"alignment": CALENDAR} if asked.get("billing_time") == CALENDAR else {}
    version = stage.offer(
        asked.get("price", "1.11"),
        code(asked),
        trial_days=asked["trial_days"],
        trial_end_rule=rule,
        **cycle(asked),
        **aligned,
        **more,
    )
    return stage.begin(version, asked["start_date"])


def told(stage, one):
    made = stage.papers(one)
    fee = made[0] if made else None
    answer = {
        "trial_end": one.trial_end_on,
        "state": one.state,
        "invoices": len(made),
        "amount": fee and stage.untaxed([fee], one.currency_id.name),
        "invoice": fee
        and {
            "date": fee.invoice_date,
            "period": borders(fee.invoice_line_ids),
            "amount": stage.untaxed([fee], one.currency_id.name),
        },
    }
    return answer | ({"anchor_date": one.anchor_on, "anchor_day": one.anchor_on.day} if fee else {})


@plays("trial")
def trial(stage, asked):
    found = {}
    for policy in each(asked, "missing_token_policy", "pause"):
        rule = RULES["invoice" if asked.get("has_payment_token", True) else policy]
        one = on_trial(stage, asked, rule)
        stage.bill(one.trial_end_on)
        found[policy] = told(stage, one)
    return {**found[next(iter(found))], "by_policy": found}


@plays("trial_convert_now")
def trial_convert_now(stage, asked):
    one = on_trial(stage, asked, RULES["pause"])
    stage.go_to(asked["convert_on"])
    one.action_convert_trial(WHY)
    stage.work()
    return told(stage, one)


@plays("trial_usage")
def trial_usage(stage, asked):
    """Usage of a trial is free in every plan: the other policy is a rule alone."""
    free = days(asked["trial"])
    version = stage.offer(
        FREE,
        code(asked),
        [{"unit_price": asked["unit_price"]}],
        trial_days=free.length,
        trial_end_rule=RULES["invoice"],
        grace_hours=0,
    )
    one = stage.begin(version, free.start)
    for event in asked["events"]:
        at = instant(event["ts"])
        stage.go_to(at)
        stage.use(one, event["value"], at.date(), stage.day_after(at.date()))
    stage.bill_until(one, stage.month_after(one.anchor_on))
    rating = one.period_ids.rating_ids
    amount = stage.amount(rating.amount, code(asked))
    return {"free": {"billable_units": int(rating.quantity), "amount": amount}}


@plays("cancel")
def cancel(stage, asked):
    if "trial_days" in asked:
        return cancelled_on_trial(stage, asked)
    if "kept" in asked or "paid" in asked:
        return None
    settlement = asked.get("settlement", CREDIT)
    if asked.get("mode") != PERIOD_END and settlement not in SETTLED:
        return None
    return ended(stage, asked, asked.get("mode") == PERIOD_END, settlement)


def cancelled_on_trial(stage, asked):
    one = on_trial(stage, asked, RULES["invoice"])
    stage.go_to(asked["cancel_date"])
    one.action_cancel_now(WHY)
    stage.bill(stage.day_after(one.trial_end_on))
    return {
        "invoices": len(invoices(stage.papers(one))),
        "credit_notes": len(refunds(stage.papers(one))),
        "state": one.state,
    }


def ended(stage, asked, at_end, settlement):
    whole = days(asked["period"])
    usage = asked.get("usage_until_end") or asked.get("usage") or {}
    charges = [{"unit_price": usage["unit_price"]}] if usage else []
    stub = {"alignment": CALENDAR} if "service_start" in asked else {}
    version = stage.offer(
        asked["price"],
        code(asked),
        charges,
        asked.get("tax_percent", FREE),
        grace_hours=0,
        **cycle_of(whole),
        **stub,
    )
    one = stage.begin(version, asked.get("service_start", whole.start))
    stage.pay(*stage.papers(one))
    if usage:
        stage.use(one, usage["units"], whole.start, stage.day_after(whole.start))
    with stage.new_papers(one) as made:
        stage.go_to(asked["cancel_date"])
        if at_end:
            one.action_cancel_at_end(WHY)
        else:
            one.action_cancel_now(WHY, settlement)
        stage.work()
        stage.bill(whole.end)
    note, last = refunds(made), invoices(made)
    return {
        "credit_note": (note and taxed(stage, note[0], code(asked))) or None,
        "service_end": one.ends_on,
        "final_invoice": stage.untaxed(last, code(asked)) if last else None,
        "state": one.state,
    }


def taxed(stage, move, currency):
    return {
        "untaxed": stage.amount(move.amount_untaxed, currency),
        "tax": stage.amount(move.amount_tax, currency),
        "total": stage.amount(move.amount_total, currency),
    }


@plays("cancel_undo")
def cancel_undo(stage, asked):
    whole = days(asked["period"])
    one = stage.begin(stage.offer(asked["price"], code(asked), **cycle_of(whole)), whole.start)
    with stage.new_papers(one) as made:
        stage.go_to(asked["scheduled_on"])
        one.action_cancel_at_end(WHY)
        stage.work()
        stage.go_to(asked["undone_on"])
        one.action_undo_cancellation(WHY)
        stage.work()
    with stage.new_papers(one) as renewed:
        stage.bill(whole.end)
    return {"documents": made, "renewal": stage.untaxed(renewed, code(asked))}


def rested(stage, asked, pauses):
    whole = days(asked["period"])
    if asked.get("charged", asked["price"]) != asked["price"]:
        return None
    one = stage.begin(stage.offer(asked["price"], code(asked), **cycle_of(whole)), whole.start)
    stage.pay(*stage.papers(one))
    credits_ = []
    for first, last in pauses:
        with stage.new_papers(one) as made:
            # Asked for on the day before: it begins with the next one at the earliest.
            stage.go_to(stage.day_before(day(first)))
            one.action_pause(WHY, start_on=first)
            stage.work()
            stage.go_to(last)
            one.action_resume(WHY)
            stage.work()
        credits_.append(stage.untaxed(made, code(asked)))
    period = borders(stage.fee_rows(one)[0])
    net = stage.untaxed(stage.papers(one), code(asked))
    with stage.new_papers(one) as renewed:
        stage.bill(whole.end)
    return {
        "credit": credits_[0],
        "credits": credits_,
        "net": net,
        "period_unchanged": period,
        "next_renewal_date": stage.fee_rows(one)[-1].start_on,
        "next_renewal_amount": stage.untaxed(renewed, code(asked)),
    }


@plays("pause")
def pause(stage, asked):
    return rested(stage, asked, [(asked["pause_from"], asked["resume_on"])])


@plays("pauses")
def pauses(stage, asked):
    return rested(stage, asked, asked["pauses"])


@plays("suspend_dunning")
def suspend_dunning(stage, asked):
    unpaid, back = days(asked["unpaid_invoice_period"]), day(asked["paid_and_reactivated_on"])
    one = stage.begin(stage.offer(asked["price"], code(asked), **cycle(asked)), unpaid.start)
    with stage.new_papers(one) as before:
        stage.go_to(asked["suspended_on"])
        one._fire("payment_failed", system=True)
        one._fire("dunning_suspended", system=True)
        stage.bill(stage.day_before(back))
    with stage.new_papers(one) as made:
        stage.go_to(back)
        one._fire("paid", system=True, nothing_overdue=True)
        one._bill_soon()
        stage.work()
    line = made[0].invoice_line_ids
    return {
        "credit": stage.untaxed(before, code(asked)),
        "periods_not_invoiced": [
            borders(row) for row in stage.fee_rows(one) if row.state == "skipped"
        ],
        "reactivation_invoice": {
            "service": borders(line),
            "amount": stage.untaxed(made, code(asked)),
        },
        "next_renewal_date": one.next_invoice_on,
    }
