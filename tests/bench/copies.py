"""Copies of a tenant as it is now: made harmless, masked, searched, and served.

Owns: ordering them as a program does, the same by Odoo's own copy. Does not own: the plain Odoo
(`peers.py`).
"""

import time

from tests.bench.counter import Counter
from tests.bench.desk import login_page
from tests.bench.peers import Peer
from tests.helpers.bench import Report, at_most, median

TITLE = "Masked copies"
COPIES, LOOK_SECONDS, PAGE_SECONDS = 3, 0.01, 10
STEPS = """
SELECT s.label, max(s.seconds)::float8 FROM saas_job_step s JOIN saas_job j ON j.id = s.job_id
 WHERE j.kind = 'copy_tenant' AND s.state = 'done' GROUP BY s.label ORDER BY min(s.sequence)
"""


def measure_copies(counter: Counter, peer: Peer, report: Report) -> None:
    """Copy a fresh tenant (F) a few times."""
    tenant = counter.open_one().tenant_id
    served = [_copy(counter, tenant, f"trying{number}") for number in range(COPIES)]
    words = "click → login page, F copied, neutralised, masked and searched"
    goal = at_most(median(served), PAGE_SECONDS, f"p50 ≤ {PAGE_SECONDS} s")
    report.add("copy_masked", served, "s", words, goal)
    plain = [peer.duplicate(f"peer_masked{number}") for number in range(COPIES)]
    words = "`odoo-bin db duplicate` of an equal database (not masked, serves no page)"
    report.add("copy_duplicate", plain, "s", words)
    told = ", ".join(f"{label} {seconds:.2f}" for label, seconds in counter.rows(STEPS))
    report.say(f"The longest of each step, in seconds: {told}.")


def _copy(counter: Counter, tenant: int, subdomain: str) -> float:
    """Order a copy; return the seconds until it served its page."""
    port, begun = counter.stack.settings.node_port, time.monotonic()
    note = "It is measured"
    counter.operator.call("saas.tenant", "action_order_copy", [tenant], "sandbox", subdomain, note)
    while not login_page(port, f"{subdomain}.localhost"):
        assert time.monotonic() - begun < 300, "the copy serves no page"
        time.sleep(LOOK_SECONDS)
    took = time.monotonic() - begun
    counter.settle()
    rows = counter.rows("SELECT state, error_text FROM saas_copy ORDER BY id DESC LIMIT 1")
    assert rows[0][0] == "done", rows
    return took
