"""Credit notes and balances."""

from saas_business_management.kernel.billing.credit import (
    PostedLine,
    credit_lines,
    creditable,
    service_credit,
)
from saas_business_management.kernel.billing.settlement import settle_each

from .reading import number, numbers, unit
from .registry import op


@op("credit_note")
def credit_note(asked):
    if "lines" not in asked:
        total, before = number(asked["invoice_total"]), number(asked.get("previous_credits", 0))
        wanted = number(asked["request"])
        left = creditable(total, before, wanted, unit(asked))
        return {"total": unit(asked).round(wanted), "creditable": left}
    lines = [
        PostedLine(
            number(one["untaxed"]),
            number(one.get("tax_percent", 0)),
            number(one.get("credited", 0)),
        )
        for one in asked["lines"]
    ]
    wanted = {one["line"]: number(one["untaxed"]) for one in asked["credit"]}
    found = credit_lines(lines, wanted, unit(asked))
    return {"untaxed": found.untaxed, "tax": found.tax, "total": found.total}


@op("apply_credit")
def apply_credit(asked):
    found = settle_each(numbers(asked["invoices"]), number(asked["credit"]), unit(asked))
    return {"due": [one.due for one in found], "credit_left": found[-1].credit_left}


@op("sla_credit")
def sla_credit(asked):
    credit = service_credit(number(asked["recurring"]), number(asked["percent"]), unit(asked))
    return {"credit_untaxed": credit}
