"""Usage as files bring it: a line for one event, read and kept as an import does.

Owns: writing the line, what became of it. Does not own: what is played
(`tests/vectors/records/metering.py`). Imports without Odoo.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

HEADING = "subscription;meter;from;until;quantity;key"
SECONDS = timedelta(seconds=1)


def imported(stage: Any, one: Any, meter: Any, event: Any, source: str) -> str:
    """Keep an event as a line of its own file; return what the import says of it.

    `event` is (key, aware instant, quantity); the line ends with the event's instant.
    """
    key, at, quantity = event
    first, last = [f"{when:%Y-%m-%dT%H:%M:%SZ}" for when in (at - SECONDS, at)]
    line = f"{one.name};{meter.code};{first};{last};{quantity};{key}"
    buckets = stage.env["saas.usage.bucket"]
    (row,) = buckets._read_sheet(f"{HEADING}\n{line}\n".encode(), source, stage.company)
    if row["state"] == "new":
        buckets.create(row["values"])
    return row["state"]


def kept(stage: Any, one: Any) -> Any:
    """Return the usage that was kept of a subscription."""
    return stage.env["saas.usage.bucket"].search([("subscription_id", "=", one.id)])
