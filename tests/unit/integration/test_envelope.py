"""The body of an event: the same bytes for the same event, whatever it holds."""

import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Broken, Refused
from saas_business_management.kernel.integration.envelope import (
    MOST_BYTES,
    MOST_CHARACTERS,
    Event,
    Subject,
    encode,
)

AT = datetime(2026, 3, 14, 9, 26, 53, tzinfo=timezone(timedelta(hours=2)))


def event(data, kind="tenant.created"):
    return Event("evt_1", kind, AT, Subject("tenant", "abc"), "Our Company", data)


def test_the_form_is_fixed() -> None:
    told = {"total": Decimal("10.50"), "on": date(2026, 3, 14), "none": None, "flag": True}
    assert encode(event(told)).decode() == (
        '{"id":"evt_1","kind":"tenant.created","version":1,"at":"2026-03-14T07:26:53Z",'
        '"company":"Our Company","subject":{"kind":"tenant","id":"abc"},'
        '"data":{"total":"10.50","on":"2026-03-14","none":null,"flag":true}}'
    )


def test_a_subject_has_one_key() -> None:
    assert Subject("tenant", "abc").key == "tenant/abc"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=50) | st.decimals(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=9), values, max_size=4))
def test_the_same_event_has_the_same_bytes_and_reads_as_json(data) -> None:
    try:
        body = encode(event(data))
    except Broken as error:
        assert error.facts["told"] == "depth"
        return
    assert body == encode(event(data))
    assert json.loads(body)["subject"] == {"kind": "tenant", "id": "abc"}


def test_half_a_character_keeps_nothing_from_being_told() -> None:
    assert json.loads(encode(event({"name": "a\ud800b"})))["data"]["name"] == "a?b"


def test_a_name_without_end_is_cut() -> None:
    told = json.loads(encode(event({"name": "x" * 10**6})))
    assert len(told["data"]["name"]) == MOST_CHARACTERS


def test_what_cannot_be_told_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        encode(event({}, kind="tenant.eaten"))
    assert caught.value.code == "event_kind"
    with pytest.raises(Refused) as caught:
        encode(event({str(number): "y" * 999 for number in range(99)}))
    assert caught.value.code == "event_too_long" and caught.value.facts["most_bytes"] == MOST_BYTES
    for bad in (1.5, object(), {1, 2}, b"x"):
        with pytest.raises(Broken) as broken:
            encode(event({"bad": bad}))
        assert broken.value.code == "event_value"
    deep: dict = {}
    for _level in range(20):
        deep = {"in": deep}
    with pytest.raises(Broken):
        encode(event(deep))
