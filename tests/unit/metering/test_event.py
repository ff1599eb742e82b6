"""Reading an event, its identity, its digest."""

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.metering import status
from saas_business_management.kernel.metering.event import (
    Event,
    Unreadable,
    read_event,
    read_instant,
)

from .parts import event, raw

LONG = "x" * 201


def test_an_event_keeps_what_was_sent() -> None:
    found = event("e1", source="edge", value="5.50", properties={"user": "u1", "seats": 3})
    assert found.identity == ("edge", "e1")
    assert (found.subscription_ref, found.meter, str(found.value)) == ("SUB-1", "calls", "5.5")
    assert found.at == datetime(2025, 3, 10, 11, tzinfo=timezone.utc)
    assert found.properties == {"user": "u1", "seats": "3"}
    assert len(found.digest) == 64


@pytest.mark.parametrize(
    ("told", "word"),
    [
        (None, status.REJECTED_INVALID_EVENT),
        ("text", status.REJECTED_INVALID_EVENT),
        (raw(event_id=None), status.REJECTED_INVALID_ID),
        (raw(event_id=""), status.REJECTED_INVALID_ID),
        (raw(event_id=" "), status.REJECTED_INVALID_ID),
        (raw(event_id=7), status.REJECTED_INVALID_ID),
        (raw(event_id=LONG), status.REJECTED_INVALID_ID),
        (raw(event_id="a\nb"), status.REJECTED_INVALID_ID),
        (raw(subscription_ref=None), status.REJECTED_INVALID_SUBSCRIPTION),
        (raw(meter=None), status.REJECTED_INVALID_METER),
        (raw(ts=None), status.REJECTED_INVALID_TS),
        (raw(value="abc"), status.REJECTED_INVALID_VALUE),
        (raw(value=None), status.REJECTED_INVALID_VALUE),
        (raw(properties=[]), status.REJECTED_INVALID_PROPERTIES),
        (raw(properties={"a": None}), status.REJECTED_INVALID_PROPERTIES),
        (raw(properties={"a": 1.5}), status.REJECTED_INVALID_PROPERTIES),
        (raw(properties={"a": []}), status.REJECTED_INVALID_PROPERTIES),
        (raw(properties={"": "x"}), status.REJECTED_INVALID_PROPERTIES),
        (raw(properties={1: "x"}), status.REJECTED_INVALID_PROPERTIES),
        (raw(properties={"a": LONG}), status.REJECTED_INVALID_PROPERTIES),
        (
            raw(properties={str(number): "x" for number in range(51)}),
            status.REJECTED_INVALID_PROPERTIES,
        ),
    ],
)
def test_what_cannot_be_read_is_told_by_its_first_part(told: object, word: str) -> None:
    assert read_event(told, "app") == Unreadable(word)
    assert word in status.REJECTED <= status.STATUSES


@pytest.mark.parametrize(
    ("told", "instant"),
    [
        ("2025-03-10T12:00:00Z", "2025-03-10T12:00:00+00:00"),
        ("2025-03-10T12:00Z", "2025-03-10T12:00:00+00:00"),
        ("2025-03-10 14:30:00+02:30", "2025-03-10T12:00:00+00:00"),
        ("2025-03-10T12:00:00.5Z", "2025-03-10T12:00:00.500000+00:00"),
        ("2025-03-10T12:00:00.000001-00:00", "2025-03-10T12:00:00.000001+00:00"),
    ],
)
def test_an_instant_is_read_in_utc(told: str, instant: str) -> None:
    found = read_instant(told)
    assert found is not None and found.isoformat() == instant


@pytest.mark.parametrize(
    "told",
    [
        "2025-03-10T12:00:00",
        "2025-03-10",
        "12:00Z",
        "2025-02-30T00:00:00Z",
        "",
        None,
        1741600000,
        "2025-03-10T25:00:00Z",
        "0001-01-01T00:00:00+05:00",
        "2025-03-10T12:00:00.1234567Z",
        "2025-W10-1T00:00:00Z",
        "2025-03-10T12:00:00Z ",
    ],
)
def test_an_instant_without_offset_or_sense_is_not_read(told: object) -> None:
    assert read_instant(told) is None


def test_one_content_has_one_digest_however_it_is_written() -> None:
    first = event(value="5", ts="2025-03-10T11:00:00Z", properties={"a": "1", "b": True})
    other = event(value="5.0", ts="2025-03-10T12:00:00+01:00", properties={"b": "true", "a": 1})
    assert first.digest == other.digest


@pytest.mark.parametrize(
    "change",
    [
        {"value": "6"},
        {"ts": "2025-03-10T11:00:01Z"},
        {"meter": "seats"},
        {"subscription_ref": "SUB-2"},
        {"properties": {"a": "1"}},
    ],
)
def test_another_content_has_another_digest(change: dict) -> None:
    assert event(**change).digest != event().digest


def test_source_and_id_are_no_content() -> None:
    assert event("a", source="app").digest == event("b", source="edge").digest
    assert isinstance(event(), Event)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
fields = ["event_id", "subscription_ref", "meter", "ts", "value", "properties"]


@given(anything | st.dictionaries(st.sampled_from(fields), anything).map(lambda one: raw() | one))
def test_whatever_a_source_sends_is_an_event_or_says_what_is_wrong(told: object) -> None:
    found = read_event(told, "app")
    if isinstance(found, Unreadable):
        assert found.status in status.REJECTED
    else:
        assert found.value.is_finite() and found.at.tzinfo is timezone.utc
