"""Operations on wallets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests import bare

bare.install()

from saas_business_management.kernel.billing import wallet  # noqa: E402
from saas_business_management.kernel.billing.topup import TopUpRule, topup_course  # noqa: E402

from .reading import day, number, numbers, unit  # noqa: E402
from .registry import op  # noqa: E402

Asked = Mapping[str, Any]


def grant_of(one: Asked, asked: Asked) -> wallet.Grant:
    """Read a grant; in the currency of the vector where it names none."""
    return wallet.Grant(
        one["id"],
        one["kind"],
        number(one["amount"]),
        one.get("currency", unit(asked).code),
        day(one["created"]),
        one["priority"],
        day(one.get("expires")),
        frozenset(one.get("scope", ())),
    )


def due_of(one: Asked, asked: Asked) -> wallet.Due:
    """Read a charge."""
    amount, on = number(one["amount"]), day(one["date"])
    return wallet.Due(amount, on, unit({**asked, **one}), one.get("scope", ""))


@op("wallet_burn")
def burned(asked: Asked) -> Any:
    """Pay charges from a wallet."""
    grants = [grant_of(one, asked) for one in asked["grants"]]
    charges = [due_of(one, asked) for one in asked["charges"]]
    found = wallet.course(grants, charges, unit(asked))
    return {
        "results": [{"applied": one.applied, "due": one.due} for one in found.burns],
        "remaining": found.remaining,
        "breakage_revenue": found.breakage,
        "promo_forfeited": found.forfeited,
    }


@op("wallet_topup")
def filled(asked: Asked) -> Any:
    """Use a wallet that fills itself."""
    rule = TopUpRule(number(asked["threshold"]), number(asked["target"]))
    usage = numbers(asked["ongoing_usage"])
    found = topup_course(rule, number(asked["balance"]), usage, unit(asked))
    return {
        "balances_before_topup": found.balances_before_topup,
        "topups": [
            {"after_usage_index": one.after_usage, "amount": one.amount} for one in found.topups
        ],
        "final_balance": found.final_balance,
    }
