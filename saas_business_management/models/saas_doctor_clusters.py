"""The doctor's checks of clusters, from what their tests, audits and records say.

Owns: these checks. Does not own: testing and auditing (operations).
"""

from collections.abc import Iterator
from typing import Any

from odoo import models
from odoo.tools import SQL

OLD_TEST_HOURS = 48
OLD_AUDIT_HOURS = 6
FULL_RATIO = 0.9


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        _ = self.env._
        clusters = self.env["saas.cluster"].search([])
        if not clusters:
            what = _("There is no cluster")
            why = _("Without one no template can be built and no tenant made.")
            mend = _("Run “odoo saas cluster-prepare” beside its PostgreSQL.")
            yield self._told("cluster_none", "cluster", "failing", what, why, mend)
        for cluster in clusters:
            yield self._look_at_test(cluster)
            yield self._look_at_secrets(cluster)
            yield self._look_at_audit(cluster)
            yield self._look_at_room(cluster)
            yield self._look_at_zone(cluster)
            yield self._look_for_nodes(cluster)

    def _look_for_nodes(self, cluster: models.Model) -> dict[str, Any]:
        """Tell whether a runtime node follows the routes of a cluster: it keeps a session here."""
        _ = self.env._
        rows = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename = %s",
                cluster.node_role,
            )
        )
        if rows[0][0]:
            what = _("Runtime nodes of %(cluster)s follow the route map", cluster=cluster.name)
            return self._told("cluster_nodes", "cluster", "ok", what, record=cluster)
        what = _("No runtime node of %(cluster)s is seen", cluster=cluster.name)
        why = _("Its tenants are not served, or by a node that hears of no change.")
        mend = _("Start the node, and look whether it reaches the control database.")
        level = "failing" if cluster.tenant_count else "warning"
        return self._told("cluster_nodes", "cluster", level, what, why, mend, cluster)

    def _look_at_test(self, cluster: models.Model) -> dict[str, Any]:
        _ = self.env._
        worst = cluster.check_ids.sorted("rank")[:1]
        if not cluster.checked_at:
            what = _("%(cluster)s was never tested", cluster=cluster.name)
            mend = _("Open it and choose Test Connection.")
            return self._told("cluster_test", "cluster", "unknown", what, "", mend, cluster)
        if worst.result in ("failing", "warning"):
            what = f"{cluster.name}: {worst.text}"
            mend = worst.mend or _("Open it: the connection test says more.")
            return self._told("cluster_test", "cluster", worst.result, what, "", mend, cluster)
        hours = round(self._age(cluster.checked_at))
        if hours > OLD_TEST_HOURS:
            what = _(
                "%(cluster)s was not tested for %(hours)s hours", cluster=cluster.name, hours=hours
            )
            mend = _("Open it and choose Test Connection; look whether the control worker runs.")
            return self._told("cluster_test", "cluster", "unknown", what, "", mend, cluster)
        count = len(cluster.check_ids)
        what = _("%(cluster)s passed all %(count)s tests", cluster=cluster.name, count=count)
        return self._told("cluster_test", "cluster", "ok", what, record=cluster)

    def _look_at_secrets(self, cluster: models.Model) -> dict[str, Any]:
        _ = self.env._
        if cluster.has_secrets:
            what = _("Secrets of %(cluster)s are stored", cluster=cluster.name)
            return self._told("cluster_secrets", "keys", "ok", what, record=cluster)
        what = _("Secrets of %(cluster)s are missing", cluster=cluster.name)
        why = _("No operation can reach it.")
        mend = _("Run “odoo saas cluster-prepare” for it.")
        return self._told("cluster_secrets", "keys", "failing", what, why, mend, cluster)

    def _look_at_audit(self, cluster: models.Model) -> dict[str, Any]:
        _ = self.env._
        found = cluster.audit_findings or []
        if found:
            one, count = found[0], len(found)
            what = _("%(cluster)s and the records differ", cluster=cluster.name)
            first = f"{one['what']} {one['name']}, {one['kind'].replace('_', ' ')}"
            why = _(
                "Points that differ: %(count)s; the first: %(first)s.", count=count, first=first
            )
            mend = _("Compare it with the operations of its tenant; nothing was removed by itself.")
            return self._told("cluster_audit", "cluster", "failing", what, why, mend, cluster)
        if not cluster.audited_at or self._age(cluster.audited_at) > OLD_AUDIT_HOURS:
            what = _("%(cluster)s was not audited lately", cluster=cluster.name)
            mend = _(
                "It is audited every hour once its test has passed and the control worker runs."
            )
            return self._told("cluster_audit", "cluster", "unknown", what, "", mend, cluster)
        what = _("%(cluster)s holds what the records say", cluster=cluster.name)
        return self._told("cluster_audit", "cluster", "ok", what, record=cluster)

    def _look_at_room(self, cluster: models.Model) -> dict[str, Any]:
        _ = self.env._
        facts = cluster._placement_facts()
        filled = {"used": facts.used, "capacity": facts.capacity}
        what = _("%(name)s holds %(used)s of %(capacity)s tenants", name=cluster.name, **filled)
        if facts.used < FULL_RATIO * facts.capacity:
            return self._told("cluster_room", "cluster", "ok", what, record=cluster)
        why = _("Standby copies count, too.")
        mend = _("Raise its capacity if the machine allows it, or add a cluster.")
        return self._told("cluster_room", "cluster", "warning", what, why, mend, cluster)

    def _look_at_zone(self, cluster: models.Model) -> dict[str, Any]:
        _ = self.env._
        zone = f"*.{cluster.base_host}"
        if f".{cluster.base_host}".endswith(".localhost"):
            what = _("%(zone)s opens on this machine alone", zone=zone)
            return self._told("cluster_zone", "cluster", "ok", what, record=cluster)
        looked = cluster.check_ids.filtered(lambda one: one.code == "zone_wildcard")[:1]
        if looked:
            why = _("Visitors find a tenant by its host name.")
            told = (looked.result, looked.text, why, looked.mend or "", cluster)
            return self._told("cluster_zone", "cluster", *told)
        what = _("%(zone)s must lead to the nodes of %(cluster)s", zone=zone, cluster=cluster.name)
        why = _("Visitors find a tenant by its host name; this cannot be seen from here.")
        mend = _("Add a wildcard record %(zone)s that points to the front proxy.", zone=zone)
        return self._told("cluster_zone", "cluster", "unknown", what, why, mend, cluster)
