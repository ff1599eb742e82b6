"""A worker process for the tests of the lease: `drain NAME` or `hold NAME STALE_SECONDS`.

Owns: doing nothing but what the claim needs to be seen. The queue is named by QUEUE_* variables.
"""

import os
import sys
from contextlib import closing

import psycopg2

from tests import bare

bare.install()

from saas_business_management.adapters.lease import Heartbeat, JobLease  # noqa: E402
from saas_business_management.adapters.postgres.connect import Server  # noqa: E402
from saas_business_management.kernel.secret import Secret  # noqa: E402


def server():
    """The control database of the test that started us."""
    names = ("host", "port", "user", "password", "database")
    told = {name: os.environ[f"QUEUE_{name.upper()}"] for name in names}
    password = Secret(told["password"])
    return Server(told["host"], int(told["port"]), told["user"], password, told["database"])


def drain(name):
    """Do every job there is, count them; one of a busy serial key comes back when the other is
    done. It begins when standard input is closed.
    """
    print("ready", flush=True)
    sys.stdin.read()
    login, count, idle = server(), 0, 0
    cnx = psycopg2.connect(
        host=login.host,
        port=login.port,
        user=login.user,
        password=login.password.reveal(),
        dbname=login.database,
    )
    with closing(JobLease(login)) as lease, closing(cnx), cnx.cursor() as cursor:
        while idle < 20:
            claimed = lease.claim(name)
            if claimed is None:
                idle += 1
                lease.wait(0.02)
                continue
            idle, count = 0, count + 1
            do(cursor, claimed, name)
            cnx.commit()
            lease.release(claimed.job_id, claimed.fence)
    print(count)


def do(cursor, claimed, name):
    """The work: a line, and the state, both in one transaction."""
    cursor.execute("INSERT INTO done VALUES (%s, %s, %s)", (claimed.job_id, claimed.fence, name))
    cursor.execute(
        "UPDATE saas_job SET state = 'done' WHERE id = %s AND fence = %s",
        (claimed.job_id, claimed.fence),
    )


def hold(name, stale):
    """Claim one job and stay with it until it is lost."""
    with closing(JobLease(server(), stale)) as lease:
        claimed = lease.claim(name)
    print(claimed.job_id, flush=True)
    with Heartbeat(server(), claimed.job_id, claimed.fence, stale / 6, stale) as heart:
        heart.lost.wait(60)
    print("lost", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "drain":
        drain(sys.argv[2])
    else:
        hold(sys.argv[2], float(sys.argv[3]))
