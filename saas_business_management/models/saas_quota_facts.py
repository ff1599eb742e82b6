"""What quotas are judged by: limits of all sources, and the newest use of each meter.

Owns: reading them for many tenants with a few statements. Does not own: which source counts
(`kernel/quota/limits.py`), the judgement (`saas_quota_judge.py`).
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..kernel.billing.subscription import RUNNING
from ..kernel.lifecycle.states import SERVING
from ..kernel.metering.builtin import GATEWAY
from ..kernel.period import Period, bounds, local_day, zone
from ..kernel.quota.enforcement import CALLS, COUNTED, METERS, STORAGE, TRAFFIC, USERS
from ..kernel.quota.limits import Limit, Override, Sources, effective
from ..kernel.quota.month import month_of
from ..kernel.quota.verdict import Use

WATCHED = ("trial", "active", "suspended")
# A reading that is older says nothing of an open tenant: an idle one is read every six hours.
OLD = timedelta(hours=25)
NAMES = {
    USERS: "limit_users",
    STORAGE: "limit_storage_gb",
    CALLS: "limit_api_calls",
    TRAFFIC: "limit_bandwidth_gb",
}
# Each row ends with the numbers of plan, trial, template and add-ons, a meter after the other.
TENANTS = """
SELECT t.id, t.company_id, t.cluster_id, p.id, v.id, t.state, coalesce(t.served_as, ''),
       s.timezone, s.anchor_on, CASE WHEN v.id IS NULL THEN p.allowed_apps ELSE v.allowed_apps END,
       ARRAY[%(plan)s]::text[], ARRAY[%(trial)s]::text[], ARRAY[%(template)s]::text[],
       ARRAY[%(addons)s]::text[]
  FROM saas_tenant AS t
  LEFT JOIN LATERAL (
       SELECT id, version_id, timezone, anchor_on FROM saas_subscription
        WHERE tenant_id = t.id AND state = ANY(%(running)s)
        ORDER BY id DESC LIMIT 1) AS s ON true
  LEFT JOIN saas_plan AS p ON p.id = t.plan_id
  LEFT JOIN saas_plan_version AS v ON v.id = s.version_id AND v.plan_id = t.plan_id
  LEFT JOIN saas_template AS e ON e.id = t.template_id
  LEFT JOIN LATERAL (
       SELECT %(sums)s
         FROM saas_subscription_addon AS x JOIN saas_plan_version AS o ON o.id = x.version_id
        WHERE x.subscription_id = s.id AND x.start_on <= %(today)s
          AND (x.end_on IS NULL OR x.end_on > %(today)s)) AS a ON true
 WHERE %(which)s
 ORDER BY t.id
"""
OVERRIDES = """
SELECT id, tenant_id, meter_id, CASE WHEN no_limit THEN NULL ELSE "limit"::text END, until_on
  FROM saas_quota_override WHERE ended_at IS NULL AND tenant_id = ANY(%s)
"""
LEVELS = """
SELECT r.tenant_id, r.meter_id, r.quantity::text, r.at, coalesce(s.failures, 0)
  FROM saas_usage_reading AS r LEFT JOIN saas_usage_source AS s ON s.id = r.source_id
 WHERE r.tenant_id = ANY(%s) AND r.meter_id = ANY(%s)
"""
COUNTS = """
SELECT d.tenant_id, d.meter_id, sum(d.quantity)::text, max(d.last_at)
  FROM unnest(%s::int[], %s::date[], %s::date[]) AS w (tenant_id, start_on, end_on)
  JOIN saas_usage_day AS d
    ON d.tenant_id = w.tenant_id AND d.day >= w.start_on AND d.day < w.end_on
 WHERE d.meter_id = ANY(%s)
 GROUP BY 1, 2
"""
SPOKEN = """
SELECT tenant_id, failures, answered_at FROM saas_usage_source
 WHERE source = %s AND tenant_id = ANY(%s)
