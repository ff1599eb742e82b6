"""A meter: what of a tenant's use is counted, and how readings become one quantity of a period.

Owns: its name, unit and aggregation. Does not own: readings and events, charges for them
(`saas_plan_charge.py`).
"""

from typing import Any

from odoo import fields, models
from odoo.exceptions import UserError

from .saas_decimal import Exact

AGGREGATIONS = [
    ("sum", "Sum"),
    ("max", "Highest Reading"),
    ("last", "Last Reading"),
    ("unique_count", "Count of Different Values"),
    ("count", "Count of Events"),
    ("average", "Average"),
    ("time_weighted", "Average over Time"),
]
MEANING = {"code", "aggregation", "carry_forward"}


class SaasMeter(models.Model):
    _name = "saas.meter"
    _description = "Meter"
    _inherit = ["saas.exact"]
    _order = "sequence, name, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, copy=False, help="Its name in usage events and in the API; it stays."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    unit_label = fields.Char(
        string="Unit", required=True, translate=True, help="In the plural, such as calls."
    )
    aggregation = fields.Selection(
        AGGREGATIONS,
        required=True,
        default="sum",
        help="How the readings of a period become its quantity.",
    )
    decimals = fields.Integer(default=0, help="How many decimals people are shown.")
    example = Exact(
        string="Quantity in Examples", default="12400", help="What the preview of a charge shows."
    )
    carry_forward = fields.Boolean(
        string="Last Reading Stays",
        help="A period without a reading begins with the last one before it.",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Product",
        index="btree_not_null",
        ondelete="restrict",
        default=lambda self: self._default_product(),
        help="Its taxes and income account are used on invoices.",
    )
    charge_ids = fields.One2many("saas.plan.charge", "meter_id", string="Charges", readonly=True)
    plan_count = fields.Integer(string="Plans", compute="_compute_plan_count")

    _code_unique = models.Constraint("UNIQUE (code)", "Another meter has this code already.")
    _code_form = models.Constraint(
        "CHECK (code ~ '^[a-z][a-z0-9_]{0,62}$')",
        "A code begins with a letter and has a–z, 0–9 and underscores.",
    )
    _decimals_border = models.Constraint(
        "CHECK (decimals BETWEEN 0 AND 12)", "A quantity has from 0 to 12 decimals."
    )

    def _default_product(self) -> models.BaseModel:
        place = "saas_business_management.product_usage"
        return self.env.ref(place, raise_if_not_found=False) or self.env["product.product"]

    def _compute_plan_count(self) -> None:
        groups = self.env["saas.plan.charge"]._read_group(
            [("meter_id", "in", self.ids), ("plan_id", "!=", False)],
            ["meter_id"],
            ["plan_id:count_distinct"],
        )
        counts = {meter.id: count for meter, count in groups}
        for meter in self:
            meter.plan_count = counts.get(meter._origin.id, 0)

    def write(self, vals: dict[str, Any]) -> bool:
        for meter in self:
            if any(name in vals and vals[name] != meter[name] for name in MEANING):
                meter._refuse_sold()
        return super().write(vals)

    def _refuse_sold(self) -> None:
        sold = self.sudo().charge_ids.version_id[:1]
        if sold:
            raise UserError(
                self.env._(
                    "%(meter)s is charged by %(version)s, so its code and the way it counts stay. "
                    "Make another meter and use it in the next version.",
                    meter=self.name,
                    version=sold.display_name,
                )
            )

    def action_view_plans(self) -> dict:
        """Open the plans that charge by this meter."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_plan"
        )
        domain = [("charge_ids.meter_id", "=", self.id)]
        return dict(action, domain=domain, context={}, path=False)
