"""Publishing a plan: its terms, prices and charges are copied into a version that is sold.

Owns: whether a plan can be published, making the version, whether something changed since. Does not
own: telling the differences to people (`saas_plan_changes.py`), subscriptions that keep a version.
"""

from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import messages
from ..kernel.billing.interval import Interval
from ..kernel.errors import Refused
from .saas_plan_charge import NUMBERS
from .saas_plan_part import PUBLISHING

MANAGER = "saas_business_management.group_saas_billing_manager"


class SaasPlan(models.Model):
    _inherit = "saas.plan"

    version_ids = fields.One2many(
        "saas.plan.version", "plan_id", string="Versions", readonly=True, copy=False
    )
    version_id = fields.Many2one(
        "saas.plan.version",
        string="Published Version",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    version_count = fields.Integer(string="Number of Versions", compute="_compute_version_count")
    publish_state = fields.Selection(
        [("draft", "Not Published"), ("change", "Draft Changes"), ("published", "Published")],
        string="Version",
        compute="_compute_publish_state",
        search="_search_publish_state",
    )
    has_draft_changes = fields.Boolean(compute="_compute_publish_state")

    @api.depends("version_ids")
    def _compute_version_count(self) -> None:
        for plan in self:
            plan.version_count = len(plan.version_ids)

    @api.depends(lambda self: self._content_names())
    def _compute_publish_state(self) -> None:
        for plan in self:
            plan.has_draft_changes = bool(plan.version_id) and bool(plan._changes())
            plan.publish_state = (
                "draft"
                if not plan.version_id
                else "change"
                if plan.has_draft_changes
                else "published"
            )

    @api.model
    def _content_names(self) -> list[str]:
        """Return the fields, also of rows, in which a plan can differ from its version."""
        prices = ("currency_id", "amount", "minimum_commitment", "maximum_spend")
        charges = ("meter_id", "currency_id", "model", *NUMBERS)
        tiers = ("up_to", "unit_price", "flat_fee")
        return [
            "version_id",
            *self._terms_names(),
            *(f"price_ids.{name}" for name in prices),
            *(f"charge_ids.{name}" for name in charges),
            *(f"charge_ids.tier_ids.{name}" for name in tiers),
        ]

    @api.model
    def _search_publish_state(self, operator: str, value: Any) -> list:
        if operator != "in":
            return NotImplemented
        plans = self.with_context(active_test=False).search([])
        return [("id", "in", plans.filtered(lambda plan: plan.publish_state in value).ids)]

    def action_publish_version(self) -> dict:
        """Ask before publishing, and say who keeps the old price."""
        self.ensure_one()
        self._check_may_publish()
        wizard = self.env["saas.plan.publish"].create({"plan_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Publish Version"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_view_versions(self) -> dict:
        """Open the versions of this plan."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_plan_version"
        )
        return dict(action, domain=[("plan_id", "=", self.id)], context={}, path=False)

    def _check_may_publish(self) -> None:
        if not self.env.su and not self.env.user.has_group(MANAGER):
            raise UserError(
                self.env._("Only a billing manager can publish a version of a plan. Ask one.")
            )
        self.check_access("write")

    def _publish_version(self, note: str = "") -> models.BaseModel:
        """Freeze the plan as it is into its next version and return that; the one before retires.

        Raises: UserError, when the plan cannot be sold as it is, or nothing changed.
        """
        self.ensure_one()
        self._check_may_publish()
        if not self.sudo().try_lock_for_update():
            raise UserError(
                self.env._("Somebody else is publishing this plan. Wait a moment and look again.")
            )
        problems = self._problems()
        if problems:
            raise UserError("\n".join(problems))
        before_sudo = self.sudo().version_id
        if before_sudo and not self._changes():
            raise UserError(
                self.env._("Nothing changed since %(version)s.", version=before_sudo.display_name)
            )
        plan_sudo = self.sudo().with_context(saas_publishing=PUBLISHING)
        return plan_sudo._make_version(before_sudo, note)

    def _make_version(self, before_sudo: models.BaseModel, note: str) -> models.BaseModel:
        now = fields.Datetime.now()
        before_sudo.with_context(saas_publishing=PUBLISHING).write(
            {"state": "retired", "retired_at": now}
        )
        before_sudo.flush_recordset(["state"])
        version_sudo = self.env["saas.plan.version"].create(
            {
                **self._terms_values(),
                "plan_id": self.id,
                "number": max(self.version_ids.mapped("number"), default=0) + 1,
                "published_at": now,
                "published_by_id": self.env.user.id,
                "note": note,
                **self._parts_values(),
            }
        )
        self.version_id = version_sudo
        return version_sudo.with_context(saas_publishing=None)

    def _parts_values(self) -> dict[str, list]:
        """Return the rows of a version: its price in each currency, and copies of its charges."""
        create = fields.Command.create
        prices = [
            {
                "currency_id": row.currency_id.id,
                "amount": amount,
                "minimum_commitment": row.minimum_commitment,
                "maximum_spend": row.maximum_spend,
            }
            for row, amount in self._priced()
        ]
        charges = [dict(vals, plan_id=False) for vals in self.charge_ids.copy_data()]
        return {
            "price_ids": [create(vals) for vals in prices],
            "charge_ids": [create(vals) for vals in charges],
        }

    def _priced(self) -> list[tuple[models.BaseModel, float]]:
        """Return what carries a price in each currency, the main one first, with the amount."""
        return [(self, self.price), *((row, row.amount) for row in self.price_ids)]

    # What hinders

    def _problems(self) -> list[str]:
        """Return why this plan cannot be sold as it is, one sentence each."""
        self.ensure_one()
        return [
            *self._problems_of_price(),
            *self._problems_of_cycles(),
            *self._problems_of_currencies(),
            *self._problems_of_charges(),
        ]

    def _problems_of_price(self) -> list[str]:
        _ = self.env._
        found = []
        if not self.active:
            found.append(
                _("%(plan)s is archived. Bring it back before you publish.", plan=self.name)
            )
        if not self.currency_id:
            found.append(_("%(plan)s has no currency. Choose one.", plan=self.name))
        if not self.is_free and not self.charge_ids and any(not one for _r, one in self._priced()):
            found.append(
                _(
                    "%(plan)s has no price. Enter one, add a charge, or tick “Free of Charge”.",
                    plan=self.name,
                )
            )
        if self.is_free and (self.charge_ids or any(one for _row, one in self._priced())):
            found.append(
                _(
                    "%(plan)s is marked as free of charge and has a price. Clear one of both.",
                    plan=self.name,
                )
            )
        return found

    def _problems_of_cycles(self) -> list[str]:
        """The cycle of usage divides the one of the fee."""
        _ = self.env._
        try:
            fee = Interval(self.cycle_unit, self.cycle_count)
            if not self.usage_cycle_count and not self.usage_cycle_unit:
                return []
            if not self.usage_cycle_count or not self.usage_cycle_unit:
                return [_("Enter the number and the unit of the usage cycle, or neither of both.")]
            usage = Interval(self.usage_cycle_unit, self.usage_cycle_count)
        except Refused as error:
            return [messages.text(self.env, error)]
        if usage.divides(fee):
            return []
        return [
            _(
                "The usage cycle does not divide the billing cycle, so an invoice would end in the "
                "middle of it. Choose one that does, such as a month of a year."
            )
        ]

    def _problems_of_currencies(self) -> list[str]:
        """Every meter that is charged has to be charged in every currency, and in no other."""
        _ = self.env._
        sold = self.env["res.currency"].union(*(row.currency_id for row, _amount in self._priced()))
        found = [
            _(
                "%(meter)s is charged in %(currency)s, but the plan has no price in it. Add the "
                "price or remove the charge.",
                meter=charge.meter_id.name,
                currency=charge.currency_id.name,
            )
            for charge in self.charge_ids
            if charge.currency_id not in sold
        ]
        charged = {(charge.meter_id, charge.currency_id) for charge in self.charge_ids}
        return found + [
            _(
                "%(meter)s has no charge in %(currency)s. Add one, so that customers who pay in it "
                "pay for their use.",
                meter=meter.name,
                currency=currency.name,
            )
            for meter in self.charge_ids.meter_id
            for currency in sold
            if (meter, currency) not in charged
        ]

    def _problems_of_charges(self) -> list[str]:
        return [
            self.env._("%(meter)s: %(problem)s", meter=charge.meter_id.name, problem=problem)
            for charge in self.charge_ids
            if (problem := charge._problem())
        ]
