"""Open tenants on a cluster with a machine, figures for them, and alerts that fire."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from .common import SaasCommon

FIGURES = {
    "database": {"active_sessions_average": 0.1},
    "size": {"database_bytes": 5e7},
    "probe": {"cron_lag_s": 1},
    "audit": {"admins": 1},
}


class MonitoringCommon(SaasCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine = cls.env["saas.machine"].create(
            {"name": "node-1", "host": "node-1", "use": "node", "cluster_id": cls.cluster.id}
        )
        cls.metrics = cls.env["saas.metric"]
        cls.now = fields.Datetime.now().replace(second=0, microsecond=0)

    def setUp(self):
        super().setUp()
        # The clock stands still; `at` turns it.
        self.startPatcher(patch.object(fields.Datetime, "now", lambda *_args: self.now))

    def make_watched(self, subdomain, **values):
        """Return an open tenant whose front door answered now."""
        tenant = self.make_tenant(
            subdomain=subdomain,
            name=subdomain.title(),
            plan_id=self.plan.id,
            cluster_id=self.cluster.id,
            **values,
        )
        tenant._set({"state": "active"})
        self.look(tenant, 200)
        return tenant

    def look(self, tenant, status):
        seen = {"problem": "", "seconds": 0.1, "until": "", "trusted": True, "status": status}
        self.cluster._step_health_seen([{"tenant": tenant.id, **seen}])

    def feed(self, *tenants, at=None, but=()):
        """Give every source of every layer a figure."""
        at = at or self.now
        if "machine" not in but:
            self.metrics._add("machine", [(at, self.machine.id, {"cpu_percent": 20, "cores": 4})])
        if "cluster" not in but:
            self.metrics._add("cluster", [(at, self.cluster.id, {"cluster_up": 1})])
        for family, figures in FIGURES.items():
            if family not in but:
                self.metrics._add(family, [(at, one.id, figures) for one in tenants])

    def fire(self, layer="database", severity="critical", scope="tenant", **values):
        rule = self.env.ref("saas_business_management.alert_rule_door_closed").sudo()
        rule.name = "It is too much."
        rows = self.env["saas.alert"]._at_work()
        key = f"test {rows.search_count([])}"
        return rows.create(
            {
                "rule_id": rule.id,
                "code": rule.code,
                "rank": 0,
                "fingerprint": key,
                "group_key": key,
                "subject_id": 0,
                "layer": layer,
                "severity": severity,
                "scope": scope,
                "state": "firing",
                "since": self.now,
                **values,
            }
        )

    def judge(self):
        self.env["saas.tenant"]._judge_layers()

    def at(self, **later):
        now = self.now + timedelta(**later)
        return patch.object(fields.Datetime, "now", lambda *_args: now)
