"""The chain over the audit log: whatever is changed, moved, added or cut off is seen."""

import dataclasses
import hashlib
import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.audit.chain import (
    ORIGIN,
    Fault,
    Head,
    Seal,
    follow,
    verify,
)
from saas_business_management.kernel.audit.entry import Entry, canonical

AT = datetime.fromisoformat("2026-03-01T12:30:05")
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
FACTS = st.dictionaries(
    TEXT,
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(-(2**60), 2**60), TEXT, st.floats()),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
        max_leaves=5,
    ),
    max_size=4,
)


def entry(number, **values):
    base = {
        "id": 100 + number,
        "at": AT + timedelta(seconds=number),
        "user": 7,
        "user_name": "Bob Berg",
        "source": "10.0.0.1",
        "action": "tenant_suspended",
        "model": "saas.tenant",
        "record": 3,
        "name": "Acme",
        "tenant": 3,
        "company": 1,
        "reason": "unpaid",
        "facts": {"state": ["active", "suspended"]},
    }
    return Entry(**{**base, **values})


def chained(entries):
    head, sealed = ORIGIN, []
    for one in entries:
        seal = follow(head, one)
        sealed.append((seal, one))
        head = Head(seal.number, seal.link)
    return sealed


SEALED = chained([entry(number) for number in range(8)])


def test_the_bytes_of_an_entry_are_these():
    told = (
        '{"action":"tenant_suspended","at":"2026-03-01T12:30:05.000000Z","company":1,'
        '"facts":{"state":["active","suspended"]},"id":100,"model":"saas.tenant","name":"Acmé",'
        '"reason":"a\\nb","record":3,"source":"10.0.0.1","tenant":3,"user":7,'
        '"user_name":"Bob Berg"}'
    )
    assert canonical(entry(0, name="Acmé", reason="a\nb")) == told.encode()


def test_the_first_link_follows_32_zero_bytes():
    one = entry(0)
    assert follow(ORIGIN, one).link == hashlib.sha256(bytes(32) + canonical(one)).hexdigest()


def test_naive_instants_are_utc_and_other_zones_give_the_same_bytes():
    zone = timezone(timedelta(hours=5, minutes=30))
    there = (AT.replace(tzinfo=timezone.utc)).astimezone(zone)
    assert canonical(entry(0, at=AT)) == canonical(entry(0, at=there))


@given(FACTS)
def test_facts_survive_a_journey_through_json_with_the_same_bytes(facts):
    one = entry(0, facts=facts)
    again = json.loads(canonical(one))["facts"]
    assert canonical(entry(0, facts=again)) == canonical(one)


def test_an_untouched_chain_holds_to_its_end():
    verdict = verify(SEALED)
    assert verdict.fault is None
    assert verdict.head == Head(8, SEALED[-1][0].link)
    assert verify([]).head == ORIGIN


@pytest.mark.parametrize("field", [one.name for one in dataclasses.fields(Entry)])
def test_a_change_of_any_field_is_found_where_it_was_made(field):
    changes = {int: 999, str: "changed", datetime: AT.replace(year=2020), dict: {"x": 1}}
    for place in range(len(SEALED)):
        seal, one = SEALED[place]
        other = dataclasses.replace(one, **{field: changes[type(getattr(one, field))]})
        tampered = [*SEALED[:place], (seal, other), *SEALED[place + 1 :]]
        fault = verify(tampered).fault
        assert (fault.number, fault.entry_id) == (place + 1, one.id)
        assert fault.kind == ("entry_missing" if field == "id" else "link_wrong")


@pytest.mark.parametrize("place", range(8))
def test_a_missing_entry_or_seal_and_a_changed_link_are_found(place):
    seal, one = SEALED[place]
    gone = [*SEALED[:place], (seal, None), *SEALED[place + 1 :]]
    assert verify(gone).fault == Fault("entry_missing", place + 1, one.id)
    forged = dataclasses.replace(seal, link="0" * 64)
    assert verify([*SEALED[:place], (forged, one)]).fault.kind == "link_wrong"
    if place < 7:
        without = [*SEALED[:place], *SEALED[place + 1 :]]
        assert verify(without).fault.kind == "number_wrong"


@given(st.integers(0, 7), st.integers(0, 7))
def test_two_entries_that_change_places_are_found(first, second):
    entries = [one for _seal, one in SEALED]
    entries[first], entries[second] = entries[second], entries[first]
    swapped = [(seal, one) for (seal, _one), one in zip(SEALED, entries, strict=True)]
    fault = verify(swapped).fault
    assert (fault is None) == (first == second)
    if fault:
        assert fault.number == min(first, second) + 1


@given(st.integers(0, 8), st.integers(0, 8))
def test_a_chain_that_was_cut_off_no_longer_meets_a_head_that_was_seen(seen, left):
    head = Head(seen, SEALED[seen - 1][0].link) if seen else ORIGIN
    verdict = verify(SEALED[:left], kept=head)
    assert (verdict.fault is None) == (left >= seen)
    if verdict.fault:
        assert verdict.fault.kind == "head_lost"


def test_a_chain_made_anew_from_a_change_on_no_longer_meets_its_old_head():
    forged = chained([entry(0, reason="forged"), *(one for _seal, one in SEALED[1:])])
    assert verify(forged).fault is None
    kept = Head(5, SEALED[4][0].link)
    assert verify(forged, kept=kept).fault == Fault("head_lost", 5, SEALED[4][1].id)


def test_a_walk_may_begin_where_another_one_ended():
    head = verify(SEALED[:3]).head
    assert verify(SEALED[3:], start=head) == verify(SEALED)


def test_a_doubled_number_is_found():
    seal, one = SEALED[2]
    assert verify([*SEALED[:3], (Seal(3, one.id, seal.link), one)]).fault.kind == "number_wrong"
