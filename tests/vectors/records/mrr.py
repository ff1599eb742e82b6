"""Recurring revenue: what the ledger says of subscriptions that begin, change, rest and end."""

from tests.helpers.money_stage import figures
from tests.vectors.mrr import ONCE
from tests.vectors.reading import number

from .reading import code, cycle
from .registry import plays

WHY = "A worked example"
# Who left before; the month before; that of the changes; the one after.
BEFORE, FIRST, CHANGED, AFTER = "2027-03-01", "2027-04-01", "2027-05-10", "2027-06-02"
LOST = ("contraction", "churn")
GAINED = ("new", "expansion", "reactivation")
# How a subscription comes into the states that the vectors name.
EVENTS = {"suspended": ("payment_failed", "dunning_suspended")}
TRIAL, TRIAL_DAYS = "trial", 21


@plays("mrr")
def mrr(stage, asked):
    if any(one.get("interval") in ONCE for one in asked["subscriptions"]):
        return None
    for sold in asked["subscriptions"]:
        state = sold.get("state")
        terms = {"trial_days": TRIAL_DAYS} if state == TRIAL else {}
        version = stage.offer(sold["amount"], code(asked), **cycle(sold), **terms)
        one = stage.begin(version, FIRST)
        for event in EVENTS.get(state, ()):
            one._fire(event, system=True)
    found = figures(stage)
    return {name: stage.amount(found[name], code(asked)) for name in ("mrr", "arr", "at_risk")}


def lived(stage, asked):
    """Let customers pay what they pay at the start, and then what they pay at the end."""
    start, end = asked["start"], asked["end"]
    ones = {}
    for name in asked.get("previously_churned", ()):
        ones[name] = stage.begin(stage.offer(end[name], code(asked)), BEFORE)
        ones[name].action_cancel_now(WHY)
        stage.work()
    for name, amount in start.items():
        if number(amount):
            ones[name] = stage.begin(stage.offer(amount, code(asked)), FIRST)
    for name, amount in end.items():
        changed(stage, asked, ones.get(name), amount)


def changed(stage, asked, one, amount):
    stage.go_to(CHANGED)
    if one is None:
        stage.begin(stage.offer(amount, code(asked)), CHANGED)
    elif not number(amount):
        one.action_cancel_now(WHY)
    elif one.state == "cancelled":
        one.action_win_back()
    else:
        one._change_plan(stage.offer(amount, code(asked)), 1, "now")
    stage.work()


@plays("mrr_movements")
def mrr_movements(stage, asked):
    lived(stage, asked)
    told = figures(stage)["movements"][-1]
    signed = {name: -told[name] for name in LOST} | {name: told[name] for name in GAINED}
    signed |= {name: told[name] for name in ("start", "end")}
    return {
        **{name: stage.amount(amount, code(asked)) for name, amount in signed.items()},
        "customers_churned": told["customers_lost"],
    }


@plays("retention")
def retention(stage, asked):
    lived(stage, asked)
    stage.go_to(AFTER)
    told = figures(stage)["retention"]["last_month"]
    return {
        "nrr_percent": stage.amount(told["net_percent"]),
        "grr_percent": stage.amount(told["gross_percent"]),
        "logo_churn_percent": stage.amount(told["customer_churn_percent"]),
        "revenue_churn_percent": stage.amount(told["revenue_churn_percent"]),
    }
