"""Operations that put a price on a quantity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests import bare

bare.install()

from saas_business_management.kernel.billing.charge import Charge, rate  # noqa: E402
from saas_business_management.kernel.billing.charge_form import read_charge  # noqa: E402
from saas_business_management.kernel.billing.commitment import true_up  # noqa: E402
from saas_business_management.kernel.billing.pool import pooled_overage  # noqa: E402
from saas_business_management.kernel.billing.progressive import progress  # noqa: E402
from saas_business_management.kernel.billing.rerating import Delta, rerate  # noqa: E402
from saas_business_management.kernel.billing.rollover import rollover  # noqa: E402
from saas_business_management.kernel.billing.step import total  # noqa: E402

from .reading import number, numbers, unit  # noqa: E402
from .registry import op  # noqa: E402

Asked = Mapping[str, Any]
# Names of the vectors for what a plan's form calls otherwise.
RENAMED = {
    "price": "amount",
    "overage_unit_price": "unit_price",
    "pool": "included",
    "tiers_in_blocks": "tiers",
}
RENAMED_IN_TIER = {
    "price": "unit_price",
    "from": "over",
    "flat_price": "flat_amount",
    "flat_fee": "flat_amount",
}


def charge_of(asked: Asked, **more: Any) -> Charge:
    """Read a charge; a price for each unit where no model is named."""
    form = {"model": "per_unit"}
    form |= {RENAMED.get(name, name): value for name, value in {**asked, **more}.items()}
    tiers = form.get("tiers", ())
    form["tiers"] = [
        {RENAMED_IN_TIER.get(name, name): value for name, value in tier.items()} for tier in tiers
    ]
    return read_charge(form)


def difference_of(delta: Delta) -> dict[str, Any]:
    """Name the parts of a difference."""
    paper = delta.document
    return {
        "already_billed": delta.already_billed,
        "rerated": delta.rerated,
        "delta": delta.amount,
        "document": paper and str(paper),
    }


def single(values: list[Any]) -> Any:
    """Return the one value, or all where there are several."""
    return values[0] if len(values) == 1 else values


@op("rate")
def rated(asked: Asked) -> Any:
    """Rate quantities, or transactions in several variants of the charge."""
    transactions = numbers(asked.get("transactions", ()))
    used = [number(0)] if transactions else numbers(asked.get("quantities") or [asked["quantity"]])
    found = [
        rate(charge_of(asked, **variant), quantity, unit(asked), transactions)
        for variant in asked.get("variants", [{}])
        for quantity in used
    ]
    return {
        "amounts": [one.amount for one in found],
        "amount": single([one.amount for one in found]),
        "exact": single([one.exact for one in found]),
        "discount_for_cap": single([one.capped for one in found]),
        "account_move_line": single([vars_of(one.line) for one in found]),
        "reading": [one.reading for one in found],
    }


def vars_of(line: Any) -> dict[str, Any]:
    """Name the fields of a value."""
    return {"quantity": line.quantity, "price_unit": line.price_unit}


@op("rate_multi")
def several_meters(asked: Asked) -> Any:
    """Rate several meters by blocks, in both ways of reading tiers."""
    found = {}
    for model in ("graduated", "volume"):
        parts = [
            rate(charge_of(meter, model=model), number(meter["quantity"]), unit(asked))
            for meter in asked["meters"]
        ]
        found[f"{model}_total"] = total(parts, unit(asked))
    return found


@op("rerate_delta")
def rerated(asked: Asked) -> Any:
    """Rate a closed period again."""
    before, now = number(asked["billed_quantity"]), number(asked["new_quantity"])
    return difference_of(rerate(charge_of(asked), before, now, unit(asked)))


@op("minimum_commitment")
def minimum(asked: Asked) -> Any:
    """Fill fees up to the least of a period."""
    found = true_up(
        number(asked["commitment"]),
        numbers(asked["fees"]),
        unit(asked),
        asked.get("days", 1),
        asked.get("period_days", asked.get("days", 1)),
        asked.get("last_run", True),
    )
    return {"true_up": found.amount, "total": found.total, "due": found.due}


@op("pooled_overage")
def pooled(asked: Asked) -> Any:
    """Bill what exceeds a pool of several periods."""
    usage = numbers(asked["usage_by_month"])
    return {"amounts": pooled_overage(charge_of(asked), usage, unit(asked))}


@op("progressive")
def progressive(asked: Asked) -> Any:
    """Invoice when the spend crosses thresholds."""
    found = progress(
        numbers(asked["thresholds"]),
        numbers(asked["cumulative_spend"]),
        number(asked["period_end_spend"]),
        unit(asked),
        number(asked.get("minimum_commitment", 0)),
    )
    return {
        "invoices": found.invoices,
        "final_invoice": found.final,
        "total": found.total,
    }


@op("rollover")
def rolled(asked: Asked) -> Any:
    """Carry a rest of units on."""
    granted, used = number(asked["granted"]), number(asked["used"])
    following = number(asked["next_grant"])
    most = asked["max_rollover"]
    bounds = most if isinstance(most, list) else [most]
    left = [
        rollover(granted, used, following, None if one is None else number(one)) for one in bounds
    ]
    return {"next_balance": left if isinstance(most, list) else single(left)}
