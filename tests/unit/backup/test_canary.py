"""The object that proves daily that a key still opens a target's backups."""

from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.kernel.backup import canary

NOW = datetime(2026, 3, 10, 12, tzinfo=timezone.utc)
TENANT, KEY = "5f0e3a52-7c41-4f7e-9f2a-0a5c9b2f6d11", "0123456789abcdef"


def test_it_lies_beside_the_backups_of_its_tenant():
    assert canary.canary_path(TENANT, KEY) == f"v1/{TENANT}/canary/{KEY}"


def test_its_content_follows_from_the_key_and_the_tenant():
    content = canary.canary_content(TENANT, KEY)
    told = f'{{"canary":1,"key":"{KEY}","tenant":"{TENANT}"}}'
    assert content == told.encode()
    assert content == canary.canary_content(TENANT, KEY)
    assert content != canary.canary_content(TENANT, "f" * 16)
    assert content != canary.canary_content(TENANT.replace("5", "6"), KEY)


@pytest.mark.parametrize(
    ("opened", "fault", "outcome"),
    [
        (canary.canary_content(TENANT, KEY), "", "good"),
        (canary.canary_content(TENANT, "f" * 16), "", "changed"),
        (b"", "", "changed"),
        (None, "", "missing"),
        (None, "missing", "missing"),
        (None, "wrong_key", "wrong_key"),
        (None, "unreachable", "unreachable"),
        (None, "something else", "unreachable"),
    ],
)
def test_a_reading_is_judged(opened, fault, outcome):
    assert canary.judge_canary(TENANT, KEY, opened, fault) == outcome


def test_it_is_read_daily_and_counts_for_a_day_and_a_half():
    hour = timedelta(hours=1)
    assert canary.canary_due(None, NOW)
    assert not canary.canary_due(NOW - 23 * hour, NOW)
    assert canary.canary_due(NOW - 24 * hour, NOW)
    assert canary.canary_counts("good", NOW - 35 * hour, NOW)
    assert not canary.canary_counts("good", NOW - 36 * hour, NOW)
    assert not canary.canary_counts("good", None, NOW)
    for outcome in canary.FATAL | {"unreachable"}:
        assert not canary.canary_counts(outcome, NOW, NOW)
