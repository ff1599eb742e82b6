"""One line stands above a web client: the worst of what is published comes first."""

from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.kernel.monitoring import news

START = datetime(2026, 3, 2, 22, tzinfo=timezone.utc)
END = START + timedelta(hours=2)
LIMIT = {"level": "danger", "texts": {}}
NEAR = {"level": "info", "texts": {}}
OVER = {"level": "warning", "texts": {}}
INCIDENT = {"level": "warning", "texts": {}, "news": True}
WORK = {"level": "info", "texts": {}, "news": True}


@pytest.mark.parametrize(
    ("limit", "told", "shown"),
    [
        (None, None, None),
        (NEAR, None, NEAR),
        (None, WORK, WORK),
        (LIMIT, INCIDENT, LIMIT),
        (OVER, INCIDENT, INCIDENT),
        (NEAR, INCIDENT, INCIDENT),
        (OVER, WORK, OVER),
        (NEAR, WORK, WORK),
    ],
)
def test_the_worst_is_shown(limit, told, shown):
    assert news.first(limit, told) is shown


def test_maintenance_is_told_two_days_ahead_until_it_ends():
    early = START - timedelta(hours=48)
    assert not news.is_told(START, END, early - timedelta(seconds=1))
    assert news.is_told(START, END, early)
    assert news.is_told(START, END, END - timedelta(seconds=1))
    assert not news.is_told(START, END, END)
