"""Operations on what partners get."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests import bare

bare.install()

from saas_business_management.kernel.channel.share import (  # noqa: E402
    Collected,
    ShareTier,
    credit_of,
    share,
    tiered_share,
)

from .reading import number, unit  # noqa: E402
from .registry import op  # noqa: E402

Asked = Mapping[str, Any]


def invoices_of(asked: Asked) -> list[Collected]:
    """Read the invoices of a month."""
    return [
        Collected(number(one["untaxed"]), number(one.get("tax", 0)), number(one.get("paid", 0)))
        for one in asked["invoices"]
    ]


@op("revenue_share")
def shared(asked: Asked) -> Any:
    """Share what was collected; what was given back later is taken back in its month."""
    percent, invoices = number(asked["percent"]), invoices_of(asked)
    first = share(percent, invoices, unit(asked))
    found = {"share": first, "share_month_1": first}
    if "later_credit_note" in asked:
        note = asked["later_credit_note"]
        back = credit_of(invoices[0], number(note["untaxed"]), number(note["refunded"]))
        found["share_month_2"] = share(percent, [], unit(asked), [back])
    return found


@op("revenue_share_tiered")
def shared_in_tiers(asked: Asked) -> Any:
    """Share in bands."""
    tiers = [
        ShareTier(None if one["up_to"] is None else number(one["up_to"]), number(one["percent"]))
        for one in asked["tiers"]
    ]
    return {"share": tiered_share(tiers, number(asked["net_collected"]), unit(asked))}
