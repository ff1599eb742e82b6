"""Operations on unpaid invoices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests import bare

bare.install()

from saas_business_management.kernel.billing import dunning  # noqa: E402
from saas_business_management.kernel.billing.dunning_course import (  # noqa: E402
    SOFT,
    Story,
    run_ladder,
)
from saas_business_management.kernel.billing.states import SUSPENDED  # noqa: E402

from .reading import day, number  # noqa: E402
from .registry import op  # noqa: E402

Asked = Mapping[str, Any]


def profile_of(asked: Asked) -> dunning.DunningProfile:
    """Read a ladder; the product's own where a part is not told."""
    default = dunning.DunningProfile()
    states = asked.get("states", default.states)
    return dunning.DunningProfile(
        tuple(asked.get("retry_days", default.retry_days)),
        tuple((name, after) for name, after in states),
        tuple(asked.get("reminder_days", default.reminder_days)),
    )


def pauses_of(asked: Asked) -> list[dunning.Pause]:
    """Read the pauses that persons made."""
    return [dunning.Pause(day(begin), day(end)) for begin, end in asked.get("pauses", ())]


@op("dunning")
def laddered(asked: Asked) -> Any:
    """Plan a ladder, and run it through what happens."""
    profile, begin, pauses = profile_of(asked), day(asked["first_failure"]), pauses_of(asked)
    planned = dunning.plan(profile, begin, pauses)
    story = Story(
        begin,
        asked.get("decline", SOFT),
        asked.get("success_on_retry"),
        day(asked.get("new_token_on")),
        asked.get("charge_on_new_token") == "success",
        pauses,
    )
    course = run_ladder(profile, story)
    return {
        "retries": planned.retries,
        "states": planned.states,
        "attempts": course.attempts,
        "states_reached": course.states_reached,
        "state": course.state,
    }


@op("dunning_offline")
def reminded(asked: Asked) -> Any:
    """Plan the ladder of who pays by bank transfer."""
    profile = dunning.offline_profile(asked["reminder_days"], asked["suspend_after_days"])
    planned = dunning.plan(profile, day(asked["due_date"]))
    return {
        "reminders": planned.reminders,
        "suspended_on": planned.begins(SUSPENDED),
        "charge_attempts": len(planned.retries),
    }


@op("dunning_threshold")
def worth_it(asked: Asked) -> Any:
    """Tell in which currencies enough is overdue."""
    overdue, least = [
        {code: number(amount) for code, amount in asked[name].items()}
        for name in ("overdue", "thresholds")
    ]
    return {"dunned": dunning.worth_dunning(overdue, least)}


@op("auto_close")
def closed(asked: Asked) -> Any:
    """Tell when an unpaid renewal closes a subscription."""
    found = dunning.closes_on(day(asked["renewal_date"]), asked["closing_days"], asked["paid"])
    return {"closed_on": found}
