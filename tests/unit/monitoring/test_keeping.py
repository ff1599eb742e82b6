"""Which averages are kept of a family, and from which a line is drawn."""

from datetime import datetime, timedelta

import pytest

from saas_business_management.kernel.monitoring import keeping
from saas_business_management.kernel.monitoring.keeping import DAY, FIVE, HOUR, bucket, source
from saas_business_management.kernel.monitoring.metric import FAMILIES

NOW = datetime.fromisoformat("2026-03-10T12:34:56")
MINUTE, HOURS, DAYS = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_every_family_is_kept_by_the_day():
    assert all(keeping.tiers_of(family)[-1] is DAY for family in FAMILIES)


def test_only_families_of_a_minute_are_folded_to_five():
    assert {family for family in FAMILIES if FIVE in keeping.tiers_of(family)} == {
        one.code for one in FAMILIES.values() if one.seconds == 60
    }


@pytest.mark.parametrize(
    ("tier", "begins"),
    [(FIVE, "2026-03-10T12:30:00"), (HOUR, "2026-03-10T12:00:00"), (DAY, "2026-03-10T00:00:00")],
)
def test_a_bucket_begins_at_a_whole_multiple(tier, begins):
    begin = datetime.fromisoformat(begins)
    assert bucket(tier, NOW) == begin == bucket(tier, begin)
    assert bucket(tier, begin - timedelta(microseconds=1)) == begin - tier.step


@pytest.mark.parametrize(
    ("ago", "step", "tier"),
    [
        (HOURS, MINUTE, None),
        (DAYS, 5 * MINUTE, FIVE),
        (7 * DAYS, HOURS, HOUR),
        (30 * DAYS, MINUTE, FIVE),  # raw rows are gone: the finest there is
        (60 * DAYS, 5 * MINUTE, HOUR),  # five minutes are gone too
        (800 * DAYS, HOURS, DAY),
        (9000 * DAYS, DAYS, DAY),
    ],
)
def test_a_line_comes_from_what_is_fine_enough_and_still_there(ago, step, tier):
    assert source("database", NOW - ago, step, NOW) is tier


def test_a_family_kept_by_the_day_alone_is_drawn_of_rows_while_they_last():
    assert source("size", NOW - DAYS, HOURS, NOW) is None
    assert source("size", NOW - 30 * DAYS, HOURS, NOW) is DAY
