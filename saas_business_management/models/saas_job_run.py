"""Carrying operations through: the runner's side of `saas.job`, and the one place that commits.

Owns: claiming by way of a worker, the journal of a running operation, what a failure means, news on the bus.
Does not own: the order and the buttons (`saas_job.py`), the steps (`jobs/`).
"""

import logging
import os
import random
import socket
import threading
import time
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.sql_db import connection_info_for
from odoo.tools import SQL, config

from .. import messages
from ..jobs.base import Runner, StaleWorker
from ..jobs.failpoint import Failpoints
from ..jobs.ports import build_ports
from ..jobs.registry import JOBS
from ..jobs.worker import Worker
from ..kernel.errors import SaasError
from ..kernel.work.retry import Dead, RetryAt, after_death, decide

_logger = logging.getLogger(__name__)

RESIDENT_SECONDS = 300
LINES_EVERY_SECONDS = 1.0


class Journal:
    """Writes the course of one claimed operation. See `jobs.base.Journal` for what each method promises."""

    def __init__(self, job_sudo, fence):
        self.job_sudo = job_sudo
        self.fence = fence
        self._lines = []
        self._flushed_at = 0.0

    # What was written before

    def states(self):
        return {step.name: step.state for step in self.job_sudo.step_ids}

    def facts(self):
        return dict(self.job_sudo.facts or {})

    def undoing(self):
        return self.job_sudo.state == "undoing"

    def cancel_wanted(self):
        return bool(self.job_sudo.env["saas.job.request"].search_count([("job_id", "=", self.job_sudo.id)], limit=1))

    # Forward

    def restart(self, names):
        with self._commit():
            self._steps(names).write({"state": "todo", "facts": False})

    def advance(self, done, facts, skipped, then, progress):
        now = fields.Datetime.now()
        with self._commit():
            values = {"progress": progress, "error_text": False, "error_code": False, "error_kind": False}
            if done:
                step = self._steps([done])
                step.write({"state": "done", "ended_at": now, "facts": facts, "error_text": False, **self._took(step)})
                values["facts"] = {**(self.job_sudo.facts or {}), **facts}
            if skipped:
                self._steps(skipped).write({"state": "skipped"})
            if then:
                self._begin(self._steps([then]), now)
                values["step_now"] = self._steps([then]).label
            else:
                values |= self._ended("done", now)
            self.job_sudo.write(values)
            self._tell()

    def failed(self, step, error, trace):
        with self._commit():
            job_sudo = self.job_sudo
            verdict = self._verdict(error)
            text = messages.text(job_sudo.env, error)
            values = self._problem(error, text, trace)
            values["attempts"] = job_sudo.attempts + 1
            if isinstance(verdict, RetryAt):
                values |= {"state": "waiting", "due_at": self._in(verdict.seconds)}
                self._steps([step]).write({"error_text": text})
            else:
                values["state"] = "undoing"
                self._steps([step]).write({"state": "failed", "error_text": text, "ended_at": fields.Datetime.now()})
            job_sudo.write(values)
            self._tell()
        self.line(text, "warning" if isinstance(verdict, RetryAt) else "error")
        self.flush_lines()
        return not isinstance(verdict, RetryAt)

    # Back

    def undone(self, step):
        with self._commit():
            self._steps([step]).write({"state": "undone"})
            self._tell()

    def undo_failed(self, step, error, trace):
        with self._commit():
            job_sudo = self.job_sudo
            verdict = self._verdict(error, undoing=True)
            text = messages.text(job_sudo.env, error)
            values = {"attempts": job_sudo.attempts + 1}
            if isinstance(verdict, RetryAt):
                values |= {"due_at": self._in(verdict.seconds), "fence": 0}
            else:
                values |= self._problem(error, text, trace) | self._ended("dead", fields.Datetime.now())
            job_sudo.write(values)
            self._tell()
        self.line(text, "error")
        self.flush_lines()

    def end_undone(self):
        with self._commit():
            cancelled = self.job_sudo.error_code == "operation_cancelled"
            self.job_sudo.write(self._ended("cancelled" if cancelled else "failed", fields.Datetime.now()))
            self._tell()

    def died_too_often(self):
        """Give up an operation whose workers keep dying; a person has to look."""
        with self._commit():
            error = SaasError("worker_died", deaths=self.job_sudo.deaths)
            self.job_sudo.write(
                self._problem(error, messages.text(self.job_sudo.env, error), "")
                | self._ended("dead", fields.Datetime.now())
            )
            self._tell()

    def rollback(self):
        self.job_sudo.env.cr.rollback()
        self.job_sudo.env.invalidate_all()

    # Log lines go out at once, on a cursor of their own

    def line(self, text, level="info"):
        self._lines.append({"job_id": self.job_sudo.id, "text": text[:4000], "level": level, "at": fields.Datetime.now()})
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
            job_sudo._tell_people({"lines": len(lines)})

    # Parts

    @contextmanager
    def _commit(self):
        """Commit what is written inside, together with what the step wrote to records, if the claim still holds."""
        cr = self.job_sudo.env.cr
        cr.execute(SQL("SELECT fence FROM saas_job WHERE id = %s FOR NO KEY UPDATE", self.job_sudo.id))
        row = cr.fetchone()
        if not row or row[0] != self.fence:
            raise StaleWorker(self.job_sudo.id)
        yield
        self.job_sudo.env.flush_all()
        cr.commit()

    def _steps(self, names):
        return self.job_sudo.step_ids.filtered(lambda step: step.name in names)

    def _begin(self, step, now):
        step.write({"state": "running", "started_at": now, "attempt": step.attempt + 1})
        self._began_at = time.monotonic()

    def _took(self, step):
        began = getattr(self, "_began_at", None)
        return {"seconds": round(time.monotonic() - began, 3)} if began else {}

    def _verdict(self, error, undoing=False):
        return decide(
            error.kind,
            attempts=self.job_sudo.attempts + 1,
            waited_seconds=self._waited(),
            give_up_seconds=JOBS[self.job_sudo.kind].give_up_seconds,
            jitter=random.random(),
            undoing=undoing,
        )

    def _ended(self, state, now):
        started = self.job_sudo.started_at or now
        return {
            "state": state,
            "ended_at": now,
            "step_now": False,
            "seconds": max(0.0, (now - started).total_seconds()),
        }

    def _problem(self, error, text, trace):
        return {"error_code": error.code, "error_kind": error.kind, "error_text": text, "error_trace": trace or False}

    def _waited(self):
        started = self.job_sudo.started_at or fields.Datetime.now()
        return (fields.Datetime.now() - started).total_seconds()

    def _in(self, seconds):
        return fields.Datetime.add(fields.Datetime.now(), seconds=seconds)

    def _tell(self):
        self.job_sudo._tell_people({})


