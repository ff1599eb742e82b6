"""What a template or a plan includes of each resource; zero means without limit.

Owns: the four numbers and their borders. Does not own: enforcement (kernel/quota, gateway).
"""

from odoo import fields, models


class SaasLimits(models.AbstractModel):
    _name = "saas.limits"
    _description = "Included Resources"
    _inherit = ["saas.number"]

    limit_users = fields.Integer(string="Users", help="Internal users included. 0 means no limit.")
    limit_storage_gb = fields.Float(
        string="Storage (GB)",
        digits=(12, 2),
        help="Database and files together, 1 GB = 1,000,000,000 bytes. 0 means no limit.",
    )
    limit_api_calls = fields.Integer(
        string="API Calls a Month", help="Calls that reached Odoo in a month. 0 means no limit."
    )
    limit_bandwidth_gb = fields.Float(
        string="Bandwidth a Month (GB)",
        digits=(12, 2),
        help="Bytes sent and received by the database in a month. 0 means no limit.",
    )
