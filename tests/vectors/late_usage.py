"""Operations on use and corrections that come after their period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests import bare

bare.install()

from saas_business_management.kernel.billing import late  # noqa: E402
from saas_business_management.kernel.period import midnight, zone  # noqa: E402

from .rating import charge_of, difference_of  # noqa: E402
from .reading import day, days, instant, number, pair, unit  # noqa: E402
from .registry import op  # noqa: E402
from .usage import amended  # noqa: E402

Asked = Mapping[str, Any]


@op("late")
def settled_late(asked: Asked) -> Any:
    """Settle late units, or tell that their period changes no more."""
    if "event_period" in asked:
        back = asked.get("lookback_closed_periods", late.LOOKBACK)
        status = late.period_status(asked["closed_periods"], asked["event_period"], back)
        return {"status": status, "delta": unit(asked).zero}
    target = late.target_of(
        instant(asked["received"]),
        midnight(day(asked["period"][1]), zone(asked.get("timezone", "UTC"))),
        asked.get("grace_hours", late.GRACE_HOURS),
        asked.get("policy", late.NEXT_INVOICE),
    )
    units = number(asked["billed_units_before"]), number(asked["late_units"])
    return told(
        late.settle_late(target, days(asked["period"]), charge_of(asked), units, unit(asked))
    )


@op("correct")
def corrected(asked: Asked) -> Any:
    """Void units of a draft or of a posted document, or amend an event."""
    if "event" in asked:
        return amended(asked)
    target = late.target_of_state(asked["state"] == "posted")
    units = number(asked["units_before"]), number(asked["voided_value"]).copy_negate()
    service = days(asked["period"]) if "period" in asked else None
    return told(late.settle_late(target, service, charge_of(asked), units, unit(asked)))


def told(found: late.Late) -> dict[str, Any]:
    """Name the parts of how a change is settled."""
    paper = found.document
    return {
        **difference_of(found.delta),
        "target": found.target,
        "draft_amount": found.draft_amount,
        "delta": found.billed,
        "document": paper and str(paper),
        "line_service_period": found.service and pair(found.service),
    }
