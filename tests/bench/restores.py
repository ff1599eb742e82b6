"""Restores through the product: a copy until its page is served, in place as long as it is felt.

Owns: ordering them as the dialog does, a visitor meanwhile. Does not own: the tenant's backup
(`backup.py`).
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from dev.control import admin_password
from tests.bench.backup import switch_on
from tests.bench.counter import Counter
from tests.bench.desk import login_page
from tests.helpers.bench import Report, at_most, median

COPIES, IN_PLACE = 3, 3
LOOK_SECONDS = 0.01
PAGE_SECONDS, OUTAGE_SECONDS = 15, 2
NEWEST = 'SELECT "where", state, error_text FROM saas_restore ORDER BY id DESC LIMIT 1'
IDENTITY = "res.users.identitycheck"


def measure_restores(counter: Counter, folder: Path, report: Report) -> None:
    """Restore a fresh tenant (F) to copies and in place, each a few times."""
    tenant = counter.open_one().tenant_id
    switch_on(counter.operator, [tenant], folder / "restore shelf")
    counter.operator.call("saas.tenant", "action_back_up_now", [tenant])
    counter.settle()
    served = [_copy(counter, tenant, f"restored{number}") for number in range(COPIES)]
    words = "click → login page, F restored to a copy of its own"
    goal = at_most(median(served), PAGE_SECONDS, f"p50 ≤ {PAGE_SECONDS} s")
    report.add("restore_copy", served, "s", words, goal)
    told = [_in_place(counter, tenant) for _again in range(IN_PLACE)]
    words = "click → end, F restored in place, with its safety backup and every comparison"
    report.add("restore_in_place", [took for took, _gap in told], "s", words)
    gaps = [gap for _took, gap in told]
    words = "the same, the longest time in which nobody got its page"
    goal = at_most(max(gaps), OUTAGE_SECONDS, f"≤ {OUTAGE_SECONDS} s")
    report.add("restore_outage", gaps, "s", words, goal)


def _copy(counter: Counter, tenant: int, subdomain: str) -> float:
    """Order a copy; return the seconds until it served its page."""
    wizard = _dialog(counter, tenant, where="copy", name=subdomain.title(), subdomain=subdomain)
    port, begun = counter.stack.settings.node_port, time.monotonic()
    counter.operator.press("saas.tenant.restore", wizard, "action_restore_copy")
    while not login_page(port, f"{subdomain}.localhost"):
        assert time.monotonic() - begun < 300, "the copy serves no page"
        time.sleep(LOOK_SECONDS)
    took = time.monotonic() - begun
    counter.settle()
    _require_done(counter, "copy")
    return took


def _in_place(counter: Counter, tenant: int) -> tuple[float, float]:
    """Restore in place; return the seconds it took, and those in which nobody got the page."""
    row = counter.operator.one("saas.tenant", [("id", "=", tenant)], ["host", "subdomain"])
    wizard = _dialog(
        counter, tenant, where="in_place", typed=row["subdomain"], reason="It is measured"
    )
    port = counter.stack.settings.node_port
    with Knocking(lambda: login_page(port, row["host"])) as knocking:
        asked = counter.operator.press("saas.tenant.restore", wizard, "action_restore_in_place")
        begun = time.monotonic()
        _show_who_it_is(counter, asked)
        counter.settle()
        took = time.monotonic() - begun
    _require_done(counter, "in_place")
    return took, knocking.longest


def _show_who_it_is(counter: Counter, asked: dict) -> None:
    """Answer the question for the password, if it was asked: it is once in ten minutes."""
    if asked["res_model"] == IDENTITY:
        answers = {"password": admin_password(counter.stack)}
        counter.operator.call(IDENTITY, "run_check", [asked["res_id"]], context=answers)


def _dialog(counter: Counter, tenant: int, **answers: str) -> int:
    backup = counter.rows(
        "SELECT id FROM saas_backup WHERE tenant_id = %s AND state = 'stored' ORDER BY id", tenant
    )[0][0]
    values = {"tenant_id": tenant, "backup_id": backup, "what": "all", **answers}
    return counter.operator.call("saas.tenant.restore", "create", [values])[0]


def _require_done(counter: Counter, where: str) -> None:
    """The newest one has come to its end, and is what was ordered."""
    newest = counter.rows(NEWEST)[0]
    assert newest[:2] == (where, "done"), newest


class Knocking:
    """Somebody who asks for a page all the time and notes how long nobody answers.

    `served` asks once and tells whether the page came.
    """

    def __init__(self, served: Callable[[], bool]) -> None:
        self._served = served
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._knock, daemon=True)
        self.longest = 0.0

    def __enter__(self) -> "Knocking":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._end.set()
        self._thread.join(60)

    def _knock(self) -> None:
        last = time.monotonic()
        while not self._end.wait(LOOK_SECONDS):
            if self._served():
                self._note(last)
                last = time.monotonic()
        self._note(last)

    def _note(self, last: float) -> None:
        """How long a page takes that is served counts, too."""
        self.longest = max(self.longest, time.monotonic() - last)
