"""A subscription as billing sees it: records made into frozen facts.

Owns: `_to_agreement` and what was charged of a period. Does not own: deciding anything by them
(`kernel/billing`).
"""

from collections import defaultdict
from decimal import Decimal

from odoo import models

from ..kernel.billing import agreement
from ..kernel.billing.cycle import Cycle, usage_cycle
from ..kernel.billing.interval import Interval
from ..kernel.money import Currency


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    def _unit(self):
        """Return the currency as billing computes with it."""
        return self.currency_id._to_unit()

    def _to_agreement(self, **instead):
        """Return what billing is decided from; `instead` replaces parts, for a preview."""
        self.ensure_one()
        facts = {
            "zone": self.timezone,
            "phases": self._to_phases(self.phase_ids),
            "rests": tuple(
                agreement.Rest(rest.start_on, rest.end_on or None, rest.why)
                for rest in self.rest_ids
            ),
            "end": self.billed_until or None,
            "known": tuple(
                agreement.Known(period.kind, period.start_on, period.end_on)
                for period in self.sudo().period_ids
                if period.kind in (agreement.RECURRING, agreement.USAGE)
            ),
        }
        return agreement.Agreement(**facts | instead)

    def _to_phases(self, phases):
        """Return the phases from the first paid day on, cut where an add-on comes or goes."""
        found = []
        for phase in phases.sorted("start_on"):
            first = max(phase.start_on, self.anchor_on)
            last = phase.end_on or None
            if last and last <= first:
                continue
            found += self._cut(phase, first, last)
        return tuple(found)

    def _cut(self, phase, first, last):
        days = {first}
        for addon in self.addon_ids:
            days |= {
                day
                for day in (addon.start_on, addon.end_on)
                if day and first < day and (last is None or day < last)
            }
        starts = sorted(days)
        return [
            self._to_phase(phase, start, end)
            for start, end in zip(starts, [*starts[1:], last], strict=True)
        ]

    def _to_phase(self, phase, start, end):
        version = phase.version_id
        cycle = version._to_cycle(phase.anchor_on)
        addons = self.addon_ids.filtered(
            lambda addon: addon.start_on <= start and (not addon.end_on or start < addon.end_on)
        )
        items = [self._to_item(phase.version_id, phase.quantity)]
        items += [self._to_item(addon.version_id, addon.quantity) for addon in addons]
        metered = (version | addons.version_id)._charges_in(self.currency_id)
        metered = metered or version._price_in(self.currency_id).minimum_commitment
        return agreement.Phase(
            key=str(phase.id or "new"),
            start=start,
            end=end,
            cycle=cycle,
            items=tuple(items),
            arrears=version.timing == "arrears",
            usage_cycle=version._to_usage_cycle(cycle) if metered else None,
            grace_hours=version.grace_hours,
            begins_at=phase._begins_at() if start == phase.start_on else None,
        )

    def _to_item(self, version, quantity):
        price = version._price_in(self.currency_id)
        return agreement.Item(
            key=f"version:{version.id}",
            price=self._unit().round(Decimal(repr(price.amount))),
            quantity=Decimal(quantity),
        )

    def _versions_of(self, phase):
        """Return the plan version and the add-ons of a phase, from the items of the kernel."""
        ids = [int(item.key.partition(":")[2]) for item in phase.items]
        return self.env["saas.plan.version"].browse(ids)

    def _charged(self, periods):
        """Return what documents charge for each period, by item: ours, and what is left of it.

        The second is less where a person has credited something by hand.
        """
        ours, left = defaultdict(dict), defaultdict(dict)
        unit = self._unit()
        for line in periods.sudo().line_ids:
            move = line.move_id
            if move.state == "cancel" or not line.saas_item:
                continue
            sign = -1 if move.move_type == "out_refund" else 1
            amount = unit.round(Decimal(repr(line.price_subtotal))) * sign
            for sums, counted in ((ours, move.saas_made), (left, True)):
                if counted:
                    before = sums[line.saas_period_id].get(line.saas_item, Decimal(0))
                    sums[line.saas_period_id][line.saas_item] = before + amount
        return ours, left


class SaasPlanVersion(models.Model):
    _inherit = "saas.plan.version"

    def _to_cycle(self, anchor_on):
        """Return the periods of the fee, counted from a day."""
        self.ensure_one()
        interval = Interval(self.cycle_unit, self.cycle_count)
        return Cycle(anchor_on, interval, self.alignment == "calendar")

    def _to_usage_cycle(self, cycle):
        """Return the periods of usage beside those of the fee."""
        if not self.usage_cycle_unit:
            return cycle
        return usage_cycle(cycle, Interval(self.usage_cycle_unit, self.usage_cycle_count or 1))


class ResCurrency(models.Model):
    _inherit = "res.currency"

    def _to_unit(self):
        """Return the currency as the kernel computes with it."""
        self.ensure_one()
        return Currency(self.name, Decimal(repr(self.rounding)))

    def _exactly(self, amount):
        """Return an amount of Odoo in whole steps of this currency, as the kernel takes it."""
        return self._to_unit().round(Decimal(repr(float(amount))))
