"""A charge: what the readings of a meter cost in a plan, in one currency.

Owns: which numbers each price model needs, and that they are there. Does not own: what a quantity
costs (`kernel/billing`), price tiers (`saas_plan_charge_tier.py`), what it looks like to people
(`saas_plan_charge_look.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import messages
from ..kernel.billing.charge import Charge
from ..kernel.billing.charge_form import MODELS, read_charge
from ..kernel.errors import Refused
from .saas_decimal import Exact

PRICE_MODELS = [
    ("graduated", "Graduated"),
    ("volume", "Volume"),
    ("package", "Package"),
    ("per_unit", "Per Unit"),
    ("flat", "Flat"),
    ("percentage", "Percentage"),
]
TIERED = ("graduated", "volume")
# What each price model cannot do without.
NEEDED = {
    "flat": ("flat_fee",),
    "per_unit": ("unit_price",),
    "package": ("package_size", "package_price"),
    "percentage": ("rate_percent",),
}
# What means something in each price model; the rest of the numbers is emptied.
USED = {
    "flat": ("flat_fee",),
    "per_unit": ("unit_price", "included", "maximum"),
    "graduated": ("included", "maximum"),
    "volume": ("included", "maximum"),
    "package": ("package_size", "package_price", "free_units", "maximum"),
    "percentage": (
        *("rate_percent", "fixed_fee", "free_transactions", "free_amount"),
        *("per_transaction_min", "per_transaction_max", "maximum"),
    ),
}
NUMBERS = tuple(dict.fromkeys(name for names in USED.values() for name in names))
# What the kernel calls the numbers that have another name here, because people read it.
FORM = {"flat_fee": "amount", "maximum": "max_amount"}
assert {key for key, _label in PRICE_MODELS} == set(MODELS)


class SaasPlanCharge(models.Model):
    _name = "saas.plan.charge"
    _description = "Charge of a Plan"
    _inherit = ["saas.plan.part", "saas.exact"]
    _order = "plan_id, version_id, sequence, id"
    _rec_name = "meter_id"

    sequence = fields.Integer(default=10)
    meter_id = fields.Many2one("saas.meter", required=True, index=True, ondelete="restrict")
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.company.currency_id,
    )
    model = fields.Selection(PRICE_MODELS, string="Price Model", required=True, default="per_unit")
    unit_price = Exact(help="For one unit, up to 12 decimals.")
    flat_fee = Exact(string="Fee", help="For a period, whatever is used.")
    package_size = Exact(string="Units in a Package")
    package_price = Exact(string="Price of a Package", help="A package counts from its first unit.")
    included = Exact(help="Units of a period that cost nothing; the rest is the overage.")
    free_units = Exact(help="Units of a period before the first package begins.")
    free_transactions = Exact(help="The first of a period cost nothing, neither percent nor fee.")
    free_amount = Exact(help="No percent is taken of the first of a period.")
    rate_percent = Exact(string="Percent")
    fixed_fee = Exact(string="Fee of a Transaction", help="Besides the percentage.")
    per_transaction_min = Exact(string="At Least", help="For one transaction.")
    per_transaction_max = Exact(string="At Most", help="For one transaction.")
    maximum = Exact(string="Maximum for a Period", help="This meter never costs more.")
    tier_ids = fields.One2many("saas.plan.charge.tier", "charge_id", copy=True)

    _plan_meter_unique = models.UniqueIndex(
        "(plan_id, meter_id, currency_id) WHERE plan_id IS NOT NULL",
        "A plan has one charge for each meter and currency.",
    )
    _version_meter_unique = models.UniqueIndex(
        "(version_id, meter_id, currency_id) WHERE version_id IS NOT NULL",
        "A plan version has one charge for each meter and currency.",
    )

    @api.depends("meter_id.name", "model")
    def _compute_display_name(self) -> None:
        labels = dict(self._fields["model"]._description_selection(self.env))
        for charge in self:
            charge.display_name = f"{charge.meter_id.name or ''}: {labels.get(charge.model, '')}"

    @api.constrains("model", "tier_ids", *NUMBERS)
    def _check_price(self) -> None:
        for charge in self:
            problem = charge._problem()
            if problem:
                meter = charge.meter_id.name
                raise ValidationError(
                    self.env._("%(meter)s: %(problem)s", meter=meter, problem=problem)
                )

    def _problem(self) -> str:
        """Return what is missing or impossible in this charge; empty when it can be sold."""
        missing = [name for name in NEEDED.get(self.model, ()) if not self[name]]
        if missing:
            label = self._fields[missing[0]]._description_string(self.env)
            return self.env._("Enter “%(field)s”; 0 is a price too.", field=label)
        try:
            self._to_spec()
        except Refused as error:
            return messages.text(self.env, error)
        return ""

    def _to_spec(self) -> Charge:
        """Return the charge as the kernel rates it.

        Raises: Refused, when it is none that can be rated. ValidationError, when a field holds no
        number.
        """
        self.ensure_one()
        used = USED.get(self.model, ())
        form = {FORM.get(name, name): self._number(name) for name in used}
        form = {name: number for name, number in form.items() if number is not None}
        if self.model in TIERED:
            form["tiers"] = [tier._to_form() for tier in self.tier_ids._sorted()]
        return read_charge({"model": self.model, **form})

    @api.onchange("model")
    def _onchange_model(self) -> None:
        """Empty what the price model does not use, and begin a list of price tiers."""
        for name in set(NUMBERS) - set(USED.get(self.model, ())):
            self[name] = False
        if self.model not in TIERED:
            self.tier_ids = [fields.Command.clear()]
        elif not self.tier_ids:
            rows = ({"up_to": "1000"}, {"up_to": False})
            self.tier_ids = [fields.Command.create(row) for row in rows]

    @api.onchange("tier_ids")
    def _onchange_tier_ids(self) -> None:
        """Keep the price tiers without a gap, an overlap or an end, whatever is typed."""
        if self.model in TIERED:
            self.tier_ids._keep_open()
            if self.tier_ids and all(tier.up_to for tier in self.tier_ids):
                self.tier_ids = [fields.Command.create({"up_to": False})]
