"""A sender of webhooks as a process of its own: the real courier, on plain copies of the tables.

Owns: a desk in plain SQL around the product's own claim. Does not own: the statement, the courier.
"""

import ast
import os
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import psycopg2
from psycopg2 import errors
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ

from saas_business_management.adapters.poster import Poster
from saas_business_management.jobs.deliver_webhooks import Courier, Order
from saas_business_management.kernel.secret import Secret

MODEL = Path(__file__).parents[2] / "saas_business_management/models/saas_webhook_delivery.py"
TABLES = """
CREATE TABLE saas_webhook_endpoint (
    id serial PRIMARY KEY, url text, parallel int DEFAULT 1, state text DEFAULT 'enabled',
    active boolean DEFAULT true, slow boolean DEFAULT false, failing_since timestamp);
CREATE TABLE saas_webhook_delivery (
    id serial PRIMARY KEY, endpoint_id int, subject text, state text DEFAULT 'waiting',
    next_at timestamp DEFAULT '2020-01-01', leased_until timestamp, attempt_count int DEFAULT 0);
CREATE INDEX ON saas_webhook_delivery (endpoint_id, subject, id) WHERE state = 'waiting';
CREATE INDEX ON saas_webhook_delivery (endpoint_id, id) WHERE state = 'waiting';
"""
TAKE = """
UPDATE saas_webhook_delivery d
   SET leased_until = %s, attempt_count = attempt_count + 1
  FROM saas_webhook_endpoint e WHERE e.id = d.endpoint_id AND d.id = %s
RETURNING d.id, d.attempt_count, e.url
"""
TOOK = """
UPDATE saas_webhook_delivery SET state = 'delivered', leased_until = NULL
 WHERE id = %s AND attempt_count = %s
"""


def claim_statement() -> str:
    """Return the statement of the product, as it stands in its model."""
    for node in ast.parse(MODEL.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "CLAIM":
            return ast.literal_eval(node.value)
    raise LookupError("CLAIM")


class PlainDesk:
    """`jobs.deliver_webhooks.Desk` in plain SQL."""

    def __init__(self, line, lease_seconds: float) -> None:
        self._line, self._lease = line, timedelta(seconds=lease_seconds)
        self._claim = claim_statement()

    def claim(self, fast: int, slow: int) -> list[Order]:
        """Take due deliveries; nothing when somebody cut across."""
        try:
            return self._taken(fast)
        except errors.SerializationFailure:
            self._line.rollback()
            return []

    def left(self) -> int:
        """Return how many deliveries wait."""
        with self._line, self._line.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM saas_webhook_delivery WHERE state = 'waiting'")
            return cursor.fetchone()[0]

    def record(self, order: Order, answer) -> None:
        """Write down that one was received."""
        if answer.received:
            with self._line, self._line.cursor() as cursor:
                cursor.execute(TOOK, [order.delivery_id, order.attempt])

    def _taken(self, most: int) -> list[Order]:
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        with self._line, self._line.cursor() as cursor:
            cursor.execute(self._claim, {"now": now, "slow": False, "most": most})
            rows = []
            for (number,) in cursor.fetchall():
                cursor.execute(TAKE, [now + self._lease, number])
                rows.append(cursor.fetchone())
        return [
            Order(
                delivery_id=number,
                attempt=attempt,
                url=url,
                body=b'{"id":"evt_%d"}' % number,
                event_id=f"evt_{number}",
                kind="tenant.created",
                secrets=[Secret("whsec_test")],
                inside_allowed=True,
            )
            for number, attempt, url in rows
        ]


def main(seconds: float, lease_seconds: float) -> None:
    """Send for some seconds, or until nothing waits."""
    line = psycopg2.connect(os.environ["WEBHOOKS"])
    line.set_session(isolation_level=ISOLATION_LEVEL_REPEATABLE_READ)
    print("ready", flush=True)
    desk, courier = PlainDesk(line, lease_seconds), Courier(Poster(whole_seconds=20))
    end = time.monotonic() + seconds
    while time.monotonic() < end and desk.left():
        courier.run(desk, end - time.monotonic())
        time.sleep(0.05)


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]))
