"""What running tenants costs us: a price for each resource, by cluster and time.

Owns: the table, that one price holds at a time. Does not own: what is used
(`saas_usage_bucket.py`), what comes of it for a tenant (`saas_profitability.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .saas_decimal import Exact

RESOURCES = [
    ("tenant", "Each Tenant"),
    ("cluster", "A Cluster, Shared by Its Tenants"),
    ("meter", "Usage of a Meter"),
]
NUMBERED = "CASE resource WHEN 'tenant' THEN 0 WHEN 'cluster' THEN 1 ELSE 2 END"


class SaasCostRate(models.Model):
    _name = "saas.cost.rate"
    _description = "Cost"
    _inherit = ["saas.exact", "mail.thread"]
    _order = "cluster_id, resource, meter_id, start_on desc, id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    cluster_id = fields.Many2one(
        "saas.cluster",
        string="Cluster",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Empty: holds on every cluster that has no cost of its own for the resource.",
    )
    resource = fields.Selection(RESOURCES, required=True, default="tenant", tracking=True)
    meter_id = fields.Many2one(
        "saas.meter",
        string="Meter",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="What is used; its quantity of a month times the cost of a unit.",
    )
    amount = Exact(
        string="Cost",
        required=True,
        tracking=True,
        help="A month for a tenant or a cluster, otherwise for a unit of the meter; without tax, "
        "in the currency of the company.",
    )
    unit_label = fields.Char(compute="_compute_unit_label", string="Per")
    start_on = fields.Date(
        string="From",
        required=True,
        tracking=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
        help="A month costs what holds on its first day.",
    )
    end_on = fields.Date(
        string="Until", tracking=True, help="The first day on which it does not hold any more."
    )
    note = fields.Char(help="For example the invoice it is taken from.")

    _days = models.Constraint(
        "CHECK (end_on IS NULL OR start_on < end_on)", "A cost ends after it began."
    )
    _meter_wanted = models.Constraint(
        "CHECK ((resource = 'meter') = (meter_id IS NOT NULL))",
        "Choose the meter for a cost of usage, and none for the others.",
    )
    _cluster_wanted = models.Constraint(
        "CHECK (resource <> 'cluster' OR cluster_id IS NOT NULL)",
        "Choose the cluster whose cost its tenants share.",
    )
    _apart = models.Constraint(
        f"EXCLUDE USING gist (int4range(company_id, company_id, '[]') WITH &&, "
        f"int4range(COALESCE(cluster_id, 0), COALESCE(cluster_id, 0), '[]') WITH &&, "
        f"int4range({NUMBERED}, {NUMBERED}, '[]') WITH &&, "
        f"int4range(COALESCE(meter_id, 0), COALESCE(meter_id, 0), '[]') WITH &&, "
        f"daterange(start_on, end_on) WITH &&)",
        "Another cost of this resource holds on some of these days. End that one first.",
    )

    @api.depends("resource", "meter_id", "cluster_id")
    def _compute_display_name(self):
        labels = dict(self._fields["resource"]._description_selection(self.env))
        for cost in self:
            what = cost.meter_id.name or labels.get(cost.resource, "")
            where = cost.cluster_id.name or self.env._("every cluster")
            cost.display_name = self.env._("%(what)s, %(where)s", what=what, where=where)

    @api.depends("resource", "meter_id")
    def _compute_unit_label(self):
        for cost in self:
            unit = cost.meter_id.unit_label
            cost.unit_label = (
                self.env._("unit (%(unit)s)", unit=unit) if unit else self.env._("month")
            )

    @api.onchange("resource")
    def _onchange_resource(self):
        if self.resource != "meter":
            self.meter_id = False

    @api.constrains("cluster_id", "company_id")
    def _check_cluster_company(self):
        for cost in self:
            owner = cost.cluster_id.company_id
            if owner and owner != cost.company_id:
                raise ValidationError(
                    self.env._(
                        "Cluster %(cluster)s is that of %(owner)s. Choose one of %(company)s, or "
                        "one that all companies share.",
                        cluster=cost.cluster_id.name,
                        owner=owner.name,
                        company=cost.company_id.name,
                    )
                )
