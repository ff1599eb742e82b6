"""When an upgrade stays, waits or goes back."""

from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.kernel.migration.watch import BACK, KEEP, WAIT, judge

UNTIL = datetime(2026, 1, 5, 9, tzinfo=timezone.utc)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("failures", "now", "verdict"),
    [
        (0, UNTIL - SECOND, WAIT),
        (0, UNTIL, KEEP),
        (1, UNTIL, WAIT),
        (2, UNTIL + SECOND, WAIT),
        (3, UNTIL - SECOND, BACK),
        (3, UNTIL + SECOND, BACK),
    ],
)
def test_three_failed_looks_in_a_row_go_back_and_a_good_one_at_the_end_keeps(
    failures, now, verdict
):
    assert judge(failures, now, UNTIL) == verdict
