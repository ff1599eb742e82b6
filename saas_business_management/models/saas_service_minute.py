"""Minutes of service: what visitors of a tenant met, what its front door said, and the verdict.

Owns: the tables of evidence (kept 40 days), folding counts of nodes into minutes, judging minutes
into states of layer `service`, burn rates. Does not own: counting (nodes), looking
(`saas_tenant_health.py`), what a minute means (`kernel/service/minute.py`).

Every pass reckons the last minutes anew, and those of which nodes told late: a second miss at the
front door makes an outage of the first. What nobody saw is unknown.
"""

from collections import defaultdict
from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.tools import SQL

from ..kernel.gateway.count import BOUNDS_MS
from ..kernel.lifecycle.states import MIGRATING, SERVING
from ..kernel.monitoring import health
from ..kernel.service import minute
from ..kernel.service.minute import Counts, Look
from .saas_tenant_health import _seen

LAYER = "service"
KEPT = timedelta(days=40)
# Minutes are judged anew for so long: until then another look can change what one meant.
AGAIN = timedelta(minutes=20)
# Nodes tell every ten seconds: younger minutes are not told whole.
YOUNG = timedelta(minutes=1)
MOST = timedelta(days=2)
OVERLAP = timedelta(minutes=2)
SERVED = SERVING | {MIGRATING}
SLOW_PLACE = len(BOUNDS_MS) + 1
TABLES = """
CREATE TABLE IF NOT EXISTS saas_service_count (
    tenant_id integer NOT NULL,
    at timestamp NOT NULL,
    requests bigint NOT NULL,
    failures bigint NOT NULL,
    slow bigint NOT NULL,
    PRIMARY KEY (tenant_id, at)
);
CREATE INDEX IF NOT EXISTS saas_service_count_at ON saas_service_count USING brin (at);
CREATE TABLE IF NOT EXISTS saas_service_look (
    tenant_id integer NOT NULL,
    at timestamp NOT NULL,
    found text NOT NULL,
    PRIMARY KEY (tenant_id, at)
);
CREATE INDEX IF NOT EXISTS saas_service_look_at ON saas_service_look USING brin (at);
CREATE TABLE IF NOT EXISTS saas_service_mark (name text PRIMARY KEY, at timestamp NOT NULL);
CREATE INDEX IF NOT EXISTS saas_node_usage_when ON saas_node_usage USING brin (at, arrived_at)
"""
NEW = """
SELECT min(date_trunc('minute', at)), max(date_trunc('minute', at)) FROM saas_node_usage
 WHERE arrived_at >= %s AND at >= %s AND requests > 0
"""
# A node tells of databases of its own cluster alone; what it tells of others counts for nobody.
FOLD = """
INSERT INTO saas_service_count AS kept (tenant_id, at, requests, failures, slow)
SELECT d.tenant_id, date_trunc('minute', u.at), sum(u.requests), sum(u.failures),
       sum(coalesce(u.latency[%(slow)s], 0))
  FROM saas_node_usage AS u
  JOIN saas_database AS d ON d.name = u.database
  JOIN saas_cluster AS c ON c.id = d.cluster_id AND c.node_role = u.node_role
 WHERE u.at >= %(since)s AND u.at < %(until)s AND u.requests > 0 AND d.tenant_id IS NOT NULL
 GROUP BY 1, 2
    ON CONFLICT (tenant_id, at) DO UPDATE
   SET requests = excluded.requests, failures = excluded.failures, slow = excluded.slow
 WHERE (kept.requests, kept.failures, kept.slow)
       IS DISTINCT FROM (excluded.requests, excluded.failures, excluded.slow)
RETURNING at
"""
LOOKED = """
INSERT INTO saas_service_look (tenant_id, at, found)
SELECT new.tenant_id, %s, new.found FROM unnest(%s::int[], %s::text[]) AS new (tenant_id, found)
    ON CONFLICT (tenant_id, at) DO UPDATE SET found = excluded.found
"""
SET_MARK = """
INSERT INTO saas_service_mark VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET at = excluded.at
"""
COUNTS = """
SELECT tenant_id, at, requests, failures, slow FROM saas_service_count
 WHERE at >= %s AND at < %s
"""
LOOKS = """
SELECT tenant_id, at, found FROM saas_service_look WHERE at >= %s AND at < %s ORDER BY tenant_id, at
"""


