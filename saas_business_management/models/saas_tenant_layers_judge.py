"""Judging the health of every tenant and cluster, once a minute, in a handful of queries.

Owns: gathering what fires and how old samples are, keeping the verdicts. Does not own: the verdicts
(`kernel/monitoring/layer_health.py`), alerts, samples, what screens say (`saas_tenant_layers.py`).
"""

import json
from collections import defaultdict
from datetime import timezone

from odoo import api, fields, models
from odoo.tools import SQL

from ..kernel.lifecycle.states import FAILED, SERVING
from ..kernel.monitoring import health, layer_health, layers
from ..kernel.monitoring.layer_health import Firing, Source
from ..kernel.monitoring.metric import FAMILIES

# A figure that stands in every row of its family tells how old the newest row is.
OF_TENANT = {
    "database": ("active_sessions_average", layers.DATABASE, True),
    "size": ("database_bytes", layers.TENANT, True),
    "probe": ("cron_lag_s", layers.BUSINESS, True),
    "audit": ("admins", layers.SECURITY, True),
    "gateway": ("requests", layers.APPLICATION, False),
}
OF_CLUSTER = ("cluster", "cluster_up")
OF_MACHINE = ("machine", "cpu_percent")
FIRING = """
SELECT a.id, a.layer, a.severity, a.scope, a.since, coalesce(r.name ->> 'en_US', a.code),
       a.tenant_id, coalesce(a.cluster_id, m.cluster_id)
  FROM saas_alert AS a
  JOIN saas_alert_rule AS r ON r.id = a.rule_id
  LEFT JOIN saas_machine AS m ON m.id = a.machine_id
 WHERE a.state = 'firing' AND a.severity IN ('warning', 'critical')
   AND (a.scope = ANY(%s) OR (a.scope = 'tenant' AND a.tenant_id IS NOT NULL))
"""
MACHINES = "SELECT id, cluster_id FROM saas_machine WHERE active AND cluster_id IS NOT NULL"
LOOKED_AT = """
SELECT id, state, state_since, cluster_id, plan_id, health_found, health_reason, health_since,
       health_checked_at, health_whole,
       ARRAY[health_infrastructure, health_application, health_database, health_tenant,
             health_business, health_security]
  FROM saas_tenant WHERE state = ANY(%s) OR health_whole IS NOT NULL
"""
KEEP = """
WITH new AS (SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS n (
    id int, whole text, whose text, reasons jsonb, infrastructure text, application text,
    "database" text, tenant text, business text, security text))
UPDATE saas_tenant AS t
   SET health_whole_since = CASE WHEN t.health_whole IS DISTINCT FROM new.whole
                                 THEN %(now)s ELSE t.health_whole_since END,
       health_whole = new.whole, health_whose = new.whose, health_reasons = new.reasons,
       health_infrastructure = new.infrastructure, health_application = new.application,
       health_database = new.database, health_tenant = new.tenant,
       health_business = new.business, health_security = new.security
  FROM new WHERE t.id = new.id AND (
       t.health_whole, t.health_whose, t.health_reasons, t.health_infrastructure,
       t.health_application, t.health_database, t.health_tenant, t.health_business,
       t.health_security) IS DISTINCT FROM (
       new.whole, new.whose, new.reasons, new.infrastructure, new.application, new.database,
       new.tenant, new.business, new.security)
"""
KEEP_CLUSTERS = """
WITH new AS (SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS n (
    id int, whole text, reasons jsonb))
UPDATE saas_cluster AS c
   SET health_since = CASE WHEN c.health IS DISTINCT FROM new.whole
                           THEN %(now)s ELSE c.health_since END,
       health = new.whole, health_reasons = new.reasons, layers_judged_at = %(now)s
  FROM new WHERE c.id = new.id
"""
CLUSTER_LAYERS = (layers.INFRASTRUCTURE, layers.DATABASE)
READ = ("saas.tenant", "saas.cluster", "saas.alert", "saas.alert.rule", "saas.machine", "saas.plan")


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    @api.model
    def _cron_judge_layers(self):
        """Judge the health of every tenant and cluster."""
        self._judge_layers()

    @api.model
    @api.private
    def _judge_layers(self):
        """Judge, keep what changed and note the new states of layers; return how many tenants."""
        for name in READ:
            self.env[name].flush_model()
        now = fields.Datetime.now()
        facts = self._layer_facts()
        rows = self.env.execute_query(SQL(LOOKED_AT, [*SERVING, FAILED]))
        profiles = self._profiles_of({row[4] for row in rows})
        told, changed = [], {layer: {} for layer in layers.LAYERS}
        for row in rows:
            verdict = self._verdict(row, facts, profiles, now)
            told.append({"id": row[0], **_kept(verdict)})
            for layer, before in zip(layers.LAYERS, row[10], strict=True):
                found = verdict.layers.get(layer) if verdict else None
                if found != before:
                    changed[layer][row[0]] = found
        self.env.cr.execute(SQL(KEEP, rows=json.dumps(told), now=now))
        self._keep_clusters(facts, now)
        self.env["saas.tenant"].invalidate_model()
        self.env["saas.cluster"].invalidate_model()
        for layer, states in changed.items():
            if states:
                self.env["saas.status.interval"]._note(layer, states, now)
        return len(told)

    @api.model
    def _profiles_of(self, plan_ids):
        plans = self.env["saas.plan"].sudo().browse([one for one in plan_ids if one])
        found = self.env["saas.monitoring.profile"]._of_plans(plans)
        return {
            plan: (one._watched(), one.check_minutes * 60, one.probe_minutes * 60)
            if one
            else (layers.LAYERS, int(health.EVERY.total_seconds()), 300)
            for plan, one in found.items()
        }

    @api.model
    def _layer_facts(self):
        """Return what fires and when the newest samples came, by what they are of."""
        metrics = self.env["saas.metric"]
        firing = {"tenant": defaultdict(list), "cluster": defaultdict(list), "platform": []}
        inherited = sorted(layer_health.INHERITED)
        for number, layer, severity, scope, since, text, tenant, cluster in self.env.execute_query(
            SQL(FIRING, inherited)
        ):
            alert = Firing(layer, severity, scope, _aware(since), text=text, alert=number)
            if scope == layers.PLATFORM:
                firing["platform"].append(alert)
            elif scope == layers.TENANT:
                firing["tenant"][tenant].append(alert)
            else:
                firing["cluster"][cluster].append(alert)
        machines = dict(self.env.execute_query(SQL(MACHINES)))
        by_machine = _newest(metrics._latest([OF_MACHINE[1]]))
        of_machines = {}
        for machine, cluster in machines.items():
            if at := by_machine.get((machine, OF_MACHINE[1])):
                of_machines[cluster] = max(at, of_machines.get(cluster, at))
        return {
            "firing": firing,
            "machines": of_machines,
            "clusters": {
                one: at for (one, _code), at in _newest(metrics._latest([OF_CLUSTER[1]])).items()
            },
            "tenants": _newest(metrics._latest([code for code, *_more in OF_TENANT.values()])),
        }

    @api.model
    def _verdict(self, row, facts, profiles, now):
        """Return how a tenant is; None for one that is closed on purpose."""
        number, state, state_since, cluster, plan = row[:5]
        if state == FAILED:
            return layer_health.not_made(_aware(state_since))
        if state not in SERVING:
            return None
        watched, check_seconds, probe_seconds = profiles.get(plan) or profiles[False]
        seconds = {"probe": probe_seconds}
        sources = [
            Source(
                layer,
                family,
                facts["tenants"].get((number, code)),
                seconds.get(family, FAMILIES[family].seconds),
                needed,
            )
            for family, (code, layer, needed) in OF_TENANT.items()
        ]
        door, alerts = _door(row[5:9], check_seconds)
        firing = facts["firing"]
        alerts += firing["tenant"].get(number, [])
        alerts += firing["cluster"].get(cluster, []) + firing["platform"]
        sources += [door, *_of_cluster(cluster, facts, needed=False)]
        return layer_health.judge(sources, alerts, watched, _aware(now))

    @api.model
    def _keep_clusters(self, facts, now):
        told = []
        for cluster in self.env["saas.cluster"].sudo().with_context(active_test=False).search([]):
            verdict = layer_health.judge(
                _of_cluster(cluster.id, facts, needed=True),
                facts["firing"]["cluster"].get(cluster.id, []),
                CLUSTER_LAYERS,
                _aware(now),
            )
            told.append({"id": cluster.id, **_kept(verdict)})
        self.env.cr.execute(SQL(KEEP_CLUSTERS, rows=json.dumps(told), now=now))


