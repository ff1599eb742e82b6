"""Operations on charges and payments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests import bare

bare.install()

from saas_business_management.kernel.billing import charging  # noqa: E402
from saas_business_management.kernel.billing.charging import Happening, account  # noqa: E402
from saas_business_management.kernel.billing.dunning import DunningProfile, plan  # noqa: E402
from saas_business_management.kernel.billing.payment import allocate  # noqa: E402
from saas_business_management.kernel.period import midnight, zone  # noqa: E402

from .reading import day, instant, number, numbers, unit  # noqa: E402
from .registry import op  # noqa: E402

Asked = Mapping[str, Any]
UTC = zone("UTC")
# Words of the vectors for results that the product calls otherwise.
RESULTS = {
    "success": charging.DONE,
    "failed": charging.DECLINED,
    "soft_decline": charging.DECLINED,
    "hard": charging.HARD_DECLINE,
}


def moment(text: str) -> datetime:
    """Read an instant, or the first one of a day."""
    return instant(text) if "T" in text else midnight(day(text), UTC)


@op("charge")
def charged(asked: Asked) -> Any:
    """Let charges, runs of the scheduler and notices happen."""
    first = moment(asked["attempts"][0]["at"])
    profile = DunningProfile(tuple(asked.get("retry_days", ())), ())
    retries = [midnight(one, UTC) for one in plan(profile, first.date()).retries]
    runs = [moment(one) for one in asked.get("scheduler_runs", ())]
    results = [RESULTS.get(one["result"], one["result"]) for one in asked["attempts"]]
    charges = zip(asked["attempts"], results, strict=True)
    notices = [asked[name] for name in ("webhook", "later") if name in asked]
    found = account(
        [
            *(Happening(moment(one["at"]), result=result) for one, result in charges),
            *(Happening(at) for at in (*retries, *runs)),
            *(Happening(moment(one["at"]), notice=one["state"]) for one in notices),
        ]
    )
    return {
        "transactions": len(found.attempts),
        "attempts": len(found.attempts),
        "charged_times": found.charged_times,
        "invoice": found.payment_state,
        "payment_state": found.payment_state,
        "paid_on": found.paid_at and found.paid_at.date(),
    }


@op("double_pay", "partial")
def paid(asked: Asked) -> Any:
    """Set payments against an invoice."""
    found = allocate(number(asked["invoice"]), numbers(asked["payments"]), unit(asked))
    return {
        "residual": found.residual,
        "invoice_residual": found.residual,
        "unallocated": found.unallocated,
        "action": found.action or None,
        "payment_state": found.payment_state,
        "dunning_amount": found.dunning_amount,
    }
