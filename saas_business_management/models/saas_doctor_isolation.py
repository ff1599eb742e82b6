"""The doctor's checks of isolation: rights on clusters, proofs of tenants, ages of passwords.

Owns: these checks, from what operations wrote down. Does not own: the operations.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from odoo import fields, models

from ..messages.rights import right_text

OLD_RIGHTS_HOURS = 3
MOST_TOLD = 20


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        for cluster in self.env["saas.cluster"].search([]):
            yield from self._look_at_rights(cluster)
        yield from self._look_at_proofs()
        yield self._look_at_passwords()

    def _look_at_rights(self, cluster: models.Model) -> Iterator[dict[str, Any]]:
        _ = self.env._
        if not cluster.rights_audited_at or self._age(cluster.rights_audited_at) > OLD_RIGHTS_HOURS:
            what = _("Rights on %(cluster)s were not audited lately", cluster=cluster.name)
            mend = _("It is done every hour once its test has passed and the control worker runs.")
            yield self._told("cluster_rights", "cluster", "unknown", what, "", mend, cluster)
            return
        found = cluster.rights_findings or []
        if not found:
            what = _("Rights on %(cluster)s are as they should be", cluster=cluster.name)
            yield self._told("cluster_rights", "cluster", "ok", what, record=cluster)
        tenants = self._tenants_of(cluster, {row["name"] for row in found})
        for row in found[:MOST_TOLD]:
            tenant = tenants.get(row["name"])
            what, mend = right_text(self.env, {**row, "shown": tenant and tenant.name})
            what = f"{cluster.name}: {what}"
            yield self._told(
                "cluster_rights", "cluster", row["level"], what, "", mend, tenant or cluster
            )

    def _tenants_of(self, cluster: models.Model, names: set[str]) -> dict[str, models.Model]:
        rows = self.env["saas.database"].search(
            [("cluster_id", "=", cluster.id), ("name", "in", list(names))]
        )
        return {row.name: row.tenant_id for row in rows if row.tenant_id}

    def _look_at_proofs(self) -> Iterator[dict[str, Any]]:
        _ = self.env._
        open_ones = [("state", "in", ("trial", "active")), ("database_id", "!=", False)]
        tenants = self.env["saas.tenant"].search(open_ones)
        failed = tenants.filtered(lambda one: one.isolation == "failed")
        for tenant in failed[:MOST_TOLD]:
            row = self.env["saas.evidence"]._newest("isolated", tenant.ids)[tenant.id]
            what = _("%(tenant)s is not isolated", tenant=tenant.name)
            why = _("PostgreSQL let its role do this: %(attacks)s.", attacks=row.summary)
            mend = _("Mend the rights on its cluster, then choose Check Now under Evidence.")
            yield self._told("tenant_isolated", "tenant", "failing", what, why, mend, tenant)
        yesterday = fields.Datetime.now() - timedelta(days=1)
        old = tenants.filtered(
            lambda one: one.isolation == "unknown" and one.create_date < yesterday
        )
        if old:
            what = _("Isolation of %(count)s open tenants is not proven", count=len(old))
            why = _("Each is proven after provisioning and then every week.")
            mend = _("Look whether the control worker runs and whether “Prove Isolation” fails.")
            yield self._told("tenant_isolated", "tenant", "warning", what, why, mend, old[:1])
        elif not failed:
            what = _("Every open tenant is proven to be isolated")
            yield self._told("tenant_isolated", "tenant", "ok", what)

    def _look_at_passwords(self) -> dict[str, Any]:
        _ = self.env._
        days = self.env["saas.tenant"]._rotation_days()
        if not days:
            what = _("Database passwords of tenants are never changed by themselves")
            mend = _("Set the parameter saas.role_rotation_days, such as to 90.")
            return self._told("role_passwords", "keys", "warning", what, "", mend)
        limit = fields.Datetime.now() - timedelta(days=days + 7)
        rows = self.env["saas.database"].search([("stage", "=", "claimed")])
        old = rows.filtered(lambda one: (one.rotated_at or one.create_date) < limit)
        if not old:
            what = _("No tenant's database password is older than %(days)s days", days=days + 7)
            return self._told("role_passwords", "keys", "ok", what)
        what = _("Database passwords of %(count)s tenants are too old", count=len(old))
        mend = _("They are changed by an operation; look why “Change Database Password” fails.")
        return self._told("role_passwords", "keys", "warning", what, "", mend, old[:1].tenant_id)
