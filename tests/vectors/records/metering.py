"""Usage before it has a price: rows that come twice, and how rows become one quantity."""

from saas_business_management.kernel.metering.status import ACCEPTED, DUPLICATE
from tests.helpers.tenant_stage import correct, day_of, read, tenant_of
from tests.helpers.usage_stage import imported, kept
from tests.helpers.webhook_stage import key_file
from tests.vectors.reading import days, each, instant, one_or_all
from tests.vectors.usage import KINDS, NOW

from .reading import FREE
from .registry import plays
from .usage import SOME_MONTH

SOME_PRICE, SOURCE = "1.11", "app"
SUM, LAST = "sum", "last"
# How an import calls what events call otherwise; of a wrong line it says why in words.
STATES = {"new": ACCEPTED, "known": DUPLICATE}
# Kinds of meters over the same rows; a row of events that are counted says how many.
OVER_ROWS = (SUM, "max", LAST)
NUMBERS = frozenset("0123456789.-")


def running(stage, meter, on):
    """Begin a subscription that pays for a meter alone."""
    charge = {"unit_price": SOME_PRICE, "meter_id": meter.id}
    return stage.begin(stage.offer(FREE, charges=[charge], grace_hours=0), on)


@plays("ingest")
def ingest(stage, asked):
    """A file of usage knows its rows by source and key; a line of it is wrong as a whole."""
    if "subscription" in asked or not all(set(one["value"]) <= NUMBERS for one in asked["events"]):
        return None
    came = [instant(one.get("received", asked.get("now", NOW))) for one in asked["events"]]
    meter = stage.meter()
    one, found = running(stage, meter, stage.month_before(came[0].date())), []
    for now, event in zip(came, asked["events"], strict=True):
        stage.go_to(now)
        at = instant(event["ts"]) if "ts" in event else now
        line = (event["event_id"], at, event["value"])
        found.append(imported(stage, one, meter, line, event.get("source", SOURCE)))
    rows = kept(stage, one)
    stage.bill(stage.month_after(came[0].date()))
    counts = one.period_ids.rating_ids.filtered(lambda row: row.quantity != FREE)
    answer = {"stored": len(rows), "sum": counts[:1].quantity or FREE}
    if set(found) <= set(STATES):
        answer["statuses"] = [STATES[state] for state in found]
    return answer


def counted(stage, aggregation, asked, **values):
    """Return the quantity that is rated of a month with these rows."""
    period = days(asked.get("period", SOME_MONTH))
    meter = stage.meter(aggregation, **values)
    if "previous_value" in asked:
        before = stage.month_before(period.start)
        one = running(stage, meter, before)
        stage.use(one, asked["previous_value"], before, stage.day_after(before))
        stage.bill(period.start)
    else:
        one = running(stage, meter, period.start)
    at = period.start
    for event in asked["events"]:
        stage.use(one, event["value"], at, stage.day_after(at))
        at = stage.day_after(at)
    stage.bill(period.end)
    rated = one.period_ids.rating_ids.filtered(lambda row: row.start_on == period.start)
    return rated.quantity or FREE


@plays("aggregate")
def aggregate(stage, asked):
    if "kind" not in asked:
        return {kind: counted(stage, kind, asked) for kind in OVER_ROWS}
    kind = KINDS.get(asked["kind"], asked["kind"])
    if kind == LAST:
        carries = each(asked, "carry_forward")
        found = [counted(stage, kind, asked, carry_forward=one) for one in carries]
        return {"quantity": one_or_all(asked, "carry_forward", found)}
    return {"billable": counted(stage, kind, asked)} if kind == SUM else None


@plays("correct_repeat")
def correct_repeat(stage, asked):
    """A person says the same of a day again and again: the day is what was said."""
    now = instant(NOW)
    stage.go_to(now)
    with key_file(stage):
        tenant = tenant_of(stage)
    meter = stage.meter()
    read(stage, tenant, meter, now, asked["event"]["value"])
    for _time in range(asked["times"]):
        correct(stage, tenant, meter, now.date(), asked["new_value"], asked["correction_id"])
    return {"active_value": day_of(stage, tenant, meter, now.date())}
