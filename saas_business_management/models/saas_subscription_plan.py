"""Another plan, quantity or add-on for a running subscription, now or with the next period.

Owns: when a change takes effect, the phases it leaves, trying one out for its documents. Does not
own: what is credited and charged (`kernel/billing/fees.py`), the dialog
(`wizards/saas_subscription_change.py`).
"""

from fractions import Fraction

from odoo import api, fields, models

from ..kernel.billing.interval import Interval
from ..kernel.billing.proration import SECOND
from ..kernel.errors import Refused

NOW, PERIOD_END = "now", "period_end"
_TRYING = object()


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    @api.private
    def _change_plan(self, version, quantity, when=None, note=""):
        """Let another offer be in force, when the terms of the present one say or as wished.

        Raises: UserError, with the reason when it is not possible.
        """
        self.ensure_one()
        with self._changing():
            self._plan_phase(version, quantity, when, note)

    @api.private
    def _withdraw_change(self, note=""):
        """Take back a change that has not begun."""
        self.ensure_one()
        with self._changing():
            self._fire("change_withdrawn", note=note)
            self._drop_scheduled()

    @api.private
    def _add_addon(self, version, quantity=1, note=""):
        """Add an add-on from today; it is charged for the days that are left."""
        self.ensure_one()
        with self._changing():
            self._check_addon(version)
            self._fire("addon_changed", note=note or version.display_name)
            today = self._today()
            self.env["saas.subscription.addon"].sudo().create(
                {
                    "subscription_id": self.id,
                    "version_id": version.id,
                    "quantity": quantity,
                    "start_on": today,
                }
            )
            self._settle_from(today)

    @api.private
    def _remove_addon(self, addon, when=PERIOD_END, note=""):
        """End an add-on, with the period or with today."""
        self.ensure_one()
        with self._changing():
            self._fire("addon_changed", note=note or addon.version_id.display_name)
            today = self._today()
            last = self._period_end() if when == PERIOD_END else fields.Date.add(today, days=1)
            addon.sudo().end_on = last
            self._settle_from(today)

    def _check_addon(self, version):
        """Refuse an add-on that is not sold with the plan, in the currency, or for other periods.

        Raises: Refused (`addon_plan`, `price_missing_in_currency`, `addon_cycle`).
        """
        plans = version.plan_id.compatible_plan_ids
        if plans and self.plan_id not in plans:
            raise Refused("addon_plan", addon=version.plan_id.name, plan=self.plan_id.name)
        self._check_sold(version)
        if version._interval() != self.version_id._interval():
            raise Refused("addon_cycle", addon=version.plan_id.name, plan=self.plan_id.name)

    def _check_sold(self, version):
        if not version._price_in(self.currency_id):
            raise Refused(
                "price_missing_in_currency",
                plan=version.display_name,
                currency=self.currency_id.name,
            )

    def _plan_phase(self, version, quantity, when, note):
        if version == self.version_id and quantity == self.quantity:
            raise Refused("nothing_changes", plan=version.display_name)
        self._check_sold(version)
        upgrade = self._is_upgrade(version, quantity)
        terms = self.version_id
        when = when or (terms.upgrade_at if upgrade else terms.downgrade_at)
        prorated = terms.proration_upgrade if upgrade else terms.proration_downgrade
        event = "plan_changed" if version != self.version_id else "quantity_changed"
        self._fire(event, note=note, has_offer=True)
        self._drop_scheduled()
        today = self._today()
        at_once = when == NOW or self.anchor_on > today
        ahead = at_once and prorated == "none" and self.anchor_on <= today
        start = today if at_once and not ahead else self._period_end()
        by_second = start == today and prorated == SECOND
        self._new_phase(version, quantity, start, ahead, by_second)
        if at_once:
            self._set({"version_id": version.id, "quantity": quantity})
        if start <= today:
            self._settle_from(start)

    def _new_phase(self, version, quantity, start, ahead, by_second=False):
        """Close the phase in force with a day and begin the next; another cycle begins anew.

        By the second, both share that day, unless another cycle begins with it.
        """
        phase_sudo = self.sudo()._phase_on(start)
        anchor = max(start, self.anchor_on)
        if phase_sudo.version_id._to_cycle(anchor) == version._to_cycle(anchor):
            anchor = phase_sudo.anchor_on
        elif anchor > self.anchor_on:
            self._cut_periods(anchor)
        values = {
            "version_id": version.id,
            "quantity": quantity,
            "anchor_on": anchor,
            "served_ahead": ahead,
        }
        if by_second and start > self.anchor_on and anchor == phase_sudo.anchor_on:
            values["begins_at"] = fields.Datetime.now()
        if phase_sudo.start_on == start:
            phase_sudo.write(values)
            return
        phase_sudo.end_on = start
        phase_sudo.flush_recordset()
        self.env["saas.subscription.phase"].sudo().create(
            {"subscription_id": self.id, "start_on": start, **values}
        )

    def _drop_scheduled(self):
        """Forget phases that have not begun; the one in force goes on."""
        today = self._today()
        ahead_sudo = self.sudo().phase_ids.filtered(lambda one: one.start_on > today)
        if not ahead_sudo:
            return
        ahead_sudo.unlink()
        now_sudo = self.sudo()._phase_on(today)
        now_sudo.end_on = False
        self._set({"version_id": now_sudo.version_id.id, "quantity": now_sudo.quantity})

    def _is_upgrade(self, version, quantity):
        """Tell whether an offer costs at least as much in a year as the present one."""
        return version._yearly(self.currency_id) * quantity >= (
            self.version_id._yearly(self.currency_id) * self.quantity
        )

    @api.model
    def _is_tried(self):
        """Say whether what happens now is taken back; nobody else can give this mark."""
        return self.env.context.get("saas_trying") is _TRYING

    @api.private
    def _documents_of(self, change):
        """Return what the documents of a change would be, as plain values; nothing is kept.

        `change` is a function that makes it of the subscription it gets: there nobody is told, and
        no work is ordered.
        """
        self.ensure_one()
        told = []
        with self._rolled_back():
            one = self.with_context(saas_trying=_TRYING)
            change(one)
            one = one.sudo()
            one._close_periods(self.env["saas.billing.run"])
            one._check_billable()
            for move in one._draft_documents(self.env["saas.billing.run"]):
                told.append(_told(move))
        return told


def _told(move):
    sign = -1 if move.move_type == "out_refund" else 1
    return {
        "move_type": move.move_type,
        "date": move.invoice_date,
        "untaxed": sign * move.amount_untaxed,
        "tax": sign * move.amount_tax,
        "total": sign * move.amount_total,
        "of": move.reversed_entry_id.name or "",
        "lines": [
            {"name": line.name, "amount": sign * line.price_subtotal}
            for line in move.invoice_line_ids
        ],
    }


class SaasPlanVersion(models.Model):
    _inherit = "saas.plan.version"

    def _interval(self):
        """Return how long a period of the fee is."""
        return Interval(self.cycle_unit, self.cycle_count)

    def _yearly(self, currency):
        """Return what it costs in a year, to compare offers with."""
        return Fraction(str(self._price_in(currency).amount)) * self._interval().per_year
