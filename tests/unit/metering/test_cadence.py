"""When a tenant is looked at again."""

from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.metering.cadence import CADENCES, Look, is_due

NOW = datetime(2026, 3, 10, 12, tzinfo=timezone.utc)
HOUR = 3600


def looks(key, every, hours=24):
    """The instants at which a tenant is looked at, asked every minute."""
    look, found = Look(NOW), []
    for minute in range(1, hours * 60 + 1):
        at = NOW + timedelta(minutes=minute)
        if is_due(key, look, every, at):
            look = Look(at)
            found.append(minute)
    return found


def test_who_was_never_looked_at_comes_at_once():
    assert is_due("t", Look(), HOUR, NOW)


@pytest.mark.parametrize("every", [300, 900, HOUR])
def test_a_tenant_comes_once_in_every_interval(every):
    found = looks("tenant", every)
    assert len(found) == 24 * HOUR // every
    gaps = {later - one for one, later in pairwise(found)}
    assert gaps == {every // 60}


def test_a_thousand_tenants_are_spread_over_the_interval():
    minutes = [looks(f"t{number}", HOUR, hours=1)[0] for number in range(1000)]
    busiest = max(minutes.count(minute) for minute in set(minutes))
    assert len(set(minutes)) >= 58
    assert busiest < 40


def test_after_three_looks_without_an_answer_a_tenant_rests():
    tired = Look(NOW, failures=3)
    assert not is_due("t", tired, 300, NOW + timedelta(minutes=14))
    assert is_due("t", tired, 300, NOW + timedelta(minutes=16))
    assert is_due("t", Look(NOW, failures=2), 300, NOW + timedelta(minutes=6))


def test_a_clock_that_was_set_back_does_not_stop_the_looks():
    assert is_due("t", Look(NOW + timedelta(days=1)), 300, NOW)


def test_a_naive_instant_is_refused():
    with pytest.raises(Refused) as told:
        is_due("t", Look(NOW), 300, NOW.replace(tzinfo=None))
    assert told.value.code == "instant_naive"


def test_idle_tenants_are_looked_at_less_often():
    assert all(one.seconds(False) > one.seconds(True) for one in CADENCES.values())
