"""Health of a tenant: how its front door answered, since when, and why.

Owns: the order of an operation `check_health`, keeping what it saw, what screens show of it. Does
not own: looking (`jobs/check_health.py`), what a look means (`kernel/monitoring/health.py`).

`health_found` is what the last look said. `health` is what may be told of it now: a look that is
too old is no evidence, and health is unknown. How often a tenant is looked at says its plan's
service tier, else the setting; a look counts for three times as long.
"""

from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..kernel.lifecycle.states import FAILED, SERVING
from ..kernel.monitoring import cadence, health
from ..messages.health import REASONS as SENTENCES

HEALTHS = [
    (health.OK, "Healthy"),
    (health.WARNING, "Warning"),
    (health.CRITICAL, "Critical"),
    (health.UNKNOWN, "Unknown"),
]
assert set(SENTENCES) == set(health.REASONS)
REASONS = [(reason, reason.replace("_", " ").capitalize()) for reason in health.REASONS]
AT_ONCE = 1000
FOUND = """
UPDATE saas_tenant AS t
   SET health_since = CASE WHEN t.health_found IS DISTINCT FROM new.health
                           THEN %(now)s ELSE t.health_since END,
       health_found = new.health, health_reason = nullif(new.reason, ''),
       health_wrong = new.wrong, health_checked_at = %(now)s, health_fresh_until = new.fresh,
       certificate_until = coalesce(new.certificate, t.certificate_until)
  FROM unnest(%(ids)s::int[], %(healths)s::text[], %(reasons)s::text[], %(wrong)s::int[],
              %(fresh)s::timestamp[], %(certificates)s::timestamp[])
       AS new (id, health, reason, wrong, fresh, certificate)
 WHERE t.id = new.id
"""
# What nobody has looked at for too long falls to unknown, also in groups and counts.
AGE = """
UPDATE saas_tenant
   SET health_found = 'unknown', health_reason = %(stale)s, health_since = %(now)s
 WHERE state = ANY(%(serving)s) AND health_found <> 'unknown'
   AND coalesce(health_fresh_until, health_checked_at + %(evidence)s) < %(now)s
RETURNING id
"""


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    health_found = fields.Selection(HEALTHS, readonly=True, copy=False, string="Health Found")
    health_reason = fields.Selection(REASONS, readonly=True, copy=False, string="Health Reason")
    health_wrong = fields.Integer(readonly=True, copy=False, string="Wrong Answers in a Row")
    health_since = fields.Datetime(readonly=True, copy=False, string="Health Since")
    health_checked_at = fields.Datetime(readonly=True, copy=False, string="Last Looked At")
    health_fresh_until = fields.Datetime(
        readonly=True, copy=False, string="Look Counts Until", help="Then health is unknown."
    )
    certificate_until = fields.Datetime(
        readonly=True,
        copy=False,
        string="Certificate Until",
        help="The end of the certificate visitors met at the last look.",
    )
    health = fields.Selection(
        HEALTHS,
        compute="_compute_health",
        search="_search_health",
        help="How its login page answers visitors; looked at every few minutes while it is open.",
    )
    health_text = fields.Char(compute="_compute_health", string="Why")

    @api.depends(
        "state", "health_found", "health_reason", "health_checked_at", "health_fresh_until"
    )
    def _compute_health(self):
        now = _aware(fields.Datetime.now())
        for tenant in self:
            found, reason = tenant._health_now(now)
            tenant.health = found
            tenant.health_text = self.env._(SENTENCES[reason]) if reason else False

    def _health_now(self, now):
        """Return health and reason; nothing for a tenant that is closed on purpose."""
        if self.state == FAILED:
            return health.CRITICAL, health.NOT_MADE
        if self.state not in SERVING:
            return False, False
        checked_at, fresh = (
            one and _aware(one) for one in (self.health_checked_at, self.health_fresh_until)
        )
        told = (self.health_found, self.health_reason)
        return health.shown(*told, checked_at or None, now, fresh or None)

    def _search_health(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        serving = Domain("state", "in", tuple(SERVING))
        unwritten = Domain("health_fresh_until", "=", False)
        fresh = Domain("health_fresh_until", ">=", now) | (
            unwritten & Domain("health_checked_at", ">=", now - health.EVIDENCE)
        )
        old = Domain("health_fresh_until", "<", now) | (
            unwritten & Domain("health_checked_at", "<", now - health.EVIDENCE)
        )
        known = serving & fresh
        lost = serving & (old | Domain("health_checked_at", "=", False))
        told = {
            one: known & Domain("health_found", "=", one)
            for one in (health.OK, health.WARNING, health.CRITICAL)
        }
        told[health.CRITICAL] |= Domain("state", "=", FAILED)
        told[health.UNKNOWN] = lost | (known & Domain("health_found", "in", ["unknown", False]))
        told[False] = Domain("state", "not in", (*SERVING, FAILED))
        return Domain.OR([told[one] for one in value if one in told])

    @api.private
    def _door_minutes(self):
        """Return after how many minutes the front door of each is looked at again, by id."""
        chosen = self.env["saas.look.cadence"]._door_minutes()
        tiers = {tenant.id: tenant.plan_id.service_tier_id for tenant in self.sudo()}
        return {
            number: cadence.door_minutes(int(tier.check_minutes or 0), chosen)
            for number, tier in tiers.items()
        }

    def _moved(self, move, why):
        """Who opens for the first time is looked at as soon as this is committed."""
        super()._moved(move, why)
        cluster_sudo = self.cluster_id.sudo()
        if move.event == "provisioned" and cluster_sudo._is_looked_at():
            cluster_sudo._start("check_health", {})


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    def _is_looked_at(self):
        return self.state == "ready" and self.has_secrets

    @api.model
    def _cron_check_health(self):
        """Let old looks fall to unknown, order new ones, and forget orders of yesterday."""
        self.env["saas.tenant"].flush_model()
        now = fields.Datetime.now()
        asked = {"now": now, "evidence": health.EVIDENCE, "stale": health.STALE}
        self.env.execute_query(SQL(AGE, serving=list(SERVING), **asked))
        self.env["saas.tenant"].invalidate_model()
        for cluster in self.search([("state", "=", "ready")]):
            if cluster._is_looked_at() and cluster._health_due():
                cluster._start("check_health", {})
        old = now - timedelta(days=1)
        done = [("kind", "=", "check_health"), ("state", "=", "done"), ("ended_at", "<", old)]
        self.env["saas.job"].sudo().search(done, limit=AT_ONCE).unlink()

    def action_check_health(self):
        """Have the front doors of its tenants looked at now."""
        self._check_startable()
        for cluster in self:
            cluster._start("check_health", {})
        return True

    def _health_due(self):
        """Return the open tenants here that it is time to look at, who was not looked at for
        longest first.
        """
        self.ensure_one()
        here = Domain("cluster_id", "=", self.id) & Domain("state", "in", tuple(SERVING))
        order = "health_checked_at ASC NULLS FIRST, id"
        tenants_sudo = self.env["saas.tenant"].sudo().search(here, order=order)
        minutes, now = tenants_sudo._door_minutes(), fields.Datetime.now()
        return tenants_sudo.filtered(
            lambda one: cadence.door_due(one.health_checked_at or None, minutes[one.id], now)
        )[:AT_ONCE]

    @api.private
    def _step_health_due(self):
        """Return under which host names to ask, and whether through the front proxy (`tls`)."""
        scheme = urlsplit(self.public_url_pattern or "").scheme
        due = self._health_due()
        tenants = [{"tenant": one.id, "host": one._primary_host()} for one in due]
        return {"tls": scheme == "https", "tenants": tenants}

    @api.private
    def _step_health_seen(self, looks):
        """Keep what was seen: `tenant, problem, status, seconds, until, trusted` each."""
        now = fields.Datetime.now()
        tenants_sudo = self.env["saas.tenant"].sudo().browse([one["tenant"] for one in looks])
        wrong = {one.id: one.health_wrong for one in tenants_sudo.exists()}
        told = {
            one["tenant"]: health.judge(_seen(one), wrong[one["tenant"]], _aware(now))
            for one in looks
            if one["tenant"] in wrong
        }
        tenants_sudo.flush_model()
        minutes = tenants_sudo._door_minutes()
        ends = {one["tenant"]: _seen(one).until for one in looks}
        columns = {
            "ids": list(told),
            "fresh": [now + cadence.evidence(minutes[number]) for number in told],
            "certificates": [_naive(ends[number]) for number in told],
            "healths": [one.health for one in told.values()],
            "reasons": [one.reason for one in told.values()],
            "wrong": [one.wrong for one in told.values()],
        }
        self.env.cr.execute(SQL(FOUND, now=now, **columns))
        tenants_sudo.invalidate_model()
        self._keep_doors(looks, told, now)
        if any(one.wrong == health.WRONG_FOR_CRITICAL for one in told.values()):
            # Whoever has to know hears of it now, not with the next pass.
            self.env.ref("saas_business_management.ir_cron_alerts").sudo()._trigger()
        doubtful = [number for number, one in told.items() if one.reason == health.FIRST_WRONG]
        return {"kept": len(told), "doubtful": doubtful}

    def _keep_doors(self, looks, told, now):
        """Keep the figures of looks; of who gave no answer there is none."""
        rows = []
        for look in looks:
            found = told.get(look["tenant"])
            if found is None or found.reason == health.NO_ANSWER:
                continue
            figures = {"door_open": 0 if found.wrong else 1, "door_misses": found.wrong}
            if look["status"]:
                figures["door_ms"] = round(look["seconds"] * 1000)
            rows.append((now, look["tenant"], figures))
        self.env["saas.metric"]._add("door", rows)


def _seen(look):
    until = datetime.fromisoformat(look["until"]) if look["until"] else None
    seen = {name: look[name] for name in ("problem", "status", "seconds", "trusted")}
    return health.Look(until=until, **seen)


def _aware(at):
    return at.replace(tzinfo=timezone.utc)


def _naive(at):
    return at.astimezone(timezone.utc).replace(tzinfo=None) if at else None
