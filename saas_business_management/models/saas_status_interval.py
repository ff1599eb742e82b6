"""What state each layer of a tenant was in, from when to when; kept for ever.

Owns: the rows, noting a change, telling a piece of the past anew. Does not own: finding states out
(health, service minutes), what follows from them (`saas_service_level.py`).

A layer of a tenant has at most one interval without an end, and none overlap: the database refuses
both. Layer `service` is what a service level counts.
"""

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..kernel.monitoring import health
from ..kernel.service import spans
from ..kernel.service.spans import Span

LAYERS = [
    ("infrastructure", "Infrastructure"),
    ("application", "Application"),
    ("database", "Database"),
    ("tenant", "Tenant"),
    ("business", "Business"),
    ("security", "Security"),
    ("service", "Service Level"),
]
STATES = [
    (health.OK, "Healthy"),
    (health.WARNING, "Warning"),
    (health.CRITICAL, "Critical"),
    (health.UNKNOWN, "Unknown"),
]
# What becomes known so soon is news and no correction.
NEWS = timedelta(hours=1)
NUMBERED = " ".join(
    [
        "CASE layer",
        *(f"WHEN '{layer}' THEN {number}" for number, (layer, _label) in enumerate(LAYERS)),
        "END",
    ]
)
TOLD = "WITH told (tenant_id, state) AS (SELECT * FROM unnest(%(ids)s::int[], %(states)s::text[]))"
# Who knows of something at or after this instant already: the past is told anew for them.
LATE = """
SELECT DISTINCT i.tenant_id FROM saas_status_interval AS i JOIN told USING (tenant_id)
 WHERE i.layer = %(layer)s AND (i.start_at >= %(at)s OR i.end_at > %(at)s)
"""
CLOSE = """
UPDATE saas_status_interval AS i SET end_at = %(at)s
  FROM told
 WHERE i.tenant_id = told.tenant_id AND i.layer = %(layer)s AND i.end_at IS NULL
   AND i.state IS DISTINCT FROM told.state
"""
# A state that ended at this very instant and goes on was never left.
GO_ON = """
UPDATE saas_status_interval AS i SET end_at = NULL
  FROM told
 WHERE i.tenant_id = told.tenant_id AND i.layer = %(layer)s AND i.end_at = %(at)s
   AND i.state = told.state
"""
OPEN = """
INSERT INTO saas_status_interval (tenant_id, company_id, layer, state, start_at)
SELECT t.id, t.company_id, %(layer)s, told.state, %(at)s
  FROM told JOIN saas_tenant AS t ON t.id = told.tenant_id
 WHERE told.state IS NOT NULL
   AND NOT EXISTS (SELECT FROM saas_status_interval AS i
                    WHERE i.tenant_id = t.id AND i.layer = %(layer)s AND i.end_at IS NULL)
"""


