"""What must hold when everything has come to its end, told as complaints.

Owns: one live copy of each tenant, equal to what was confirmed, served where it is; the audits.
Does not own: the audits' rules (`helpers/audit.py`).
"""

import time
from collections.abc import Iterator
from contextlib import closing

import psycopg2

from tests.helpers.second_place import KEY
from tests.soak.ledger import READ
from tests.soak.operations import Tenant
from tests.soak.stage import Stage

AUDITS = """
from tests.helpers import audit
clusters = env["saas.cluster"].search([])
FOUND(sorted({told for cluster in clusters for told in audit.findings(cluster)}))
"""
COPIES = """
SELECT c.key, c.pg_host, c.pg_port, d.name, d.generation, d.id = t.database_id
  FROM saas_database d JOIN saas_tenant t ON t.id = d.tenant_id
  JOIN saas_cluster c ON c.id = d.cluster_id
 WHERE t.subdomain = %s AND d.stage <> 'dropped' ORDER BY d.id
"""
STANDS = """
SELECT t.state, t.host, c.key FROM saas_tenant t JOIN saas_cluster c ON c.id = t.cluster_id
 WHERE t.subdomain = %s
"""
TRY = "INSERT INTO soak_ledger VALUES (-1)"
PAGE_SECONDS = 60


def complaints(stage: Stage, tenants: list[Tenant]) -> list[str]:
    """Look at everything; nobody writes meanwhile."""
    for one in tenants:
        one.ledger.rest()
    try:
        told = [f"audit: {one}" for one in stage.ask(AUDITS)]
        for one in tenants:
            told += _data(stage, one)
            told += [f"{one.subdomain}: {what}" for what in _copies(stage, one)]
            told += [f"{one.subdomain}: {what}" for what in _page(stage, one)]
            told += one.ledger.faults
            one.ledger.faults = []
        return told
    finally:
        for one in tenants:
            one.ledger.go_on()


def _data(stage: Stage, one: Tenant) -> list[str]:
    with one.ledger.lock:
        one.ledger.settle([n for (n,) in stage.read(one.subdomain, READ)], "at rest")
    return []


def _copies(stage: Stage, one: Tenant) -> Iterator[str]:
    """Exactly one copy takes what a node would write: the live one, none of a closed tenant."""
    takes, live = [], []
    for key, host, port, name, generation, counts in stage.rows(COPIES, one.subdomain):
        if _takes(stage, key, host, port, name, generation):
            takes.append(f"{key}/{name}")
        if counts:
            live.append(f"{key}/{name}")
    if len(live) != 1:
        yield f"{len(live)} databases are its own"
    if takes != ([] if one.suspended else live):
        yield f"{takes} take writes, {live} is live, suspended: {one.suspended}"


def _takes(stage: Stage, key: str, host: str, port: int, name: str, generation: int) -> bool:
    try:
        place = stage.login(key, host, port, name, generation)
        with closing(place.connect()) as cnx, cnx.cursor() as cursor:
            cursor.execute(TRY)
            cnx.rollback()
        return True
    except psycopg2.Error:
        return False


def _page(stage: Stage, one: Tenant) -> list[str]:
    """The node of its cluster serves it, the other one does not know it."""
    state, host, key = stage.rows(STANDS, one.subdomain)[0]
    wanted = KEY if key == KEY else "first"
    end = time.monotonic() + PAGE_SECONDS
    while True:
        status, _body, who = stage.place.ask(host)
        served = status == 200 and who == wanted
        if served != one.suspended:
            return []
        if time.monotonic() > end:
            return [f"page {status} from {who}, lives at {wanted}, {state}"]
        time.sleep(0.5)
