"""From the click on *Provision* to the login page: out of a standby copy, by clone, many at once.

Owns: which clicks are measured, what is reported of them. Does not own: clicking (`counter.py`).
"""

import threading
import time
from collections.abc import Sequence

from tests.bench.counter import Counter, Opened
from tests.bench.desk import login_page
from tests.helpers.bench import Figure, Report, at_most, median, shown, table

WARM, CLONES, TOGETHER, UNCOUNTED = 20, 10, 20, 2
LOOK_SECONDS = 0.05


def measure_warm(counter: Counter, report: Report, number: int = WARM) -> None:
    """Out of standby copies, one after the other."""
    filled = counter.fill(number + UNCOUNTED)
    opened = [counter.open_one() for _ in range(number + UNCOUNTED)][UNCOUNTED:]
    figure = _tell(counter, report, opened, "warm", "standby copy")
    p50, p95 = figure.p50, figure.p95
    goals = (at_most(p50, 100, "p50 ≤ 100 ms"), at_most(p95, 200, "p95 ≤ 200 ms"))
    _with_goals(report, figure, goals)
    each = filled / (number + UNCOUNTED)
    report.add("standby_fill", [each], "s", "one more standby copy, made and warmed (mean)")


def measure_clones(counter: Counter, report: Report, number: int = CLONES) -> Figure:
    """By copying the template when the click comes."""
    counter.operator.call("saas.template", "write", [counter.template], {"standby_wanted": 0})
    opened = [counter.open_one() for _ in range(number + 1)][1:]
    figure = _tell(counter, report, opened, "clone", "copied on demand")
    goals = (at_most(figure.p50, 1200, "p50 ≤ 1.2 s"),)
    return _with_goals(report, figure, goals)


def measure_together(counter: Counter, report: Report, number: int = TOGETHER) -> None:
    """Twenty clicks at the same moment, none with a standby copy."""
    drafts = dict(counter.draft() for _ in range(number))
    clicks = [
        threading.Thread(
            target=counter.operator.press, args=("saas.tenant", tenant_id, "action_provision")
        )
        for tenant_id in drafts
    ]
    begun = time.time()
    for click in clicks:
        click.start()
    served = _served(counter, set(drafts.values()))
    took = max(served.values()) - begun
    about = f"{number} tenants ordered at once, none from standby, until each served its page"
    report.add("together_seconds", [took], "s", about)
    report.add("together_rate", [number / took * 60], "tenants/min", "the same, a minute")
    counter.settle()


def _served(counter: Counter, hosts: set[str], seconds: float = 300) -> dict[str, float]:
    """Return when each host served its page; a visitor comes as soon as the host has a route."""
    port = counter.stack.settings.node_port
    served: dict[str, float] = {}
    coming: dict[str, threading.Thread] = {}

    def visit(host: str) -> None:
        while not login_page(port, host):
            time.sleep(LOOK_SECONDS)
        served[host] = time.time()

    end = time.time() + seconds
    while len(served) < len(hosts):
        assert time.time() < end, f"no page: {', '.join(sorted(hosts - served.keys()))}"
        for (host,) in counter.rows(
            "SELECT host FROM saas_route WHERE host = ANY(%s)", list(hosts)
        ):
            if host not in coming:
                coming[host] = threading.Thread(target=visit, args=(host,), daemon=True)
                coming[host].start()
        time.sleep(LOOK_SECONDS)
    return served


def _tell(
    counter: Counter, report: Report, opened: Sequence[Opened], name: str, words: str
) -> Figure:
    claimed = counter.claimed(opened)
    total = report.add(
        f"click_to_page_{name}",
        [one.seconds * 1000 for one in opened],
        "ms",
        f"click → login page, {words}",
    )
    report.add(
        f"claim_to_page_{name}",
        [(one.served - claimed[one.tenant_id]) * 1000 for one in opened],
        "ms",
        f"claim of the operation → login page, {words}",
    )
    report.add(
        f"click_to_claim_{name}",
        [(claimed[one.tenant_id] - one.clicked) * 1000 for one in opened],
        "ms",
        f"click → claim, {words}",
    )
    report.add(
        f"click_answered_{name}",
        [(one.answered - one.clicked) * 1000 for one in opened],
        "ms",
        f"click → its answer, {words}",
    )
    rows = [
        (label, shown(median(found) * 1000), shown(max(found) * 1000))
        for label, found in counter.steps(opened)
    ]
    report.say(table((f"step, {words}", "p50 ms", "longest ms"), rows))
    return total


def _with_goals(report: Report, figure: Figure, goals: tuple) -> Figure:
    """Put goals on a figure that is in the report already."""
    parts = report.sections[-1][1]
    better = Figure(figure.name, figure.values, figure.unit, figure.about, goals)
    parts[parts.index(figure)] = better
    return better
