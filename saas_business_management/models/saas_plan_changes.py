"""What changed between a plan and its published version, and how many it concerns.

Owns: the differences, in the words of the form. Does not own: publishing (`saas_plan_publish.py`).
"""

from dataclasses import dataclass

from odoo import models
from odoo.tools import formatLang

from .saas_plan_sold import count_running

# What is told of a plan that had no version before: the rest is as every plan begins.
FIRST = (
    *("price", "cycle_count", "cycle_unit", "minimum_commitment", "maximum_spend"),
    *("trial_days", "service_tier_id"),
)


@dataclass(frozen=True)
class Change:
    """A difference: where, its name in the audit log, before and after as people read them."""

    name: str
    label: str
    before: str
    after: str


class SaasPlanTerms(models.AbstractModel):
    _inherit = "saas.plan.terms"

    def _told(self, name: str) -> str:
        """Return the value of a term as people read it; a dash when there is none."""
        field, value = self._fields[name], self[name]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value) or "—"
        if field.type == "many2one":
            return value.sudo().display_name or "—"
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if field.type == "monetary":
            return formatLang(self.env, value, currency_obj=self.currency_id)
        return str(value)


class SaasPlan(models.Model):
    _inherit = "saas.plan"

    def _changes(self) -> list[Change]:
        """Return what differs from the published version; of a plan without one, what it sells."""
        self.ensure_one()
        version = self.version_id
        names = self._terms_names() if version else [one for one in FIRST if self[one]]
        changes = [
            Change(
                name,
                self._fields[name]._description_string(self.env),
                version._told(name) if version else "",
                self._told(name),
            )
            for name in names
            if not version or self[name] != version[name]
        ]
        return (
            changes
            + self._changed_parts(self.price_ids, version._further_prices())
            + (self._changed_parts(self.charge_ids, version.charge_ids))
        )

    def _changed_parts(self, now: models.BaseModel, was: models.BaseModel) -> list[Change]:
        before = {part._place(): part for part in was}
        after = {part._place(): part for part in now}
        return [
            Change(
                one.display_name,
                one._title(),
                before[place]._told() if place in before else "",
                after[place]._told() if place in after else "",
            )
            for place, one in {**before, **after}.items()
            if place not in before
            or place not in after
            or before[place]._content() != after[place]._content()
        ]

    def _kept_by(self) -> dict[str, int]:
        """Return how many keep the published version when a newer one comes: `subscriptions` and
        `tenants`.
        """
        self.ensure_one()
        return {
            "subscriptions": count_running("version_id", self.sudo().version_id),
            "tenants": self._tenants_by_plan().get(self.id, 0),
        }


class SaasPlanVersion(models.Model):
    _inherit = "saas.plan.version"

    def _further_prices(self) -> models.BaseModel:
        """Return the prices in other currencies than the main one."""
        return self.price_ids.filtered(lambda row: row.currency_id != self.currency_id)
