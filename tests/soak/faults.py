"""What goes wrong while operations are under way: processes that die, servers that go down.

Owns: doing it, and bringing back what a person would bring back. Does not own: who chooses when.
"""

import os
import random
import signal
import time
from contextlib import closing

import psycopg2

from dev.postgres import PrivateCluster
from tests.soak.stage import STALE_SECONDS, Stage

SESSIONS = """
SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
   AND application_name <> 'soak'
"""
WRITERS = SESSIONS.replace("<> 'soak'", "= 'soak'")


class Faults:
    """Each method is a misfortune; `happen` chooses one by the dice and returns its name."""

    # How often each comes, in relation to the others: cheap ones more often.
    SHARES = (
        ("session", 10), ("writer", 4), ("worker", 3), ("stopped_worker", 1), ("node", 1),
        ("other_node", 1), ("tenants_fast", 1), ("tenants_crash", 1), ("other_crash", 1),
        ("control_fast", 1), ("control_crash", 1), ("backend_crash", 1),
    )  # fmt: skip

    def __init__(self, stage: Stage, dice: random.Random) -> None:
        self._stage, self._dice = stage, dice
        self.count: dict[str, int] = {}

    def happen(self) -> str:
        """Let one happen; back when what a person would start again runs again."""
        names, shares = zip(*self.SHARES, strict=True)
        name = self._dice.choices(names, shares)[0]
        getattr(self, name)()
        self.count[name] = self.count.get(name, 0) + 1
        return name

    def session(self) -> None:
        """Cut off some of the sessions of workers, nodes and programs at a server."""
        self._cut_off(self._server(), SESSIONS)

    def writer(self) -> None:
        """Cut off a customer in the middle of writing."""
        self._cut_off(self._dice.choice(self._tenants()), WRITERS)

    def worker(self) -> None:
        """Kill the worker with everything it is at; another one is started."""
        self._stage.stack.worker.kill()
        self._stage.stack.start_worker()

    def stopped_worker(self) -> None:
        """Stop the worker until others may think it dead, then let it go on."""
        pid = self._stage.stack.worker.pid
        if pid is not None:
            os.kill(pid, signal.SIGSTOP)
            time.sleep(STALE_SECONDS * 1.5)
            os.kill(pid, signal.SIGCONT)

    def node(self) -> None:
        """Kill the first node."""
        self._stage.stack.node.kill()
        self._stage.stack.start_node()

    def other_node(self) -> None:
        """Kill the other node."""
        self._stage.place.node.kill()
        self._stage.place.start_node()

    def tenants_fast(self) -> None:
        """Restart the first server of tenants in order."""
        self._stage.stack.tenant_cluster.restart("fast")

    def tenants_crash(self) -> None:
        """Let the first server of tenants crash and recover."""
        self._stage.stack.tenant_cluster.restart("immediate")

    def other_crash(self) -> None:
        """Let the other server of tenants crash and recover."""
        self._stage.place.cluster.restart("immediate")

    def control_fast(self) -> None:
        """Restart the control database's server in order."""
        self._stage.stack.control_cluster.restart("fast")

    def control_crash(self) -> None:
        """Let the control database's server crash and recover."""
        self._stage.stack.control_cluster.restart("immediate")

    def backend_crash(self) -> None:
        """Kill one backend: the server ends all sessions and recovers."""
        pids = self._pids(self._dice.choice(self._tenants()), SESSIONS)
        if pids:
            os.kill(self._dice.choice(pids), signal.SIGKILL)

    def _tenants(self) -> list[PrivateCluster]:
        return [self._stage.stack.tenant_cluster, self._stage.place.cluster]

    def _server(self) -> PrivateCluster:
        return self._dice.choice([*self._tenants(), self._stage.stack.control_cluster])

    def _cut_off(self, cluster: PrivateCluster, which: str) -> None:
        pids = self._pids(cluster, which)
        for pid in self._dice.sample(pids, min(len(pids), 3)):
            with closing(psycopg2.connect(**cluster.dsn())) as cnx, cnx.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", (pid,))

    def _pids(self, cluster: PrivateCluster, which: str) -> list[int]:
        try:
            with closing(psycopg2.connect(**cluster.dsn())) as cnx, cnx.cursor() as cursor:
                cursor.execute(which)
                return [pid for (pid,) in cursor.fetchall()]
        except psycopg2.OperationalError:
            # It still recovers from the misfortune before.
            return []
