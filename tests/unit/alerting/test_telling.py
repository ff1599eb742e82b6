"""Groups, channels, silences: who is told, when, and of what nobody is."""

import json
from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.alerting import chat, grouping, label, muting, routing
from saas_business_management.kernel.alerting.grouping import Member, Told, due
from saas_business_management.kernel.alerting.threshold import Override, thresholds

NOW = datetime(2031, 5, 5, 9, 0, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)


def ago(minutes):
    return NOW - minutes * MINUTE


def test_a_fingerprint_knows_no_order_and_no_other_rule():
    one = label.fingerprint("cpu_busy", {"scope": "machine", "subject": 7})
    assert one == label.fingerprint("cpu_busy", {"subject": 7, "scope": "machine"})
    assert one != label.fingerprint("cpu_stolen", {"subject": 7, "scope": "machine"})
    assert one != label.fingerprint("cpu_busy", {"subject": 8, "scope": "machine"})
    assert len(one) == 64


def test_a_group_waits_half_a_minute_for_others_to_come():
    fresh = [Member(1, NOW - timedelta(seconds=29))]
    assert due("critical", fresh, None, NOW) is None
    assert due("critical", fresh, None, NOW + timedelta(seconds=1)).why == grouping.FIRST


def test_a_receiver_of_several_steps_hears_at_each_of_them_until_somebody_takes_it():
    member = Member(1, ago(31))
    steps = (timedelta(0), 15 * MINUTE, 30 * MINUTE)
    name = label.told_of([1])
    assert due("critical", [member], None, ago(30), *steps).why == grouping.FIRST
    told = Told(ago(30), name)
    assert due("critical", [member], told, ago(17), *steps) is None
    assert due("critical", [member], told, ago(16), *steps).why == grouping.AGAIN
    told = Told(ago(16), name)
    assert due("critical", [member], told, ago(2), *steps) is None
    assert due("critical", [member], told, ago(1), *steps).why == grouping.AGAIN
    assert due("critical", [Member(1, ago(31), True)], told, ago(1), *steps) is None
    assert due("critical", [member], told, ago(1), *steps[:2]) is None


def test_a_change_waits_five_minutes_and_the_same_four_hours_or_a_day():
    one, two = Member(1, ago(60)), Member(2, ago(1))
    told = Told(ago(4), label.told_of([1]))
    assert due("critical", [one, two], told, NOW) is None
    told = Told(ago(5), label.told_of([1]))
    assert due("critical", [one, two], told, NOW).why == grouping.CHANGED
    assert due("critical", [one], told, NOW) is None
    told = Told(ago(240), label.told_of([1]))
    assert due("critical", [one], told, NOW).why == grouping.AGAIN
    assert due("warning", [one], told, NOW) is None
    told = Told(ago(24 * 60), label.told_of([1]))
    assert due("warning", [one], told, NOW).why == grouping.AGAIN


def test_what_somebody_has_in_hand_is_not_repeated_and_goes_no_further():
    mine = Member(1, ago(500), acknowledged=True)
    assert due("critical", [mine], Told(ago(300), label.told_of([1])), NOW) is None
    assert due("critical", [mine], None, NOW, 15 * MINUTE) is None
    other = Member(2, ago(16))
    assert due("critical", [mine, other], None, NOW, 15 * MINUTE).why == grouping.FIRST
    assert due("critical", [other], None, NOW, 17 * MINUTE) is None


def test_an_end_is_told_once_and_only_to_who_heard_of_the_beginning():
    assert due("critical", [], None, NOW) is None
    told = Told(ago(10), label.told_of([1]))
    end = due("critical", [], told, NOW)
    assert end.why == grouping.ENDED
    assert due("critical", [], Told(NOW, end.hash, ended=True), NOW + 60 * MINUTE) is None
    again = due("critical", [Member(3, ago(9))], Told(ago(6), end.hash, ended=True), NOW)
    assert again.why == grouping.FIRST


def test_what_only_informs_is_told_to_nobody():
    assert due("info", [Member(1, ago(600))], None, NOW) is None


@given(st.lists(st.sets(st.integers(1, 4)), min_size=1, max_size=120))
def test_no_receiver_is_told_more_often_than_every_five_minutes(sets):
    told, times = None, []
    for minute, firing in enumerate(sets):
        now = NOW + minute * MINUTE
        members = [Member(one, now - 10 * MINUTE) for one in firing]
        message = due("critical", members, told, now)
        if message:
            told = Told(now, message.hash, message.why == grouping.ENDED)
            times.append(now)
    assert all(later - sooner >= 5 * MINUTE for sooner, later in pairwise(times))


AROUND = muting.Around(
    clusters_down={1}, databases_missing={10}, states={20: "suspended", 30: "active"}, at_work={30}
)


@pytest.mark.parametrize(
    ("code", "layer", "cluster", "tenant", "reason"),
    [
        ("door_closed", "application", 1, 11, muting.BY_CLUSTER),
        ("cluster_down", "database", 1, 0, ""),
        ("logins_failing", "security", 1, 11, ""),
        ("backup_late", "infrastructure", 1, 11, ""),
        ("scheduled_late", "application", 2, 10, muting.BY_DATABASE),
        ("database_missing", "database", 2, 10, ""),
        ("storage_full", "tenant", 2, 20, muting.BY_STATE),
        ("admin_added", "security", 2, 20, ""),
        ("backup_failing", "infrastructure", 2, 20, ""),
        ("restore_test_failed", "infrastructure", 2, 20, ""),
        ("door_closed", "application", 2, 30, muting.BY_OPERATION),
        ("storage_full", "tenant", 2, 30, ""),
        ("door_closed", "application", 2, 31, ""),
    ],
)
def test_what_explains_an_alert_mutes_it(code, layer, cluster, tenant, reason):
    assert muting.inhibited(muting.Subject(code, layer, cluster, tenant), AROUND) == reason


