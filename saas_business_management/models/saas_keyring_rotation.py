"""A new key for the stored secrets: all of them are closed again with it.

Owns: finding every stored secret, the order of things. Does not own: keys and encryption
(`adapters/keyring.py`).

A model that stores secrets calls their fields `…_sealed` and tells labels by `_secret_label`.
"""

from odoo import api, models

from ..kernel.errors import Refused

SUFFIX = "_sealed"


class SaasKeyring(models.AbstractModel):
    _inherit = "saas.keyring"

    @api.model
    @api.private
    def _stored(self):
        """Return every stored secret as (record, field)."""
        found = []
        for model, name in self._sealed_fields():
            records = self.env[model].sudo().with_context(active_test=False)
            found += [(record, name) for record in records.search([(name, "!=", False)])]
        return found

    @api.model
    def _sealed_fields(self):
        return [
            (model._name, name)
            for model in self.env.values()
            if not model._abstract
            for name, field in model._fields.items()
            if name.endswith(SUFFIX) and field.store
        ]

    @api.model
    @api.private
    def _rotate(self):
        """Close every stored secret with a new key; return how many.

        The file gets its new key first and keeps the old ones, so whatever was not closed again
        still opens. A run that was cut off is finished, without another key.
        """
        ring, stored = self._load(), self._stored()
        if all(ring.is_current(record[name]) for record, name in stored):
            ring = ring.rotated()
        for record, name in stored:
            record[name] = ring.reencrypt(record[name], record._secret_label(name))
        self.env["saas.audit.entry"]._note("keyring_rotated", self.env.company, key=ring.current)
        return len(stored)

    @api.model
    @api.private
    def _forget_old_keys(self):
        """Take old keys out of the file; refused while a stored secret still needs one."""
        ring = self._load()
        if any(not ring.is_current(record[name]) for record, name in self._stored()):
            raise Refused("keyring_old_needed")
        ring.without_old_keys()
        self.env["saas.audit.entry"]._note("keyring_old_forgotten", self.env.company)
