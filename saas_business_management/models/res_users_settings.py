"""What a person chose on the dashboard, remembered for the next time.

Owns: the fields. Does not own: what they mean (`saas_dashboard.py`).
"""

from odoo import fields, models


class ResUsersSettings(models.Model):
    _inherit = "res.users.settings"

    saas_dashboard_days = fields.Integer(default=30)
    saas_dashboard_company = fields.Integer(help="Id of a company; 0 for all at hand.")
    saas_dashboard_cluster = fields.Integer(help="Id of a cluster; 0 for all.")
    saas_steps_hidden = fields.Boolean(help="The first steps were put away.")
