"""The address that an outside service calls, shown once."""

from odoo import fields, models


class SaasDependencyAddress(models.TransientModel):
    _name = "saas.dependency.address"
    _description = "Address a Service Calls"

    url = fields.Char(string="Address", readonly=True)
    minutes = fields.Integer(readonly=True)
