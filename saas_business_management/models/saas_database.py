"""Databases on clusters, as intent and as fact: golden, standby, a tenant's. Rows outlive what
they describe.

Owns: opaque names, stages, the row in the route map that goes with a copy. Does not own: the work
on the server (`jobs/`).
"""

import secrets
import uuid

from odoo import api, fields, models

from ..kernel.provisioning.naming import database_name

KINDS = [
    ("golden", "Template"),
    ("tenant", "Tenant"),
    ("kept", "Put Aside by a Restore or Upgrade"),
    ("proof", "Proof of a Backup"),
    ("moved", "Left Behind by a Move"),
]
# Each of these has a role of its own name.
WITH_ROLE = ("tenant", "proof", "moved")
STAGES = [
    ("building", "Being Built"),
    ("ready", "Ready"),
    ("standby", "Standby Copy"),
    ("claimed", "In Use"),
    ("dropping", "Being Removed"),
    ("dropped", "Removed"),
]


class SaasDatabase(models.Model):
    _name = "saas.database"
    _description = "Database on a Cluster"
    _order = "id desc"

    name = fields.Char(required=True, readonly=True, index=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    stage = fields.Selection(STAGES, default="building", required=True, readonly=True, index=True)
    cluster_id = fields.Many2one(
        "saas.cluster", required=True, readonly=True, index=True, ondelete="restrict"
    )
    version_id = fields.Many2one(
        "saas.template.version", readonly=True, index=True, ondelete="restrict"
    )
    tenant_id = fields.Many2one("saas.tenant", readonly=True, index=True, ondelete="restrict")
    generation = fields.Integer(default=1, readonly=True, string="Password Generation")
    oid = fields.Integer(readonly=True, string="OID")
    fence = fields.Integer(readonly=True, string="Claim")
    birth = fields.Json(readonly=True, help="Identity given to the copy: uuid and instant.")
    route_ids = fields.One2many("saas.route", "database_id", readonly=True)

    _name_uniq = models.Constraint("UNIQUE (name)", "Database names are never reused.")
    _standby_idx = models.Index("(version_id, id) WHERE stage = 'standby'")

    @api.model
    @api.private
    def _reserve(self, kind, cluster, **values):
        """Write down a new name before anything is made under it."""
        return self.sudo().create(
            {
                "name": database_name("g" if kind == "golden" else "t", secrets.token_bytes(16)),
                "kind": kind,
                "cluster_id": cluster.id,
                "birth": {"uuid": str(uuid.uuid1()), "at": fields.Datetime.now().isoformat()},
                **values,
            }
        )

    @api.private
    def _copy_facts(self):
        """Return what the steps that make a copy need to know."""
        self.ensure_one()
        return {
            "cluster": self.cluster_id.key,
            "database": self.name,
            "generation": self.generation,
            "template": self.version_id.database_id.name if self.stage == "building" else "",
            "birth": self.birth,
        }

    @api.private
    def _enqueue_drop(self):
        """Ask for the removal of databases nobody needs any more."""
        for database_sudo in self.sudo().filtered(
            lambda row: row.stage not in ("dropping", "dropped")
        ):
            spec = {
                "database": database_sudo.name,
                "has_role": database_sudo.kind in WITH_ROLE,
                "stage": database_sudo.stage,
            }
            database_sudo.stage = "dropping"
            self.env["saas.job"]._enqueue(
                "drop_database",
                spec=spec,
                dedupe_key=f"drop:{database_sudo.name}",
                serial_key=f"database:{database_sudo.name}",
                priority=30,
                database_id=database_sudo.id,
                cluster_id=database_sudo.cluster_id.id,
            )

    # Steps of jobs

    def _step_intent(self, fence):
        self.fence = fence
        return self._copy_facts()

    def _step_ready(self, oid):
        self.write({"stage": "standby", "oid": oid})
        self.env["saas.route"].sudo()._put(self, {"state": "standby", "host": False})

    def _step_kept(self):
        """The removal was called off before anything was taken away."""
        job_sudo = self.env["saas.job"].sudo().browse(self.env.context["saas_job_id"])
        self.stage = job_sudo.spec["stage"]

    def _step_close(self):
        self.env["saas.route"].sudo()._put(self, {"state": "gone", "host": False})

    def _step_forget(self):
        self.env["saas.route"].sudo()._put(self, {"state": "gone", "host": False})
        self.write({"stage": "dropped", "tenant_id": False})
