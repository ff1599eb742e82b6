"""Events and rules for the tests of metering."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from saas_business_management.kernel.metering.event import Event, read_event
from saas_business_management.kernel.metering.judgement import Rules, Subscription

NOON = datetime(2025, 3, 10, 12, tzinfo=timezone.utc)
START = datetime(2025, 3, 1, tzinfo=timezone.utc)


def raw(event_id="a", **more):
    """What a source sends."""
    told = {"event_id": event_id, "subscription_ref": "SUB-1", "meter": "calls"}
    return {**told, "ts": "2025-03-10T11:00:00Z", "value": "5", **more}


def event(event_id="a", source="app", **more) -> Event:
    """An event as it was read."""
    found = read_event(raw(event_id, **more), source)
    assert isinstance(found, Event)
    return found


def used(value, at=NOON, event_id="a", **properties) -> Event:
    """An event without its journey."""
    return Event("app", event_id, "SUB-1", "calls", at, Decimal(value), properties=properties)


def rules(**more) -> Rules:
    """Rules at noon: one subscription that began with the month."""
    return Rules(**{"now": NOON, "subscriptions": {"SUB-1": Subscription(START)}, **more})


def ago(**span) -> str:
    """An instant before noon, as sources write it."""
    return (NOON - timedelta(**span)).isoformat()