"""
CHARGED = """
SELECT DISTINCT version_id, meter_id FROM saas_plan_charge WHERE version_id = ANY(%s)
"""
SOURCES_READ = (
    *("saas.tenant", "saas.subscription", "saas.subscription.addon", "saas.plan"),
    *("saas.plan.version", "saas.template", "saas.quota.override", "saas.usage.source"),
    *("saas.usage.day", "saas.plan.charge"),
)


@dataclass
class TenantFacts:
    """What is known of one tenant; limits and uses by the code of the meter."""

    tenant_id: int
    company_id: int
    cluster_id: int | None
    plan_id: int | None
    version_id: int | None
    is_open: bool
    today: date
    month: Period
    ends_at: datetime
    limits: dict[str, Limit] = field(default_factory=dict)
    overrides: dict[str, int] = field(default_factory=dict)
    uses: dict[str, Use] = field(default_factory=dict)
    read_at: dict[str, datetime] = field(default_factory=dict)
    charged: set[str] = field(default_factory=set)
    apps: str = ""


class SaasQuota(models.Model):
    _inherit = "saas.quota"

    @api.model
    def _meter_ids(self):
        """Return the ids of the meters that carry limits, by their codes."""
        meters_sudo = self.env["saas.meter"].sudo().with_context(active_test=False)
        return {one.code: one.id for one in meters_sudo.search([("code", "in", METERS)])}

    @api.model
    def _facts(self, tenants=None):
        """Return `TenantFacts` by tenant id: of these tenants, or of all that are watched."""
        for name in SOURCES_READ:
            self.env[name].flush_model()
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        codes = {number: code for code, number in self._meter_ids().items()}
        months, found = {}, {}
        rows = self.env.execute_query(self._tenants_sql(tenants, now))
        overrides = self._overrides([row[0] for row in rows], codes)
        for row in rows:
            facts = _facts_of(row, now, months)
            sources = dict(zip(METERS, zip(*map(_numbers, row[10:]), strict=True), strict=True))
            _give_limits(facts, sources, row, overrides.get(facts.tenant_id, {}))
            found[facts.tenant_id] = facts
        self._read_uses(found, codes, now)
        self._read_charged(found, codes)
        return found

    @api.model
    def _tenants_sql(self, tenants, moment):
        names = [SQL.identifier(NAMES[code]) for code in METERS]

        def of(letter, prefix=""):
            return [SQL.identifier(letter, prefix + NAMES[code]) for code in METERS]

        plan, trial, template, addons = of("p"), of("p", "trial_"), of("e"), of("a")
        sold, sold_trial = of("v"), of("v", "trial_")
        # What was sold stays as it was when the plan changes.
        pairs = zip(sold, plan, strict=True)
        trials = zip(sold_trial, trial, strict=True)
        which = SQL("t.state = ANY(%s)", list(WATCHED))
        if tenants is not None:
            which = SQL("t.id = ANY(%s)", list(tenants.ids))
        return SQL(
            TENANTS,
            plan=SQL(", ").join(SQL("coalesce(%s, %s)", then, live) for then, live in pairs),
            trial=SQL(", ").join(SQL("coalesce(%s, %s)", then, live) for then, live in trials),
            template=SQL(", ").join(template),
            addons=SQL(", ").join(addons),
            sums=SQL(", ").join(
                SQL("sum(%s * x.quantity) AS %s", SQL.identifier("o", NAMES[code]), name)
                for code, name in zip(METERS, names, strict=True)
            ),
            running=list(RUNNING),
            today=moment.date(),
            which=which,
        )

    @api.model
    def _overrides(self, tenant_ids, codes):
        found = {}
        for number, tenant, meter, amount, until in self.env.execute_query(
            SQL(OVERRIDES, list(tenant_ids))
        ):
            told = Override(None if amount is None else Decimal(amount), until)
            found.setdefault(tenant, {})[codes.get(meter)] = (number, told)
        return found

    @api.model
    def _read_uses(self, found, codes, now):
        ids = list(found)
        levels = [number for number, code in codes.items() if code not in COUNTED]
        for tenant, meter, amount, at, failures in self.env.execute_query(SQL(LEVELS, ids, levels)):
            facts, code = found[tenant], codes[meter]
            fresh = not facts.is_open or _is_fresh(at, now)
            facts.uses[code] = Use(Decimal(amount), not failures and fresh)
            facts.read_at[code] = at
        spoken = {row[0]: row[1:] for row in self.env.execute_query(SQL(SPOKEN, GATEWAY, ids))}
        counts = [number for number, code in codes.items() if code in COUNTED]
        months = [found[one].month for one in ids]
        starts, ends = [one.start for one in months], [one.end for one in months]
        for tenant, meter, amount, at in self.env.execute_query(
            SQL(COUNTS, ids, starts, ends, counts)
        ):
            facts, code = found[tenant], codes[meter]
            failures, answered = spoken.get(tenant, (0, at))
            fresh = not facts.is_open or _is_fresh(
                max(filter(None, (at, answered)), default=None), now
            )
            facts.uses[code] = Use(Decimal(amount), not failures and fresh, True)
            facts.read_at[code] = at
        for facts in found.values():
            for code in METERS:
                facts.uses.setdefault(code, Use(None, False, code in COUNTED))

    @api.model
    def _read_charged(self, found, codes):
        versions = {one.version_id for one in found.values() if one.version_id}
        charged = {}
        for version, meter in self.env.execute_query(SQL(CHARGED, list(versions))):
            charged.setdefault(version, set()).add(codes.get(meter))
        for facts in found.values():
            facts.charged = charged.get(facts.version_id, set())


def _facts_of(row, now, months):
    tenant, company, cluster, plan, version, state, _served_as, zone_name, anchor, apps = row[:10]
    key = (zone_name, anchor)
    if key not in months:
        where = zone(zone_name or "UTC")
        today = local_day(now, where)
        month = month_of(today, anchor)
        months[key] = (today, month, bounds(month, where).end)
    today, month, ends_at = months[key]
    is_open = state in SERVING
    return TenantFacts(
        tenant, company, cluster, plan, version, is_open, today, month, ends_at, apps=apps or ""
    )


def _give_limits(facts, sources, row, overrides):
    state, served_as = row[5], row[6]
    on_trial = state == "trial" or (state == "suspended" and served_as == "trial")
    for code, (plan, trial, template, addons) in sources.items():
        number, override = overrides.get(code, (None, None))
        told = Sources(plan, addons, template, trial if on_trial else Decimal(0), override)
        facts.limits[code] = effective(told, facts.today)
        if facts.limits[code].source == "override":
            facts.overrides[code] = number


def _numbers(texts):
    return [Decimal(text) if text else Decimal(0) for text in texts]


def _is_fresh(at, now):
    return at is not None and now.replace(tzinfo=None) - at < OLD
