"""Rows of periods, runs over them, and what they were rated at."""

from tests.vectors.reading import day, instant

from .reading import FREE, borders, code, cycle
from .registry import plays

NOON = "12:00:00"
SOME_DAY = "2027-05-01"
SOME_PRICE = "7.77"
# Which steps are done when a worker dies: of an operation all to the one that is named.
DRAFTING, POSTING = "bill_subscription", "post_invoices"
CRASHES = {
    "before_create": ((DRAFTING, "close"),),
    "after_rating": ((DRAFTING, "close"),),
    "after_create": ((DRAFTING, "draft"),),
    "before_post": ((DRAFTING, "tell"),),
    "after_post": ((DRAFTING, "draft"), (POSTING, "post")),
}


@plays("period_bounds")
def period_bounds(stage, asked):
    aligned = {"alignment": asked["billing_time"]} if "billing_time" in asked else {}
    version = stage.offer(SOME_PRICE, **cycle(asked), **aligned)
    one = stage.begin(version, asked.get("anchor_date") or asked["start_date"])
    rows = stage.bill_fees(one, asked["count"])
    return {
        "boundaries": [row.start_on for row in rows],
        "first_period_is_stub": rows[0].start_on != rows[0].whole_start_on,
    }


@plays("period_instants")
def period_instants(stage, asked):
    version = stage.offer(SOME_PRICE)
    begun = f"{asked['period_start']} {NOON}"
    one = stage.begin(version, begun, timezone=asked.get("timezone", "UTC"))
    row = one.period_ids[0]
    if row.end_on != day(asked["period_end"]):
        return None
    return {"start_utc": stage.instant(row.start_at), "end_utc": stage.instant(row.end_at)}


@plays("catch_up")
def catch_up(stage, asked):
    if asked["billing_timing"] != "in_advance":
        return None
    version = stage.offer(asked["price"], code(asked), **cycle(asked))
    one = stage.begin(version, asked["anchor_date"])
    stage.bill_until(one, day(asked.get("last_invoiced_period_start") or asked["anchor_date"]))
    with stage.new_papers(one) as made:
        stage.bill(asked["run_date"])
    return {
        "invoices": [
            {
                "period": borders(move.invoice_line_ids),
                "amount": stage.untaxed([move], code(asked)),
                "invoice_date": move.invoice_date,
            }
            for move in made
        ],
        "next_invoice_date": one.next_invoice_on,
    }


def begun(stage, asked):
    period = asked.get("period", [SOME_DAY])
    lines = asked.get("lines", [SOME_PRICE])
    price = lines[0] if lines else FREE
    zero = asked.get("emit_zero_invoices", False)
    one = stage.subscription(stage.offer(price, code(asked), emit_zero_invoices=zero))
    stage.go_to(period[0])
    one.action_activate()
    return one


def told(stage, one):
    row, moves = one.period_ids[0], stage.papers(one)
    return {
        "invoices": len(moves),
        "state": row.state,
        "period_state": row.state,
        "document": row.move_id.move_type or None,
        "amount": stage.amount(row.amount, one.currency_id.name),
    }


@plays("run")
def run(stage, asked):
    if len(asked.get("lines", [])) > 1:
        return None
    one = begun(stage, asked)
    stage.work()
    return told(stage, one)


@plays("run_twice")
def run_twice(stage, asked):
    one = begun(stage, asked)
    stage.work()
    one._order_billing()
    stage.work()
    return told(stage, one)


@plays("run_crash")
def run_crash(stage, asked):
    one = begun(stage, asked)
    for kind, last in CRASHES[asked["crash_at"]]:
        spec = {"subscriptions": one.ids, "moves": one._moves().ids, "run": 0}
        stage.play(kind, spec, stage.job_of(one), last)
    if asked["rerun"]:
        stage.work()
        one._order_billing()
        one._moves().filtered(lambda move: move.state == "draft")._saas_order_posting()
        stage.work()
    return told(stage, one)


@plays("trace")
def trace(stage, asked):
    ends, counted = instant(asked["service_period_to"]), instant(asked["ingested_before"])
    version = stage.offer(FREE, code(asked), [{"unit_price": asked["unit_price"]}])
    one = stage.begin(version, stage.month_before(ends.date()))
    events = sorted(asked["events"], key=lambda event: event["ingested"])
    for event in events:
        came = instant(event["ingested"])
        if came > counted and not one.period_ids.rating_ids:
            stage.bill(counted)
        stage.go_to(came)
        on = instant(event["ts"]).date() if "ts" in event else stage.day_before(ends.date())
        stage.use(one, event["value"], on, stage.day_after(on))
    if not one.period_ids.rating_ids:
        stage.bill(counted)
    rating = one.period_ids.rating_ids
    return {
        "quantity": rating.quantity,
        "amount": stage.amount(rating.amount, code(asked)),
    }


@plays("simulate")
def simulate(stage, asked):
    plan = asked["plan"]
    charge = {
        "unit_price": plan["overage_unit_price"],
        "included": str(plan.get("included_per_month", 0)),
    }
    terms = {"usage_cycle_unit": plan["usage_interval"], "usage_cycle_count": 1, "grace_hours": 0}
    if plan["billing"] != "in_advance":
        return None
    version = stage.offer(plan["price"], code(plan), [charge], **cycle(plan), **terms)
    one = stage.begin(version, asked["start_date"])
    dates = [day(asked["start_date"])]
    for used in asked["usage_by_period"]:
        stage.use(one, used, one._today(), stage.day_after(one._today()))
        stage.bill_next(one)
        dates.append(one._today())
    made = {move.invoice_date: move for move in stage.papers(one)}
    return {"invoices": [invoice(stage, on, made.get(on), code(plan)) for on in dates]}


def invoice(stage, on, move, currency):
    lines = move.invoice_line_ids if move else ()
    return {
        "date": on,
        "lines": [[text(stage, one), stage.amount(one.price_subtotal, currency)] for one in lines],
        "total": stage.untaxed([move] if move else [], currency),
        "document": move and move.move_type,
    }


def text(stage, line):
    """How the vectors name a line."""
    start, end = borders(line)
    units = line.saas_rating_id
    return f"overage {stage.overage(units)}" if units else f"base {start}..{end}"


@plays("renewal_price")
def renewal_price(stage, asked):
    first, second = asked["plan_versions"]
    renewal = day(asked["renewal_date"])
    amounts = []
    for one in asked["subscriptions"]:
        stage.go_to(first["from"])
        moves_along = one["policy"] == "migrate_at_renewal"
        version = stage.offer(first["price"], code(asked), migrate_at_renewal=moves_along)
        before = one["started"] < second["from"]
        found = stage.begin(version, one["started"]) if before else None
        stage.go_to(second["from"])
        newer = stage.publish(version.plan_id, second["price"])
        found = found or stage.begin(newer, one["started"])
        while stage.fee_rows(found)[-1].start_on < renewal:
            stage.bill_next(found)
        amounts.append(stage.amount(stage.fee_rows(found)[-1].amount, code(asked)))
    return {"amounts": amounts}
