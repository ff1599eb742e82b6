"""Watching a cluster: ordering looks, keeping what they saw.

Owns: the order of an operation `collect_cluster`, pausing looks at a cluster that takes too long,
metrics of the cluster and of each database on it. Does not own: looking (the job), differences of
counters (`kernel/monitoring/counter.py`), statements (`saas_slow_statement.py`).

What a cluster says of a database that no tenant has is nobody's and not kept.
"""

import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..kernel.lifecycle.states import SERVING
from ..kernel.monitoring import breaker, counter
from ..messages import code_text

FORGET = timedelta(days=1)
STATEMENTS_EVERY = timedelta(minutes=5)
AT_ONCE = 2000
# Only who refuses the login or gives no answer at all is down; what hinders us alone is unknown.
OURS = ("monitor_secret_missing", "login_refused", "right_missing", "database_closed")
TABLE = """
CREATE TABLE IF NOT EXISTS saas_cluster_counter (
    cluster_id integer PRIMARY KEY, seconds double precision NOT NULL, counted jsonb NOT NULL)
"""
KEEP = """
INSERT INTO saas_cluster_counter (cluster_id, seconds, counted) VALUES (%s, %s, %s::jsonb)
    ON CONFLICT (cluster_id) DO UPDATE SET seconds = EXCLUDED.seconds, counted = EXCLUDED.counted
"""
LAST = "SELECT seconds, counted FROM saas_cluster_counter WHERE cluster_id = %s"
# The name under which the counters of the whole cluster stand.
WHOLE = ""
PRESENT = "database_present"


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    watched_at = fields.Datetime(string="Last Watched", readonly=True, copy=False)
    watch_problem = fields.Char(readonly=True, copy=False)
    watch_text = fields.Char(string="Watching", compute="_compute_watch_text")
    watch_timeouts = fields.Integer(readonly=True, copy=False)
    watch_paused_until = fields.Datetime(string="Not Watched Until", readonly=True, copy=False)
    statements_read_at = fields.Datetime(readonly=True, copy=False)
    counts_statements = fields.Boolean(readonly=True, copy=False)

    def init(self):
        super().init()
        self.env.cr.execute(SQL(TABLE))

    @api.depends("watch_problem", "watched_at")
    def _compute_watch_text(self):
        for cluster in self:
            problem = cluster.watch_problem
            cluster.watch_text = code_text(self.env, problem) if problem else False

    @api.model
    def _cron_watch(self):
        """Order a look at each cluster, and forget orders of yesterday."""
        for cluster in self.search([("state", "in", ("ready", "failing"))]).filtered("has_secrets"):
            if cluster._watch_due():
                cluster._start("collect_cluster", {})
        old = fields.Datetime.now() - FORGET
        done = [("kind", "=", "collect_cluster"), ("state", "=", "done"), ("ended_at", "<", old)]
        self.env["saas.job"].sudo().search(done, limit=AT_ONCE).unlink()

    def _watch_due(self):
        self.ensure_one()
        until = self.watch_paused_until
        return not until or until <= fields.Datetime.now()

    @api.private
    def _step_watch_due(self):
        """Return whether to look now, and whether at single statements too."""
        read_at = self.statements_read_at
        late = not read_at or read_at <= fields.Datetime.now() - STATEMENTS_EVERY
        return {"due": self._watch_due(), "statements": late}

    @api.private
    def _step_watch_missed(self, problem):
        """Note a look without an answer: the cluster is down, its tenants are unknown."""
        now = fields.Datetime.now()
        timeouts = breaker.timeouts_in_a_row(self.watch_timeouts, problem)
        self.write({"watch_problem": problem, "watch_timeouts": timeouts})
        if problem not in OURS:
            self.env["saas.metric"]._add("cluster", [(now, self.id, {"cluster_up": 0})])
        if breaker.pauses(timeouts):
            self.watch_paused_until = now + breaker.PAUSE
            self.message_post(
                body=self.env._(
                    "%(count)s looks in a row took too long. The cluster is left in peace for 15 "
                    "minutes; until then its metrics are unknown.",
                    count=timeouts,
                )
            )

    @api.private
    def _step_watched(self, sight):
        """Keep what a look saw (`adapters/ports/watching.py`, as dictionaries)."""
        now = fields.Datetime.now()
        seconds, before = self._last_counters()
        counted = {WHOLE: sight["counters"]} | {
            name: one["counters"] for name, one in sight["databases"].items()
        }
        passed = sight["seconds"] - seconds if seconds else 0.0
        deltas = {name: _added(before.get(name), one, passed) for name, one in counted.items()}
        self.env.cr.execute(SQL(KEEP, self.id, sight["seconds"], json.dumps(counted)))
        whole = sight["gauges"] | deltas[WHOLE]
        self.env["saas.metric"]._add("cluster", [(now, self.id, whole)])
        tenants = self._tenants_by_database()
        rows = [
            (now, tenants[name], {PRESENT: 1.0} | one["gauges"] | deltas[name])
            for name, one in sight["databases"].items()
            if name in tenants
        ]
        rows += [(now, one, {PRESENT: 0.0}) for one in self._missing(sight["databases"])]
        self.env["saas.metric"]._add("database", rows)
        self._keep_statements(sight["statements"], tenants, now)
        self.write(
            {
                "watched_at": now,
                "watch_problem": False,
                "watch_timeouts": 0,
                "watch_paused_until": False,
            }
        )
        return {"tenants": len(rows)}

    def _missing(self, names):
        """Return the tenants whose database is not among these names, though it is to be here."""
        databases_sudo = self.env["saas.database"].sudo()
        here = [("cluster_id", "=", self.id), ("stage", "=", "claimed")]
        lost = databases_sudo.search([*here, ("name", "not in", list(names))])
        open_here = lambda one: one.state in SERVING and one.database_id in lost  # noqa: E731
        return lost.tenant_id.filtered(open_here).ids

    def _keep_statements(self, statements, tenants, now):
        self.counts_statements = statements is not None
        if self._step_watch_due()["statements"]:
            self.statements_read_at = now
            self.env["saas.slow.statement"]._keep(self, statements or (), tenants, now)

    def _last_counters(self):
        found = self.env.execute_query(SQL(LAST, self.id))
        return found[0] if found else (0.0, {})

    def _tenants_by_database(self):
        """Return the tenant's id of each database here, by its name."""
        databases_sudo = (
            self.env["saas.database"]
            .sudo()
            .search_fetch(
                [("cluster_id", "=", self.id), ("tenant_id", "!=", False)], ["name", "tenant_id"]
            )
        )
        return {one.name: one.tenant_id.id for one in databases_sudo}


def _added(before, now, seconds):
    """Return the deltas of one database or of the whole cluster, by the codes of metrics."""
    if before is None:
        return {}
    deltas = counter.added(before["reset"], before["numbers"], now["reset"], now["numbers"])
    deltas.pop(counter.ACTIVE_MS, None)
    if before["reset"] == now["reset"]:
        average = counter.active_average(before["numbers"], now["numbers"], seconds)
        deltas[counter.ACTIVE_AVERAGE] = average
    return deltas
