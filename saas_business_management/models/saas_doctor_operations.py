"""The doctor's check of operations: audit A7 over the open ones, by the control database's clock.

Owns: reading what the audit looks at, telling people. Does not own: which age makes an operation
stuck (`kernel/provisioning/stuck.py`), the lease (`saas_job_lease`, written by the claim alone).
"""

from collections.abc import Iterator
from typing import Any

from odoo import api, models
from odoo.tools import SQL

from ..kernel.provisioning.stuck import OperationFacts, Patience, stuck
from ..kernel.work.states import UNSETTLED

PATIENCE = Patience()


class SaasJob(models.Model):
    _inherit = "saas.job"

    @api.model
    @api.private
    def _stuck(self) -> list[tuple[models.Model, str]]:
        """Return each operation nobody works on although somebody should, with the reason why."""
        facts = self._operation_facts()
        jobs = {one.name: self.browse(number) for number, one in facts}
        return [(jobs[one.name], one.facts["why"]) for one in stuck(one for _, one in facts)]

    @api.model
    @api.private
    def _operation_facts(self) -> list[tuple[int, OperationFacts]]:
        """Return id and ages of every operation that is not settled."""
        self.flush_model(["state", "due_at", "fence"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT j.id, j.kind, j.state,
                       extract(epoch FROM clock_timestamp() AT TIME ZONE 'UTC' - j.due_at),
                       extract(epoch FROM clock_timestamp() - l.beat_at)
                  FROM saas_job j
                  LEFT JOIN saas_job_lease l ON l.job_id = j.id AND l.fence = j.fence
                 WHERE j.state = ANY(%s)
                """,
                list(UNSETTLED),
            )
        )
        return [
            (
                number,
                OperationFacts(
                    name=f"{kind} {number}",
                    state=state,
                    due_age_seconds=float(due_age),
                    beat_age_seconds=None if beat_age is None else float(beat_age),
                ),
            )
            for number, kind, state, due_age, beat_age in rows
        ]


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        found = self.env["saas.job"]._stuck()
        yield from (self._tell_stuck(job, why) for job, why in found)
        if not found:
            what = self.env._("No operation waits too long or needs a person")
            yield self._told("operation_stuck", "work", "ok", what)

    def _tell_stuck(self, job: models.Model, why: str) -> dict[str, Any]:
        _ = self.env._
        minutes = {
            "no_heartbeat": round(PATIENCE.beat_seconds / 60),
            "not_started": round(PATIENCE.start_seconds / 60),
        }.get(why)
        worker = _("Look whether the control worker runs: it takes the operation over by itself.")
        what, because, mend = {
            "gave_up": (
                _("“%(job)s” gave up", job=job.label),
                job.error_text or "",
                _("Open it, mend the cause and choose Retry or Undo."),
            ),
            "no_heartbeat": (
                _("“%(job)s” stands still", job=job.label),
                _("Its worker has given no sign of life for %(minutes)s minutes.", minutes=minutes),
                worker,
            ),
            "not_started": (
                _("“%(job)s” waits for a worker", job=job.label),
                _("It has been due for over %(minutes)s minutes.", minutes=minutes),
                worker,
            ),
        }[why]
        return self._told("operation_stuck", "work", "failing", what, because, mend, job)
