"""Judging quotas: every minute, and soon after something they depend on was changed.

Owns: finding out which rows have to be judged, writing what was found, handing the news on. Does
not own: the judgement itself (`kernel/quota/verdict.py`), its facts (`saas_quota_facts.py`),
telling people (`saas_quota_tell.py`), what follows for tenants (`saas_tenant_limits.py`).

Everything is compared with the facts of the last judgement, so nothing that changes has to say so;
what is as it was is not judged again unless a grace ended.
"""

from dataclasses import dataclass
from datetime import timezone
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..kernel.quota.enforcement import METERS, State
from ..kernel.quota.terms import CHARGE, Terms
from ..kernel.quota.verdict import Standing, Verdict, judge

KNOWN = """
SELECT tenant_id, meter_id, facts_key, level, since, CASE WHEN has_limit THEN "limit"::text END,
       period_on, over_since, forced_since, coalesce(told_marks, ''), coalesce(force_told, false),
       news_at, grace_until, forecast_day, level = 'exceeded' AND grace_until <= %s
  FROM saas_quota WHERE tenant_id = ANY(%s)
"""
GONE = """
DELETE FROM saas_quota AS q USING saas_tenant AS t
 WHERE t.id = q.tenant_id AND t.state IN ('archived', 'deleting', 'deleted')
"""
COLUMNS = {
    "tenant_id": "int",
    "meter_id": "int",
    "company_id": "int",
    "plan_id": "int",
    "cluster_id": "int",
    "has_limit": "boolean",
    "limit": "numeric",
    "addons": "numeric",
    "source": "varchar",
    "override_id": "int",
    "has_reading": "boolean",
    "used": "numeric",
    "used_known": "boolean",
    "read_at": "timestamp",
    "percent": "numeric",
    "level": "varchar",
    "since": "timestamp",
    "policy": "varchar",
    "warn_percent": "int",
    "hard_percent": "int",
    "grace_days": "int",
    "over_since": "timestamp",
    "grace_until": "timestamp",
    "forced_since": "timestamp",
    "period_on": "date",
    "period_end_at": "timestamp",
    "told_marks": "varchar",
    "force_told": "boolean",
    "news_at": "timestamp",
    "facts_key": "varchar",
    "forecast_day": "date",
}
KEYS = ("tenant_id", "meter_id")


@dataclass(frozen=True)
class Judged:
    """What one judgement found: of which tenant and meter, the terms, the verdict."""

    tenant_id: int
    meter: str
    terms: Terms
    verdict: Verdict

    @property
    def is_news(self):
        """Tell whether anything is to be written into the journal."""
        found = self.verdict
        return bool(found.crossed or found.forced or found.released)


