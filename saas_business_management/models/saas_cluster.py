"""A cluster: one PostgreSQL cluster, its runtime nodes and one filestore.

Owns: where things are, who may be placed there, the sealed secrets. Does not own: talking to it
(jobs, adapters).
"""

import re
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import CONNECTIONS_PER_TENANT
from ..kernel.errors import Refused
from ..kernel.provisioning.naming import host_name

URL_PATTERN = re.compile(r"https?://[^\s/]+")
RESERVED_CONNECTIONS = 3


class SaasCluster(models.Model):
    _name = "saas.cluster"
    _description = "Cluster"
    _inherit = ["mail.thread", "mail.activity.mixin", "saas.operations"]
    _order = "name, id"
    _job_link = "cluster_id"

    name = fields.Char(required=True, tracking=True)
    key = fields.Char(
        required=True,
        copy=False,
        tracking=True,
        help="Short name in commands and files, fixed once it is prepared: a–z, 0–9 and _, "
        "beginning with a letter.",
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        string="Company",
        tracking=True,
        help="Empty: tenants of every company may be placed here.",
    )
    hosting = fields.Selection(
        [("shared", "Shared"), ("dedicated", "Dedicated"), ("hybrid", "Hybrid")],
        default="shared",
        required=True,
        tracking=True,
        help="Shared: many customers. Dedicated: one customer. Hybrid: a few chosen ones.",
    )
    region = fields.Char(
        tracking=True,
        help="Where its data lies, for placement and data residency, such as eu-west.",
    )
    state = fields.Selection(
        [("draft", "Not Tested"), ("ready", "Ready"), ("failing", "Failing")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    checked_at = fields.Datetime(string="Last Test", readonly=True, copy=False)
    passed_at = fields.Datetime(string="Last Good Test", readonly=True, copy=False)
    check_ids = fields.One2many(
        "saas.cluster.check", "cluster_id", string="Test Result", readonly=True
    )
    audited_at = fields.Datetime(string="Last Audit", readonly=True, copy=False)
    audit_findings = fields.Json(readonly=True, copy=False)
    modules_read_at = fields.Datetime(string="Modules Read", readonly=True, copy=False)

    capacity = fields.Integer(
        string="Capacity (Tenants)",
        default=100,
        required=True,
        tracking=True,
        help="Tenants and standby copies together; placement stops at this number.",
    )
    connections_per_tenant = fields.Integer(
        default=CONNECTIONS_PER_TENANT,
        required=True,
        tracking=True,
        help="Database connections one tenant may hold on this cluster.",
    )
    base_host = fields.Char(
        string="Tenant Host Zone",
        default="localhost",
        required=True,
        tracking=True,
        help="Tenants get a host name below it: subdomain acme becomes acme.example.com.",
    )
    public_url_pattern = fields.Char(
        string="Address Pattern",
        default="http://{host}:8070",
        required=True,
        tracking=True,
        help="How visitors reach a tenant; {host} stands for its host name.",
    )
    node_url = fields.Char(
        string="Node Address",
        default="http://127.0.0.1:8070",
        tracking=True,
        help="Where the control plane itself asks the runtime node for a page.",
    )

    tenant_ids = fields.One2many("saas.tenant", "cluster_id", string="Tenants")

    _key_unique = models.Constraint("UNIQUE (key)", "Another cluster has this key already.")
    _key_form = models.Constraint(
        "CHECK (key ~ '^[a-z][a-z0-9_]{0,30}$')",
        "A cluster key has a–z, 0–9 and _, begins with a letter and is at most 31 characters long.",
    )
    _capacity_positive = models.Constraint(
        "CHECK (capacity > 0)",
        "A cluster takes at least one tenant: set its capacity to 1 or more.",
    )
    _connections_enough = models.Constraint(
        f"CHECK (connections_per_tenant > {RESERVED_CONNECTIONS})",
        "A tenant needs at least 4 connections: 3 are kept for scheduled work and live updates.",
    )

    @api.constrains("base_host")
    def _check_base_host(self) -> None:
        for cluster in self:
            try:
                host_name("abc", cluster.base_host)
            except Refused:
                raise ValidationError(
                    self.env._(
                        "“%(host)s” cannot be a host zone: use a–z, 0–9, hyphens and dots, such "
                        "as example.com.",
                        host=cluster.base_host,
                    )
                ) from None

    @api.constrains("public_url_pattern", "node_url")
    def _check_addresses(self) -> None:
        for cluster in self:
            pattern = cluster.public_url_pattern or ""
            if pattern.count("{host}") != 1 or not URL_PATTERN.match(
                pattern.replace("{host}", "host")
            ):
                raise ValidationError(
                    self.env._(
                        "The address pattern begins with http:// or https:// and holds {host} once."
                    )
                )
            if cluster.node_url and not URL_PATTERN.fullmatch(cluster.node_url.rstrip("/")):
                raise ValidationError(
                    self.env._("The node address looks like http://10.0.0.5:8070, without a path.")
                )

    @api.onchange("name")
    def _onchange_name(self) -> None:
        if self.name and not self.key:
            self.key = re.sub(r"[^a-z0-9]+", "_", self.name.lower()).strip("_0123456789")[:31]

    def write(self, vals: dict[str, Any]) -> bool:
        self._check_fixed(vals)
        return super().write(vals)

    def _check_fixed(self, vals: dict[str, Any]) -> None:
        """Refuse to rename what secrets, roles, node files and addresses are bound to."""
        if any(one.has_secrets and one.key != vals.get("key", one.key) for one in self):
            raise ValidationError(
                self.env._(
                    "The key is fixed since the cluster was prepared: its roles and its nodes "
                    "carry it. Make a new cluster instead."
                )
            )
        moved = {"key", "base_host"} & set(vals)
        changed = self.filtered(lambda one: any(one[name] != vals[name] for name in moved))
        if changed and self.env["saas.tenant"].sudo().search_count(
            self._housed_on(changed), limit=1
        ):
            raise ValidationError(
                self.env._(
                    "Tenants live on this cluster, so its key and host zone are fixed. Make a "
                    "new cluster instead."
                )
            )

    @api.model
    def _housed_on(self, clusters: models.Model) -> list:
        return [
            ("cluster_id", "in", clusters.ids),
            ("state", "not in", ("draft", "failed", "deleted")),
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self) -> None:
        if self.tenant_ids or any(one.template_count for one in self):
            raise ValidationError(
                self.env._(
                    "Tenants or templates belong to this cluster. Archive it instead: nothing "
                    "new is placed there."
                )
            )
