"""Preparing a cluster from the command line, with a superuser's password that is kept nowhere.

Owns: gathering what is known, keeping what was made.
Does not own: the work on the servers (`jobs/prepare_cluster.py`).
"""

from typing import Any

from odoo import api, models
from odoo.sql_db import connection_info_for

from ..jobs.prepare_cluster import Place, Preparation, prepare_cluster


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    @api.model
    @api.private
    def _prepare(self, order: dict[str, Any]) -> models.Model:
        """Prepare both servers and the nodes' secret file; return the record, made or renewed.

        `superuser` and `control_superuser` are pairs (name, password file), `control` is a pair
        (host, port) that may be empty. May run twice.
        """
        cluster = self.with_context(active_test=False).search([("key", "=", order["key"])])
        made = prepare_cluster(
            Preparation(
                key=order["key"],
                tenants=Place(
                    order["pg_host"],
                    order["pg_port"],
                    order["superuser"][0],
                    order["superuser"][1] or "",
                ),
                control=self._control_place(order),
                control_database=self.env.cr.dbname,
                node_role=cluster.node_role or f"saas_node_{order['key']}",
                secret_out=order["secret_out"],
                connections_per_tenant=cluster.connections_per_tenant
                or self._default_connections(),
                known=self._known_secrets(cluster),
            )
        )
        # That took seconds: of a cluster at work the record has changed since it was read.
        self.env.cr.rollback()
        self.env.invalidate_all()
        return self._prepare_from_cli({**order, **made})

    @api.model
    def _control_place(self, order: dict[str, Any]) -> Place:
        info = connection_info_for(self.env.cr.dbname)[1]
        host = order["control"][0] or info.get("host") or "127.0.0.1"
        port = order["control"][1] or int(info.get("port") or 5432)
        name, password_file = order["control_superuser"]
        return Place(host, port, name, password_file or "")

    @api.model
    def _default_connections(self) -> int:
        return self.default_get(["connections_per_tenant"])["connections_per_tenant"]

    @api.model
    def _known_secrets(self, cluster: models.Model) -> dict[str, Any]:
        if not cluster.has_secrets:
            return {}
        now, following = cluster._secrets_for_nodes()
        known = {"prov_password": cluster._prov_password(), "cluster_secret": now}
        if monitor := cluster._monitor_password():
            known["monitor_password"] = monitor
        if limits := cluster._limits_password():
            known["limits_password"] = limits
        return {**known, "cluster_secret_next": following} if following else known
