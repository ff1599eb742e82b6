"""The last day of stretches that are kept by the first day behind them.

Owns: what people read. Does not own: the stretches; computing goes by `end_on`, never by this.
"""

from odoo import api, fields, models


class SaasLastDay(models.AbstractModel):
    _name = "saas.last.day"
    _description = "Stretch of Days"

    last_day = fields.Date(compute="_compute_last_day", string="To", help="The last of its days.")

    @api.depends(lambda self: ["end_on"] if "end_on" in self._fields else [])
    def _compute_last_day(self):
        for stretch in self:
            stretch.last_day = stretch.end_on and fields.Date.subtract(stretch.end_on, days=1)
