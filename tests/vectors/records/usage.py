"""Usage: what it costs on an invoice, what comes too late, what is taken back."""

from tests.vectors.rating import single
from tests.vectors.reading import FIRST, days, instant

from .reading import FREE, borders, charge_values, code, refunds, words
from .registry import plays

SOME_MONTH = ("2027-05-01", "2027-06-01")


def metered(stage, asked, charge, **terms):
    """Begin a subscription that pays for usage alone, on the first day of the period."""
    period = days(asked.get("period", SOME_MONTH))
    version = stage.offer(FREE, code(asked), [charge], grace_hours=0, **terms)
    return stage.begin(version, period.start), period


def used(stage, one, period, *quantities):
    for quantity in quantities:
        stage.use(one, quantity, period.start, stage.day_after(period.start))


@plays("rate")
def rate(stage, asked):
    transactions = [str(one) for one in asked.get("transactions", ())]
    quantities = asked.get("quantities") or [asked.get("quantity")]
    found, lines = [], []
    for variant in asked.get("variants", [{}]):
        for sets in [transactions] if transactions else [[one] for one in quantities]:
            one, period = metered(stage, asked, charge_values(asked, **variant))
            used(stage, one, period, *sets)
            with stage.new_papers(one) as made:
                stage.bill(period.end)
            found.append(one.period_ids.rating_ids)
            lines.extend(line for move in made for line in move.invoice_line_ids)
    answer = {
        "amounts": [stage.amount(one.amount, code(asked)) for one in found],
        "amount": single([stage.amount(one.amount, code(asked)) for one in found]),
        "exact": single([one.exact_amount for one in found]),
    }
    if len(lines) != FIRST:
        return answer
    (line,) = lines
    price = stage.amount(line.price_unit, code(asked))
    return answer | {"account_move_line": {"quantity": f"{line.quantity:g}", "price_unit": price}}


@plays("minimum_commitment")
def minimum_commitment(stage, asked):
    if asked.get("days") != asked.get("period_days") or not asked.get("last_run", True):
        return None
    fee, *more = asked["fees"]
    period = days(SOME_MONTH)
    charges = [{"model": "flat", "flat_fee": one} for one in more]
    terms = {"minimum_commitment": asked["commitment"], "grace_hours": 0}
    one = stage.begin(stage.offer(fee, code(asked), charges, **terms), period.start)
    first = stage.papers(one)
    with stage.new_papers(one) as made:
        stage.bill(period.end)
    lines = [line for move in made for line in move.invoice_line_ids]
    ours = [line for line in lines if line.saas_period_id.kind != "recurring"]
    (filled,) = [line for line in ours if not line.saas_rating_id] or [None]
    return {
        "true_up": stage.amount(filled.price_subtotal if filled else 0, code(asked)),
        "total": stage.of_lines([*first[0].invoice_line_ids, *ours], code(asked)),
    }


@plays("late")
def late(stage, asked):
    if "event_period" in asked or asked.get("policy", "next_invoice") != "next_invoice":
        return None
    charge = charge_values({name: asked[name] for name in ("included", "unit_price")})
    period, came = days(asked["period"]), instant(asked["received"])
    version = stage.offer(FREE, code(asked), [charge], grace_hours=asked.get("grace_hours", 12))
    one = stage.begin(version, period.start)
    used(stage, one, period, asked["billed_units_before"])
    stage.bill(period.end)
    draft = one.next_bill_at
    if came < stage.instant(draft):
        stage.go_to(came)
        used(stage, one, period, asked["late_units"])
        stage.bill(draft)
        return {"draft_amount": stage.untaxed(stage.papers(one), code(asked))}
    stage.bill(draft)
    return corrected(stage, asked, one, period, came, asked["late_units"])


def corrected(stage, asked, one, period, came, quantity):
    """Note more or less usage of a billed period, and bill the next one."""
    (before,) = one.period_ids.rating_ids
    stage.go_to(came)
    used(stage, one, period, quantity)
    with stage.new_papers(one) as made:
        stage.bill_until(one, stage.month_after(period.end))
    again = before.correction_ids
    lines = again.line_ids
    answer = {
        "already_billed": stage.amount(before.amount, code(asked)),
        "delta": stage.amount(again.amount, code(asked)),
        "line_service_period": borders(lines),
    }
    paper = words(refunds(made), stage, code(asked))
    return answer | ({"document": paper[0]} if paper else {})


@plays("rerate_delta")
def rerate_delta(stage, asked):
    """A meter that keeps its last reading is read again after its invoice."""
    charge = {**charge_values(asked), "meter_id": stage.meter("last").id}
    one, period = metered(stage, asked, charge)
    used(stage, one, period, asked["billed_quantity"])
    stage.bill(period.end)
    came = stage.day_after(period.end)
    return corrected(stage, asked, one, period, came, asked["new_quantity"])


@plays("correct")
def correct(stage, asked):
    if "event" in asked:
        return None
    charge = charge_values({name: asked[name] for name in ("included", "unit_price")})
    one, period = metered(stage, asked, charge)
    used(stage, one, period, asked["units_before"])
    taken = f"-{asked['voided_value']}"
    if asked["state"] != "posted":
        used(stage, one, period, taken)
        stage.bill(period.end)
        return {"draft_amount": stage.untaxed(stage.papers(one), code(asked))}
    stage.bill(period.end)
    found = corrected(stage, asked, one, period, stage.day_after(period.end), taken)
    found.pop("line_service_period")
    return found
