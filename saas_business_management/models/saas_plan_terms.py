"""The terms of a plan: everything that is copied into a version when the plan is published.

Owns: these fields, their borders and what they are called. Does not own: prices in further
currencies and charges (rows of their own), publishing (`saas_plan_publish.py`), what the terms do
to an invoice (`kernel/billing`).
"""

from typing import Any

from odoo import api, fields, models

from ..const import TRIAL_DAYS

UNITS = [
    ("week", "Week"),
    ("month", "Month"),
    ("quarter", "Quarter"),
    ("half_year", "Half-Year"),
    ("year", "Year"),
]
PRORATION = [("day", "By the Day"), ("second", "By the Second"), ("none", "Not at All")]
CHANGE_AT = [("now", "At Once"), ("period_end", "At the End of the Period")]


class SaasPlanTerms(models.AbstractModel):
    _name = "saas.plan.terms"
    _description = "Terms of a Plan"
    _inherit = ["saas.limits"]

    # Price
    cycle_count = fields.Integer(string="Every", default=1, required=True, tracking=True)
    cycle_unit = fields.Selection(
        UNITS, string="Billing Cycle", default="month", required=True, tracking=True
    )
    cycle_label = fields.Char(string="Billed", compute="_compute_cycle_label")
    price = fields.Monetary(tracking=True, help="For one billing cycle, without tax.")
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        tracking=True,
    )
    is_free = fields.Boolean(
        string="Free of Charge",
        tracking=True,
        help="It costs nothing on purpose. Without this a plan has to have a price.",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Product of the Fee",
        index="btree_not_null",
        ondelete="restrict",
        default=lambda self: self._default_product(),
        tracking=True,
        help="Its taxes and income account are used on invoices.",
    )
    minimum_commitment = fields.Monetary(
        string="Minimum for a Period",
        tracking=True,
        help="When fee and usage of a period are less, the rest is invoiced too. 0 means none.",
    )
    maximum_spend = fields.Monetary(
        string="Maximum for a Period",
        tracking=True,
        help="Usage beyond it is not invoiced. 0 means none.",
    )
    # When it is invoiced
    timing = fields.Selection(
        [("advance", "In Advance"), ("arrears", "In Arrears")],
        string="Fee Is Invoiced",
        default="advance",
        required=True,
        tracking=True,
        help="Usage is always invoiced when its period is over.",
    )
    alignment = fields.Selection(
        [("anniversary", "On the Day the Subscription Began"), ("calendar", "With the Calendar")],
        string="Periods Begin",
        default="anniversary",
        required=True,
        tracking=True,
        help="With the calendar: on the first of a month or year, or on Monday. The first period "
        "is shorter then.",
    )
    usage_cycle_count = fields.Integer(
        string="Usage Every", tracking=True, help="0 means as often as the fee."
    )
    usage_cycle_unit = fields.Selection(
        UNITS, string="Usage Cycle", tracking=True, help="Empty: as often as the fee."
    )
    grace_hours = fields.Integer(
        string="Hours to Wait for Usage",
        default=12,
        required=True,
        tracking=True,
        help="An invoice with usage stays a draft so long after its period. A fee alone does not "
        "wait.",
    )
    late_policy = fields.Selection(
        [
            ("next_invoice", "On the Next Invoice"),
            ("separate_document", "On an Invoice of Its Own"),
            ("ignore", "Not Invoiced, but Reported"),
        ],
        string="Usage That Comes Too Late",
        default="next_invoice",
        required=True,
        tracking=True,
    )
    emit_zero_invoices = fields.Boolean(string="Invoices of Zero", tracking=True)
    # When something changes
    upgrade_at = fields.Selection(
        CHANGE_AT, string="An Upgrade Begins", default="now", required=True, tracking=True
    )
    downgrade_at = fields.Selection(
        CHANGE_AT, string="A Downgrade Begins", default="period_end", required=True, tracking=True
    )
    proration_upgrade = fields.Selection(
        PRORATION, string="Upgrade Is Prorated", default="day", required=True, tracking=True
    )
    proration_downgrade = fields.Selection(
        PRORATION, string="Downgrade Is Prorated", default="day", required=True, tracking=True
    )
    documents = fields.Selection(
        [
            ("credit_note", "Credit Note and New Invoice"),
            ("net", "One Invoice of the Difference"),
        ],
        string="Documents of a Change",
        default="credit_note",
        required=True,
        tracking=True,
    )
    migrate_at_renewal = fields.Boolean(
        string="New Prices at Renewal",
        tracking=True,
        help="Running subscriptions get a newer version when they renew. Otherwise they keep the "
        "one they were sold with.",
    )
    # Trial
    trial_days = fields.Integer(
        default=lambda self: self._default_trial_days(),
        tracking=True,
        help="0 means no trial: the plan begins at once.",
    )
    trial_end_rule = fields.Selection(
        [
            ("convert", "Becomes a paying tenant"),
            ("suspend", "Is closed until a plan is chosen"),
            ("cancel", "Is archived"),
        ],
        string="When the Trial Ends",
        default="suspend",
        required=True,
        tracking=True,
    )
    trial_usage_rule = fields.Selection(
        [("free", "Is Free"), ("billed", "Is Charged")],
        string="Usage in the Trial",
        default="free",
        required=True,
        tracking=True,
        help="What is charged comes with the first period that is paid, and only if one is. A "
        "level, such as the most users, is never charged for a trial.",
    )
    trial_limit_users = fields.Integer(string="Users in the Trial", help="0 means as in the plan.")
    trial_limit_storage_gb = fields.Float(
        string="Storage in the Trial (GB)", digits=(12, 2), help="0 means as in the plan."
    )
    trial_limit_api_calls = fields.Integer(
        string="API Calls in the Trial", help="In a month. 0 means as in the plan."
    )
    trial_limit_bandwidth_gb = fields.Float(
        string="Bandwidth in the Trial (GB)",
        digits=(12, 2),
        help="In a month. 0 means as in the plan.",
    )
    # Service
    service_tier_id = fields.Many2one(
        "saas.service.tier",
        string="Service Tier",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    tier_rpo_hours = fields.Float(related="service_tier_id.rpo_hours")
    tier_rto_hours = fields.Float(related="service_tier_id.rto_hours")
    tier_support_response_hours = fields.Float(related="service_tier_id.support_response_hours")
    tier_monitoring_depth = fields.Selection(related="service_tier_id.monitoring_depth")
    tier_sandboxes = fields.Integer(related="service_tier_id.sandboxes")
    tier_api_per_second = fields.Integer(related="service_tier_id.api_per_second")
    tier_hosting = fields.Selection(related="service_tier_id.hosting")

    _cycle_positive = models.Constraint(
        "CHECK (cycle_count BETWEEN 1 AND 60)",
        "A billing cycle counts from 1 to 60 weeks, months, quarters or years.",
    )
    _usage_cycle_border = models.Constraint(
        "CHECK (usage_cycle_count BETWEEN 0 AND 60)",
        "A usage cycle counts from 1 to 60 weeks, months, quarters or years; 0 means as the fee.",
    )
    _price_positive = models.Constraint(
        "CHECK (price >= 0)", "A price cannot be negative; 0 means free."
    )
    _commitment_positive = models.Constraint(
        "CHECK (minimum_commitment >= 0 AND maximum_spend >= 0)",
        "The minimum and the maximum of a period cannot be negative; 0 means none.",
    )
    _commitment_border = models.Constraint(
        "CHECK (maximum_spend = 0 OR minimum_commitment <= maximum_spend)",
        "The minimum of a period cannot be above its maximum.",
    )
    _grace_border = models.Constraint(
        "CHECK (grace_hours BETWEEN 0 AND 72)", "An invoice waits from 0 to 72 hours for usage."
    )
    _trial_border = models.Constraint(
        "CHECK (trial_days BETWEEN 0 AND 365)", "A trial has from 0 to 365 days."
    )
    _limits_positive = models.Constraint(
        "CHECK (limit_users >= 0 AND limit_storage_gb >= 0 AND limit_api_calls >= 0 AND "
        "limit_bandwidth_gb >= 0)",
        "A limit cannot be negative; 0 means no limit.",
    )
    _trial_limits_positive = models.Constraint(
        "CHECK (trial_limit_users >= 0 AND trial_limit_storage_gb >= 0 AND "
        "trial_limit_api_calls >= 0 AND trial_limit_bandwidth_gb >= 0)",
        "A limit of the trial cannot be negative; 0 means as in the plan.",
    )

    @api.model
    def _valid_field_parameter(self, field: fields.Field, name: str) -> bool:
        # A plan tracks its fields; a version, which never changes, has no use for it.
        return name == "tracking" or super()._valid_field_parameter(field, name)

    @api.model
    def _default_trial_days(self) -> int:
        told = self.env["ir.config_parameter"].sudo().get_param("saas.trial_days") or ""
        return int(told) if told.isdecimal() else TRIAL_DAYS

    @api.model
    def _default_product(self) -> models.BaseModel:
        place = "saas_business_management.product_subscription_fee"
        return self.env.ref(place, raise_if_not_found=False) or self.env["product.product"]

    @api.depends("cycle_count", "cycle_unit")
    def _compute_cycle_label(self) -> None:
        units = dict(self._fields["cycle_unit"]._description_selection(self.env))
        for terms in self:
            unit = units.get(terms.cycle_unit, "")
            terms.cycle_label = (
                self.env._("per %(unit)s", unit=unit.lower())
                if terms.cycle_count == 1
                else self.env._(
                    "every %(count)s × %(unit)s", count=terms.cycle_count, unit=unit.lower()
                )
            )

    @api.model
    def _terms_names(self) -> list[str]:
        """Return the names of the fields that are terms, in the order of their declaration."""
        terms = self.env["saas.plan.terms"]._fields
        return [name for name, field in terms.items() if field.store and name != "id"]

    def _terms_values(self) -> dict[str, Any]:
        """Return the terms as values to create a record with."""
        self.ensure_one()
        return {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in self._terms_names()
        }
