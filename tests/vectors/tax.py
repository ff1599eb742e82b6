"""Taxes of previews, rounded lines, roundings, splits."""

from saas_business_management.kernel.billing.tax import GLOBALLY, rounded_lines, tax
from saas_business_management.kernel.money import currency, split

from .reading import each, number, numbers, one_or_all, unit
from .registry import op


@op("tax")
def taxed(asked):
    rate, lines = number(asked["tax_percent"]), numbers(asked["lines"])
    found = [tax(lines, rate, method, unit(asked)) for method in each(asked, "method", GLOBALLY)]
    return {
        "untaxed": found[0].untaxed,
        "tax": one_or_all(asked, "method", [one.tax for one in found]),
        "total": one_or_all(asked, "method", [one.total for one in found]),
    }


@op("invoice_total")
def invoice_total(asked):
    found = rounded_lines(numbers(asked["raw_lines"]), unit(asked), asked.get("method", GLOBALLY))
    return {
        "odoo_total_with_raw_price_unit": found.raw_total,
        "our_lines": found.amounts,
        "our_total": found.total,
    }


@op("round")
def rounded(asked):
    return {"rounded": [currency(code).round(number(text)) for text, code in asked["values"]]}


@op("split")
def parts(asked):
    return {"parts": split(number(asked["total"]), numbers(asked["weights"]), unit(asked))}
