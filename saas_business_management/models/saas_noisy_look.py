"""Looking for noisy neighbours, once a minute: the figures of the last three windows by cluster.

Owns: gathering them, in a number of queries that does not grow with tenants, and evidence. Does not
own: naming (`kernel/monitoring/noisy.py`), what is done (`saas_noisy_finding.py`).
"""

from collections import defaultdict
from datetime import timedelta, timezone

from odoo import api, fields, models

from ..kernel.lifecycle.states import SERVING
from ..kernel.monitoring import noisy
from ..kernel.monitoring.noisy import Stress, Window
from .saas_cluster_watch import STATEMENTS_EVERY

WINDOW = timedelta(seconds=noisy.SECONDS)
# By resource: the metric, how it is put together over a window, and what one of it is.
USED = {
    noisy.SESSIONS: ("active_sessions_average", "avg", 1.0),
    noisy.CPU: ("database_cpu_ms", "sum", 1000.0),
    noisy.BLOCKS: ("blocks_read", "sum", 1.0),
    noisy.TEMP: ("temp_bytes", "sum", 1.0),
    noisy.WAL: ("wal_bytes", "sum", 1.0),
    noisy.GATEWAY: ("response_ms", "sum", 1000.0),
}
P95 = "latency_p95_ms"
MOST_STATEMENTS = 3
# Where four weeks say nothing yet, the hour before the windows stands for what is usual.
BEFORE = timedelta(hours=1)


