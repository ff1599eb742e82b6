"""Batches: an answer for each item, the same end whatever way they come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.metering import status
from saas_business_management.kernel.metering.batch import BYTES_MOST, http_status, replay, take
from saas_business_management.kernel.metering.ledger import Ledger

from .parts import event, raw, rules

values = st.decimals(-(10**6), 10**6, places=4, allow_nan=False).map(str)
contents = st.fixed_dictionaries({"value": values, "meter": st.sampled_from(["calls", "seats"])})
# Each id has one content, so that no order can make a conflict.
journeys = st.dictionaries(st.sampled_from("abcdefghij"), contents, min_size=1).flatmap(
    lambda known: st.tuples(
        st.just(known), st.lists(st.sampled_from(sorted(known)), min_size=1, max_size=30)
    )
)


@pytest.mark.parametrize(
    ("count", "size", "answer"),
    [(1000, 0, 200), (1001, 0, 413), (1, BYTES_MOST, 200), (1, BYTES_MOST + 1, 413), (0, 0, 200)],
)
def test_a_batch_is_answered_by_its_size(count: int, size: int, answer: int) -> None:
    assert http_status(count, size) == answer


def test_too_many_items_are_not_even_read() -> None:
    with pytest.raises(Refused) as caught:
        take([None] * 1001, "app", {}, rules())
    assert caught.value.code == "batch_too_large"
    assert caught.value.facts == {"items": 1001, "most": 1000}
    assert len(take([None] * 1000, "app", {}, rules()).answers) == 1000


def test_a_bad_item_leaves_the_good_ones() -> None:
    taken = take([raw("a"), raw("b", value="abc"), None, raw("c", value="2")], "app", {}, rules())
    assert taken.statuses == (
        status.ACCEPTED,
        status.REJECTED_INVALID_VALUE,
        status.REJECTED_INVALID_EVENT,
        status.ACCEPTED,
    )
    assert [one.event_id for one in taken.stored] == ["a", "c"]
    assert str(taken.total) == "7" and taken.quarantined == ()


def test_the_first_of_an_identity_counts_and_another_content_waits() -> None:
    taken = take([raw(), raw(), raw(value="6"), raw(value="6")], "app", {}, rules())
    words = (status.ACCEPTED, status.DUPLICATE, status.CONFLICT, status.CONFLICT)
    assert taken.statuses == words
    assert [str(one.value) for one in taken.quarantined] == ["6"]


def test_what_the_database_knows_counts() -> None:
    one = event()
    assert take([raw()], "app", {one.identity: one.digest}, rules()).statuses == (status.DUPLICATE,)
    assert take([raw()], "edge", {one.identity: one.digest}, rules()).statuses == (status.ACCEPTED,)


def test_what_waits_does_not_hold_the_place_of_its_identity() -> None:
    taken = take([raw(subscription_ref="X"), raw()], "app", {}, rules())
    assert taken.statuses == (status.QUARANTINED_UNKNOWN_SUBSCRIPTION, status.ACCEPTED)


def test_replay_keeps_identity_and_digest() -> None:
    waiting = event(subscription_ref="unknown", value="9")
    taken = replay([waiting], {"unknown": "SUB-1"}, {}, rules())
    assert taken.statuses == (status.ACCEPTED,)
    (stored,) = taken.stored
    assert stored.subscription_ref == "SUB-1"
    assert (stored.identity, stored.digest) == (waiting.identity, waiting.digest)
    again = take([raw(subscription_ref="unknown", value="9")], "app", _known(stored), rules())
    assert again.statuses == (status.DUPLICATE,)


def test_what_no_mapping_names_goes_on_waiting() -> None:
    ledger = Ledger()
    ledger.receive([raw(subscription_ref="unknown")], "app", rules())
    first = ledger.quarantine
    taken = ledger.replay({"other": "SUB-1"}, rules())
    assert taken.statuses == (status.QUARANTINED_UNKNOWN_SUBSCRIPTION,)
    assert ledger.quarantine == first and not ledger.stored
    ledger.replay({"unknown": "SUB-1"}, rules())
    assert ledger.quarantine == () and len(ledger.stored) == 1


@given(journeys, st.randoms(), st.lists(st.integers(1, 29)))
def test_order_and_split_of_batches_change_no_total(journey, chance, cuts) -> None:
    known, sent = journey
    raws = [raw(one, **known[one]) for one in sent]
    whole, parts = Ledger(), Ledger()
    whole.receive(raws, "app", rules())
    mixed = list(raws)
    chance.shuffle(mixed)
    for begin, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(mixed)], strict=True):
        parts.receive(mixed[begin:end], "app", rules())
    assert parts.total == whole.total
    assert set(parts.stored) == set(whole.stored) == {("app", one) for one in sent}


@given(journeys, st.integers(1, 4))
def test_a_batch_sent_again_changes_nothing(journey, times) -> None:
    known, sent = journey
    raws = [raw(one, **known[one]) for one in sent]
    raws += [raw("conflict"), raw("conflict", value="8"), raw("lost", subscription_ref="X")]
    ledger = Ledger()
    ledger.receive(raws, "app", rules())
    before = (ledger.total, dict(ledger.stored), ledger.quarantine)
    for _time in range(times):
        taken = ledger.receive(raws, "app", rules())
        assert status.ACCEPTED not in taken.statuses
    assert (ledger.total, dict(ledger.stored), ledger.quarantine) == before


def _known(one):
    return {one.identity: one.digest}
