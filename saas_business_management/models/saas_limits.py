"""What a template or a plan includes of each resource; zero means without limit.

Owns: the four numbers and their borders. Does not own: enforcement (kernel/quota, gateway).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# As many bytes as a database and a node count to, 2^63 - 1.
MOST_GB = 9_223_372_036


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

    @api.constrains("limit_storage_gb", "limit_bandwidth_gb")
    def _check_countable(self):
        for one in self:
            if max(one.limit_storage_gb, one.limit_bandwidth_gb) > MOST_GB:
                raise ValidationError(
                    self.env._(
                        "A limit of more than 9,223,372,036 GB is more than a database can count "
                        "to, so it was not saved. Enter a smaller one, or 0 for no limit."
                    )
                )