class SaasQuota(models.Model):
    _inherit = "saas.quota"

    @api.model
    def _cron_judge(self):
        """Judge whatever changed, and foresee some limits."""
        self.env["saas.quota.override"]._end_expired()
        self._forget_gone()
        self._judge()
        self.env["ir.cron"]._commit_progress(1)
        self._foresee()

    @api.model
    @api.private
    def _judge(self, tenants=None, tell=True):
        """Judge the quotas of these tenants, or of all that are watched, where something changed.

        Returns how many were judged. Without `tell` nobody hears of it and nothing is put in
        force: for what is only shown.
        """
        self.flush_model()
        facts = self._facts(tenants)
        now = fields.Datetime.now()
        known = self._known(facts, now)
        rules = self._rules_of(facts)
        rows, news, states = [], [], {}
        ids = self._meter_ids()
        for one in facts.values():
            touched, found = False, []
            for code in METERS:
                rule = _rule(rules, one, code)
                before = known.get((one.tenant_id, ids[code]))
                row, judged, state = _judge_one(one, code, rule, before, now)
                found.append(state)
                if row:
                    touched = True
                    rows.append({**row, "meter_id": ids[code]})
                    news += [judged] if judged.is_news else []
            if touched:
                states[one.tenant_id] = found
        self._put_rows(rows)
        if tell:
            self._tell_news(news)
            apps = {tenant: facts[tenant].apps for tenant in states}
            self.env["saas.tenant"].sudo().browse(states)._apply_quotas(states, apps)
        return len(rows)

    @api.model
    @api.private
    def _forget_gone(self):
        """Forget the quotas of tenants that are out of service; the journal keeps what happened."""
        self.flush_model()
        self.env["saas.tenant"].flush_model(["state"])
        self.env.cr.execute(SQL(GONE))
        self.invalidate_model()

    @api.model
    @api.private
    def _states_of(self, tenant):
        """Return the states of a tenant's meters as they are now; nothing is written."""
        self.flush_model()
        facts, now = self._facts(tenant), fields.Datetime.now()
        known, rules, ids = self._known(facts, now), self._rules_of(facts), self._meter_ids()
        one = facts[tenant.id]
        return [
            _judge_one(one, code, _rule(rules, one, code), known.get((tenant.id, ids[code])), now)[
                2
            ]
            for code in METERS
        ]

    @api.model
    @api.private
    def _forget_facts(self, tenants):
        """Have these judged with the next round, whether anything changed or not."""
        self.flush_model()
        self.env.cr.execute(
            SQL("UPDATE saas_quota SET facts_key = NULL WHERE tenant_id = ANY(%s)", tenants.ids)
        )
        self.invalidate_model(["facts_key"])

    @api.model
    @api.private
    def _judge_demo(self, tenant_ids):
        """Judge the demonstration's tenants for looking at; nobody is told of it."""
        tenants = self.env["saas.tenant"].browse(tenant_ids)
        self._judge(tenants, tell=False)
        self._foresee(self.search([("tenant_id", "in", tenants.ids)]))

    @api.model
    def _known(self, facts, now):
        """Return what was found before by tenant and meter."""
        rows = self.env.execute_query(SQL(KNOWN, now, list(facts)))
        return {row[:2]: row[2:] for row in rows}

    @api.model
    def _rules_of(self, facts):
        """Return the terms of each company by plan and meter, with those of its settings."""
        companies = (
            self.env["res.company"].sudo().browse({one.company_id for one in facts.values()})
        )
        found = {}
        for company in companies:
            setting = self.env["saas.quota.setting"]._of(company)
            found[company.id] = (setting._to_terms(), setting.charged_is_allowed)
        return found

    @api.model
    def _put_rows(self, rows):
        """Write what was found, all rows by one statement."""
        if not rows:
            return
        names = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
        values = SQL(", ").join(
            SQL("%s::%s[]", [row[name] for row in rows], SQL(kind))
            for name, kind in COLUMNS.items()
        )
        changed = SQL(", ").join(
            SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name))
            for name in COLUMNS
            if name not in KEYS
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO saas_quota (%s) SELECT * FROM unnest(%s)"
                " ON CONFLICT (tenant_id, meter_id) DO UPDATE SET %s",
                names,
                values,
                changed,
            )
        )
        self.invalidate_model()


def _rule(rules, facts, code):
    """Return the terms for a meter of a tenant: its plan's own, or the company's."""
    by_plan, charged_is_allowed = rules[facts.company_id]
    own = by_plan.get((facts.plan_id, code)) if facts.plan_id else None
    rule = own or by_plan[False, code]
    if own or not charged_is_allowed or code not in facts.charged:
        return rule
    terms = rule["terms"]
    charged = Terms(terms.marks, terms.warn, terms.hard, terms.grace_days, CHARGE)
    return {**rule, "terms": charged}


def _judge_one(facts, code, rule, before, now):
    """Return the row to write, or None when all is as it was, with the judgement and its state."""
    limit, use, terms = facts.limits[code], facts.uses[code], rule["terms"]
    key = _key(facts, code, rule)
    period = facts.month.start
    if before and before[0] == key and not before[-1]:
        return None, None, _state_before(facts, code, rule, before)
    verdict = judge(
        use, limit.amount, terms, _standing(before), period, now.replace(tzinfo=timezone.utc)
    )
    judged = Judged(facts.tenant_id, code, terms, verdict)
    row = _row(facts, code, terms, verdict, before, now)
    return {**row, "facts_key": key}, judged, _state(facts, code, rule, verdict)


