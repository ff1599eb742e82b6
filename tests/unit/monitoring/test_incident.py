"""The course of an incident, and which alerts make one."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.monitoring import incident
from saas_business_management.kernel.monitoring.incident import Facts, Firing, to_open

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 3, 3, 11, tzinfo=timezone.utc)
MIDNIGHT = datetime(2026, 3, 3, 23, tzinfo=timezone.utc)
BOB = Facts(is_operator=True)


def fires(alert, minutes=5, now=NOON, severity="critical", **values):
    since = now - timedelta(minutes=minutes)
    return Firing(alert, values.pop("rule", 1), severity, since, **values)


@pytest.mark.parametrize(
    ("state", "event", "target"),
    [
        ("validating", "investigate", "investigating"),
        ("validating", "identify", "identified"),
        ("investigating", "identify", "identified"),
        ("investigating", "watch", "monitoring"),
        ("identified", "watch", "monitoring"),
        ("monitoring", "investigate", "investigating"),
        ("monitoring", "identify", "identified"),
        ("validating", "resolve", "resolved"),
        ("monitoring", "resolve", "resolved"),
    ],
)
def test_an_operator_moves_it_along(state, event, target):
    assert incident.decide(state, event, BOB) == target


@pytest.mark.parametrize(
    ("state", "event", "facts", "why"),
    [
        ("validating", "watch", BOB, "not_from_here"),
        ("resolved", "resolve", BOB, "not_from_here"),
        ("investigating", "resolve", Facts(), "no_right"),
        ("resolved", "reopen", BOB, "no_reason"),
        ("resolved", "review", BOB, "has_root_cause"),
        ("post_mortem", "investigate", BOB, "not_from_here"),
    ],
)
def test_what_cannot_happen_says_why(state, event, facts, why):
    with pytest.raises(Refused) as told:
        incident.decide(state, event, facts)
    assert (told.value.code, told.value.facts["why"]) == ("incident_move", why)


def test_it_is_reopened_with_a_reason_and_reviewed_with_a_root_cause():
    assert incident.decide("post_mortem", "reopen", Facts(True, "it is back")) == "investigating"
    assert incident.decide("resolved", "review", Facts(True, "", True)) == "post_mortem"


def test_every_state_is_reached_and_every_open_one_can_be_resolved():
    assert {move.target for move in incident.TABLE} == set(incident.STATES) - {"validating"}
    assert all("resolve" in incident.possible_events(state, BOB) for state in incident.OPEN)


@pytest.mark.parametrize(
    ("now", "minutes", "opens"),
    [(NOON, 5, True), (NOON, 4.9, False), (MIDNIGHT, 9.9, False), (MIDNIGHT, 10, True)],
)
def test_a_critical_alert_opens_one_after_five_minutes_and_ten_at_night(now, minutes, opens):
    assert bool(to_open([fires(1, minutes, now)], {}, now, PARIS)) is opens


def test_night_is_what_the_clock_on_the_wall_says_in_summer_and_winter():
    # 20:30 UTC: in Paris half past nine in winter, half past ten in summer.
    assert not incident.is_night(datetime(2026, 3, 28, 20, 30, tzinfo=timezone.utc), PARIS)
    assert incident.is_night(datetime(2026, 3, 29, 20, 30, tzinfo=timezone.utc), PARIS)
    assert incident.is_night(datetime(2026, 3, 29, 4, 59, tzinfo=timezone.utc), PARIS)
    assert not incident.is_night(datetime(2026, 3, 29, 5, 0, tzinfo=timezone.utc), PARIS)


def test_a_warning_alone_opens_none_however_long_it_lives():
    assert to_open([fires(1, 600, severity="warning")], {}, NOON, PARIS) == []


def test_one_incident_for_each_rule_and_cluster():
    alerts = [
        fires(1, cluster=7, tenant=1),
        fires(2, cluster=7, tenant=2),
        fires(3, cluster=8, tenant=3),
        fires(4, rule=2, cluster=7, tenant=1),
        fires(5, tenant=9),
        fires(6, tenant=10),
    ]
    found = to_open(alerts, {7: 100, 8: 100}, NOON, PARIS)
    assert [one.alerts for one in found] == [(1, 2), (3,), (4,), (5,), (6,)]


@pytest.mark.parametrize(("there", "least"), [(0, 3), (4, 3), (15, 3), (16, 4), (100, 20)])
def test_a_fifth_of_a_cluster_and_at_least_three(there, least):
    assert incident.spread_from(there) == least
    alerts = [fires(one, 0, severity="warning", cluster=7, tenant=one) for one in range(1, least)]
    assert to_open(alerts, {7: there}, NOON, PARIS) == []
    alerts.append(fires(99, 0, severity="warning", cluster=7, tenant=99))
    (found,) = to_open(alerts, {7: there}, NOON, PARIS)
    assert (found.why, found.cluster, len(found.alerts)) == ("spread", 7, least)


def test_one_tenant_with_many_alerts_is_no_spread_and_information_counts_nothing():
    many = [fires(one, 0, severity="warning", cluster=7, tenant=1) for one in range(9)]
    info = [fires(one, 0, severity="info", cluster=7, tenant=one) for one in range(20, 29)]
    assert to_open(many + info, {7: 9}, NOON, PARIS) == []


def test_half_of_a_cluster_is_critical_and_takes_its_alerts_along():
    alerts = [fires(one, cluster=7, tenant=one) for one in range(1, 6)]
    (found,) = to_open(alerts, {7: 10}, NOON, PARIS)
    assert (found.severity, found.alerts, found.rule) == ("critical", (1, 2, 3, 4, 5), 1)
    (found,) = to_open(alerts, {7: 11}, NOON, PARIS)
    assert found.severity == "major"


@given(
    st.lists(
        st.builds(
            Firing,
            alert=st.integers(1, 99),
            rule=st.integers(1, 3),
            severity=st.sampled_from(["info", "warning", "critical"]),
            since=st.integers(0, 20).map(lambda one: NOON - timedelta(minutes=one)),
            cluster=st.integers(0, 3),
            tenant=st.integers(0, 9),
        ),
        unique_by=lambda one: one.alert,
    )
)
def test_an_alert_is_in_at_most_one_incident_and_critical_ones_that_live_are_in_one(alerts):
    told = [one for found in to_open(alerts, {1: 5, 2: 9}, NOON, PARIS) for one in found.alerts]
    assert len(told) == len(set(told))
    lasting = {
        one.alert
        for one in alerts
        if one.severity == "critical" and NOON - one.since >= timedelta(minutes=5)
    }
    assert lasting <= set(told)


def test_what_nobody_took_in_hand_opens_one_however_short_it_lives():
    alerts = [fires(2, 0, severity="warning", cluster=7, tenant=1), fires(1, 0, cluster=7)]
    (found,) = incident.to_open_unheeded(alerts)
    assert (found.why, found.severity, found.alerts) == ("unheeded", "major", (1, 2))
