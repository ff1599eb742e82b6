"""The doctor: what usually fails, looked at before it does, each finding with its mend.

Owns: gathering findings, keeping them, asking again. Does not own: the single checks, each in a
file of its own. They read records and configuration; what needs the network is an operation.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from odoo import api, fields, models

LEVELS = [
    ("failing", "Failing"),
    ("warning", "Warning"),
    ("unknown", "Not Checked"),
    ("ok", "Healthy"),
]
RANKS = {level: rank for rank, (level, _label) in enumerate(LEVELS)}


class SaasDoctor(models.AbstractModel):
    _name = "saas.doctor"
    _description = "Doctor"

    @api.model
    @api.private
    def _run(self) -> list[dict[str, Any]]:
        """Look at everything and return findings, the worst first.

        Each has `code, area, level, what, why, mend` and `record`, which may be None.
        """
        found = self.sudo()._look_around()
        return sorted(found, key=lambda one: (RANKS[one["level"]], one["area"], one["code"]))

    def _look_around(self) -> Iterator[dict[str, Any]]:
        """Yield every finding, good ones included."""
        yield from ()

    @api.model
    def _told(
        self,
        code: str,
        area: str,
        level: str,
        what: str,
        why: str = "",
        mend: str = "",
        record: models.Model | None = None,
    ) -> dict[str, Any]:
        """Return a finding; a good one needs no reason and no mend."""
        if level == "ok":
            why = mend = ""
        told = {"code": code, "area": area, "level": level, "what": what}
        return {**told, "why": why, "mend": mend, "record": record or None}

    @api.private
    def _step_look(self) -> dict[str, Any]:
        """Look and keep what was found."""
        found = self._run()
        self.env["saas.doctor.finding"].sudo()._replace(found)
        return {level: sum(one["level"] == level for one in found) for level in RANKS}

    @api.model
    def action_check_again(self) -> dict:
        """Look at once at what can be seen from here, and have every cluster tested."""
        self.env["saas.tenant"].check_access("write")
        self._step_look()
        self.env["saas.cluster"].search([])._test_connection()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _cron_check(self) -> None:
        """Look every day, and test every cluster."""
        self.env["saas.cluster"].search([])._test_connection()
        self._step_look()

    @api.model
    def _age(self, moment: datetime) -> float:
        """Return the hours since a moment."""
        return (fields.Datetime.now() - moment).total_seconds() / 3600