class SaasNoisyFinding(models.Model):
    _inherit = "saas.noisy.finding"

    @api.model
    def _cron_look(self):
        """Name noisy neighbours, and carry on with those that are named."""
        self._look()

    @api.model
    @api.private
    def _look(self):
        """Look at every cluster; return who is noisy now."""
        now = fields.Datetime.now()
        found = self.browse()
        for cluster, windows in self._windows(now).items():
            for one in noisy.detect(windows):
                found |= self._named(cluster, one, self._evidence(one, now), now)
        shares = [(now, one.tenant_id.id, {"noisy_share_percent": one.share}) for one in found]
        self.env["saas.metric"]._add("service", shares)
        self.env["saas.noisy.step"]._end_holds(now)
        self.sudo().search([("ended_at", "=", False)])._carry_on(now)
        return found

    @api.model
    def _windows(self, now):
        """Return the last three windows of each cluster that is under stress in two of them."""
        end = now.replace(second=0, microsecond=0)
        spans = [(end - WINDOW * (back + 1), end - WINDOW * back) for back in (2, 1, 0)]
        here = self._tenants_by_cluster()
        stress = [self._stress(since, until, here) for since, until in spans]
        stressed = [
            cluster
            for cluster, tenants in here.items()
            if len(tenants) > 1
            and sum(bool(one[cluster].signs()) for one in stress) >= noisy.ENOUGH
        ]
        if not stressed:
            return {}
        usual = self._usual(spans[0][0])
        found = defaultdict(list)
        for (since, until), one in zip(spans, stress, strict=True):
            used = {
                name: self._sum(code, how, since, until, per)
                for name, (code, how, per) in USED.items()
            }
            p95 = self.env["saas.metric"]._aggregate(P95, "avg", since, until)
            for cluster in stressed:
                tenants = here[cluster]
                found[cluster].append(
                    Window(
                        at=until.replace(tzinfo=timezone.utc),
                        stress=one[cluster],
                        tenants=frozenset(tenants),
                        used={name: _only(values, tenants) for name, values in used.items()},
                        p95=_only(p95, tenants),
                        usual=_only(usual, tenants),
                    )
                )
        return found

    @api.model
    def _tenants_by_cluster(self):
        groups = (
            self.env["saas.tenant"]
            .sudo()
            ._read_group(
                [("state", "in", tuple(SERVING)), ("cluster_id", "!=", False)],
                ["cluster_id"],
                ["id:array_agg"],
            )
        )
        return {cluster: set(numbers) for cluster, numbers in groups}

    @api.model
    def _stress(self, since, until, here):
        """Return how each cluster was: its busiest machine, its longest wait, its sessions."""
        metrics = self.env["saas.metric"]
        machines_sudo = self.env["saas.machine"].sudo().search([("cluster_id", "!=", False)])
        of_machine = {
            code: metrics._aggregate(code, how, since, until)
            for code, how in (
                ("pressure_cpu_percent", "avg"),
                ("pressure_io_percent", "avg"),
                ("cores", "max"),
            )
        }
        waits = metrics._aggregate("queue_wait_p95_ms", "max", since, until)
        sessions = metrics._aggregate("active_sessions_average", "avg", since, until)
        found = {}
        for cluster, tenants in here.items():
            machines = machines_sudo.filtered(lambda one, at=cluster: one.cluster_id == at).ids
            most = {code: _most(values, machines) for code, values in of_machine.items()}
            at_work = _only(sessions, tenants)
            found[cluster] = Stress(
                pressure_cpu=most["pressure_cpu_percent"],
                pressure_io=most["pressure_io_percent"],
                queue_p95_ms=_most(waits, tenants),
                sessions=sum(at_work.values()) if at_work else None,
                cores=most["cores"],
            )
        return found

    @api.model
    def _usual(self, at):
        metrics = self.env["saas.metric"]
        recent = metrics._aggregate(P95, "avg", at - BEFORE, at)
        return {**recent, **metrics._baseline(P95, at)}

    @api.model
    def _sum(self, code, how, since, until, per):
        found = self.env["saas.metric"]._aggregate(code, how, since, until)
        return {one: value / per for one, value in found.items() if value is not None}

    @api.model
    def _evidence(self, found, now):
        """Return what took most: `statements`, `crons`, `routes`, `modules`, each a list of rows
        with `what` and `much`. Rooms that know more add to it.
        """
        since = found.since.replace(tzinfo=None)
        figures = {
            code: self.env["saas.metric"]._aggregate(code, "sum", since, now).get(found.tenant) or 0
            for code in ("cron_ms", "response_ms", "requests", "api_calls")
        }
        crons, routes = [], []
        whole = figures["cron_ms"] + figures["response_ms"]
        if whole and (part := round(100 * figures["cron_ms"] / whole)):
            text = self.env._("%(part)s %% of the time it was at work", part=part)
            crons.append({"what": self.env._("Its scheduled work together"), "much": text})
        asked = figures["requests"]
        if asked and (part := round(100 * figures["api_calls"] / asked)):
            text = self.env._("%(part)s %% of its requests", part=part)
            routes.append({"what": self.env._("Calls of programs (API)"), "much": text})
        return {
            "statements": self._statements(found.tenant, since),
            "crons": crons,
            "routes": routes,
            "modules": self._changed_modules(found.tenant, now),
        }

    @api.model
    def _statements(self, tenant, since):
        """Return the statements that took most when they were read last, the heaviest first."""
        rows_sudo = self.env["saas.slow.statement"].sudo()
        ran = [("tenant_id", "=", tenant), ("last_at", ">=", since - STATEMENTS_EVERY)]
        return [
            {"what": one._short_text(), "much": one._lately_text()}
            for one in rows_sudo.search(ran, order="lately_s desc, id desc", limit=MOST_STATEMENTS)
        ]

    @api.model
    def _changed_modules(self, tenant, now):
        """Return the changes of modules of the last week, the first suspects."""
        rows_sudo = self.env["saas.module.impact"].sudo()
        week = [("tenant_id", "=", tenant), ("at", ">=", now - timedelta(days=7))]
        return [{"what": one.display_name, "much": ""} for one in rows_sudo.search(week, limit=5)]


def _only(values, wanted):
    return {one: value for one, value in values.items() if one in wanted and value is not None}


def _most(values, wanted):
    return max(_only(values, set(wanted)).values(), default=None)
