"""Rows that say that a tenant's live database is exchanged for one beside it: restores, upgrades.

Owns: what the steps of the exchange ask and note (`jobs/swap_steps.py`), what is kept of it beside.
Does not own: the rows themselves (`saas_restore.py`, `saas_upgrade.py`).
"""

from odoo import api, fields, models


class SaasSwap(models.AbstractModel):
    _name = "saas.swap"
    _description = "Exchange of a Tenant's Live Database"

    # The field with the tenant whose database is exchanged.
    _swap_tenant = "tenant_id"

    former_oid = fields.Integer(readonly=True)

    def _swap_tenant_sudo(self):
        return self[self._swap_tenant].sudo()

    def _live_facts(self):
        """Return what steps know of the tenant and of its live database."""
        tenant_sudo = self._swap_tenant_sudo()
        return {
            "database": tenant_sudo.database_id.name,
            "login": tenant_sudo.database_id.generation,
            "open": tenant_sudo._is_serving(),
            "host": tenant_sudo._primary_host(),
        }

    @api.private
    def _step_generation(self):
        return {"generation": self._swap_tenant_sudo().database_id.generation}

    @api.private
    def _step_close(self, generation=0):
        """Tell nodes to answer that the tenant is away for a moment; `generation` is that of its
        next password, 0 when it keeps the one it has."""
        tenant_sudo = self._swap_tenant_sudo()
        if generation > tenant_sudo.database_id.generation:
            now = fields.Datetime.now()
            tenant_sudo.database_id.write({"generation": generation, "rotated_at": now})
        self._put({"former_oid": tenant_sudo.database_id.oid})
        tenant_sudo._set_swapping(True)

    @api.private
    def _step_reopen(self, oid=0):
        """Let visitors in again; `oid` is that of what is in place now, 0 when it is as it was."""
        tenant_sudo = self._swap_tenant_sudo()
        if oid:
            tenant_sudo.database_id.oid = oid
        tenant_sudo._set_swapping(False)

    @api.private
    def _step_close_again(self):
        """What is in place goes out again."""
        tenant_sudo = self._swap_tenant_sudo()
        tenant_sudo.database_id.oid = self.former_oid
        tenant_sudo._set_swapping(True)

    def _keep(self, name, oid):
        """Write down a database that stands beside the tenant's own."""
        live_sudo = self._swap_tenant_sudo().database_id
        return self.env["saas.database"].sudo()._keep_beside(live_sudo, name, oid)
