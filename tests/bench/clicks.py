"""From the click on *Provision* to the login page: out of a standby copy, by clone, twenty at once.

Owns: the orders and the clock. Does not own: the installation (`stage.py`).
"""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import psycopg2

from dev.settings import CONTROL_DATABASE
from dev.stack import Stack
from tests.bench.desk import Doorstep, Operator, login_page
from tests.bench.stage import PLAN, TEMPLATE
from tests.helpers.bench import Figure, Report, at_most, median, shown, table

WARM, CLONES, TOGETHER, UNCOUNTED = 20, 10, 20, 2
LOOK_SECONDS = 0.05
# Claims are written down with a finer clock than the product needs.
CLAIMS = """
CREATE TABLE IF NOT EXISTS bench_claim (job_id int PRIMARY KEY, at timestamptz NOT NULL);
GRANT ALL ON bench_claim TO PUBLIC;
CREATE OR REPLACE FUNCTION bench_claimed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO bench_claim VALUES (NEW.job_id, clock_timestamp()) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER bench_claimed AFTER INSERT ON saas_job_lease
    FOR EACH ROW EXECUTE FUNCTION bench_claimed();
"""
STEPS = """
SELECT s.label, s.seconds FROM saas_job_step s JOIN saas_job j ON j.id = s.job_id
 WHERE j.tenant_id = ANY(%s) AND j.kind = 'provision_tenant' AND s.state = 'done'
 ORDER BY s.sequence
"""
CLAIMED = """
SELECT j.tenant_id, extract(epoch FROM c.at)::float8 FROM bench_claim c
  JOIN saas_job j ON j.id = c.job_id WHERE j.tenant_id = ANY(%s) AND j.kind = 'provision_tenant'
"""
WAIT = "SELECT count(*) FROM saas_job WHERE state IN ('waiting', 'running', 'undoing')"


@dataclass(frozen=True)
class Opened:
    """One tenant: instants of the click, of the answer to it, and of the login page."""

    tenant_id: int
    clicked: float
    answered: float
    served: float

    @property
    def seconds(self) -> float:
        return self.served - self.clicked


class Counter:
    """The operator's desk with everything that clicks need."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.operator = Operator(stack)
        self.doorstep = Doorstep(stack)
        self._cnx = psycopg2.connect(**stack.control_cluster.dsn(CONTROL_DATABASE))
        self._cnx.autocommit = True
        self.rows(CLAIMS)
        self._template = self.operator.one("saas.template", [("code", "=", TEMPLATE)], ["id"])["id"]
        self._plan = self.operator.one("saas.plan", [("code", "=", PLAN)], ["id"])["id"]
        self._number = 0

    def rows(self, statement: str, *values: object) -> list[tuple]:
        with self._cnx.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def draft(self) -> tuple[int, str]:
        """Fill in the form of one more tenant; return its id and host."""
        self._number += 1
        name = f"bench{self._number:03d}"
        values = {
            "name": f"Bench {self._number:03d}",
            "subdomain": name,
            "template_id": self._template,
            "plan_id": self._plan,
            "admin_name": "Ana Costa",
            "admin_email": f"ana@{name}.example",
        }
        return self.operator.call("saas.tenant", "create", [values])[0], f"{name}.localhost"

    def open_one(self) -> Opened:
        """Click, and wait for the page; then let the operation come to its end."""
        tenant_id, host = self.draft()
        self.doorstep.forget()
        times: dict[str, float] = {}

        def visit() -> None:
            times["served"] = self.doorstep.first_page(host)

        visitor = threading.Thread(target=visit)
        visitor.start()
        times["clicked"] = time.time()
        self.operator.press("saas.tenant", tenant_id, "action_provision")
        times["answered"] = time.time()
        visitor.join()
        self.settle()
        return Opened(tenant_id, times["clicked"], times["answered"], times["served"])

    def settle(self, seconds: float = 300) -> None:
        """Wait until no operation is open."""
        end = time.monotonic() + seconds
        while self.rows(WAIT)[0][0]:
            assert time.monotonic() < end, "operations do not come to their end"
            time.sleep(0.1)

    def fill(self, copies: int) -> float:
        """Have standby copies made and wait until the node has warmed them; return the seconds."""
        begun = time.monotonic()
        self.operator.call("saas.template", "write", [self._template], {"standby_wanted": copies})
        self.operator.press("saas.template", self._template, "action_fill_standby")
        self.settle()
        standby = "SELECT database FROM saas_route WHERE state = 'standby'"
        names = {name for (name,) in self.rows(standby)}
        assert len(names) == copies, f"{len(names)} standby copies instead of {copies}"
        self._wait_until_warm(names)
        return time.monotonic() - begun

    def _wait_until_warm(self, names: set[str]) -> None:
        """Every process of the node that serves pages says so in the log."""
        processes = max(1, self.stack.settings.node_workers)
        end = time.monotonic() + 300
        while True:
            log = self.stack.node.log.read_text(errors="replace")
            if all(log.count(f"standby {name} is warm") >= processes for name in names):
                return
            assert time.monotonic() < end, "the node does not warm its standby copies"
            time.sleep(0.2)

    def claimed(self, opened: Sequence[Opened]) -> dict[int, float]:
        """Return the instants at which the operations were taken, by tenant."""
        return dict(self.rows(CLAIMED, [one.tenant_id for one in opened]))

    def steps(self, opened: Sequence[Opened]) -> Iterator[tuple[str, list[float]]]:
        """Yield each step with the seconds it took."""
        found: dict[str, list[float]] = {}
        for label, seconds in self.rows(STEPS, [one.tenant_id for one in opened]):
            found.setdefault(label, []).append(float(seconds or 0))
        yield from found.items()

    def close(self) -> None:
        """Give both connections back."""
        self.doorstep.close()
        self._cnx.close()


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
    counter.operator.call("saas.template", "write", [counter._template], {"standby_wanted": 0})
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
