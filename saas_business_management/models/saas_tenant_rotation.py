"""Changing the password of a tenant's database role, by hand and every so often.

Owns: the button, the policy, what the operation writes to records. Does not own: how nobody notices
(`jobs/rotate_role.py`, `gateway/install_sql.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import ROLE_ROTATION_DAYS
from ..kernel.errors import Refused

ADMIN = "saas_business_management.group_saas_admin"


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    role_rotated_at = fields.Datetime(
        related="database_id.rotated_at", string="Database Password Changed", related_sudo=True
    )

    @api.model
    @api.private
    def _rotation_days(self):
        """Return after how many days a role gets a new password; 0 means only by hand."""
        told = self.env["ir.config_parameter"].sudo().get_param("saas.role_rotation_days") or ""
        return int(told) if told.isdecimal() else ROLE_ROTATION_DAYS

    def action_rotate_role(self):
        """Give the database role a new password; nobody is logged out."""
        self.check_access("write")
        if not self.env.user.has_group(ADMIN):
            raise AccessError(self.env._("Only an administrator can change database passwords."))
        for tenant in self:
            if tenant.database_id.sudo().stage != "claimed":
                raise UserError(
                    self.env._(
                        "%(tenant)s has no database yet, so there is no password to change.",
                        tenant=tenant.name,
                    )
                )
            tenant._order_rotation()
        return True

    def _order_rotation(self, line=0):
        """Order a new password; with the `line` of a cluster's new secret, for that one's sake.

        A step orders the latter, without the key of which there is one: a worker that is frozen in
        that step holds it, and the one that took over would wait for it.
        """
        return self.env["saas.job"]._enqueue(
            "rotate_role",
            spec={"line": line} if line else {},
            dedupe_key=None if line else f"rotate:{self.id}",
            serial_key=f"tenant:{self.id}",
            priority=40,
            tenant_id=self.id,
            cluster_id=self.cluster_id.id,
        )

    def _step_rotation_wanted(self):
        database_sudo = self.database_id.sudo()
        if database_sudo.stage != "claimed":
            raise Refused("tenant_without_database", tenant=self.name)
        return {"database": database_sudo.name, "generation": database_sudo.generation + 1}

    def _step_rotated(self, generation):
        """Tell the nodes the new generation, in the transaction in which it becomes true here."""
        database_sudo = self.database_id.sudo()
        if database_sudo.generation >= generation:
            return
        database_sudo.write({"generation": generation, "rotated_at": fields.Datetime.now()})
        self._sync_route()
        self.env["saas.audit.entry"]._note("role_rotated", self, generation=generation)

    @api.model
    def _cron_rotate_roles(self):
        """Change passwords that are older than the policy allows, each at its own time."""
        days = self._rotation_days()
        if not days:
            return
        tenants = self.search([("database_id.stage", "=", "claimed")])
        last = {
            one.id: one.database_id.rotated_at or one.database_id.create_date for one in tenants
        }
        for tenant in self._due(tenants, days, lambda one: last[one.id], last):
            tenant._order_rotation()
