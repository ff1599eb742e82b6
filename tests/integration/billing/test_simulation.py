"""Two years of subscriptions that begin, change, rest, end and are used, while workers die.

Billed by the rules with documents as rows, and with real records: every period is billed once, what
both come to is equal, the books balance to the cent.
"""

import pytest

from .by_rules import play as play_rules
from .conftest import PROOF
from .life import life

BY_RULES, BY_RECORDS = (1000, 40) if PROOF else (40, 2)
ALL_RULES, ALL_RECORDS = 1000, 40
PLAY = "tests.integration.billing.by_records:play"
MONTHS = 24


@pytest.fixture(scope="module")
def by_rules(place, played):
    lives = [life(number) for number in range(BY_RULES)]
    with played("subscriptions for two years, by rules", BY_RULES, ALL_RULES):
        return play_rules(place.cluster.dsn("place"), lives)


@pytest.fixture(scope="module")
def by_records(place, played):
    with played("subscriptions for two years, with records", BY_RECORDS, ALL_RECORDS):
        return place.call(PLAY, count=BY_RECORDS)


def test_whoever_dies_every_period_is_billed_once_by_the_rules(by_rules):
    player, sums = by_rules
    assert player.deaths > BY_RULES and player.repeats > BY_RULES
    assert player.documents > BY_RULES * MONTHS / 2
    assert all(one.get("out_invoice") for one in sums.values())


def test_whoever_dies_every_period_is_billed_once_with_records(by_records):
    assert by_records["deaths"] and by_records["repeats"]
    assert by_records["documents"] > BY_RECORDS * MONTHS / 2
    assert (by_records["several"], by_records["drafts"]) == ([], 0)


def test_both_come_to_the_same_cent(by_rules, by_records):
    _player, sums = by_rules
    found = {int(number): one for number, one in by_records["sums"].items()}
    assert found == {number: sums[number] for number in range(BY_RECORDS)}


def test_the_books_balance_to_the_cent(by_records):
    assert by_records["unbalanced"] == []
    assert by_records["payments"]
    for name, (held, told) in by_records["books"].items():
        assert held == told, name
