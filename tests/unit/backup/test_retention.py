"""Which backups stay: each rule and guard, for random histories."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saas_business_management.kernel.backup import retention
from saas_business_management.kernel.backup.retention import (
    PRESETS,
    Copy,
    Reason,
    Rule,
    decide_retention,
    deletion_guards,
    foresee_retention,
)
from saas_business_management.kernel.errors import Refused

UTC = timezone.utc
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 30, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def daily(count, **values):
    """Return verified copies of the last days, the newest first."""
    return [
        Copy(f"d{place:03d}", NOW - place * DAY, NOW - place * DAY + HOUR / 6, True, **values)
        for place in range(count)
    ]


def kept(copies, rule, zone=UTC, now=NOW, failing=False):
    return decide_retention(copies, rule, zone, now, failing).kept


@st.composite
def histories(draw):
    """Return a random history: several a day, gaps of months, marks of every kind."""
    copies, at = [], NOW
    for number in range(draw(st.integers(0, 40))):
        at -= timedelta(hours=draw(st.sampled_from([1, 5, 11, 24, 25, 160, 800, 4000])))
        duration = timedelta(minutes=draw(st.sampled_from([0, 1, 50, 600])))
        expired = draw(st.sampled_from([None, None, None, 1, 6, 7, 30]))
        copies.append(
            Copy(
                f"c{number:02d}",
                at,
                at + duration,
                verified=draw(st.booleans()),
                pinned=draw(st.integers(0, 9)) == 0,
                legal_hold=draw(st.integers(0, 15)) == 0,
                promised_until=draw(st.sampled_from([None, None, NOW - DAY, NOW + DAY])),
                expired_at=None if expired is None else NOW - expired * DAY,
            )
        )
    return draw(st.permutations(copies))


rules = st.builds(
    Rule,
    last=st.integers(1, 4),
    daily=st.integers(0, 9),
    weekly=st.integers(0, 5),
    monthly=st.integers(0, 5),
    yearly=st.integers(0, 3),
    age_days=st.sampled_from([0, 0, 1, 30, 400]),
    redundancy=st.integers(1, 4),
    grace_days=st.integers(0, 9),
)
zones = st.sampled_from([UTC, PARIS, ZoneInfo("Pacific/Auckland"), ZoneInfo("America/Havana")])
many = settings(max_examples=300, deadline=None)


@many
@given(histories(), rules, zones, st.booleans())
def test_every_copy_has_exactly_one_fate(copies, rule, zone, failing):
    verdict = decide_retention(copies, rule, zone, NOW, failing)
    fates = [*verdict.kept, *verdict.expire, *verdict.waiting, *verdict.delete]
    assert sorted(fates) == sorted(one.key for one in copies)
    assert set(verdict.revive) == {
        one.key for one in copies if one.expired_at and one.key in verdict.kept
    }
    assert all(verdict.kept.values())


@many
@given(histories(), rules, zones)
def test_each_rule_is_satisfied(copies, rule, zone):
    found = kept(copies, rule, zone)
    ordered = sorted(copies, key=lambda one: (one.completed_at, one.key), reverse=True)
    assert {one.key for one in ordered[: rule.last]} <= set(found)
    local = {one.key: one.taken_at.astimezone(zone) for one in copies}
    for count, name in (
        (rule.daily, lambda at: at.date()),
        (rule.weekly, lambda at: at.isocalendar()[:2]),
        (rule.monthly, lambda at: (at.year, at.month)),
        (rule.yearly, lambda at: at.year),
    ):
        periods = sorted({name(at) for at in local.values()}, reverse=True)[:count]
        for period in periods:
            newest = next(one for one in ordered if name(local[one.key]) == period)
            assert newest.key in found
    young = {one.key for one in copies if NOW - one.completed_at < rule.age_days * DAY}
    assert young <= set(found)


@many
@given(histories(), rules, zones, st.booleans())
def test_the_guards_hold(copies, rule, zone, failing):
    verdict = decide_retention(copies, rule, zone, NOW, failing)
    by_key = {one.key: one for one in copies}
    leaving = [by_key[key] for key in (*verdict.expire, *verdict.delete, *verdict.waiting)]
    assert not any(one.pinned or one.legal_hold for one in leaving)
    assert not any(one.promised_until and one.promised_until > NOW for one in leaving)
    verified = sorted(
        (one for one in copies if one.verified), key=lambda one: (one.completed_at, one.key)
    )
    assert {one.key for one in verified[-rule.redundancy :]} <= set(verdict.kept)
    if failing or len(verified) < rule.redundancy:
        assert not verdict.expire and not verdict.delete
    for key in verdict.delete:
        assert by_key[key].expired_at + rule.grace_days * DAY <= NOW


@many
@given(histories(), rules, zones, st.booleans())
def test_deciding_twice_gives_the_same(copies, rule, zone, failing):
    first = decide_retention(copies, rule, zone, NOW, failing)
    left = [_after(one, first) for one in copies if one.key not in first.delete]
    second = decide_retention(left, rule, zone, NOW, failing)
    assert second.kept == first.kept
    assert not second.expire and not second.revive
    if rule.grace_days:
        assert not second.delete
    assert decide_retention(copies, rule, zone, NOW, failing) == first


def _after(copy, verdict):
    expired_at = copy.expired_at
    if copy.key in verdict.expire:
        expired_at = NOW
    if copy.key in verdict.revive:
        expired_at = None
    return Copy(**{**vars(copy), "expired_at": expired_at})


@many
@given(histories(), rules, zones)
def test_nothing_is_kept_without_a_reason_that_is_true(copies, rule, zone):
    by_key = {one.key: one for one in copies}
    names = ("last", "daily", "weekly", "monthly", "yearly")
    limits = {name: getattr(rule, name) for name in names}
    for key, reasons in kept(copies, rule, zone).items():
        copy = by_key[key]
        for reason in reasons:
            if reason.code in limits:
                assert 1 <= reason.place <= limits[reason.code]
            elif reason.code == retention.UNPROVEN:
                assert sum(one.verified for one in copies) < rule.redundancy
            else:
                assert {
                    "young": NOW - copy.completed_at < rule.age_days * DAY,
                    "pinned": copy.pinned,
                    "legal_hold": copy.legal_hold,
                    "promised": bool(copy.promised_until),
                    "newest_verified": copy.verified,
                    "redundancy": copy.verified,
                }[reason.code]


def test_what_goes_is_restorable_for_a_week_and_then_deleted():
    copies = daily(10)
    rule = Rule(daily=7)
    first = decide_retention(copies, rule, UTC, NOW, failing=False)
    assert first.expire == ("d007", "d008", "d009") and not first.delete
    left = [_after(one, first) for one in copies]
    at_last = NOW + 7 * DAY - timedelta(seconds=1)
    waiting = decide_retention(left, rule, UTC, at_last, failing=False)
    assert waiting.waiting == first.expire and not waiting.delete
    over = decide_retention(left, rule, UTC, NOW + 7 * DAY, failing=False)
    assert over.delete == first.expire
    assert set(first.kept) | set(over.delete) == {one.key for one in copies}


def test_odoo_online_like_keeps_seven_days_four_weeks_three_months():
    found = kept(daily(200), PRESETS["gfs"])
    codes = {key: {reason.code for reason in reasons} for key, reasons in found.items()}
    assert sum("daily" in one for one in codes.values()) == 7
    assert sum("weekly" in one for one in codes.values()) == 4
    assert sum("monthly" in one for one in codes.values()) == 3
    months = sorted(r.period for rs in found.values() for r in rs if r.code == "monthly")
    assert months == ["2026-01", "2026-02", "2026-03"]
    assert 7 < len(found) <= 14


def test_presets_are_what_their_names_say():
    for days in (7, 14, 30, 90):
        assert PRESETS[f"days_{days}"] == Rule(last=2, daily=days)
    assert PRESETS["gfs"] == Rule(last=2, daily=7, weekly=4, monthly=3)
    assert set(PRESETS) == {"days_7", "days_14", "days_30", "days_90", "gfs"}
    assert (Rule(last=1).redundancy, Rule(last=1).grace_days) == (2, 7)


@pytest.mark.parametrize("days", [7, 14, 30, 90])
def test_a_preset_keeps_one_for_each_of_its_days(days):
    copies = [
        Copy(f"h{place:04d}", NOW - place * 6 * HOUR, NOW - place * 6 * HOUR, True)
        for place in range(120 * 4)
    ]
    found = kept(copies, PRESETS[f"days_{days}"])
    assert days <= len(found) <= days + 2
    assert min(one.taken_at for one in copies if one.key in found) > NOW - days * DAY


def test_the_day_is_that_of_the_tenants_zone():
    late = Copy("late", datetime(2026, 3, 28, 23, 30, tzinfo=UTC), NOW, True)
    early = Copy("early", datetime(2026, 3, 28, 2, 0, tzinfo=UTC), NOW - HOUR, True)
    rule = Rule(daily=5, redundancy=1)
    assert set(kept([late, early], rule, UTC)) == {"late"}
    assert set(kept([late, early], rule, PARIS)) == {"late", "early"}


def test_the_order_is_that_of_completion_not_of_the_names_or_beginnings():
    slow = Copy("a", NOW - 3 * HOUR, NOW - HOUR, True)
    quick = Copy("b", NOW - 2 * HOUR, NOW - 90 * HOUR / 60, True)
    assert set(kept([slow, quick], Rule(last=1, redundancy=1))) == {"a"}


def test_nothing_goes_while_the_schedule_fails():
    copies = daily(30)
    verdict = decide_retention(copies, Rule(daily=7), UTC, NOW, failing=True)
    assert len(verdict.kept) == 30 and not verdict.expire
    assert verdict.kept["d029"] == (Reason("failing"),)


def test_what_had_expired_is_neither_deleted_nor_brought_back_while_it_fails():
    gone = [Copy("old", NOW - 90 * DAY, NOW - 90 * DAY, True, expired_at=NOW - 30 * DAY)]
    verdict = decide_retention(daily(9) + gone, Rule(daily=7), UTC, NOW, failing=True)
    assert verdict.waiting == ("old",) and not verdict.delete and not verdict.revive


def test_nothing_goes_while_too_few_are_verified():
    copies = [Copy(f"u{n}", NOW - n * DAY, NOW - n * DAY, verified=n == 8) for n in range(9)]
    verdict = decide_retention(copies, Rule(last=1), UTC, NOW, failing=False)
    assert len(verdict.kept) == 9
    assert verdict.kept["u5"] == (Reason("unproven"),)


def test_a_verified_one_comes_back_when_newer_ones_turn_out_damaged():
    copies = [
        Copy("new", NOW - DAY, NOW - DAY, verified=False),
        Copy("older", NOW - 9 * DAY, NOW - 9 * DAY, True, expired_at=NOW - 2 * DAY),
        Copy("oldest", NOW - 10 * DAY, NOW - 10 * DAY, True, expired_at=NOW - 2 * DAY),
    ]
    verdict = decide_retention(copies, Rule(last=1), UTC, NOW, failing=False)
    assert set(verdict.revive) == {"older", "oldest"}
    assert verdict.kept["older"] == (Reason("newest_verified", place=1),)


def test_a_promise_ends_on_its_day():
    copies = [*daily(5), Copy("safety", NOW - 9 * DAY, NOW - 9 * DAY, promised_until=NOW)]
    rule = Rule(daily=2)
    assert "safety" in kept(copies, rule, now=NOW - timedelta(seconds=1))
    assert "safety" not in kept(copies, rule, now=NOW)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "backup_retention_nothing"),
        ({"redundancy": 3}, "backup_retention_nothing"),
        ({"daily": -1}, "backup_retention_number"),
        ({"daily": 3661}, "backup_retention_number"),
        ({"daily": 7, "redundancy": 0}, "backup_retention_number"),
        ({"daily": 7, "grace_days": -1}, "backup_retention_number"),
    ],
)
def test_a_rule_that_keeps_nothing_is_refused(values, code):
    with pytest.raises(Refused) as told:
        Rule(**values)
    assert told.value.code == code


def test_a_preset_is_known_by_its_numbers():
    assert retention.preset_of(Rule(last=2, daily=30)) == "days_30"
    assert retention.preset_of(Rule(last=2, daily=31)) == ""


def test_what_a_rule_will_keep_is_foreseen_from_turns_to_come():
    taken = [NOW + place * DAY for place in range(400)]
    found = foresee_retention(taken, PRESETS["gfs"], UTC)
    assert found[0].taken_at == taken[-1]
    assert found == sorted(found, key=lambda one: one.taken_at, reverse=True)
    assert 8 <= len(found) <= 14
    assert foresee_retention([], PRESETS["gfs"], UTC) == []


def guards(copies, key, rule=PRESETS["days_7"], now=NOW):
    return [one.code for one in deletion_guards(copies, key, rule, now)]


def test_a_person_deletes_any_but_the_newest_verified_and_those_that_must_stay():
    copies = daily(4)
    assert guards(copies, "d000") == ["newest_verified"]
    assert guards(copies, "d001") == [] and guards(copies, "d003") == []
    assert guards(copies[:2], "d001") == ["redundancy"]
    assert guards(copies[:2], "d000") == ["newest_verified", "redundancy"]


def test_an_unverified_one_may_go_however_few_there_are():
    damaged = replace(daily(1)[0], verified=False)
    assert guards([damaged], damaged.key) == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"pinned": True}, "pinned"),
        ({"legal_hold": True}, "legal_hold"),
        ({"promised_until": NOW + HOUR}, "promised"),
    ],
)
def test_a_mark_keeps_it_from_a_person_too(values, code):
    copies = daily(4)
    copies[3] = replace(copies[3], **values)
    assert guards(copies, "d003") == [code]


def test_a_promise_that_is_over_keeps_nothing():
    copies = daily(4)
    copies[3] = replace(copies[3], promised_until=NOW - HOUR)
    assert guards(copies, "d003") == []


@given(histories())
def test_deleting_what_is_not_guarded_never_leaves_too_few_verified(copies):
    rule = PRESETS["days_7"]
    verified = sum(one.verified for one in copies)
    for copy in copies:
        if copy.verified and not guards(copies, copy.key):
            assert verified - 1 >= rule.redundancy


def test_by_age_everything_young_stays_and_two_verified_ones_for_ever():
    rule = retention.promise(30)
    old = [Copy(f"o{n}", NOW - n * DAY, NOW - n * DAY, verified=True) for n in (31, 45, 60, 400)]
    young = [Copy(f"y{n}", NOW - n * DAY, NOW - n * DAY) for n in (1, 29)]
    verdict = decide_retention([*young, *old], rule, UTC, NOW, failing=False)
    assert verdict.expire == ("o60", "o400")
    assert verdict.kept["y29"] == (Reason(retention.YOUNG, "2026-03-31"),)
    assert [one.code for one in verdict.kept["o31"]] == [retention.NEWEST_VERIFIED]
    assert not decide_retention([*young, *old], rule, UTC, NOW, failing=True).expire
    assert not decide_retention([*young, *old[:1]], rule, UTC, NOW, failing=False).expire


def test_age_ends_with_the_last_second_of_the_last_day():
    rule = Rule(age_days=30, redundancy=1)
    newest, copy = (Copy(key, NOW - DAY, NOW - n * DAY, True) for key, n in (("a", 0), ("b", 30)))
    before = decide_retention([newest, copy], rule, UTC, NOW - timedelta(seconds=1), False)
    assert "b" in before.kept
    assert decide_retention([newest, copy], rule, UTC, NOW, False).expire == ("b",)


def test_age_is_counted_from_when_it_was_made_not_from_what_it_shows():
    imported = Copy("i", NOW - 900 * DAY, NOW - DAY)
    found = [imported, *(Copy(f"v{n}", NOW, NOW - n * DAY, True) for n in (2, 3))]
    assert "i" in kept(found, retention.promise(30))


@pytest.mark.parametrize(
    ("former", "told"),
    [
        ([], Rule(age_days=30)),
        ([PRESETS["days_7"]], Rule(last=2, age_days=30)),
        ([PRESETS["days_90"], PRESETS["days_7"]], Rule(last=2, age_days=90)),
        ([PRESETS["gfs"]], Rule(last=2, age_days=7 + 4 * 7 + 3 * 31)),
        ([Rule(yearly=30)], Rule(age_days=retention.MOST)),
        (
            [Rule(daily=3, redundancy=4, grace_days=20)],
            Rule(age_days=30, redundancy=4, grace_days=20),
        ),
    ],
)
def test_who_loses_his_policy_keeps_at_least_what_it_promised(former, told):
    assert retention.promise(30, former) == told


@many
@given(histories(), rules, zones)
def test_what_a_policy_kept_by_its_newest_days_does_not_go_sooner_without_it(copies, rule, zone):
    reach = rule.daily * DAY
    found = kept(copies, retention.promise(1, [rule]), zone)
    young = {one.key for one in copies if NOW - one.completed_at < reach}
    assert young <= set(found)
