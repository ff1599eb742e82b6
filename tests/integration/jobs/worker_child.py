"""A worker process: runs jobs of one kind by the real worker and runner until nothing is due.

Told by variables: CONTROL_… where, WORKER_NAME, WORKER_STALE seconds, WORKER_SECONDS to stay even
when idle, WORKER_ROOT filestore, WORKER_DEAF to ignore the heartbeat, WORKER_WAITS to say `ready`
and begin when standard input is closed, SAAS_FAILPOINT. The last line is how many jobs it ran.
"""

import os
import sys

import psycopg2

from tests import bare

bare.install()

from saas_business_management.adapters.clock import SystemClock  # noqa: E402
from saas_business_management.adapters.filestore import LocalFilestore  # noqa: E402
from saas_business_management.jobs.base import Context, Job, Runner, Step  # noqa: E402
from saas_business_management.jobs.failpoint import Failpoints  # noqa: E402
from saas_business_management.jobs.ports import Ports  # noqa: E402
from saas_business_management.jobs.worker import Worker  # noqa: E402
from tests.integration.jobs.control import NAMES, SqlJournal, SqlRecords  # noqa: E402

GOLDEN, COPY = "g_" + "a" * 26, "t_" + "a" * 26


def _look(ctx: Context) -> dict[str, int]:
    ctx.records.call("thing", "look")
    return {"seen_under": ctx.fence}


def _write(ctx: Context) -> None:
    if ctx.ports.filestore is not None:
        ctx.ports.filestore.clone(GOLDEN, COPY, ctx.fence)
        ctx.ports.filestore.drop(COPY)
    ctx.records.call("thing", "write")


EXAM = Job("exam", "Exam", (Step("look", "Look", _look), Step("write", "Write", _write)))


def main() -> None:
    told = {name: os.environ[f"CONTROL_{name.upper()}"] for name in NAMES}
    name = os.environ["WORKER_NAME"]
    cnx = psycopg2.connect(**told)
    cnx.set_session(isolation_level="REPEATABLE READ")
    root = os.environ.get("WORKER_ROOT")
    ports = Ports(SystemClock(), filestore=LocalFilestore(root) if root else None)
    failpoints = Failpoints(os.environ.get("SAAS_FAILPOINT", ""))

    def run(job_id: int, fence: int, _deaths: int) -> None:
        journal = SqlJournal(cnx, job_id, fence, [step.name for step in EXAM.steps])
        records = SqlRecords(cnx, job_id, fence, name)
        alive = None if os.environ.get("WORKER_DEAF") else worker.alive
        Runner(EXAM, journal, records, ports, {}, fence, failpoints, alive).run()

    worker = Worker(told, name, run, float(os.environ["WORKER_STALE"]))
    if os.environ.get("WORKER_WAITS"):
        print("ready", flush=True)
        sys.stdin.read()
    seconds = os.environ.get("WORKER_SECONDS")
    print(worker.run(float(seconds or 3600), until_idle=not seconds), flush=True)
    worker.close()


if __name__ == "__main__":
    main()
