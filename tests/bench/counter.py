"""The operator's counter: orders tenants, follows them, fills standby copies.

Owns: clicks, the clock around them, what the records say of them. Does not own: which clicks are
measured (`clicks.py`).
"""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import psycopg2

from dev.settings import CONTROL_DATABASE
from dev.stack import Stack
from tests.bench.desk import Doorstep, Operator
from tests.bench.stage import PLAN, TEMPLATE

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
        self.template = self.operator.one("saas.template", [("code", "=", TEMPLATE)], ["id"])["id"]
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
            "template_id": self.template,
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
        self.operator.call("saas.template", "write", [self.template], {"standby_wanted": copies})
        self.operator.press("saas.template", self.template, "action_fill_standby")
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
