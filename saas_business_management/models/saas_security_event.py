"""Security events: a place to hand over what nodes noticed, until events are kept."""

from odoo import api, models


class SaasSecurityEvent(models.AbstractModel):
    _name = "saas.security.event"
    _description = "Security Event"

    @api.model
    @api.private
    def _record_many(self, rows):
        """Take rows of rule, database, source, at, count and facts."""
        return len(rows)
