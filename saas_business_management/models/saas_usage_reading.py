"""The newest reading of each meter of a tenant, with the truth about its age.

Owns: one row for each tenant and meter. Does not own: earlier readings (`saas_usage_sample.py`).
"""

from odoo import api, fields, models
from odoo.tools import SQL

PUT = """
INSERT INTO saas_usage_reading AS kept (tenant_id, company_id, meter_id, source_id, quantity, at)
SELECT t.id, t.company_id, new.meter_id, new.source_id, new.quantity, new.at
  FROM unnest(%s::int[], %s::int[], %s::int[], %s::numeric[], %s::timestamp[])
       AS new (tenant_id, meter_id, source_id, quantity, at)
  JOIN saas_tenant AS t ON t.id = new.tenant_id
    ON CONFLICT (tenant_id, meter_id) DO UPDATE
   SET quantity = EXCLUDED.quantity, at = EXCLUDED.at, company_id = EXCLUDED.company_id,
       source_id = EXCLUDED.source_id
 WHERE EXCLUDED.at >= kept.at
"""


class SaasUsageReading(models.Model):
    _name = "saas.usage.reading"
    _description = "Last Reading"
    _order = "tenant_id, meter_id"
    _rec_name = "meter_id"
    _log_access = False

    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    meter_id = fields.Many2one(
        "saas.meter", required=True, readonly=True, index=True, ondelete="restrict"
    )
    source_id = fields.Many2one("saas.usage.source", readonly=True, index=True, ondelete="cascade")
    unit_label = fields.Char(related="meter_id.unit_label")
    # Meters have different units: their sum says nothing.
    quantity = fields.Float(digits=(16, 3), readonly=True, aggregator=None)
    at = fields.Datetime(string="Read", readonly=True)
    known = fields.Boolean(compute="_compute_known", search="_search_known")
    shown = fields.Char(string="Now", compute="_compute_known", help="— when it is unknown.")

    _once = models.Constraint("UNIQUE (tenant_id, meter_id)", "A meter has one last reading.")

    @api.depends("quantity", "source_id.failures")
    def _compute_known(self):
        for reading in self:
            reading.known = not reading.source_id.failures
            told = f"{reading.quantity:,.{min(reading.meter_id.decimals, 3)}f}"
            reading.shown = f"{told} {reading.unit_label}" if reading.known else "—"

    def _search_known(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("source_id.failures", "=" if True in value else "!=", 0)]

    @api.model
    @api.private
    def _put_newest(self, rows):
        """Take over `(tenant, meter, source row, quantity, at)`, by ids, unless one is newer."""
        if rows:
            columns = [list(column) for column in zip(*rows, strict=True)]
            self.env.cr.execute(SQL(PUT, *columns))
            self.invalidate_model()
