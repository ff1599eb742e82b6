"""Exports that the audit log hears of, and that no spreadsheet takes for formulas.

Owns: what happens to every export of a model that inherits this. Does not own: Odoo's export.
"""

from odoo import api, models

from ..kernel.audit.plain import cell

FIELDS_TOLD = 30


class SaasNotedExport(models.AbstractModel):
    _name = "saas.noted.export"
    _description = "Records Whose Export Is Noted"

    def export_data(self, fields_to_export):
        """Note who takes how much of what away."""
        told = super().export_data(fields_to_export)
        self._note_export(len(self), fields_to_export)
        return {**told, "datas": [[cell(value) for value in row] for row in told["datas"]]}

    @api.model
    @api.private
    def _note_export(self, count, names, action="records_exported"):
        self.env["saas.audit.entry"]._note(
            action,
            self.env.user,
            model=self._name,
            count=count,
            fields=", ".join(names[:FIELDS_TOLD]),
        )
