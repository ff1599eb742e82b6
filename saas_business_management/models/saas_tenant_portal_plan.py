"""Plan, add-ons and end of a subscription, as a customer changes them in the portal.

Owns: which offers there are, the preview, that what is confirmed is what was shown. Does not own:
what a change does and costs (`saas_subscription_plan.py`, `saas_subscription_change.py`).
"""

from odoo import api, fields, models
from odoo.tools import LazyTranslate, format_date, formatLang

from ..kernel.errors import Refused

_lt = LazyTranslate(__name__)

NOW, PERIOD_END = "now", "period_end"
REASONS = {
    "too_expensive": _lt("Too expensive"),
    "not_used": _lt("Not used enough"),
    "missing_feature": _lt("Something is missing"),
    "other_product": _lt("Another product was chosen"),
    "closed": _lt("The company closes"),
    "other": _lt("Something else"),
}
LIMITS = ("users", "storage_gb", "api_calls", "bandwidth_gb")


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    def _portal_running(self):
        """Return the subscription that can be changed, as the platform.

        Raises: Refused (`portal_no_subscription`).
        """
        one = self._portal_subscription()
        if not one or one.state in ("draft", "cancelled"):
            raise Refused("portal_no_subscription")
        return one

    @api.private
    def _portal_offers(self, kind="plan"):
        """Return the plans or add-ons that can be chosen for this database, the cheapest first."""
        self.ensure_one()
        one = self._portal_subscription()
        if not one or one.state in ("draft", "cancelled"):
            return self.env["saas.plan"].sudo()
        wanted = [("kind", "=", kind), ("version_id", "!=", False), ("published", "=", True)]
        company = [("company_id", "in", (False, self.company_id.id))]
        plans = self.env["saas.plan"].sudo().search([*wanted, *company], order="sequence, id")
        fits = self._portal_fits_addon if kind == "addon" else self._portal_fits_plan
        return plans.filtered(
            lambda plan: plan.version_id._price_in(one.currency_id) and fits(plan, one)
        )

    def _portal_fits_plan(self, plan, one):
        templates = plan.template_ids
        fits = not templates or self.template_id in templates
        return fits and plan.version_id != one.version_id

    def _portal_fits_addon(self, plan, one):
        there = self._portal_addons(one).version_id.plan_id
        plans = plan.compatible_plan_ids
        same = plan.version_id._interval() == one.version_id._interval()
        return plan not in there and same and (not plans or one.plan_id in plans)

    @api.private
    def _portal_offer(self, code, kind="plan"):
        """Return the offered plan or add-on with this code.

        Raises: Refused (`portal_plan`).
        """
        found = self._portal_offers(kind).filtered(lambda plan: plan.code == code)[:1]
        if not found:
            raise Refused("portal_plan")
        return found

    @api.private
    def _portal_cards(self, kind="plan"):
        """Return what a page of offers shows: `{"plan", "price", "gains", "too_small"}`."""
        one = self._portal_subscription()
        return [
            {
                "plan": plan,
                "price": self._portal_price(plan.version_id, one),
                "gains": self._portal_differences(plan) if kind == "plan" else [],
                "too_small": self._portal_too_small(plan) if kind == "plan" else [],
            }
            for plan in self._portal_offers(kind)
        ]

    @api.private
    def _portal_smaller(self):
        """Return the card of the dearest plan that costs less and is big enough, or nothing."""
        one = self._portal_subscription()
        now = one.version_id._price_in(one.currency_id).amount
        cheaper = [
            (card["plan"].version_id._price_in(one.currency_id).amount, card)
            for card in self._portal_cards()
            if not card["too_small"]
            and card["plan"].version_id._interval() == one.version_id._interval()
        ]
        fits = [(amount, card) for amount, card in cheaper if amount < now]
        return max(fits, key=lambda row: row[0])[1] if fits else {}

    def _portal_price(self, version, one):
        amount = version._price_in(one.currency_id).amount
        price = formatLang(self.env, amount, currency_obj=one.currency_id)
        return self.env._("%(price)s %(cycle)s", price=price, cycle=version.cycle_label)

    def _portal_differences(self, plan):
        """Return what the other plan includes more or less of, and nothing that stays."""
        meters = self._portal_meters()
        told = []
        for code in LIMITS:
            before, after = self.plan_id[f"limit_{code}"], plan[f"limit_{code}"]
            if before != after and code in meters:
                told.append(
                    self.env._(
                        "%(meter)s: %(after)s instead of %(before)s",
                        meter=meters[code].name,
                        after=self._portal_most(after, meters[code]),
                        before=self._portal_most(before, meters[code]),
                    )
                )
        return told

    def _portal_meters(self):
        found = self.env["saas.meter"].sudo().search([("code", "in", LIMITS)])
        return {meter.code: meter for meter in found}

    def _portal_most(self, number, meter):
        if not number:
            return self.env._("no limit")
        shown = self._portal_number(number, meter.decimals)
        return f"{shown} {meter.unit_label}" if meter.unit_label else shown

    def _portal_too_small(self, plan):
        told = []
        for reading in self.usage_reading_ids.filtered("known"):
            code = reading.meter_id.code
            limit = plan[f"limit_{code}"] if code in LIMITS else 0
            if limit and reading.quantity > limit:
                told.append(
                    self.env._(
                        "You use %(used)s %(unit)s; this plan has %(limit)s.",
                        used=self._portal_number(reading.quantity, reading.meter_id.decimals),
                        unit=reading.unit_label or "",
                        limit=self._portal_number(limit, reading.meter_id.decimals),
                    )
                )
        return told

    # What would be paid

    @api.private
    def _portal_preview(self, kind, code, when):
        """Return what a change would cost: the very documents, which are not kept.

        `{"plan", "when", "papers", "total" (text), "sum" (plain text, to be sent back), "sentence",
        "can_wait"}`.
        Raises: UserError.
        """
        self.ensure_one()
        with self._portal_doing():
            one, plan = self._portal_running(), self._portal_offer(code, kind)
            when = when if when in (NOW, PERIOD_END) else NOW
            papers = one._documents_of(lambda one: self._portal_make(one, kind, plan, when))
            return self._portal_shown(one, plan, when, papers)

    def _portal_make(self, one, kind, plan, when):
        note = self.env._("In the portal")
        if kind == "plan":
            one._change_plan(plan.version_id, one.quantity, when, note)
        else:
            one._add_addon(plan.version_id, 1, note)

    def _portal_shown(self, one, plan, when, papers):
        _ = self.env._

        def money(amount):
            return formatLang(self.env, amount, currency_obj=one.currency_id)

        total = one.currency_id.round(sum(paper["total"] for paper in papers))
        facts = {"total": money(total), "price": self._portal_price(plan.version_id, one)}
        facts["day"] = format_date(self.env, one._period_end())
        if when == PERIOD_END:
            sentence = _("Nothing is paid today. From %(day)s: %(price)s.", **facts)
        elif one.anchor_on > one._today():
            sentence = _("Nothing is paid today: your trial goes on. After it: %(price)s.", **facts)
        elif total < 0:
            facts["total"] = money(-total)
            sentence = _("Today %(total)s are credited. From %(day)s: %(price)s.", **facts)
        else:
            sentence = _("Today you pay %(total)s. From %(day)s: %(price)s.", **facts)
        for paper in papers:
            paper["is_credit"] = paper["move_type"] == "out_refund"
            paper["rows"] = [(line["name"], money(line["amount"])) for line in paper["lines"]]
            paper["tax_text"] = money(paper["tax"]) if paper["tax"] else ""
            paper["total_text"] = money(paper["total"])
        return {
            "plan": plan,
            "when": when,
            "papers": papers,
            "total": money(total),
            "sum": f"{total:.{one.currency_id.decimal_places}f}",
            "sentence": sentence,
            "can_wait": one.anchor_on <= one._today(),
        }

    @api.private
    def _portal_change(self, kind, code, when, shown):
        """Make a change whose documents come to what was shown.

        Raises: UserError.
        """
        self.ensure_one()
        told = self._portal_preview(kind, code, when)
        with self._portal_doing():
            if told["sum"] != shown:
                raise Refused("portal_preview_changed")
            self._portal_make(self._portal_running(), kind, told["plan"], told["when"])

    @api.private
    def _portal_withdraw_change(self):
        """Take back a change that has not begun."""
        with self._portal_doing():
            self._portal_running()._withdraw_change(self.env._("In the portal"))

    @api.private
    def _portal_remove_addon(self, code):
        """End an add-on with the period that is paid."""
        with self._portal_doing():
            one = self._portal_running()
            addon = self._portal_addons(one).filtered(
                lambda row: row.version_id.plan_id.code == code and not row.end_on
            )
            if not addon:
                raise Refused("portal_gone")
            one._remove_addon(addon[:1], note=self.env._("In the portal"))

    # The end

    @api.private
    def _portal_last_day(self):
        """Return the last day if it is cancelled now."""
        with self._portal_doing():
            return fields.Date.subtract(self._portal_running()._period_end(), days=1)

    @api.private
    def _portal_cancel(self, reason, note):
        """End the subscription with the period that is paid; it can be undone until then."""
        with self._portal_doing():
            if reason not in REASONS:
                raise Refused("portal_gone")
            why = self.env._(REASONS[reason])
            self._portal_running().action_cancel_at_end(
                ": ".join(filter(None, (why, (note or "").strip()[:500])))
            )

    @api.private
    def _portal_undo_cancel(self):
        """Let the subscription go on."""
        with self._portal_doing():
            self._portal_running().action_undo_cancellation(self.env._("In the portal"))

    @api.private
    def _portal_reasons(self):
        return {code: self.env._(text) for code, text in REASONS.items()}

    @api.private
    def _portal_can_cancel(self):
        one = self._portal_subscription()
        return bool(one) and one.state not in ("draft", "cancelled") and not one.ends_on
