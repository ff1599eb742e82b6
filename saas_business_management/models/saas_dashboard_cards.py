"""The dashboard's cards of tenants and what they use, and the growth of the fleet.

Owns: their queries and points. Does not own: cards of money (`saas_dashboard_money.py`).

A level (tenants, storage, users) is compared with the day before the period began; a flow (API
calls) with the period of equal length before. A day without readings has no point.
"""

from datetime import timedelta

from odoo import api, fields, models

from ..kernel.lifecycle.states import HOUSED, SERVING
from ..kernel.period import add_months

MOST_DAYS = 31
STATES = "SELECT t.state, count(*) FROM saas_tenant AS t WHERE %(here)s GROUP BY t.state"
MOVES = """
SELECT (e.at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date,
       sum(coalesce(e.to_state = ANY(%(open)s), false)::int
           - coalesce(e.from_state = ANY(%(open)s), false)::int),
       count(*) FILTER (WHERE e.from_state = 'provisioning' AND e.to_state = ANY(%(open)s)),
       count(*) FILTER (WHERE e.to_state = 'archived' AND e.from_state <> 'archived'),
       count(*) FILTER (WHERE e.to_state = 'deleted' AND e.from_state <> 'deleted')
  FROM saas_tenant_event AS e JOIN saas_tenant AS t ON t.id = e.tenant_id
 WHERE %(here)s AND e.at >= %(first)s::date - interval '1 day' GROUP BY 1
"""
# Who is closed is measured, but nobody is asked how many users he has. Rows are added up by numbers
# before words are looked at: sorting 40,000 of them by the code of their meter costs a third more.
LEVELS = """
WITH summed AS (
    SELECT r.meter_id, t.state, sum(r.quantity) AS quantity,
           count(*) FILTER (WHERE coalesce(s.failures, 0) = 0) AS known
      FROM saas_usage_reading AS r
      JOIN saas_tenant AS t ON t.id = r.tenant_id
      LEFT JOIN saas_usage_source AS s ON s.id = r.source_id
     WHERE %(here)s AND r.meter_id IN (SELECT id FROM saas_meter WHERE code = ANY(%(codes)s))
     GROUP BY r.meter_id, t.state)
SELECT m.code, sum(u.quantity)::float8, sum(u.known)::bigint
  FROM summed AS u JOIN saas_meter AS m ON m.id = u.meter_id
 WHERE u.state = ANY(CASE WHEN m.code = 'storage_gb' THEN %(housed)s ELSE %(open)s END)
 GROUP BY m.code
"""
DAYS = """
SELECT m.code, u.day, sum(u.quantity)::float8
  FROM saas_usage_total AS u JOIN saas_meter AS m ON m.id = u.meter_id
 WHERE u.company_id = ANY(%(companies)s) AND (%(cluster)s = 0 OR u.cluster_id = %(cluster)s)
   AND m.code = ANY(%(codes)s) AND u.day >= %(first)s AND u.day <= %(today)s
 GROUP BY m.code, u.day
"""
LIMITS = """
SELECT m.code, count(*), sum(q.used) FILTER (WHERE q.used_known)::float8,
       sum(q.limit) FILTER (WHERE q.used_known)::float8,
       count(*) FILTER (WHERE NOT coalesce(q.used_known, false)),
       count(*) FILTER (WHERE q.used_known AND q.used >= q.limit * 0.8),
       count(*) FILTER (WHERE q.forced_since IS NOT NULL), sum(q.limit)::float8
  FROM saas_quota AS q
  JOIN saas_tenant AS t ON t.id = q.tenant_id
  JOIN saas_meter AS m ON m.id = q.meter_id
 WHERE %(here)s AND q.has_limit AND q.limit > 0 AND t.state = ANY(%(open)s)
   AND m.code = ANY(%(codes)s)
 GROUP BY m.code
"""
# Of a meter nobody has a limit on.
NO_LIMIT = (0, None, None, 0, 0, 0, 0)
GAUGES = ("users", "storage_gb", "api_calls", "bandwidth_gb")
USED = ("storage_gb", "users", "active_users", "api_calls")