def silence(**more):
    told = {"start": ago(10), "end": NOW + 10 * MINUTE, "matchers": {"rule_id": 3}}
    return muting.Silence(**told | more)


def test_a_silence_is_half_open_and_every_matcher_must_fit():
    one = silence(matchers={"rule_id": 3, "tenant_id": 7})
    assert muting.silenced({"rule_id": 3, "tenant_id": 7}, [one], NOW) is one
    assert muting.silenced({"rule_id": 3, "tenant_id": 8}, [one], NOW) is None
    assert muting.silenced({"rule_id": 3, "tenant_id": 7}, [one], one.end) is None
    assert muting.is_on(one, one.start) and not muting.is_on(one, one.start - MINUTE)
    assert not muting.covers(silence(matchers={}), {"rule_id": 3})


@given(st.integers(0, 60 * 24 * 40))
def test_a_silence_that_repeats_holds_at_the_same_time_of_each_turn(minutes):
    start, end = (
        datetime(2031, 5, 5, 2, 0, tzinfo=timezone.utc),
        datetime(2031, 5, 5, 4, 0, tzinfo=timezone.utc),
    )
    at = start + minutes * MINUTE
    last = start + timedelta(days=30)
    daily = silence(start=start, end=end, repeats=muting.DAILY, last=last)
    assert muting.is_on(daily, at) == (at < last and time(2) <= at.time() < time(4))
    weekly = silence(start=start, end=end, repeats=muting.WEEKLY, last=last)
    assert muting.is_on(weekly, at) == (muting.is_on(daily, at) and at.weekday() == start.weekday())


def test_the_first_escalation_that_fits_counts():
    routes = [
        routing.Route(1, "critical", {"cluster_id": 5}),
        routing.Route(2, "critical", {}),
        routing.Route(3, "warning", {"layer": "business"}),
    ]
    assert routing.choose(routes, "critical", {"cluster_id": 5}) == 1
    assert routing.choose(routes, "critical", {"cluster_id": 6}) == 2
    assert routing.choose(routes, "warning", {"cluster_id": 5, "layer": "business"}) == 3
    assert routing.choose(routes, "warning", {"cluster_id": 5, "layer": "tenant"}) == 0


@pytest.mark.parametrize(
    ("severity", "local", "told"),
    [
        ("critical", datetime(2031, 5, 4, 3, 0, tzinfo=timezone.utc), True),
        ("warning", datetime(2031, 5, 5, 8, 0, tzinfo=timezone.utc), True),
        ("warning", datetime(2031, 5, 5, 18, 0, tzinfo=timezone.utc), False),
        ("warning", datetime(2031, 5, 3, 12, 0, tzinfo=timezone.utc), False),
        ("warning", datetime(2031, 5, 5, 7, 59, tzinfo=timezone.utc), False),
    ],
)
def test_warnings_wait_for_business_hours(severity, local, told):
    assert routing.may_tell(severity, routing.Hours(), local) is told
    assert routing.may_tell(severity, None, local)


@given(
    st.lists(st.tuples(st.sampled_from(["critical", "warning"]), st.integers())),
    st.integers(0, 40),
)
def test_nothing_is_lost_in_a_bundle_and_no_more_goes_than_may(items, sent):
    found = routing.bundle(items, sent)
    assert sorted(one for each in found for one in each) == sorted(one for _s, one in items)
    assert all(found)
    # The digest always goes: it is the one message that is never held back.
    assert len(found) <= max(1, routing.PER_MINUTE - sent)
    assert sum(len(each) > 1 for each in found) <= 1


def test_a_threshold_of_a_tenant_goes_before_its_plan_and_both_end():
    rows = [
        Override(90, date(2031, 5, 5), plan=1),
        Override(95, date(2031, 5, 4), plan=2),
        Override(70, date(2031, 6, 1), tenant=12),
        Override(60, date(2031, 6, 1), tenant=99),
    ]
    plans = {11: 1, 12: 1, 13: 2, 14: 0}
    assert thresholds(rows, plans, date(2031, 5, 5)) == {11: 90, 12: 70}
    assert thresholds(rows, plans, date(2031, 5, 6)) == {12: 70}


def test_a_chat_gets_text_and_no_markup():
    body = chat.payload(
        "A <!channel> & b", ["one <@U1>\ntwo"] * 25, "critical", "https://x.test/1", "Look"
    )
    told = json.loads(body)
    assert told["text"] == "A &lt;!channel&gt; &amp; b"
    lines = told["attachments"][0]["text"].split("\n")
    assert lines[0] == "one &lt;@U1&gt; two"
    assert lines[-2:] == ["…", "<https://x.test/1|Look>"] and len(lines) == 22
    assert told["attachments"][0]["color"] == chat.COLORS["critical"]
    assert json.loads(chat.payload("x" * 999, [], "other"))["text"] == "x" * 300
