"""Unpaid invoices: ladders in time, reminders, what is worth it, an end without payment."""

from saas_business_management.kernel.billing.dunning import REMINDER, STATE
from saas_business_management.kernel.billing.states import CANCELLED, PAST_DUE, RESTRICTED
from saas_business_management.kernel.billing.states import SUSPENDED as CLOSED
from tests.helpers.money_stage import (
    DECLINED,
    HARD,
    answering,
    dunning_profile,
    ladder_days,
    look,
    look_daily,
    saved_method,
)
from tests.vectors.reading import day

from .registry import plays

SOME_PRICE, SOME_DAY = "1.11", "2027-05-01"
# Stages that the vectors call otherwise than a profile does.
STAGES = {"warning": PAST_DUE, "blocked": CLOSED}
DECLINES = {"hard": HARD}
OPTIONAL = {RESTRICTED: "restricts", CLOSED: "suspends", CANCELLED: "cancels"}
ALL_DAYS = 35


def profile_of(stage, asked, states):
    """Make a profile with these days by stage, and none of the other stages."""
    values = {wanted: stage_name in states for stage_name, wanted in OPTIONAL.items()}
    values |= {f"{name}_day": after for name, after in states.items()}
    for name in ("retry_days", "reminder_days"):
        values[name] = ladder_days(asked.get(name, ()))
    return dunning_profile(stage, **values)


def steps(one, kind):
    """Return the steps of a kind that were taken, in their order."""
    return one.dunning_ids.step_ids.filtered(lambda step: step.kind == kind).sorted("id")


@plays("dunning")
def dunning(stage, asked):
    if "pauses" in asked or "states" not in asked:
        return None
    names = {STAGES.get(name, name): name for name, _after in asked["states"]}
    days = {STAGES.get(name, name): after for name, after in asked["states"]}
    profile_of(stage, asked, days)
    begin, customer = day(asked["first_failure"]), stage.customer()
    with answering(stage):
        method = saved_method(stage, customer, DECLINES.get(asked.get("decline"), DECLINED))
        one = stage.begin(stage.offer(SOME_PRICE), begin, partner_id=customer.id)
        (move,) = stage.papers(one)
        for today in look_daily(stage, begin, ALL_DAYS):
            if asked.get("success_on_retry") == len(move.saas_attempt_ids):
                method.provider_ref = "done"
            if asked.get("new_token_on") == f"{today}":
                saved_method(stage, customer, "done")
                stage.work()
    first, *retries = [row.at.date() for row in move.saas_attempt_ids.sorted("number")]
    reached = one.event_ids.sorted("id").filtered(
        lambda row: row.from_state not in (False, "draft", row.to_state)
    )
    return {
        "attempts": [first, *retries],
        "retries": retries,
        "states": [(names[step.stage], step.on) for step in steps(one, STATE)],
        "states_reached": [(row.to_state, row.at.date()) for row in reached],
        "state": one.state,
    }


@plays("dunning_offline")
def dunning_offline(stage, asked):
    profile_of(stage, asked, {PAST_DUE: 0, CLOSED: asked["suspend_after_days"]})
    begin = day(asked["due_date"])
    with answering(stage):
        one = stage.begin(stage.offer(SOME_PRICE), begin)
        for _today in look_daily(stage, begin, ALL_DAYS):
            pass
    closed = steps(one, STATE).filtered(lambda step: step.stage == CLOSED)
    return {
        "reminders": [step.on for step in steps(one, REMINDER)],
        "suspended_on": closed.on,
        "charge_attempts": len(one._moves().saas_attempt_ids),
    }


@plays("dunning_threshold")
def dunning_threshold(stage, asked):
    profile = profile_of(stage, asked, {PAST_DUE: 0})
    for name, amount in asked["thresholds"].items():
        values = {"currency_id": stage.currency(name).id, "amount": amount}
        profile.minimum_ids = [(0, 0, values)]
    with answering(stage):
        ones = [
            stage.begin(stage.offer(amount, name), SOME_DAY)
            for name, amount in asked["overdue"].items()
        ]
        stage.go_to(stage.day_after(day(SOME_DAY)))
        look(stage)
    return {"dunned": [one.currency_id.name for one in ones if one.dunning_id]}


@plays("auto_close")
def auto_close(stage, asked):
    profile_of(stage, asked, {PAST_DUE: 0, CANCELLED: asked["closing_days"]})
    renewed = day(asked["renewal_date"])
    with answering(stage):
        begin = stage.month_before(renewed)
        one = stage.begin(stage.offer(SOME_PRICE), begin)
        stage.pay(*stage.papers(one))
        stage.bill(renewed)
        if asked["paid"]:
            stage.pay(*stage.papers(one))
        for _today in look_daily(stage, renewed, ALL_DAYS):
            pass
    closed = steps(one, STATE).filtered(lambda step: step.stage == CANCELLED)
    return {"closed_on": closed.on or None}
