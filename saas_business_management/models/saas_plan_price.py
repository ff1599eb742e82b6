"""The fee of a plan in a further currency; of a version in every currency.

Owns: one price in each currency. Does not own: the main price (`saas_plan_terms.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang


class SaasPlanPrice(models.Model):
    _name = "saas.plan.price"
    _description = "Price of a Plan in a Currency"
    _inherit = ["saas.plan.part"]
    _order = "plan_id, version_id, id"
    _rec_name = "currency_id"

    currency_id = fields.Many2one("res.currency", required=True, ondelete="restrict")
    amount = fields.Monetary(string="Price", help="For one billing cycle, without tax.")
    minimum_commitment = fields.Monetary(
        string="Minimum for a Period", help="In this currency. 0 means none."
    )
    maximum_spend = fields.Monetary(
        string="Maximum for a Period", help="In this currency. 0 means none."
    )

    _plan_currency_unique = models.UniqueIndex(
        "(plan_id, currency_id) WHERE plan_id IS NOT NULL",
        "A plan has one price in each currency.",
    )
    _version_currency_unique = models.UniqueIndex(
        "(version_id, currency_id) WHERE version_id IS NOT NULL",
        "A plan version has one price in each currency.",
    )
    _positive = models.Constraint(
        "CHECK (amount >= 0 AND minimum_commitment >= 0 AND maximum_spend >= 0)",
        "A price cannot be negative; 0 means free.",
    )
    _commitment_border = models.Constraint(
        "CHECK (maximum_spend = 0 OR minimum_commitment <= maximum_spend)",
        "The minimum of a period cannot be above its maximum.",
    )

    @api.constrains("plan_id", "currency_id")
    def _check_not_main(self) -> None:
        for price in self.filtered("plan_id"):
            if price.currency_id == price.plan_id.currency_id:
                raise ValidationError(
                    self.env._(
                        "The price in %(currency)s stands above the list already: it is the main "
                        "price of the plan.",
                        currency=price.currency_id.name,
                    )
                )

    def _place(self) -> tuple:
        """Return what makes this row the same one in two versions."""
        return (self.currency_id.id,)

    def _content(self) -> tuple:
        """Return everything that it says."""
        return (self.amount, self.minimum_commitment, self.maximum_spend)

    def _title(self) -> str:
        return self.env._("Price in %(currency)s", currency=self.currency_id.name)

    def _told(self) -> str:
        """Return the price as people read it."""
        parts = [self._money(self.amount)]
        if self.minimum_commitment:
            least = self._money(self.minimum_commitment)
            parts.append(self.env._("at least %(amount)s", amount=least))
        if self.maximum_spend:
            most = self._money(self.maximum_spend)
            parts.append(self.env._("at most %(amount)s", amount=most))
        return ", ".join(parts)

    def _money(self, amount: float) -> str:
        return formatLang(self.env, amount, currency_obj=self.currency_id)
