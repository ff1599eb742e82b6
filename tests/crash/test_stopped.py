"""A worker that was stopped, was taken over, and comes back: it touches nothing any more."""

import os
import signal

import pytest

from .matrix import ORDERS, chosen

ROWS = """
SELECT j::text FROM saas_job j UNION ALL SELECT s::text FROM saas_job_step s
 UNION ALL SELECT d::text FROM saas_database d UNION ALL SELECT r::text FROM saas_route r
 UNION ALL SELECT t::text FROM saas_tenant t UNION ALL SELECT m::text FROM mail_mail m
 UNION ALL SELECT b::text FROM saas_backup b UNION ALL SELECT c::text FROM saas_backup_check c
 UNION ALL SELECT k::text FROM saas_cluster k
 UNION ALL SELECT i::text FROM account_move i UNION ALL SELECT e::text FROM saas_billing_period e
 UNION ALL SELECT r::text FROM saas_billing_run r
 UNION ALL SELECT m::text FROM saas_move m UNION ALL SELECT u::text FROM saas_upgrade u
 UNION ALL SELECT c::text FROM saas_copy c UNION ALL SELECT a::text FROM saas_adoption a
 ORDER BY 1
"""
# Here the time is lived through: a stopped worker knows by its own clock that it was away.
STALE = 2
LABELS = (
    *("provision cold", "build", "fill standby", "drop standby"),
    *("back up", "renew secret", "change secret"),
    *("bill", "post", "bill run"),
    *("copy", "refresh", "adopt", "upgrade", "upgrade in place", "undo upgrade"),
    *("move", "undo move"),
)
CASES = [
    (label, point)
    for place, label in enumerate(LABELS)
    for point in chosen(label, every=80, first=7 * place + 3, proof=2)
]


@pytest.mark.parametrize(("label", "point"), CASES)
def test_who_was_taken_over_writes_nothing(crash, count, label, point):
    count("stopped and taken over")
    order = ORDERS[label]
    case = order.place_and_stop(crash, point, stale=STALE)
    assert case.resume(stale=STALE)["state"] == "done"
    # What it ordered for later is done first: the one that comes back is free to do that, too.
    crash.run("work")
    before = crash.control(ROWS)
    os.kill(case.child.pid, signal.SIGCONT)
    assert crash.mother.wait(case.child).status == 0
    assert crash.control(ROWS) == before
    assert order.complaints(case) == []
    if order.spends:
        crash.discard(case.spent)
