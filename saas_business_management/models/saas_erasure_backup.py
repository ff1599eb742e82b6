"""Erasing a customer destroys the keys of the backups of his tenants, wherever copies of them lie.

Owns: that it happens, what the proof counts. Does not own: destroying a key (`saas_backup_key.py`).
"""

from odoo import api, models


class SaasErasure(models.Model):
    _inherit = "saas.erasure"

    def _erase_tenants(self, tenants):
        self._keys_of(tenants)._destroy(self.env._("The customer was erased."))
        return super()._erase_tenants(tenants)

    @api.model
    def _keys_of(self, tenants):
        keys_sudo = self.env["saas.backup.key"].sudo()._kept()
        return keys_sudo.filtered(lambda one: one.tenant_id in tenants)

    @api.model
    @api.private
    def _hindrance(self, partner):
        told = super()._hindrance(partner)
        keys = self._keys_of(self._tenants_of(partner))
        held = keys.backup_ids.filtered("legal_hold")
        if not told and held:
            told = self.env._(
                "Backups of %(names)s are under legal hold, and erasing would destroy them.",
                names=", ".join(held.tenant_id.mapped("name")),
            )
        return told

    @api.model
    @api.private
    def _found(self, partner):
        found = super()._found(partner)
        keys = self._keys_of(self._tenants_of(partner))
        return {**found, self.env._("Backup keys"): keys}
