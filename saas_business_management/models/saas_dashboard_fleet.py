"""The dashboard's blocks about tenants: health, growth, work going on, backups.

Owns: their queries. Does not own: the cards (`saas_dashboard_cards.py`), money
(`saas_dashboard_money.py`).
"""

import json

from odoo import api, fields, models

from ..kernel.lifecycle.states import FAILED, SERVING
from ..kernel.monitoring import health, layers
from ..messages.health import LAYER_REASONS as SENTENCES
from ..messages.health import LAYER_WORDS
from .saas_tenant_backup_policy import BACKED_UP
from .saas_tenant_layers import JUDGED

# What people did not ask for and nobody reads about.
ROUTINE = ("sample_usage", "check_health", "note_revenue", "run_doctor", "expire_backups")
ROUTINE += ("probe_tenants", "check_dependencies")
# What was judged too long ago is not known any more, whatever stands there.
HEALTH = """
WITH looked AS (
    SELECT t.id, t.name,
           CASE WHEN t.state = %(failed)s THEN 'critical'
                WHEN c.layers_judged_at IS NULL OR c.layers_judged_at < %(fresh)s THEN 'unknown'
                ELSE coalesce(t.health_whole, 'unknown') END AS health,
           CASE WHEN t.state = %(failed)s THEN %(not_made)s::jsonb
                WHEN c.layers_judged_at IS NULL OR c.layers_judged_at < %(fresh)s
                THEN %(not_judged)s::jsonb
                ELSE t.health_reasons -> 0 END AS reason,
           CASE WHEN t.state = %(failed)s THEN t.state_since
                WHEN c.layers_judged_at < %(fresh)s THEN c.layers_judged_at
                ELSE t.health_whole_since END AS since,
           CASE WHEN t.state = %(failed)s THEN 'tenant'
                WHEN c.layers_judged_at IS NULL OR c.layers_judged_at < %(fresh)s THEN 'platform'
                ELSE t.health_whose END AS whose
      FROM saas_tenant AS t LEFT JOIN saas_cluster AS c ON c.id = t.cluster_id
     WHERE %(here)s AND t.state = ANY(%(looked)s)),
counted AS (SELECT health, count(*) AS total FROM looked GROUP BY health),
ranked AS (
    SELECT *, array_position(ARRAY['critical', 'warning', 'unknown', 'ok'], health) AS place
      FROM looked WHERE health <> 'ok' ORDER BY place, since NULLS LAST, id LIMIT 5)
SELECT health, total, NULL::int, NULL, NULL::jsonb, NULL::timestamp, NULL, 0 FROM counted
 UNION ALL
SELECT health, 0, id, name, reason, since, whose, place FROM ranked
 ORDER BY 8, 6 NULLS LAST, 3
"""
RUNNING = """
SELECT j.id, j.label, j.state, j.progress, j.step_now, t.name, j.started_at,
       count(*) OVER ()
  FROM saas_job AS j LEFT JOIN saas_tenant AS t ON t.id = j.tenant_id
 WHERE %(of_job)s AND j.state IN ('running', 'undoing', 'waiting') AND j.kind <> ALL(%(routine)s)
 ORDER BY j.state = 'waiting', j.started_at NULLS LAST, j.id LIMIT 8
"""
DEAD = """
SELECT count(*) FROM saas_job AS j LEFT JOIN saas_tenant AS t ON t.id = j.tenant_id
 WHERE %(of_job)s AND j.state = 'dead'
"""
FEED = """
(SELECT 'event' AS what, e.id, e.at, e.event, e.to_state AS state, t.id AS tenant, t.name
   FROM saas_tenant_event AS e JOIN saas_tenant AS t ON t.id = e.tenant_id
  WHERE %(here)s ORDER BY e.id DESC LIMIT 20)
 UNION ALL
(SELECT 'job', j.id, j.ended_at, j.label, j.state, t.id, t.name
   FROM saas_job AS j LEFT JOIN saas_tenant AS t ON t.id = j.tenant_id
  WHERE %(of_job)s AND j.ended_at IS NOT NULL AND j.kind <> ALL(%(routine)s)
  ORDER BY j.id DESC LIMIT 20)
 ORDER BY at DESC, what, id DESC LIMIT 20
"""
BACKUPS = """
SELECT count(*), count(t.backup_last_at), count(t.backup_proven_at),
       count(*) FILTER (WHERE t.backup_proven_at >= %(now)s::timestamp - interval '7 days'),
       count(*) FILTER (WHERE t.backup_last_at IS NULL OR EXISTS (
           SELECT FROM saas_backup_alert AS a
            WHERE a.tenant_id = t.id AND a.ended_at IS NULL AND a.event = 'backup_gap')),
       max(t.backup_proven_at), min(t.backup_proven_at)
  FROM saas_tenant AS t
 WHERE %(here)s AND t.state = ANY(%(kept)s) AND t.database_id IS NOT NULL
"""
ALERTS = """
SELECT a.id, a.event, t.id, t.name, a.since, a.text, count(*) OVER ()
  FROM saas_backup_alert AS a JOIN saas_tenant AS t ON t.id = a.tenant_id
 WHERE %(here)s AND a.ended_at IS NULL ORDER BY a.since, a.id LIMIT 5
"""


