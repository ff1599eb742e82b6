"""What a closed tenant costs, how fast a state is everywhere, what a big map costs.

Owns: asking the node, changing rows of the route map as the control plane does. Does not own: the
node and its tenants (`stage.py`, `counter.py`).
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2

from tests.bench.counter import Counter
from tests.bench.routing import PAGE, STATIC, Door, ask
from tests.helpers.bench import Report, at_most, median, percentile

REFUSALS, CHANGES, PAGES, HOSTS = 500, 100, 150, 1000
ASKERS, WATCH_SECONDS = 4, 0.2
STATE = "UPDATE saas_route SET state = %s, reason = %s WHERE host = %s"
ADD_HOSTS = """
INSERT INTO saas_route (node_role, host, database, database_id, generation, state)
SELECT node_role, 'many' || n || '.localhost', 't_many' || n, database_id, 1, 'active'
  FROM saas_route, generate_series(1, %s) AS n WHERE host = %s
"""
DROP_HOSTS = "UPDATE saas_route SET host = NULL, state = 'gone' WHERE database LIKE 't_many%%'"
WORK = """
SELECT xact_commit + xact_rollback FROM pg_stat_database
 WHERE datname = (SELECT datname FROM pg_database WHERE datname = %s)
"""


def measure_states(counter: Counter, report: Report) -> None:
    """Measure with one tenant of the stage, which is open again at the end."""
    opened = counter.open_one()
    host = counter.operator.one("saas.tenant", [("id", "=", opened.tenant_id)], ["host"])["host"]
    port = counter.stack.settings.node_port
    _measure_hosts(counter, port, host, report)
    _measure_refusal(counter, port, host, report)
    _measure_changes(counter, port, host, report)


def _measure_refusal(counter: Counter, port: int, host: str, report: Report) -> None:
    with _suspended(counter, host):
        _until(port, host, 402)
        database = counter.rows("SELECT database FROM saas_route WHERE host = %s", host)[0][0]
        before = _transactions(counter, database)
        took = []
        for _ in range(REFUSALS):
            begun = time.perf_counter()
            status, _headers, _body = ask(port, host, PAGE)
            took.append((time.perf_counter() - begun) * 1000)
            assert status == 402
        touched = _transactions(counter, database) - before
    report.add(
        "refusal",
        took,
        "ms",
        "page of a suspended tenant, from connecting to the last byte",
        at_most(median(took), 2, "p50 ≤ 2 ms"),
    )
    report.add(
        "refusal_transactions",
        [touched],
        "",
        f"transactions in its database during {REFUSALS} refusals",
        at_most(touched, 0, "none"),
    )


def _measure_changes(counter: Counter, port: int, host: str, report: Report) -> None:
    late = []
    for number in range(CHANGES):
        closes = number % 2 == 0
        late.append(_last_wrong_answer(counter, port, host, closes))
    _until(port, host, 200)
    report.add(
        "state_change",
        late,
        "ms",
        "commit of a state → last request of any worker that was answered by the old one",
        at_most(percentile(late, 0.99), 100, "p99 ≤ 100 ms"),
    )


def _last_wrong_answer(counter: Counter, port: int, host: str, closes: bool) -> float:
    """Return how long after the commit a request still began that met the old state."""
    old = 200 if closes else 402
    wrong: list[float] = []
    stop = threading.Event()

    def visit() -> None:
        while not stop.is_set():
            begun = time.perf_counter()
            if ask(port, host, STATIC)[0] == old:
                wrong.append(begun)

    askers = [threading.Thread(target=visit) for _ in range(ASKERS)]
    for asker in askers:
        asker.start()
    time.sleep(0.05)
    counter.rows(STATE, *(("suspended", "payment") if closes else ("active", None)), host)
    committed = time.perf_counter()
    time.sleep(WATCH_SECONDS)
    stop.set()
    for asker in askers:
        asker.join()
    return max(0.0, (max(wrong, default=committed) - committed) * 1000)


def _measure_hosts(counter: Counter, port: int, host: str, report: Report) -> None:
    door = Door(port, host)
    few = _pages(door)
    counter.rows(ADD_HOSTS, HOSTS, host)
    _until(port, f"many{HOSTS}.localhost", 503)
    many = _pages(door)
    counter.rows(DROP_HOSTS)
    report.add("login_few_hosts", few, "ms", "login page, few hosts in the map")
    report.add(
        "login_many_hosts",
        many,
        "ms",
        f"login page, {HOSTS} hosts in the map",
        at_most(median(many), median(few) * 1.1, "not slower (p50 within a tenth)"),
    )


def _pages(door: Door) -> list[float]:
    return [door.milliseconds(PAGE, known=False) for _ in range(PAGES + 20)][20:]


@contextmanager
def _suspended(counter: Counter, host: str) -> Iterator[None]:
    counter.rows(STATE, "suspended", "payment", host)
    try:
        yield
    finally:
        counter.rows(STATE, "active", None, host)


def _transactions(counter: Counter, database: str) -> int:
    """Return how many transactions a tenant's database had, after its server counted them."""
    time.sleep(2)
    cnx = psycopg2.connect(**counter.stack.tenant_cluster.dsn("postgres"))
    with cnx, cnx.cursor() as cursor:
        cursor.execute(WORK, [database])
        found = cursor.fetchone()[0]
    cnx.close()
    return found


def _until(port: int, host: str, status: int) -> None:
    end = time.monotonic() + 20
    while any(ask(port, host, PAGE)[0] != status for _ in range(8)):
        assert time.monotonic() < end, f"{host} never answers {status}"
        time.sleep(0.02)