def _key(facts, code, rule):
    limit, use, terms = facts.limits[code], facts.uses[code], rule["terms"]
    parts = (
        *(limit.amount, limit.addons, limit.source, facts.overrides.get(code)),
        *(use.amount, use.known, facts.month.start, facts.plan_id, facts.cluster_id),
        *(terms.marks, terms.warn, terms.hard, terms.grace_days, terms.policy),
        *(rule["people"], rule["rate"], facts.is_open, facts.apps),
    )
    return "|".join(str(part) for part in parts)


def _standing(before):
    if not before:
        return Standing()
    _key, level, _since, limit, period, over, forced, told, force_told, news = before[:10]
    return Standing(
        level=level,
        limit=None if limit is None else Decimal(limit),
        period=period,
        over_since=_aware(over),
        forced_since=_aware(forced),
        told=_marks(told),
        force_told=force_told,
        news_at=_aware(news),
    )


def _row(facts, code, terms, verdict, before, now):
    limit, use, standing = facts.limits[code], facts.uses[code], verdict.standing
    stays = before and before[1] == standing.level
    old_limit = before and before[3]
    same_limit = old_limit is not None and limit.amount == Decimal(old_limit)
    return {
        "tenant_id": facts.tenant_id,
        "company_id": facts.company_id,
        "plan_id": facts.plan_id,
        "cluster_id": facts.cluster_id,
        "has_limit": limit.amount is not None,
        "limit": _shown(limit.amount),
        "addons": limit.addons,
        "source": limit.source,
        "override_id": facts.overrides.get(code),
        "has_reading": use.amount is not None,
        "used": _shown(use.amount),
        "used_known": use.known,
        "read_at": facts.read_at.get(code),
        "percent": _shown(verdict.percent),
        "level": standing.level,
        "since": before[2] if stays else now,
        "policy": terms.policy,
        "warn_percent": terms.warn,
        "hard_percent": terms.hard,
        "grace_days": terms.grace_days,
        "over_since": _naive(standing.over_since),
        "grace_until": _naive(verdict.grace_until),
        "forced_since": _naive(standing.forced_since),
        "period_on": facts.month.start,
        "period_end_at": _naive(facts.ends_at),
        "told_marks": ",".join(map(str, sorted(standing.told))),
        "force_told": standing.force_told,
        "news_at": _naive(standing.news_at),
        # Foreseen anew when the limit is another one.
        "forecast_day": before[11] if same_limit else None,
    }


def _state(facts, code, rule, verdict):
    standing = verdict.standing
    return _to_state(facts, code, rule, standing, verdict.grace_until)


def _state_before(facts, code, rule, before):
    return _to_state(facts, code, rule, _standing(before), _aware(before[10]))


def _to_state(facts, code, rule, standing, grace_until):
    limit, use, terms = facts.limits[code].amount, facts.uses[code], rule["terms"]
    reached = [
        mark
        for mark in terms.marks
        if limit and use.amount is not None and use.amount * 100 >= limit * mark
    ]
    return State(
        meter=code,
        limit=limit,
        used=use.amount,
        terms=terms,
        level=standing.level,
        in_force=standing.forced_since is not None,
        over=standing.over_since is not None,
        forced_since=standing.forced_since,
        mark=max(reached, default=0),
        grace_until=grace_until,
        rate=rule["rate"],
        people=rule["people"],
        ends_at=facts.ends_at if use.counted else None,
    )


def _shown(number):
    """Return a number as its column can hold it: beyond that nobody reads the difference."""
    return None if number is None else min(number, Decimal(10) ** 18)


def _marks(text):
    return frozenset(int(part) for part in text.split(",") if part)


def _aware(at):
    return at.replace(tzinfo=timezone.utc) if at else None


def _naive(at):
    return at.replace(tzinfo=None) if at else None
