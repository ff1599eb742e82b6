"""What runtime nodes counted, as they write it down: nodes may add rows and nothing else.

Owns: the table of docs/internals.md §3, its grants, making readings of it. Does not own: counting
(`gateway/counters.py`), which part a meter is made of (`kernel/metering/builtin.py`).

A row with an empty database counts nothing: it says that its process was there, so that a tenant
nobody visited used nothing, and one whose nodes say nothing is unknown.
"""

from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..kernel.errors import Unavailable
from ..kernel.lifecycle.states import SERVING
from ..kernel.metering.builtin import GATEWAY, quantities
from .saas_route_brand import EACH_NODE

SOME = 5000
KEPT_DAYS = 2
SILENT = timedelta(minutes=5)
# How often somebody whom nobody visits is said to have used nothing.
ZERO_EVERY = timedelta(hours=1)
SILENCE = Unavailable("counts_missing")
SUMS = ("requests", "api_calls", "bytes_in", "bytes_out")
COLUMNS = (
    "node_role, process, sequence, at, database, requests, api_calls, failures, bytes_in,"
    " bytes_out, response_ms, answered, cron_ms, latency, failed_logins, held_requests, routes,"
    " users"
)
TABLE_SQL = """
CREATE TABLE IF NOT EXISTS saas_node_usage (
    id bigserial PRIMARY KEY,
    node_role varchar(63) NOT NULL,
    process varchar(40) NOT NULL,
    sequence bigint NOT NULL,
    at timestamp NOT NULL,
    database varchar(63) NOT NULL,
    requests bigint NOT NULL DEFAULT 0 CHECK (requests >= 0),
    api_calls bigint NOT NULL DEFAULT 0 CHECK (api_calls >= 0),
    failures bigint NOT NULL DEFAULT 0 CHECK (failures >= 0),
    bytes_in bigint NOT NULL DEFAULT 0 CHECK (bytes_in >= 0),
    bytes_out bigint NOT NULL DEFAULT 0 CHECK (bytes_out >= 0),
    response_ms double precision NOT NULL DEFAULT 0 CHECK (response_ms >= 0),
    answered bigint NOT NULL DEFAULT 0 CHECK (answered >= 0),
    cron_ms double precision NOT NULL DEFAULT 0 CHECK (cron_ms >= 0),
    latency bigint[] NOT NULL DEFAULT '{}',
    arrived_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    folded boolean,
    UNIQUE (node_role, process, sequence)
);
ALTER TABLE saas_node_usage
    ADD COLUMN IF NOT EXISTS failed_logins bigint NOT NULL DEFAULT 0 CHECK (failed_logins >= 0),
    ADD COLUMN IF NOT EXISTS held_requests bigint NOT NULL DEFAULT 0 CHECK (held_requests >= 0),
    ADD COLUMN IF NOT EXISTS routes jsonb NOT NULL DEFAULT '[]'
        CHECK (pg_column_size(routes) <= 8000),
    ADD COLUMN IF NOT EXISTS users jsonb NOT NULL DEFAULT '[]'
        CHECK (pg_column_size(users) <= 4000);
CREATE INDEX IF NOT EXISTS saas_node_usage_waiting ON saas_node_usage (id) WHERE folded IS NOT TRUE;
CREATE INDEX IF NOT EXISTS saas_node_usage_arrived ON saas_node_usage (node_role, at);
CREATE INDEX IF NOT EXISTS saas_node_usage_arrival ON saas_node_usage USING brin (arrived_at);
CREATE INDEX IF NOT EXISTS saas_node_usage_minute ON saas_node_usage USING brin (at);
ALTER TABLE saas_node_usage ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS saas_node_usage_node ON saas_node_usage;
CREATE POLICY saas_node_usage_node ON saas_node_usage FOR INSERT
    WITH CHECK (node_role = current_user
                AND at <= (now() AT TIME ZONE 'UTC') + interval '1 minute');
"""
GRANT_SQL = EACH_NODE.replace("ORDER", f"GRANT INSERT ({COLUMNS}) ON saas_node_usage")
SEQUENCE_SQL = EACH_NODE.replace("ORDER", "GRANT USAGE ON SEQUENCE saas_node_usage_id_seq")
TAKE = """
UPDATE saas_node_usage SET folded = true
 WHERE id IN (SELECT id FROM saas_node_usage WHERE folded IS NOT TRUE
               ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id
"""
# A node tells of databases of its own cluster alone; what it tells of others counts for nobody.
# Processes tell every ten seconds: one reading of a minute says the same as six of each. Sums come
# as text: the driver would make floats of them.
OF_MINUTES = """
SELECT t.id, max(u.at), sum(u.requests)::text, sum(u.api_calls)::text, sum(u.bytes_in)::text,
       sum(u.bytes_out)::text, sum(u.response_ms), sum(u.answered)::bigint, sum(u.cron_ms)
  FROM saas_node_usage AS u
  JOIN saas_database AS d ON d.name = u.database
  JOIN saas_cluster AS c ON c.id = d.cluster_id AND c.node_role = u.node_role
  JOIN saas_tenant AS t ON t.id = d.tenant_id
 WHERE u.id = ANY(%s)
 GROUP BY t.id, date_trunc('minute', u.at)
 ORDER BY t.id
"""
ZEROS = """
INSERT INTO saas_usage_raw (at, tenant_id, meter_ids, quantities)
SELECT %s, t.id, array_agg(m.id), array_agg(0::numeric)
  FROM unnest(%s::int[]) AS t (id) CROSS JOIN unnest(%s::int[]) AS m (id)
 WHERE NOT EXISTS (SELECT FROM saas_usage_raw AS r
                    WHERE r.tenant_id = t.id AND r.at > %s AND m.id = ANY (r.meter_ids))
 GROUP BY t.id
"""
LAST_WORD = "SELECT node_role, max(at) FROM saas_node_usage GROUP BY node_role"


