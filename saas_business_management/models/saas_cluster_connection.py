"""How the control plane reaches a cluster: addresses, folders, programs, sealed secrets.

Owns: these fields and the plain values jobs get of them. Does not own: the encryption
(`adapters/keyring.py`).
"""

import shlex
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import config

from ..kernel.errors import Refused, SaasError
from ..kernel.secret import Secret

ADMIN = "saas_business_management.group_saas_admin"
PLAIN_FROM_CLI = (
    *("name", "hosting", "region", "capacity", "connections_per_tenant"),
    *("base_host", "public_url_pattern", "node_url", "node_role"),
    *("pg_host", "pg_port", "prov_role", "pg_bin"),
    *("filestore_path", "data_dir", "odoo_command", "addons_path"),
)


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    pg_host = fields.Char(string="PostgreSQL Host", default="127.0.0.1", groups=ADMIN)
    pg_port = fields.Integer(string="PostgreSQL Port", default=5432, groups=ADMIN)
    prov_role = fields.Char(
        string="Provisioner Role",
        default="saas_prov",
        groups=ADMIN,
        help="May create databases and roles, never a superuser.",
    )
    prov_password_sealed = fields.Char(copy=False, groups=fields.NO_ACCESS)
    cluster_secret_sealed = fields.Char(copy=False, groups=fields.NO_ACCESS)
    monitor_password_sealed = fields.Char(copy=False, groups=fields.NO_ACCESS)
    limits_password_sealed = fields.Char(copy=False, groups=fields.NO_ACCESS)
    prov_password = fields.Char(
        string="Provisioner Password",
        compute="_compute_prov_password",
        inverse="_inverse_prov_password",
        copy=False,
        groups=ADMIN,
        help="Encrypted as soon as it is saved and never shown again.",
    )
    has_secrets = fields.Boolean(
        string="Secrets Stored", compute="_compute_has_secrets", compute_sudo=True
    )
    node_role = fields.Char(
        string="Role of the Nodes",
        compute="_compute_node_role",
        store=True,
        readonly=False,
        groups=ADMIN,
        help="May read this cluster's rows of the route map on the control database, nothing else.",
    )
    filestore_path = fields.Char(string="Filestore Folder", groups=ADMIN)
    data_dir = fields.Char(string="Data Folder", groups=ADMIN)
    odoo_command = fields.Char(
        groups=ADMIN,
        help="The command that starts this cluster's Odoo, with an interpreter before it where "
        "needed.",
    )
    addons_path = fields.Char(groups=ADMIN, help="Folders with modules, separated by commas.")
    pg_bin = fields.Char(
        string="PostgreSQL Programs",
        groups=ADMIN,
        help="Folder of pg_dump; it must not be older than the server.",
    )

    _port_known = models.Constraint(
        "CHECK (pg_port BETWEEN 1 AND 65535)", "A port is a number from 1 to 65535."
    )

    @api.depends("key")
    def _compute_node_role(self) -> None:
        for cluster in self:
            cluster.node_role = f"saas_node_{cluster.key}" if cluster.key else False

    def _compute_prov_password(self) -> None:
        self.prov_password = False

    def _inverse_prov_password(self) -> None:
        for cluster in self.filtered("prov_password"):
            try:
                cluster.sudo()._seal("prov_password_sealed", Secret(cluster.prov_password))
            except SaasError:
                raise UserError(
                    self.env._(
                        "The password was not stored: the key file of the control plane cannot "
                        "be used. Doctor says why."
                    )
                ) from None

    @api.depends("prov_password_sealed", "cluster_secret_sealed")
    def _compute_has_secrets(self) -> None:
        for cluster in self:
            cluster.has_secrets = bool(
                cluster.prov_password_sealed and cluster.cluster_secret_sealed
            )

    @api.constrains("filestore_path", "data_dir", "pg_bin", "addons_path")
    def _check_folders(self) -> None:
        for cluster in self:
            single = (cluster.filestore_path, cluster.data_dir, cluster.pg_bin)
            for folder in (*single, *cluster._addons_folders()):
                if folder and not folder.startswith("/"):
                    raise ValidationError(
                        self.env._(
                            "“%(folder)s” is not a whole path: begin it with a slash.",
                            folder=folder,
                        )
                    )

    @api.constrains("odoo_command")
    def _check_odoo_command(self) -> None:
        for cluster in self.filtered("odoo_command"):
            try:
                shlex.split(cluster.odoo_command)
            except ValueError:
                raise ValidationError(
                    self.env._("The Odoo command has a quote that is not closed.")
                ) from None

    def _addons_folders(self) -> list[str]:
        return [folder.strip() for folder in (self.addons_path or "").split(",") if folder.strip()]

    def _seal(self, name: str, secret: Secret) -> None:
        self.ensure_one()
        self[name] = self.env["saas.keyring"]._seal(secret, self._secret_label(name))

    def _secret_label(self, name: str) -> str:
        return f"saas.cluster,{name},{self.key}"

    def _open_secret(self, name: str) -> Secret:
        self.ensure_one()
        if not self[name]:
            raise Refused("cluster_secret_missing", cluster=self.key)
        return self.env["saas.keyring"]._open(self[name], self._secret_label(name))

    @api.private
    def _prov_password(self) -> Secret:
        """Return the provisioner's password; for jobs, in sudo."""
        return self._open_secret("prov_password_sealed")

    @api.private
    def _monitor_password(self) -> Secret | None:
        """Return the monitor's password, None where the cluster was prepared before there was one;
        for jobs, in sudo.
        """
        sealed = self.monitor_password_sealed
        return self._open_secret("monitor_password_sealed") if sealed else None

    @api.private
    def _limits_password(self) -> Secret | None:
        """Return the password of `saas_limits`, None where the cluster was prepared before there
        was one; for jobs, in sudo.
        """
        sealed = self.limits_password_sealed
        return self._open_secret("limits_password_sealed") if sealed else None

    @api.private
    def _cluster_secret(self) -> Secret:
        """Return the secret all passwords of this cluster's tenants are derived from; for jobs, in
        sudo.
        """
        return self._open_secret("cluster_secret_sealed")

    @api.private
    def _to_spec(self) -> dict[str, Any]:
        """Return what `jobs/ports.py` needs to reach this cluster; secrets are `Secret`."""
        self.ensure_one()
        return {
            "key": self.key,
            "pg_host": self.pg_host,
            "pg_port": self.pg_port,
            "prov_role": self.prov_role,
            "prov_password": self._prov_password(),
            "cluster_secret": self._cluster_secret(),
            "monitor_password": self._monitor_password(),
            "limits_password": self._limits_password(),
            "node_role": self.node_role,
            "node_url": (self.node_url or "").rstrip("/"),
            "filestore_path": self.filestore_path or "",
            "odoo_command": shlex.split(self.odoo_command or ""),
            "addons_path": self._addons_folders(),
            "pg_bin": self.pg_bin or "",
            "data_dir": self.data_dir or "",
            "connections_per_tenant": self.connections_per_tenant,
            "dns_resolver": config.get("saas_dns_resolver") or "",
            "public_address": config.get("saas_public_address") or "",
        }

    @api.model
    @api.private
    def _prepare_from_cli(self, vals: dict[str, Any]) -> models.Model:
        """Make or renew the cluster with this key from what `cluster-prepare` did; return it.

        `prov_password` and `cluster_secret` are `Secret`; lists become text. Templates, modules
        and tenants without a cluster join it. May run twice.
        """
        cluster = self.with_context(active_test=False).search([("key", "=", vals["key"])])
        plain = {
            name: self._plain(name, vals[name])
            for name in PLAIN_FROM_CLI
            if vals.get(name) is not None
        }
        if cluster:
            cluster.write({**plain, "active": True})
        else:
            cluster = self.create(
                {"name": vals["key"].replace("_", " ").title(), **plain, "key": vals["key"]}
            )
        cluster._seal("prov_password_sealed", vals["prov_password"])
        cluster._seal("cluster_secret_sealed", vals["cluster_secret"])
        if vals.get("monitor_password"):
            cluster._seal("monitor_password_sealed", vals["monitor_password"])
        if vals.get("limits_password"):
            cluster._seal("limits_password_sealed", vals["limits_password"])
        cluster._adopt_homeless()
        return cluster

    @api.model
    def _plain(self, name: str, value: Any) -> Any:
        if isinstance(value, list | tuple):
            words = [str(one) for one in value]
            return shlex.join(words) if name == "odoo_command" else ",".join(words)
        return value

    def _adopt_homeless(self) -> None:
        """Templates and their modules that wait for a first cluster get this one."""
        self.env["saas.module"]._adopt(self)
        self.env["saas.template"].with_context(active_test=False).search(
            [("cluster_id", "=", False)]
        ).cluster_id = self
