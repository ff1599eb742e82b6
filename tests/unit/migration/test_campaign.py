"""The course of a campaign: moves, guards, rights; advice before an upgrade."""

from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.migration import advice, campaign
from saas_business_management.kernel.migration.campaign import Facts, decide

BOB = {"is_operator": True, "has_tenants": True, "has_ready": True}
ADA = {**BOB, "is_administrator": True}
NOW = datetime(2026, 3, 12, tzinfo=timezone.utc)


def test_from_draft_to_done():
    state, facts = "draft", Facts(**BOB, is_rehearsed=True)
    seen = []
    for event in ("check", "rehearse", "pass", "start", "halt", "resume", "finish"):
        state = decide(state, event, facts)
        seen.append(state)
    assert seen == ["preflight", "preflight", "rehearsed", "running", "paused", "running", "done"]


@pytest.mark.parametrize(
    ("state", "event", "facts", "why"),
    [
        ("draft", "start", Facts(**BOB), "not_from_here"),
        ("done", "resume", Facts(**ADA), "not_from_here"),
        ("draft", "check", Facts(is_operator=True), "has_tenants"),
        ("draft", "check", Facts(has_tenants=True), "no_right"),
        ("preflight", "start", Facts(**BOB), "may_skip"),
        ("preflight", "pass", Facts(**BOB), "is_rehearsed"),
        ("rehearsed", "start", Facts(is_operator=True, has_tenants=True), "has_ready"),
        ("rehearsed", "start", Facts(**BOB, is_rehearsing=True), "is_quiet"),
        ("running", "roll_back", Facts(**BOB, reason="because"), "no_right"),
        ("running", "roll_back", Facts(**ADA), "no_reason"),
    ],
)
def test_what_is_refused(state, event, facts, why):
    with pytest.raises(Refused) as refused:
        decide(state, event, facts)
    assert (refused.value.code, refused.value.facts["why"]) == ("campaign_move", why)


def test_a_rehearsal_may_be_switched_off():
    assert decide("preflight", "start", Facts(**BOB, needs_rehearsal=False)) == "running"


def test_an_administrator_rolls_back_with_a_reason():
    assert decide("paused", "roll_back", Facts(**ADA, reason="broken invoices")) == "stopped"


def test_nothing_leaves_what_is_over():
    facts = Facts(**ADA, is_rehearsed=True, reason="because", needs_rehearsal=False)
    for state in campaign.OVER:
        assert campaign.possible_events(state, facts) == ()
    for state in campaign.STATES[:5]:
        assert campaign.possible_events(state, facts)


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        (advice.Facts(has_backup=True, proven_at=NOW - timedelta(days=7)), ()),
        (advice.Facts(has_backup=True, proven_at=NOW - timedelta(days=8)), ("not_proven",)),
        (advice.Facts(), ("no_backup",)),
        (
            advice.Facts(size_bytes=30 * 10**9, versions_behind=3, had_setback=True),
            ("had_setback", "no_backup", "far_behind", "large"),
        ),
        (advice.Facts(loses_modules=True, has_backup=True), ("loses_modules", "not_proven")),
    ],
)
def test_advice(facts, codes):
    assert advice.advise(facts, NOW) == codes