class SaasDashboard(models.AbstractModel):
    _inherit = "saas.dashboard"

    @api.model
    def _tenant_states(self, asked):
        """Return how many tenants there are by state."""
        return dict(self._rows(STATES, asked))

    @api.model
    def _tenant_card(self, asked, states):
        """Return the card of open tenants and the growth of the fleet."""
        facts = {"open": list(SERVING), "zone": self._zone()}
        spans = self._spans(asked)
        first = min(asked.points[0], asked.facts["before"], spans[0][0])
        days = {row[0]: row[1:] for row in self._rows(MOVES, asked, facts | {"first": first})}
        now = sum(states.get(state, 0) for state in SERVING)

        def open_on(day):
            return now - int(sum(moved[0] for at, moved in days.items() if at > day))

        card = self._card(
            "tenants",
            [open_on(day) for day in asked.points],
            open_on(asked.start - timedelta(days=1)),
            now=now,
            good="up",
        )
        for state in ("trial", "suspended", "failed"):
            card["parts"].append({"key": state, "value": states.get(state, 0)})
        card["states"] = {state: count for state, count in states.items() if count}
        return card, [self._grown(span, days) for span in spans]

    @api.model
    def _grown(self, span, days):
        """Return what came and went in `[start, end)`."""
        start, end = span
        moved = [row for day, row in days.items() if start <= day < end]
        created, archived, deleted = (sum(row[place] for row in moved) for place in (1, 2, 3))
        net = sum(int(row[0]) for row in moved)
        told = {"created": created, "archived": archived, "deleted": deleted, "net": net}
        return {"start": fields.Date.to_string(start), **told}

    @api.model
    def _spans(self, asked):
        """Return the `[start, end)` of the charts' bars: days up to 31, months beyond."""
        after = asked.today + timedelta(days=1)
        if asked.days <= MOST_DAYS:
            days = [asked.start + timedelta(days=ahead) for ahead in range(asked.days)]
            return [(day, day + timedelta(days=1)) for day in days]
        start, spans = asked.start.replace(day=1), []
        while start < after:
            spans.append((start, min(add_months(start, 1), after)))
            start = add_months(start, 1)
        return spans

    @api.model
    def _usage_cards(self, asked, states):
        facts = {"codes": list(USED), "open": list(SERVING), "housed": list(HOUSED)}
        levels = {code: row for code, *row in self._rows(LEVELS, asked, facts)}
        first = min(asked.points[0] - timedelta(days=asked.step), asked.facts["before"])
        days = {}
        for code, day, quantity in self._rows(DAYS, asked, facts | {"first": first}):
            days.setdefault(code, {})[day] = quantity
        return [
            self._level("storage_gb", asked, levels, days, _sum(states, HOUSED)),
            self._users(asked, levels, days, _sum(states, SERVING)),
            self._calls(asked, days.get("api_calls", {})),
        ]

    @api.model
    def _level(self, code, asked, levels, days, tenants):
        """Return the card of a level; whoever has no reading that holds is told as unknown."""
        quantity, known = levels.get(code, (None, 0))
        daily = days.get(code, {})
        points = [daily.get(day) for day in asked.points[:-1]] + [quantity]
        before = daily.get(asked.start - timedelta(days=1))
        unknown = max(tenants - known, 0)
        return self._card(code, points, before, now=quantity, good="", unknown=unknown)

    @api.model
    def _users(self, asked, levels, days, tenants):
        card = self._level("users", asked, levels, days, tenants)
        active = levels.get("active_users", (None, 0))[0]
        return card | {"parts": [{"key": "active", "value": active}]}

    @api.model
    def _calls(self, asked, daily):
        def between(first, last):
            told = [quantity for day, quantity in daily.items() if first <= day <= last]
            return sum(told) if told else None

        span = timedelta(days=asked.step - 1)
        points = [between(day - span, day) for day in asked.points]
        before = between(asked.facts["before"], asked.start - timedelta(days=1))
        now = between(asked.start, asked.today)
        return self._card("api_calls", points, before, now=now, good="")

    @api.model
    def _utilisation(self, asked):
        """Return how much of what plans include is used, of open tenants with a limit."""
        facts = {"codes": list(GAUGES), "open": list(SERVING)}
        found = {code: row for code, *row in self._rows(LIMITS, asked, facts)}
        gauges = []
        for code in GAUGES:
            count, used, limit, unknown, near, forced, sold = found.get(
                code, (0, None, None) + (0,) * 4
            )
            gauges.append(
                {
                    "key": code,
                    "used": used,
                    "limit": limit,
                    "ratio": used / limit if used is not None and limit else None,
                    "tenants": count,
                    "unknown": unknown,
                    "near": near,
                    "forced": forced,
                    "sold": sold,
                }
            )
        return gauges

    @api.model
    def _zone(self):
        return self.env.company.partner_id.tz or "UTC"


def _sum(states, wanted):
    return sum(states.get(state, 0) for state in wanted)
