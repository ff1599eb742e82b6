"""Windows and freezes as the calendar shows them: each time one opens, by the company's clock.

Owns: the rows of the calendar, from two months ago to 13 months ahead. Does not own: when a tenant
may be changed (`saas_release_window.py`).
"""

from odoo import fields, models
from odoo.tools import SQL

from .saas_release_window import KINDS

ROWS = """
WITH days AS (
    SELECT d::date AS day, (extract(isodow FROM d))::int AS weekday, row_number() OVER () AS n
      FROM generate_series(current_date - 60, current_date + 400, interval '1 day') AS d
), rules AS (
    SELECT w.*, coalesce(p.tz, 'UTC') AS zone
      FROM saas_release_window AS w
      LEFT JOIN res_company AS c ON c.id = w.company_id
      LEFT JOIN res_partner AS p ON p.id = c.partner_id
     WHERE w.active
)
SELECT r.id * 1000 + d.n AS id, r.id AS window_id, r.kind, r.company_id,
       ((d.day + r.opens * interval '1 hour') AT TIME ZONE r.zone) AT TIME ZONE 'UTC' AS start_at,
       ((d.day + (r.closes + CASE WHEN r.closes > r.opens THEN 0 ELSE 24 END) * interval '1 hour')
        AT TIME ZONE r.zone) AT TIME ZONE 'UTC' AS stop_at
  FROM rules AS r JOIN days AS d
    ON (ARRAY[r.monday, r.tuesday, r.wednesday, r.thursday, r.friday, r.saturday, r.sunday])
       [d.weekday]
 WHERE r.kind = 'window'
UNION ALL
SELECT r.id * 1000 + 600 + y, r.id, r.kind, r.company_id,
       ((r.first_on + y * interval '1 year') AT TIME ZONE r.zone) AT TIME ZONE 'UTC',
       ((r.last_on + y * interval '1 year' + interval '1 day') AT TIME ZONE r.zone)
        AT TIME ZONE 'UTC'
  FROM rules AS r
 CROSS JOIN LATERAL generate_series(
       0, CASE WHEN r.yearly
               THEN greatest(0, extract(year FROM current_date)::int + 2
                                - extract(year FROM r.first_on)::int)
               ELSE 0 END) AS y
 WHERE r.kind = 'freeze' AND r.first_on + y * interval '1 year' > current_date - interval '1 year'
"""


class SaasReleaseOccurrence(models.Model):
    _name = "saas.release.occurrence"
    _description = "Release Calendar"
    _auto = False
    _order = "start_at, id"
    _rec_name = "window_id"

    window_id = fields.Many2one("saas.release.window", string="Name", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    start_at = fields.Datetime(string="From", readonly=True)
    stop_at = fields.Datetime(string="To", readonly=True)
    whom = fields.Char(related="window_id.whom")
    note = fields.Char(related="window_id.note")
    color = fields.Integer(compute="_compute_color")

    def _compute_color(self):
        """Freezes are red."""
        for one in self:
            one.color = 1 if one.kind == "freeze" else 10

    @property
    def _table_query(self):
        self.env["saas.release.window"].flush_model()
        return SQL(ROWS)

    def action_open_window(self):
        """Open the window or freeze that this is a time of."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.window_id.display_name,
            "res_model": "saas.release.window",
            "res_id": self.window_id.id,
            "views": [(False, "form")],
        }