class SaasNodeUsage(models.AbstractModel):
    _name = "saas.node.usage"
    _description = "Use Counted by a Node"

    def init(self):
        self.env.cr.execute(SQL(TABLE_SQL))
        self.env.cr.execute(SQL(GRANT_SQL))
        self.env.cr.execute(SQL(SEQUENCE_SQL))

    @api.model
    @api.private
    def _fold_some(self):
        """Make readings of some rows, once each; return how many rows there were."""
        ids = [number for (number,) in self.env.execute_query(SQL(TAKE, SOME))]
        self._add_readings(ids)
        self._add_to_totals(ids)
        if not ids:
            self._look_for_silence()
            old = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
            self.env.cr.execute(
                SQL("DELETE FROM saas_node_usage WHERE folded AND arrived_at < %s", old)
            )
        return len(ids)

    @api.model
    def _add_readings(self, ids):
        self.env["saas.database"].flush_model()
        self.env["saas.tenant"].flush_model()
        meters = self._meters()
        samples = [
            sample
            for tenant, at, *counted in self.env.execute_query(SQL(OF_MINUTES, ids))
            for sample in self._samples(meters, tenant, at, counted)
        ]
        self.env["saas.usage.sample"]._add(samples)

    @api.model
    @api.private
    def _add_to_totals(self, ids):
        """Hear of the rows that were just folded (`saas_node_usage_total.py`)."""

    @api.model
    def _meters(self):
        found = self.env["saas.meter"].sudo().search([("source", "=", GATEWAY)])
        return {meter.code: meter.id for meter in found}

    @api.model
    def _samples(self, meters, tenant, at, counted):
        """Return a reading for each meter; an average without anything to average has none."""
        *sums, response_ms, answered, cron_ms = counted
        told = dict(zip(SUMS, map(Decimal, sums), strict=True))
        told["cron_ms"] = Decimal(round(cron_ms))
        if answered:
            told["response_ms"] = Decimal(round(response_ms * 1000 / answered)) / 1000
        weights = {"response_ms": answered}
        return [
            (at, tenant, meters[code], quantity, weights.get(code, 1))
            for code, quantity in quantities(told).items()
            if code in meters
        ]

    @api.model
    @api.private
    def _look_for_silence(self):
        """Note which clusters' nodes speak: who was not visited there used nothing, the others are
        unknown.
        """
        now = fields.Datetime.now()
        last = dict(self.env.execute_query(SQL(LAST_WORD)))
        for cluster_sudo in self.env["saas.cluster"].sudo().search([("node_role", "!=", False)]):
            spoke = last.get(cluster_sudo.node_role)
            if spoke is None:
                continue
            domain = [("cluster_id", "=", cluster_sudo.id), ("state", "in", tuple(SERVING))]
            tenants = self.env["saas.tenant"].sudo().search(domain)
            self._note_word(tenants, now, "" if now - spoke < SILENT else SILENCE.code)

    def _note_word(self, tenants, now, problem):
        rows = self.env["saas.usage.source"]._of(tenants, GATEWAY).values()
        for row in rows:
            if problem or row.failures:
                row._note(now, problem)
        quiet = self.env["saas.usage.source"].browse([row.id for row in rows if not row.failures])
        if not problem:
            quiet._put({"asked_at": now, "answered_at": now})
            meters = [meter for code, meter in self._meters().items() if code != "response_ms"]
            self.env.cr.execute(SQL(ZEROS, now, tenants.ids, meters, now - ZERO_EVERY))
