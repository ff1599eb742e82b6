"""Documents of Odoo: taxes, rounded lines, open credit."""

from tests.vectors.reading import each, one_or_all

from .reading import FREE, code
from .registry import plays

MONTH = ("2027-05-01", "2027-06-01")


def invoiced(stage, asked, lines, method, tax_percent=FREE):
    """Return an invoice with a line for each amount."""
    stage.company.tax_calculation_rounding_method = method
    service = stage.product(tax_percent)
    charges = [
        {
            "model": "flat",
            "flat_fee": str(line),
            "meter_id": stage.meter(product_id=service.id).id,
        }
        for line in lines
    ]
    begin, end = MONTH
    one = stage.begin(stage.offer(FREE, code(asked), charges, grace_hours=0), begin)
    stage.bill(end)
    return stage.papers(one)[0]


@plays("tax")
def tax(stage, asked):
    found = [
        invoiced(stage, asked, asked["lines"], method, asked["tax_percent"])
        for method in each(asked, "method", "round_globally")
    ]
    taxes = [stage.amount(one.amount_tax, code(asked)) for one in found]
    totals = [stage.amount(one.amount_total, code(asked)) for one in found]
    return {
        "untaxed": stage.untaxed([found[0]], code(asked)),
        "tax": one_or_all(asked, "method", taxes),
        "total": one_or_all(asked, "method", totals),
    }


@plays("invoice_total")
def invoice_total(stage, asked):
    move = invoiced(stage, asked, asked["raw_lines"], asked.get("method", "round_globally"))
    lines = move.invoice_line_ids.sorted("id")
    return {
        "our_lines": [stage.amount(line.price_subtotal, code(asked)) for line in lines],
        "our_total": stage.amount(move.amount_total, code(asked)),
    }


@plays("apply_credit")
def apply_credit(stage, asked):
    price, *others = asked["invoices"]
    if not set(others) <= {price}:
        return None
    stage.go_to(MONTH[0])
    one = stage.subscription(stage.offer(price, code(asked)))
    note = stage.credit(one, asked["credit"])
    one.action_activate()
    stage.work()
    rows = stage.bill_fees(one, len(asked["invoices"]))
    return {
        "due": [stage.residual([row.move_id], code(asked)) for row in rows],
        "credit_left": stage.amount(note.amount_residual, code(asked)),
    }


@plays("consolidate")
def consolidate(stage, asked):
    """Subscriptions of one customer, or of each, that are due on the same day."""
    customers, ones = {}, []
    begin, end = MONTH
    for sold in asked["subscriptions"]:
        name = sold.get("customer", "")
        if name not in customers:
            wanted = asked.get("consolidate", True)
            customers[name] = stage.customer(saas_one_invoice=wanted)
        version = stage.offer(sold["amount"], code(sold))
        ones.append(stage.begin(version, begin, partner_id=customers[name].id))
    before = stage.papers(*ones)
    stage.bill(end)
    made = [move for move in stage.papers(*ones) if move not in before]
    return {
        "invoices": [
            {
                "currency": move.currency_id.name,
                "total": stage.untaxed([move], move.currency_id.name),
            }
            for move in made
        ]
    }
