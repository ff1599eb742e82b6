"""Health follows what a visitor meets, and falls to unknown when nobody looked."""

from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.kernel.monitoring import health
from saas_business_management.kernel.monitoring.health import Look, Verdict, judge, shown

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
FAR = NOW + timedelta(days=60)


@pytest.mark.parametrize(
    ("look", "before", "verdict"),
    [
        (Look(status=200), 0, Verdict("ok")),
        (Look(status=303, until=FAR), 5, Verdict("ok")),
        (Look(status=399), 0, Verdict("ok")),
        (Look(status=400), 0, Verdict("warning", "first_wrong", 1)),
        (Look(status=503), 1, Verdict("critical", "wrong_page", 2)),
        (Look(status=199), 1, Verdict("critical", "wrong_page", 2)),
        (Look(status=503), 7, Verdict("critical", "wrong_page", 8)),
        (Look(status=200, seconds=5.0), 0, Verdict("ok")),
        (Look(status=200, seconds=5.1), 1, Verdict("warning", "slow")),
        (Look(status=200, until=FAR, trusted=False), 0, Verdict("warning", "untrusted")),
        (Look(status=200, until=NOW + timedelta(days=14)), 0, Verdict("ok")),
        (
            Look(status=200, until=NOW + timedelta(days=13)),
            0,
            Verdict("warning", "certificate_ends"),
        ),
        (Look(problem="certificate_refused"), 0, Verdict("warning", "first_wrong", 1)),
        (Look(problem="certificate_refused"), 1, Verdict("critical", "no_certificate", 2)),
        (Look(problem="node_silent"), 0, Verdict("unknown", "no_answer")),
        (Look(problem="proxy_silent"), 3, Verdict("unknown", "no_answer", 3)),
    ],
)
def test_a_look_becomes_a_health_with_its_reason(look, before, verdict):
    assert judge(look, before, NOW) == verdict


def test_no_answer_is_never_down_and_does_not_forget_what_was_wrong_before():
    verdict = Verdict("ok")
    for look in (Look(status=502), Look(problem="node_silent"), Look(status=502)):
        verdict = judge(look, verdict.wrong, NOW)
    assert verdict == Verdict("critical", "wrong_page", 2)


@pytest.mark.parametrize(
    ("age", "told"),
    [
        (None, ("unknown", "never_looked")),
        (timedelta(0), ("ok", "")),
        (health.EVIDENCE, ("ok", "")),
        (health.EVIDENCE + timedelta(seconds=1), ("unknown", "stale")),
    ],
)
def test_a_look_that_is_too_old_proves_nothing(age, told):
    checked_at = None if age is None else NOW - age
    assert shown("ok", "", checked_at, NOW) == told
    assert shown("", "", NOW, NOW) == ("unknown", "")
