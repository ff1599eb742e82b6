"""A change of modules is judged by a week before and a week after."""

from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.kernel.monitoring import impact

AT = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("before", "after", "hours", "word"),
    [
        (100, 121, 48, "worse"),
        (100, 120, 48, "same"),
        (100, 80, 48, "same"),
        (100, 79, 48, "better"),
        (100, 500, 23, "early"),
        (None, 500, 48, "unknown"),
        (100, None, 48, "unknown"),
        (0, 10, 48, "unknown"),
    ],
)
def test_a_fifth_more_is_worse(before, after, hours, word):
    assert impact.verdict(before, after, AT, AT + timedelta(hours=hours)) == word


def test_what_became_worse_counts_first():
    assert impact.whole(["better", "worse", "same"]) == "worse"
    assert impact.whole(["same", "better"]) == "better"
    assert impact.whole([]) == "unknown"


def test_the_week_after_ends_now_at_the_latest():
    before, after = impact.spans(AT, AT + timedelta(days=2))
    assert before == (AT - timedelta(days=7), AT)
    assert after == (AT, AT + timedelta(days=2))
    assert impact.spans(AT, AT + timedelta(days=90))[1][1] == AT + timedelta(days=7)