class SaasStatusInterval(models.Model):
    _name = "saas.status.interval"
    _inherit = "saas.ledger"
    _description = "State of a Layer over Time"
    _order = "start_at desc, id desc"
    _rec_name = "state"

    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    layer = fields.Selection(LAYERS, required=True, readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, string="Status")
    start_at = fields.Datetime(required=True, readonly=True, index=True, string="From")
    end_at = fields.Datetime(readonly=True, string="Until", help="Empty: it goes on.")
    minutes = fields.Float(compute="_compute_minutes", string="Minutes", digits=(16, 1))
    corrected_at = fields.Datetime(
        readonly=True, help="When this piece of the past was told anew, after better evidence."
    )

    _one_open = models.UniqueIndex(
        "(tenant_id, layer) WHERE end_at IS NULL", "This layer has a state without an end already."
    )
    _order_of_time = models.Constraint(
        "CHECK (end_at IS NULL OR start_at < end_at)", "A state ends after it began."
    )
    _apart = models.Constraint(
        "EXCLUDE USING gist (int4range(tenant_id, tenant_id, '[]') WITH &&, "
        f"int4range({NUMBERED}, {NUMBERED}, '[]') WITH &&, tsrange(start_at, end_at) WITH &&)",
        "This layer has another state at that time.",
    )

    @api.depends("start_at", "end_at")
    def _compute_minutes(self):
        now = fields.Datetime.now()
        for row in self:
            row.minutes = ((row.end_at or now) - row.start_at).total_seconds() / 60

    # Noting

    @api.model
    @api.private
    def _note(self, layer, states, at):
        """Note the state of tenants from a naive instant in UTC on: `{tenant id: state}`, None for
        no state at all. The same again changes nothing.

        News that come late hold until the next change that is known.
        """
        if not states:
            return
        self.flush_model()
        at = at.replace(microsecond=0)
        rows = self.env.execute_query(_statement(LATE, layer, states, at))
        late = {tenant for (tenant,) in rows}
        for tenant in sorted(late):
            self._note_late(layer, tenant, states[tenant], at)
        others = {tenant: state for tenant, state in states.items() if tenant not in late}
        for statement in (CLOSE, GO_ON, OPEN) if others else ():
            self.env.cr.execute(_statement(statement, layer, others, at))
        self.invalidate_model()

    @api.model
    def _note_late(self, layer, tenant, state, at):
        rows_sudo = self._rows_about(layer, tenant, at, None)
        known = _spans(rows_sudo)
        until = spans.next_border(known, at)
        if until is not None:
            return self._correct(layer, tenant, state, at, until)
        # It began at this very instant, and goes on otherwise.
        before = [span for span in known if span.start_at < at]
        return self._replace(
            rows_sudo, tenant, layer, before + [Span(at, None, state)] * bool(state)
        )

    @api.model
    @api.private
    def _correct(self, layer, tenant, state, since, until):
        """Tell a piece of the past of one tenant anew, naive instants in UTC; without a state
        nothing is said of it.
        """
        rows_sudo = self._rows_about(layer, tenant, since, until)
        wanted = spans.told_anew(_spans(rows_sudo), since, until, state)
        self._replace(rows_sudo, tenant, layer, wanted)

    @api.model
    @api.private
    def _tell_from(self, layer, tenant, since, until, wanted):
        """Tell everything from an instant on anew: spans up to `until`, the last of which goes on
        when it ends there.
        """
        rows_sudo = self._rows_about(layer, tenant, since, None)
        kept = [one for span in _spans(rows_sudo) for one in spans.before(span, since)]
        told = [
            Span(one.start_at, None if one.end_at == until else one.end_at, one.state)
            for one in wanted
        ]
        self._replace(rows_sudo, tenant, layer, [*kept, *told])

    @api.model
    def _rows_about(self, layer, tenant, since, until):
        """Return the rows that lie in a piece of time or touch it; None is without end."""
        domain = [("layer", "=", layer), ("tenant_id", "=", tenant)]
        domain += ["|", ("end_at", "=", False), ("end_at", ">=", since)]
        return self._at_work().search(domain + [("start_at", "<=", until)] * bool(until))

    @api.model
    def _replace(self, rows_sudo, tenant, layer, wanted):
        """Keep the rows that are as wanted, let the rest go, add what is missing."""
        wanted = spans.joined(wanted)
        rows_sudo.filtered(lambda row: _span(row) not in wanted)._drop()
        there = _spans(rows_sudo.exists())
        told, now = {"tenant_id": tenant, "layer": layer}, fields.Datetime.now()
        self._at_work().create(
            [
                {
                    **told,
                    "state": one.state,
                    "start_at": one.start_at,
                    "end_at": one.end_at,
                    "corrected_at": one.start_at < now - NEWS and now,
                }
                for one in wanted
                if one not in there
            ]
        )

    # Reading

    @api.model
    @api.private
    def _intervals(self, tenant_ids, layer, since, until):
        """Return `{tenant id: [(start, end, state)]}` in order, inside `[since, until)`; what goes
        on ends with `until`.
        """
        domain = [("tenant_id", "in", list(tenant_ids)), ("layer", "=", layer)]
        domain += [("start_at", "<", until), "|", ("end_at", "=", False), ("end_at", ">", since)]
        found = defaultdict(list)
        for row_sudo in self.sudo().search(domain, order="tenant_id, start_at"):
            found[row_sudo.tenant_id.id] += [
                (one.start_at, one.end_at, one.state)
                for one in spans.clipped([_span(row_sudo)], since, until)
            ]
        return {tenant: found.get(tenant, []) for tenant in tenant_ids}

    # Nobody else writes

    def _by_hand_text(self):
        return self.env._("States over time are noted by monitoring, never by hand.")

    def _stays_text(self):
        return self.env._("What state a tenant was in is kept for ever.")


def _statement(statement, layer, states, at):
    told = [state or None for state in states.values()]
    with_told = SQL(TOLD, ids=list(states), states=told)
    return SQL("%s %s", with_told, SQL(statement, layer=layer, at=at))


def _span(row):
    return Span(row.start_at, row.end_at or None, row.state)


def _spans(rows):
    return [_span(row) for row in rows]
