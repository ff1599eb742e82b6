"""What a pass judges by: figures of metrics, and the records that an alert may be about.

Owns: asking for each figure once a pass, which records are watched. Does not own: keeping metrics
(`saas_metric*.py`), judging.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from odoo import fields

from ..kernel.alerting.rule import USUAL
from ..kernel.alerting.threshold import thresholds
from ..kernel.lifecycle.states import HOUSED
from ..kernel.monitoring import layers

# A reading of this very second belongs to the window.
JUST_NOW = timedelta(seconds=1)


@dataclass(frozen=True)
class Profile:
    """What a monitoring profile says: layers that are judged, thresholds by rule and severity."""

    watched: frozenset[str]
    thresholds: dict[int, dict[str, float]]


def _profile(record):
    if not record:
        return Profile(frozenset(layers.LAYERS), {})
    return Profile(frozenset(record._watched()), record._thresholds())


class Figures:
    """The figures of one pass; each is asked for once, for every subject together."""

    def __init__(self, env, now):
        self._metrics = env["saas.metric"].sudo()
        self._now = now
        self._found = {}

    def by_subject(self, rule):
        """Return {subject: {key: figure}} of everything a rule needs."""
        told = {}
        for key in rule.keys:
            for subject, figure in self._figure(key).items():
                told.setdefault(subject, {})[key] = figure
        return told

    def _figure(self, key):
        if key not in self._found:
            metric, how, minutes = key
            if how == USUAL:
                found = self._metrics._baseline(metric, self._now)
            else:
                until = self._now + JUST_NOW
                since = self._now - timedelta(minutes=minutes)
                found = self._metrics._aggregate(metric, how, since, until)
            self._found[key] = {one: value for one, value in found.items() if value is not None}
        return self._found[key]


@dataclass(frozen=True)
class About:
    """A watched record: what an alert about it is linked to, and its labels for the fingerprint."""

    links: dict[str, Any] = field(default_factory=dict)
    labels: dict[str, Any] = field(default_factory=dict)


class Subjects:
    """The watched records of one pass, by scope and id; read when a rule first asks."""

    def __init__(self, env):
        self.env = env
        self._known = {}
        self._plans = {}
        self._profiles = None

    def of(self, scope):
        """Return {subject: About} of a scope."""
        if scope not in self._known:
            read = getattr(self, f"_read_{scope}")
            self._known[scope] = {
                subject: About(links, {"scope": scope, "subject": subject})
                for subject, links in read()
            }
        return self._known[scope]

    def watched(self, scope, layer):
        """Return those of a scope whose monitoring profile watches a layer."""
        found = self.of(scope)
        if scope != layers.TENANT:
            return found
        profiles = self._of_profiles()
        blind = {plan for plan, one in profiles.items() if layer not in one.watched}
        return {
            tenant: about for tenant, about in found.items() if self._plans[tenant] not in blind
        }

    def thresholds(self, rule):
        """Return the thresholds of single tenants for a rule: of their profile, else of their plan,
        else their own; who comes later has the last word.
        """
        self.of(layers.TENANT)
        found = self._by_profile(rule)
        rows = [one._to_override() for one in rule.override_ids]
        found.update(thresholds(rows, self._plans, fields.Date.today()))
        return found

    def _by_profile(self, rule):
        told = self._of_profiles()
        mine = {
            tenant: told[plan].thresholds.get(rule.id, {}) for tenant, plan in self._plans.items()
        }
        return {
            tenant: found[rule.severity] for tenant, found in mine.items() if rule.severity in found
        }

    def _of_profiles(self):
        """Return by plan what its monitoring profile says of rules; read once a pass."""
        if self._profiles is None:
            plans = self.env["saas.plan"].browse({plan for plan in self._plans.values() if plan})
            profiles = self.env["saas.monitoring.profile"]._of_plans(plans)
            told = {one: _profile(one) for one in set(profiles.values())}
            self._profiles = {plan or 0: told[one] for plan, one in profiles.items()}
        return self._profiles

    def _read_tenant(self):
        domain = [("state", "in", tuple(HOUSED)), ("database_id", "!=", False)]
        names = ["cluster_id", "company_id", "user_id", "plan_id"]
        for one in self.env["saas.tenant"].sudo().search_fetch(domain, names):
            self._plans[one.id] = one.plan_id.id or 0
            yield (
                one.id,
                {
                    "tenant_id": one.id,
                    "cluster_id": one.cluster_id.id,
                    "company_id": one.company_id.id,
                    "owner_id": one.user_id.id,
                },
            )

    def _read_cluster(self):
        for one in self.env["saas.cluster"].sudo().search([("state", "!=", "draft")]):
            yield one.id, {"cluster_id": one.id, "company_id": one.company_id.id}

    def _read_machine(self):
        for one in self.env["saas.machine"].sudo().search([]):
            cluster = one.cluster_id
            links = {"cluster_id": cluster.id, "company_id": cluster.company_id.id}
            yield one.id, {"machine_id": one.id, **links}

    def _read_target(self):
        for one in self.env["saas.backup.target"].sudo().search([]):
            yield one.id, {"target_id": one.id, "company_id": one.company_id.id}

    def _read_dependency(self):
        for one in self.env["saas.dependency"].sudo().search([]):
            yield one.id, {"dependency_id": one.id}

    def _read_platform(self):
        yield layers.NO_SUBJECT, {}