class SaasServiceMinute(models.AbstractModel):
    _name = "saas.service.minute"
    _description = "Minutes of Service"

    def init(self):
        self.env.cr.execute(SQL(TABLES))

    @api.model
    def _cron_judge(self):
        """Fold what nodes told, judge the minutes, and forget old evidence."""
        late = self._fold()
        self._judge(late)
        self._tell_burn()
        old = fields.Datetime.now() - KEPT
        self.env.cr.execute(SQL("DELETE FROM saas_service_count WHERE at < %s", old))
        self.env.cr.execute(SQL("DELETE FROM saas_service_look WHERE at < %s", old))

    # Evidence

    @api.model
    @api.private
    def _fold(self):
        """Reckon the minutes anew of which nodes told since; return the oldest that changed."""
        self.env["saas.database"].flush_model()
        self.env["saas.cluster"].flush_model()
        now = fields.Datetime.now()
        before = self._mark("folded") or now - AGAIN
        told = self.env.execute_query(SQL(NEW, before - OVERLAP, now - MOST))
        first, last = told[0]
        changed = []
        if first:
            until = last + minute.MINUTE
            asked = {"slow": SLOW_PLACE, "since": first, "until": until}
            changed = [at for (at,) in self.env.execute_query(SQL(FOLD, **asked))]
        self.env.cr.execute(SQL(SET_MARK, "folded", now))
        return min(changed, default=None)

    @api.model
    @api.private
    def _looked(self, found, at):
        """Keep looks at front doors: `{tenant id: open or miss}` at a naive instant in UTC."""
        if found:
            self.env.cr.execute(SQL(LOOKED, at, list(found), list(found.values())))

    # The verdict

    @api.model
    @api.private
    def _judged_until(self):
        """Return up to when minutes were judged, naive in UTC; None before the first time."""
        return self._mark("judged")

    @api.model
    def _mark(self, name):
        rows = self.env.execute_query(SQL("SELECT at FROM saas_service_mark WHERE name = %s", name))
        return rows[0][0] if rows else None

    @api.model
    @api.private
    def _judge(self, late=None):
        """Judge the minutes up to now, and keep what they were as states over time."""
        until = minute.minute_of(fields.Datetime.now()) - YOUNG
        before = self._judged_until() or until - AGAIN
        since = min(one for one in (before - AGAIN, late) if one)
        since = max(since, until - MOST)
        if since < until:
            self._retell(since, until)
            self.env.cr.execute(SQL(SET_MARK, "judged", until))

    def _retell(self, since, until):
        intervals = self.env["saas.status.interval"]
        tenants_sudo = self._tenants(since)
        served = tenants_sudo._served(since, until)
        counts, looks = self._counts(since, until), self._looks(since, until)
        known = intervals._intervals(tenants_sudo.ids, LAYER, since, until)
        for tenant in tenants_sudo.ids:
            wanted = []
            for start, end in served[tenant]:
                start, end = _ceiling(start), _ceiling(end)
                wanted += minute.stretch(counts[tenant], looks[tenant], start, min(end, until))
            if [(one.start_at, one.end_at, one.state) for one in wanted] != known[tenant]:
                intervals._tell_from(LAYER, tenant, since, until, wanted)

    def _tenants(self, since):
        """Return the tenants that were open since, and those that are said to be."""
        domain = ["|", ("state", "in", tuple(SERVED)), ("state_since", ">=", since)]
        open_sudo = self.env["saas.tenant"].sudo().search(domain)
        rows_sudo = self.env["saas.status.interval"].sudo()
        said_sudo = rows_sudo.search([("layer", "=", LAYER), ("end_at", "=", False)]).tenant_id
        return open_sudo | said_sudo

    def _counts(self, since, until):
        found = defaultdict(dict)
        for tenant, at, *row in self.env.execute_query(SQL(COUNTS, since, until)):
            found[tenant][at] = Counts(*map(int, row))
        return found

    def _looks(self, since, until):
        """Return the looks by tenant, with those before that still say something, and the next."""
        found = defaultdict(list)
        first, last = since - 4 * minute.EVIDENCE, until + minute.EVIDENCE
        for tenant, at, what in self.env.execute_query(SQL(LOOKS, first, last)):
            found[tenant].append(Look(at, what))
        return found


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    @api.private
    def _served(self, since, until):
        """Return `{tenant id: [(start, end)]}`, when each was open for its users inside
        `[since, until)`, naive in UTC: by its timeline.
        """
        events_sudo = self.env["saas.tenant.event"].sudo()
        domain = [("tenant_id", "in", self.ids), ("to_state", "!=", False), ("at", "<", until)]
        moves = defaultdict(list)
        for row in events_sudo.search(domain, order="tenant_id, at, id"):
            moves[row.tenant_id.id].append((row.at, row.to_state in SERVED))
        found = {}
        for tenant in self:
            mine = moves.get(tenant.id)
            if not mine and tenant.state in SERVED:
                mine = [(tenant.state_since or tenant.create_date, True)]
            found[tenant.id] = _open_between(mine or [], since, until)
        return found


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    @api.private
    def _step_health_seen(self, looks):
        """Keep what was seen as evidence of minutes too."""
        done = super()._step_health_seen(looks)
        now = fields.Datetime.now()
        aware = now.replace(tzinfo=timezone.utc)
        found = {}
        for one in looks:
            said = health.judge(_seen(one), 0, aware)
            if said.health != health.UNKNOWN:
                found[one["tenant"]] = minute.MISS if said.wrong else minute.OPEN
        self.env["saas.service.minute"]._looked(found, now)
        return done


def _open_between(moves, since, until):
    found, begun = [], None
    for at, is_open in [*moves, (until, False)]:
        if is_open and begun is None:
            begun = at
        elif not is_open and begun is not None:
            start, end = max(begun, since), min(at, until)
            if start < end:
                found.append((start, end))
            begun = None
    return found


def _ceiling(at):
    whole = minute.minute_of(at)
    return whole if whole == at else whole + minute.MINUTE
