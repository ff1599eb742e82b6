"""A webhook whose deliveries go nowhere: what would be sent, and what comes of answers.

Owns: a key file, a webhook with a secret of its own, one delivery, its tries. Does not own: what is
played (`tests/vectors/records/webhooks.py`). Imports without Odoo.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

REFUSING = 500


class Catcher:
    """Takes parcels instead of sending them."""

    def __init__(self) -> None:
        self.parcels: list[Any] = []

    def send(self, parcel: Any) -> Any:
        """Keep a parcel and say that it was received."""
        from odoo.addons.saas_business_management.kernel.integration.answer import Answer

        self.parcels.append(parcel)
        return Answer(status=200)


@contextmanager
def key_file(stage: Any) -> Iterator[None]:
    """Let the control plane have a key file for the length of a block."""
    from odoo.addons.saas_business_management.adapters.keyring import Keyring

    with tempfile.TemporaryDirectory() as folder:
        ring = Keyring.create(Path(folder) / "keys.json")
        with patch.object(type(stage.env["saas.keyring"]), "_load", lambda _self: ring):
            yield


def receiver(stage: Any, secrets: Any) -> Any:
    """Return an enabled webhook that signs with these secrets, the newest first."""
    from odoo.addons.saas_business_management.kernel.secret import Secret

    made = stage.env["saas.webhook.endpoint"].create(
        {"name": "Example", "url": "https://hooks.example.com/"}
    )
    made.action_enable()
    names = ("secret_sealed", "former_secret_sealed")
    for name, secret in zip(names, secrets, strict=False):
        made._seal(name, Secret(secret))
    if secrets[1:]:
        made._put({"former_until": "2999-01-01"})
    return made


def emitted(stage: Any, endpoint: Any, **values: Any) -> Any:
    """Return the event of a test of a webhook, with what is asked of it instead of its own."""
    from odoo.addons.saas_business_management.kernel.integration.kinds import TEST

    event = stage.env["saas.webhook.event"]._emit(TEST, endpoint, {}, only=endpoint)
    if values:
        event._put(values)
    return event


def sent(row: Any, at: int = 0) -> Any:
    """Return the parcel of a delivery, signed at a second of the epoch."""
    from odoo import fields
    from odoo.addons.saas_business_management.jobs.deliver_webhooks import Courier

    catcher = Catcher()
    order = _desk(row)._order(row, False, fields.Datetime.now())
    Courier(catcher, clock=lambda: at)._send(order)
    return catcher.parcels[0]


def refuse(stage: Any, row: Any) -> int:
    """Try a delivery that is refused; go to its next try and return the seconds until then.

    0 when there is none.
    """
    from odoo import fields
    from odoo.addons.saas_business_management.kernel.integration.answer import Answer

    now, desk = fields.Datetime.now(), _desk(row)
    claimed = row._claim(row.endpoint_id.slow, 1, now)
    assert claimed == row, "it was due"
    desk._recorded(desk._order(row, False, now), Answer(status=REFUSING))
    if not row.next_at or row.state != "waiting":
        return 0
    stage.go_to(row.next_at)
    return int((row.next_at - now).total_seconds())


def _desk(row: Any) -> Any:
    from odoo.addons.saas_business_management.models.saas_job_webhook import Desk

    return Desk(row.sudo())
