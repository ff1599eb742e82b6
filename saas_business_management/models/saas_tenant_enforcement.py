"""Limits that hold inside a tenant's database: what was applied, and when that is ordered.

Owns: the memory of what was applied to which database, the orders after it was opened, restored or
measured. Does not own: which limits (`saas_tenant_limits.py`), the comparison with many tenants
(`saas_cluster_enforcement.py`), the work inside (job `apply_limits`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import messages
from ..kernel.errors import Refused
from ..kernel.lifecycle.states import SERVING
from ..kernel.quota.enforced import Enforced, worth_telling


class SaasDatabase(models.Model):
    _inherit = "saas.database"

    limits_applied = fields.Json(readonly=True, help="Users and bytes that were written last.")
    limits_applied_at = fields.Datetime(readonly=True)
    limits_oid = fields.Integer(readonly=True, help="The database they were written into.")
    limits_problem = fields.Char(readonly=True, help="Why they could not be applied.")

    @api.private
    def _limits_applied(self):
        """Return the limits that stand in this very database, None before they were ever put
        there; a restore puts another in its place.
        """
        if not self.limits_applied or self.limits_oid != self.oid:
            return None
        return Enforced(**self.limits_applied)


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    limits_applied_at = fields.Datetime(
        string="Limits Applied", compute="_compute_limits_applied", compute_sudo=True
    )
    limits_problem_text = fields.Char(
        string="Limits Not Applied", compute="_compute_limits_applied", compute_sudo=True
    )

    @api.depends("database_id.limits_applied_at", "database_id.limits_problem")
    @api.depends_context("lang")
    def _compute_limits_applied(self):
        for tenant in self:
            database_sudo = tenant.database_id
            tenant.limits_applied_at = database_sudo.limits_applied_at
            problem = database_sudo.limits_problem
            tenant.limits_problem_text = problem and messages.code_text(self.env, problem)

    @api.private
    def _enforced_limits(self):
        """Return the limits that are wanted in the database.

        Raises: Refused (`limit_too_large`, `limit_negative`).
        """
        return Enforced(**self._wanted_limits())

    @api.private
    def _have_limits_applied(self, at_once=True):
        """Order that the limits of these tenants are applied, where they are not yet.

        `at_once` an operation for each, otherwise one for each cluster.
        """
        stale = self.filtered(lambda tenant: tenant._has_stale_limits())
        if at_once:
            for tenant in stale:
                tenant._order_apply_limits()
            return
        for cluster in stale.cluster_id:
            ids = stale.filtered(lambda one, at=cluster: one.cluster_id == at).ids
            cluster._start("apply_limits", {"tenant_ids": ids}, once=False)

    def action_apply_limits(self):
        """Compare the limits of this tenant with what stands in its database, and apply them."""
        self.ensure_one()
        self.check_access("write")
        if self.state not in SERVING or not self.database_id:
            raise UserError(
                self.env._(
                    "%(tenant)s is not open, so its limits are not applied. They are as soon as "
                    "it opens.",
                    tenant=self.name,
                )
            )
        return self._order_apply_limits().action_open_form()

    def _order_apply_limits(self):
        return self.env["saas.job"]._enqueue(
            "apply_limits",
            dedupe_key=f"limits:{self.id}",
            serial_key=f"tenant:{self.id}",
            priority=5,
            tenant_id=self.id,
            cluster_id=self.cluster_id.id,
        )

    def _has_stale_limits(self):
        """Tell whether what stands in the database is too far from what is wanted."""
        database_sudo = self.database_id.sudo()
        if self.state not in SERVING or database_sudo.stage != "claimed":
            return False
        try:
            wanted = self._enforced_limits()
        except Refused:
            return True
        return worth_telling(wanted, database_sudo._limits_applied())

    def _moved(self, move, why):
        """A tenant that opens has its limits at once."""
        super()._moved(move, why)
        self._have_limits_applied()


class SaasRestore(models.Model):
    _inherit = "saas.restore"

    @api.private
    def _step_done(self, **told):
        """A dump holds no limits, so what was restored gets them now."""
        done = super()._step_done(**told)
        self.into_id._have_limits_applied()
        return done

    @api.private
    def _step_undone(self, **told):
        """So does what was put back in place."""
        done = super()._step_undone(**told)
        self.into_id._have_limits_applied()
        return done