class SaasDashboard(models.AbstractModel):
    _inherit = "saas.dashboard"

    @api.model
    def _fleet_blocks(self, asked, can):
        names = ("growth", "health", "capacity", "utilisation", "operations", "feed", "backups")
        if not can["tenants"]:
            return dict.fromkeys(names)
        healths, operations = self._health(asked), self._operations(asked)
        backups, gauges = self._backups(asked), self._utilisation(asked)
        counts = {
            "critical": healths["counts"][health.CRITICAL],
            "dead": operations["dead"],
            "limited": sum(gauge["forced"] for gauge in gauges),
            "backup_alerts": backups["alert_count"],
        }
        states = self._tenant_states(asked)
        card, growth = self._tenant_card(asked, states)
        return {
            "attention": [{"key": key, "count": count} for key, count in counts.items() if count],
            "cards": [card, *self._usage_cards(asked, states)],
            "growth": growth,
            "health": healths,
            "capacity": self._capacity(asked),
            "utilisation": gauges,
            "operations": operations,
            "feed": self._feed(asked),
            "backups": backups,
        }

    @api.model
    def _health(self, asked):
        reason = {"layer": layers.APPLICATION, "health": health.CRITICAL}
        facts = {
            "failed": FAILED,
            "looked": [*SERVING, FAILED],
            "fresh": asked.now - JUDGED,
            "not_made": json.dumps({**reason, "code": health.NOT_MADE}),
            "not_judged": json.dumps({"code": "not_judged"}),
        }
        counts, worst = dict.fromkeys((*health.HEALTHS,), 0), []
        for found, total, number, name, why, since, whose, _place in self._rows(
            HEALTH, asked, facts
        ):
            if number is None:
                counts[found] = total
            else:
                worst.append(
                    {
                        "id": number,
                        "name": name,
                        "health": found,
                        "reason": self._reason(why),
                        "whose": whose or "",
                        "since": _text(since),
                    }
                )
        return {"counts": counts, "worst": worst, "total": sum(counts.values())}

    @api.model
    def _reason(self, why):
        """Return one reason of `saas.tenant.health_reasons` as a line."""
        if not why:
            return ""
        sentence = SENTENCES.get(why["code"])
        said = why.get("text") or (self.env._(sentence) if sentence else why["code"])
        layer = LAYER_WORDS.get(why.get("layer"))
        return f"{self.env._(layer)}: {said}" if layer else said

    @api.model
    def _operations(self, asked):
        facts = {"routine": list(ROUTINE)}
        rows = self._rows(RUNNING, asked, facts)
        return {
            "total": rows[0][-1] if rows else 0,
            "dead": self._rows(DEAD, asked)[0][0],
            "rows": [
                {
                    "id": number,
                    "label": label,
                    "state": state,
                    "percent": round((progress or 0) * 100),
                    "step": step or "",
                    "tenant": tenant or "",
                    "since": _text(since),
                }
                for number, label, state, progress, step, tenant, since, _all in rows
            ],
        }

    @api.model
    def _feed(self, asked):
        """Return what happened last: moves of tenants and operations that ended, newest first."""
        return [
            {
                "key": f"{what}-{number}",
                "what": what,
                "id": number,
                "at": _text(at),
                "text": label if what == "job" else (label or "").replace("_", " ").capitalize(),
                "state": state,
                "tenant": tenant or 0,
                "name": name or "",
            }
            for what, number, at, label, state, tenant, name in self._rows(
                FEED, asked, {"routine": list(ROUTINE)}
            )
        ]

    @api.model
    def _backups(self, asked):
        row = self._rows(BACKUPS, asked, {"kept": list(BACKED_UP)})[0]
        total, saved, proven, proven_lately, uncovered, newest, oldest = row
        alerts = self._rows(ALERTS, asked)
        events = dict(
            self.env["saas.backup.alert"]._fields["event"]._description_selection(self.env)
        )
        return {
            "total": total,
            "saved": saved,
            "covered": total - uncovered,
            "coverage": (total - uncovered) / total if total else None,
            "proven": proven,
            "proven_lately": proven_lately,
            "last_proven": _text(newest),
            "oldest_proven": _text(oldest),
            "alert_count": alerts[0][-1] if alerts else 0,
            "alerts": [
                {
                    "id": number,
                    "what": events.get(event, event),
                    "tenant": tenant,
                    "name": name,
                    "since": _text(since),
                    "text": text or "",
                }
                for number, event, tenant, name, since, text, _all in alerts
            ],
        }


def _text(instant):
    return fields.Datetime.to_string(instant) if instant else None
