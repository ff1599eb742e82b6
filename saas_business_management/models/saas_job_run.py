"""Carrying operations through: the worker's side of `saas.job`.

Owns: claiming by way of a worker, starting the runner, news on the bus. Does not own: the order and
the buttons (`saas_job.py`), what is committed when (`saas_job_journal.py`), the steps (`jobs/`).
"""

import logging
import os
import socket
import threading
from contextlib import nullcontext
from functools import lru_cache

import psycopg2
from odoo import SUPERUSER_ID, api, models
from odoo.sql_db import connection_info_for, db_connect
from odoo.tools import SQL, config

from ..jobs.base import Runner
from ..jobs.failpoint import Failpoints
from ..jobs.ports import build_ports
from ..jobs.registry import JOBS
from ..jobs.worker import Worker
from ..kernel.errors import SaasError
from ..kernel.work.retry import Dead, after_death
from .saas_job_journal import Journal, LinkedRecords

_logger = logging.getLogger(__name__)
RESIDENT_SECONDS = 300
STALE_SECONDS = 30
# Odoo's cron threads listen by one of these; by themselves they look at their crons a minute later.
LISTENING_AFTER_SECONDS = (2, 4, 8, 16, 32)


@lru_cache(maxsize=1)
def _armed(point, log):
    """Return the failpoints of this process: who was stopped at one passes it when it is back."""
    return Failpoints(point, log)


def wake_crons(database):
    """Have every cron thread look at the crons of a database now."""
    with db_connect("postgres").cursor() as cr:
        cr.execute(SQL("SELECT pg_notify('cron_trigger', %s)", database))


class SaasJobRun(models.Model):
    _inherit = "saas.job"

    def _register_hook(self):
        """Let a process that runs crons begin at once: somebody may have died in the middle."""
        super()._register_hook()
        if config["max_cron_threads"] and not config["test_enable"]:
            for seconds in LISTENING_AFTER_SECONDS:
                wake = threading.Timer(seconds, wake_crons, [self.env.cr.dbname])
                wake.daemon = True
                wake.start()

    @api.model
    def _cron_run(self):
        """Run what is due, and wait for more; several rows of this cron are several workers."""
        # Said beforehand: Odoo takes a cron whose process was ended three times without a word for
        # a failed one, lets it rest for a minute and at last switches it off.
        self.env["ir.cron"]._commit_progress(1, remaining=1)
        self._work(RESIDENT_SECONDS)

    @api.model
    def _work(self, seconds, until_idle=False, seal=False):
        """Run operations as a worker for some seconds, or until none is due; return how many.

        With `seal` what waits of the audit log is sealed at the end.
        """

        def carry(job_id, fence, deaths):
            self._run_claimed(worker, job_id, fence, deaths)

        name = f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident() % 100000}"
        worker = Worker(self._control_server(), name, carry, self._stale_seconds())
        try:
            count = worker.run(seconds, until_idle=until_idle)
            if seal:
                worker.seal()
            return count
        finally:
            worker.close()

    def _control_server(self):
        """Return how this process reaches the control database, for the worker's own connection."""
        return dict(connection_info_for(self.env.cr.dbname)[1])

    def _stale_seconds(self):
        """Return after how many seconds without a sign of life another worker takes over."""
        return float(config.get("saas_stale_seconds") or STALE_SECONDS)

    def _run_claimed(self, worker, job_id, fence, deaths):
        """Carry one claimed operation as far as it goes, in a session of its own.

        That session ends when another worker takes over: this one then has nothing left to write.
        """
        self.env.cr.commit()
        self.env.invalidate_all()
        cr = self.env.registry.cursor()
        try:
            with cr:
                worker.works_in(job_id, fence, cr.connection.info.backend_pid)
                jobs_sudo = self.with_env(self.env(cr=cr)).with_user(SUPERUSER_ID).sudo()
                self._carry_logged(jobs_sudo.browse(job_id), fence, deaths, worker.alive)
        except psycopg2.Error:
            if not cr.connection.closed:
                raise
            _logger.warning(
                "operation %s: the session of this worker was ended, another goes on", job_id
            )

    def _carry_logged(self, job_sudo, fence, deaths, alive):
        with job_sudo._carrying():
            _logger.info("operation %s begins: %s", job_sudo.id, job_sudo.kind)
            self._run_journaled(job_sudo, Journal(job_sudo, fence), fence, deaths, alive)
            _logger.info("operation %s stops here: %s", job_sudo.id, job_sudo.state)

    def _run_journaled(self, job_sudo, journal, fence, deaths, alive):
        try:
            if isinstance(after_death(deaths), Dead):
                journal.died_too_often()
            else:
                self._carry(job_sudo, journal, fence, alive)
        except SaasError as error:
            # The cluster's record could not say how to reach it; nothing was begun.
            journal.rollback()
            journal.stuck("", error, "")
        finally:
            journal.flush_lines()

    def _carry(self, job_sudo, journal, fence, alive):
        cluster_sudo = job_sudo.cluster_id
        cluster = cluster_sudo._to_spec() if cluster_sudo else None
        keys = job_sudo._backup_keys()
        control = self.env["saas.control.backup"]._to_spec() if keys is not None else None
        ports = build_ports(
            cluster,
            job_sudo._target_specs(),
            keys,
            control,
            exports=job_sudo._export_folder(),
            imports=job_sudo._import_folder(),
            there=job_sudo._destination_spec(),
        )
        runner = Runner(
            JOBS[job_sudo.kind],
            journal,
            LinkedRecords(job_sudo),
            ports,
            job_sudo.spec or {},
            fence,
            self._failpoints(),
            alive,
        )
        with self._expecting(job_sudo, ports):
            runner.run()

    def _expecting(self, job_sudo, ports):
        """Connect to the copy a customer is likely to get while the first steps are recorded."""
        forward = job_sudo.kind == "provision_tenant" and job_sudo.state == "running"
        copy_sudo = job_sudo.tenant_id._likely_copy() if forward else None
        if not copy_sudo:
            return nullcontext()
        return ports.cluster.expecting(copy_sudo.name, copy_sudo.generation)

    def _failpoints(self):
        """Failpoints exist for tests: without `saas_failpoints = 1` configured they do nothing."""
        if config.get("saas_failpoints") not in ("1", "True", True):
            return Failpoints()
        point, log = os.environ.get("SAAS_FAILPOINT", ""), os.environ.get("SAAS_FAILPOINT_LOG", "")
        return _armed(point, log)

    def _tell_people(self, more):
        """Tell open screens, when this transaction is committed."""
        self.ensure_one()
        links = ("support_id", "tenant_id", "version_id", "template_id", "cluster_id", "target_id")
        target = next((self[name] for name in links if self[name]), None)
        payload = {
            "id": self.id,
            "res": f"{target._name},{target.id}" if target else "",
            "state": self.state,
            "progress": self.progress,
            "step_now": self.step_now or "",
            **more,
        }
        self.env.ref("saas_business_management.group_saas_viewer")._bus_send("saas.job", payload)