class LinkedRecords:
    """The way from a job's steps to the records it is linked to (`jobs.base.Records`)."""

    def __init__(self, job_sudo):
        self.job_sudo = job_sudo

    def call(self, link, step, **values):
        target = self.job_sudo._target(link).with_context(saas_job_id=self.job_sudo.id)
        return getattr(target, f"_step_{step}")(**values) or {}


class SaasJobRun(models.Model):
    _inherit = "saas.job"

    @api.model
    def _cron_run(self):
        """Run what is due, and wait for more; several rows of this cron are several workers."""
        self._work(RESIDENT_SECONDS)
        self.env["ir.cron"]._commit_progress(1, remaining=1)

    @api.model
    def _work(self, seconds, until_idle=False):
        """Run operations as a worker for some seconds, or until none is due. Return how many were run."""
        name = f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident() % 100000}"
        worker = Worker(self._control_server(), name, self._run_claimed)
        try:
            return worker.run(seconds, until_idle=until_idle)
        finally:
            worker.close()

    def _control_server(self):
        """Return how this process reaches the control database, for the worker's own connection."""
        return dict(connection_info_for(self.env.cr.dbname)[1])

    def _run_claimed(self, job_id, fence, deaths):
        """Carry one claimed operation as far as it goes."""
        self.env.cr.commit()
        self.env.invalidate_all()
        job_sudo = self.sudo().browse(job_id).with_user(self._system_user()).sudo()
        journal = Journal(job_sudo, fence)
        try:
            if isinstance(after_death(deaths), Dead):
                journal.died_too_often()
            else:
                self._runner(job_sudo, journal, fence).run()
        finally:
            journal.flush_lines()

    def _system_user(self):
        return self.env.ref("base.user_root")

    def _runner(self, job_sudo, journal, fence):
        cluster_sudo = job_sudo.cluster_id
        return Runner(
            JOBS[job_sudo.kind],
            journal,
            LinkedRecords(job_sudo),
            build_ports(cluster_sudo._to_spec() if cluster_sudo else None),
            job_sudo.spec or {},
            fence,
            self._failpoints(),
        )

    def _failpoints(self):
        """Failpoints exist for tests: without `saas_failpoints = 1` in the configuration they do nothing."""
        if config.get("saas_failpoints") not in ("1", "True", True):
            return Failpoints()
        return Failpoints(os.environ.get("SAAS_FAILPOINT", ""), os.environ.get("SAAS_FAILPOINT_LOG", ""))

    def _tell_people(self, more):
        """Tell open screens, when this transaction is committed."""
        self.ensure_one()
        target = next((self[name] for name in ("tenant_id", "version_id", "template_id", "cluster_id") if self[name]), None)
        payload = {
            "id": self.id,
            "res": f"{target._name},{target.id}" if target else "",
            "state": self.state,
            "progress": self.progress,
            "step_now": self.step_now or "",
            **more,
        }
        self.env.ref("saas_business_management.group_saas_viewer")._bus_send("saas.job", payload)
