"""The journal of a running operation: every commit of its course, and what a failure means.

Owns: `jobs.journal.Journal` and `jobs.journal.Records` on records. Does not own: the order and the
buttons (`saas_job.py`), the worker (`saas_job_run.py`), the steps (`jobs/`).
"""

import random
import time
from contextlib import contextmanager

from odoo import fields
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from .. import messages
from ..jobs.journal import StaleWorker
from ..jobs.registry import JOBS
from ..kernel.errors import SaasError
from ..kernel.work.retry import RetryAt, decide
from .saas_job_course import Course

LINES_EVERY_SECONDS = 1.0
# A word to open screens costs the bus a connection of its own, so quick work says only its end.
TELL_EVERY_SECONDS = 0.5
LONG_STEP_WEIGHT = 4
# Beside the operation these stand in the log that is searched over all tenants.
WORTH_A_LOOK = ("warning", "error")
HELD = "SELECT fence FROM saas_job WHERE id = %s FOR NO KEY UPDATE"
NOT_BLOCKED = {"attempts": 0, "blocked_at": False}


class Journal:
    """Writes the course of one claimed operation; `jobs.journal.Journal` has the promises."""

    def __init__(self, job_sudo, fence):
        self.job_sudo = job_sudo
        self.fence = fence
        self._course = Course(job_sudo.env.cr, job_sudo.id)
        self._began_at = None
        self._lines = []
        self._flushed_at = 0.0
        self._told_at = time.monotonic()

    # What was written before

    def states(self):
        return self._course.states()

    def facts(self):
        return dict(self.job_sudo.facts or {})

    def undoing(self):
        return self.job_sudo.state == "undoing"

    def cancel_wanted(self):
        requests = self.job_sudo.env["saas.job.request"]
        return bool(requests.search_count([("job_id", "=", self.job_sudo.id)], limit=1))

    # Forward

    def restart(self, names):
        self._course.restart(names)
        self.job_sudo.step_ids.invalidate_recordset(flush=False)

    def advance(self, done, facts, skipped, then, progress):
        now = fields.Datetime.now()
        took = self._took() if done else None
        with self._commit(self._course.move(self.fence, now, done, facts, then, progress)):
            self._course.move_steps(now, done, took, facts, skipped, then)
            self._tell(now=not then or self._is_long(then))
        self._began_at = time.monotonic() if then else None

    def failed(self, step, error, trace):
        verdict = self._verdict(error)
        again = isinstance(verdict, RetryAt)
        values = self._waiting(verdict) if again else {"state": "undoing", **NOT_BLOCKED}
        self._record(step, error, trace, values, again)
        return not again

    def stuck(self, step, error, trace):
        verdict = self._verdict(error, undoing=True)
        again = isinstance(verdict, RetryAt)
        values = self._ended("dead", fields.Datetime.now())
        if again:
            # On its way back it stays there; fence 0 says that nobody carries it until it is due.
            free = {"fence": 0} if self.undoing() else {"state": "waiting"}
            values = self._later(verdict) | free
        self._record(step, error, trace, values, again)

    # Back

    def undone(self, step):
        with self._commit():
            self._steps([step]).write({"state": "undone"})
            self.job_sudo.write(NOT_BLOCKED)
            self._tell(now=False)

    def undo_failed(self, step, error, trace):
        verdict = self._verdict(error, undoing=True)
        text = messages.text(self.job_sudo.env, error)
        if isinstance(verdict, RetryAt):
            values = self._later(verdict) | {"fence": 0}
        else:
            values = self._problem(error, text, trace)
            values |= self._ended("dead", fields.Datetime.now())
        with self._commit():
            self.job_sudo.write(values)
            self._tell()
        self._say(text, "error")

    def end_undone(self):
        with self._commit():
            cancelled = self.job_sudo.error_code == "operation_cancelled"
            state = "cancelled" if cancelled else "failed"
            self.job_sudo.write(self._ended(state, fields.Datetime.now()))
            self._tell()

    def died_too_often(self):
        """Give up an operation whose workers keep dying; a person has to look."""
        error = SaasError("worker_died", deaths=self.job_sudo.deaths)
        text = messages.text(self.job_sudo.env, error)
        with self._commit():
            ended = self._ended("dead", fields.Datetime.now())
            self.job_sudo.write(self._problem(error, text, "") | ended)
            self._tell()

    def rollback(self):
        self.job_sudo.env.cr.rollback()
        self.job_sudo.env.invalidate_all()

    # Log lines go out at once, on a cursor of their own

    def line(self, text, level="info"):
        now = fields.Datetime.now()
        values = {"job_id": self.job_sudo.id, "text": text[:4000], "level": level, "at": now}
        self._lines.append(values)
        if len(self._lines) >= 200 or time.monotonic() - self._flushed_at > LINES_EVERY_SECONDS:
            self.flush_lines()

    def flush_lines(self):
        lines, self._lines = self._lines, []
        self._flushed_at = time.monotonic()
        if not lines:
            return
        with self.job_sudo.env.registry.cursor() as cr:
            env = self.job_sudo.env(cr=cr)
            env["saas.job.line"].create(lines)
            job_sudo = env["saas.job"].browse(self.job_sudo.id)
            told = [(one["level"], one["text"]) for one in lines if one["level"] in WORTH_A_LOOK]
            env["saas.log.line"].sudo()._add_of_job(job_sudo, told)
            job_sudo._tell_people({"lines": len(lines)})

    # Parts

    @contextmanager
    def _commit(self, held=None):
        """Commit what is written inside, and what the step wrote to records, if the claim holds.

        `held` is a statement that returns the fence while it is ours.
        """
        cr = self.job_sudo.env.cr
        try:
            cr.execute(held or SQL(HELD, self.job_sudo.id), log_exceptions=False)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # The row has changed since this transaction began: another worker has claimed it.
            raise StaleWorker(self.job_sudo.id) from None
        row = cr.fetchone()
        if not row or row[0] != self.fence:
            raise StaleWorker(self.job_sudo.id)
        yield
        self.job_sudo.env.flush_all()
        cr.commit()

    def _record(self, step, error, trace, values, again):
        """Write a failure down: what follows from it for the operation, and for its step."""
        text = messages.text(self.job_sudo.env, error)
        marked = {} if again else {"state": "failed", "ended_at": fields.Datetime.now()}
        with self._commit():
            self._steps([step]).write({"error_text": text, **marked})
            self.job_sudo.write(self._problem(error, text, trace) | values)
            self._tell()
        self._say(text, "warning" if again else "error")

    def _say(self, text, level):
        self.line(text, level)
        self.flush_lines()

    def _steps(self, names):
        return self.job_sudo.step_ids.filtered(lambda step: step.name in names)

    def _took(self):
        """Return the seconds of the step at hand, None when another worker began it."""
        return None if self._began_at is None else round(time.monotonic() - self._began_at, 3)

    def _verdict(self, error, undoing=False):
        since = self.job_sudo.blocked_at
        waited = (fields.Datetime.now() - since).total_seconds() if since else 0.0
        return decide(
            error.kind,
            attempts=self.job_sudo.attempts + 1,
            waited_seconds=waited,
            give_up_seconds=JOBS[self.job_sudo.kind].give_up_seconds,
            jitter=random.random(),
            undoing=undoing,
        )

    def _later(self, verdict):
        now = fields.Datetime.now()
        return {
            "attempts": self.job_sudo.attempts + 1,
            "blocked_at": self.job_sudo.blocked_at or now,
            "due_at": fields.Datetime.add(now, seconds=verdict.seconds),
        }

    def _waiting(self, verdict):
        return self._later(verdict) | {"state": "waiting"}

    def _ended(self, state, now):
        started = self.job_sudo.started_at or now
        return {
            "state": state,
            "ended_at": now,
            "step_now": False,
            "seconds": max(0.0, (now - started).total_seconds()),
        }

    def _problem(self, error, text, trace):
        return {
            "error_code": error.code,
            "error_kind": error.kind,
            "error_text": text,
            "error_trace": trace or False,
        }

    def _is_long(self, name):
        steps = JOBS[self.job_sudo.kind].steps
        return any(step.weight >= LONG_STEP_WEIGHT for step in steps if step.name == name)

    def _tell(self, now=True):
        """Tell open screens with the next commit: now, or when they have not heard for a while."""
        if now or time.monotonic() - self._told_at >= TELL_EVERY_SECONDS:
            self._told_at = time.monotonic()
            self.job_sudo.invalidate_recordset()
            self.job_sudo._tell_people({})


class LinkedRecords:
    """The way from a job's steps to the records it is linked to (`jobs.journal.Records`)."""

    def __init__(self, job_sudo):
        self.job_sudo = job_sudo

    def call(self, link, step, **values):
        target = self.job_sudo._target(link).with_context(saas_job_id=self.job_sudo.id)
        return getattr(target, f"_step_{step}")(**values) or {}