def _of_cluster(cluster, facts, needed):
    """Return the sources that a cluster gives; its machines are needed by everybody on it."""
    return [
        Source(
            layers.INFRASTRUCTURE,
            "machine",
            facts["machines"].get(cluster),
            FAMILIES["machine"].seconds,
        ),
        Source(
            layers.DATABASE,
            "cluster",
            facts["clusters"].get(cluster),
            FAMILIES["cluster"].seconds,
            needed,
        ),
    ]


def _door(found, seconds):
    """Return the look at the front door as a source, and what was wrong there."""
    seen, reason, since, checked_at = found
    if seen in (None, health.UNKNOWN):
        why = reason or (health.STALE if checked_at else health.NEVER_LOOKED)
        return Source(layers.APPLICATION, "door", None, seconds, why=why), []
    source = Source(layers.APPLICATION, "door", _aware(checked_at), seconds, why=health.STALE)
    if seen == health.OK:
        return source, []
    return source, [Firing(layers.APPLICATION, seen, layers.TENANT, _aware(since), reason or "")]


def _kept(verdict):
    """Return a verdict as it is stored; nothing of a tenant that is closed."""
    if verdict is None:
        return {"whole": None, "whose": None, "reasons": None}
    reasons = [
        {
            "layer": one.layer,
            "health": one.health,
            "whose": one.whose,
            "code": one.code,
            "text": one.text,
            "since": one.since and fields.Datetime.to_string(one.since.replace(tzinfo=None)),
            "alert": one.alert,
        }
        for one in verdict.reasons
    ]
    whole = {"whole": verdict.health or None, "whose": verdict.whose or None}
    return {**whole, "reasons": reasons or None, **verdict.layers}


def _newest(latest):
    """Return when the newest figure came, by subject and code."""
    return {
        (subject, code): _aware(at)
        for subject, found in latest.items()
        for code, (_value, at) in found.items()
    }


def _aware(at):
    return at.replace(tzinfo=timezone.utc) if at else None
