"""The dialog in which usage is imported: the file, what its lines become, then all or nothing.

Owns: what is asked and shown. Does not own: reading and keeping lines
(`models/saas_usage_import.py`).
"""

import base64

from odoo import fields, models
from odoo.exceptions import UserError

from .. import messages
from ..kernel.errors import SaasError

STATES = [("new", "New"), ("known", "Imported Already"), ("wrong", "Wrong")]
# How many lines are shown; wrong ones come first.
SHOWN = 200


class SaasUsageImport(models.TransientModel):
    _name = "saas.usage.import"
    _description = "Import Usage"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    file = fields.Binary(string="CSV File", attachment=False)
    file_name = fields.Char()
    source = fields.Char(
        required=True,
        default=lambda self: self.env._("Import"),
        help="Where the usage was counted. The same key of the same source counts once.",
    )
    checked = fields.Boolean(readonly=True)
    new_count = fields.Integer(string="New", readonly=True)
    known_count = fields.Integer(string="Imported Already", readonly=True)
    wrong_count = fields.Integer(string="Wrong", readonly=True)
    line_ids = fields.One2many("saas.usage.import.line", "wizard_id", readonly=True)
    left_out = fields.Integer(readonly=True)

    def action_check(self) -> dict:
        """Look at every line and show what becomes of it; nothing is kept."""
        self.ensure_one()
        rows = self._read()
        counts = {state: sum(row["state"] == state for row in rows) for state, _label in STATES}
        order = ["wrong", "new", "known"]
        shown = sorted(rows, key=lambda row: (order.index(row["state"]), row["line"].number))
        self.line_ids.unlink()
        self.write(
            {
                "checked": True,
                "new_count": counts["new"],
                "known_count": counts["known"],
                "wrong_count": counts["wrong"],
                "left_out": max(len(rows) - SHOWN, 0),
                "line_ids": [fields.Command.create(self._told(row)) for row in shown[:SHOWN]],
            }
        )
        return self._again()

    def action_import(self) -> dict:
        """Keep the new lines, all of them or none, and show them."""
        self.ensure_one()
        usage = self.env["saas.usage.bucket"]
        try:
            made = usage._import_sheet(self._data(), self._source(), self.company_id)
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_usage_bucket"
        )
        return dict(action, domain=[("id", "in", made.ids)], context={}, path=False)

    def action_back(self) -> dict:
        """Choose another file."""
        self.ensure_one()
        self.line_ids.unlink()
        self.write({"checked": False, "file": False, "file_name": False})
        return self._again()

    def _read(self):
        usage = self.env["saas.usage.bucket"]
        try:
            return usage._read_sheet(self._data(), self._source(), self.company_id)
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None

    def _data(self):
        if not self.file:
            raise UserError(self.env._("Choose a CSV file first."))
        return base64.b64decode(self.file)

    def _source(self):
        return (self.source or "").strip() or self.env._("Import")

    def _told(self, row):
        line = row["line"]
        return {
            "number": line.number,
            "state": row["state"],
            "subscription": line.subscription,
            "meter": line.meter,
            "start": line.start,
            "end": line.end,
            "quantity": line.quantity,
            "problem": row["problem"],
        }

    def _again(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Usage"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }


class SaasUsageImportLine(models.TransientModel):
    _name = "saas.usage.import.line"
    _description = "Line of an Import"
    _order = "id"

    wizard_id = fields.Many2one("saas.usage.import", required=True, ondelete="cascade")
    number = fields.Integer(string="Line", readonly=True)
    state = fields.Selection(STATES, readonly=True, string="What")
    subscription = fields.Char(readonly=True)
    meter = fields.Char(readonly=True)
    start = fields.Char(string="From", readonly=True)
    end = fields.Char(string="Until", readonly=True)
    quantity = fields.Char(readonly=True)
    problem = fields.Char(string="What to Do", readonly=True)
