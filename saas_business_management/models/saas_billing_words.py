"""The words of lines on invoices and credit notes, so that each explains itself.

Owns: these words, in the language of whoever receives the document. Does not own: amounts.
"""

from decimal import Decimal

from odoo import fields, models
from odoo.tools import format_date, formatLang

from ..kernel.billing.step import INCLUDED, PACKAGE


def _says_the_amount_alone(charge):
    """Tell whether the parts of a charge are its one price, which stands beside its words."""
    if charge.before or len(charge.parts) != 1:
        return False
    part = charge.parts[0]
    whole = part.days == part.whole_days and not part.whole_seconds
    return bool(whole and part.quantity == 1 and not part.percents_off)


class SaasBillingPeriod(models.Model):
    _inherit = "saas.billing.period"

    def _for_reader(self):
        """Return this period in the language of whoever receives its document."""
        reader = self.subscription_id._invoice_partner()
        return self.with_context(lang=reader.lang or self.env.lang)

    def _charge_words(self, version, charge):
        """Return plan, days, and the parts that the amount is made of."""
        me = self._for_reader()
        title = me._title_words(version, charge.start, charge.end)
        parts = [me._part_words(part) for part in charge.parts]
        told = " + ".join(one for one in parts if one)
        if _says_the_amount_alone(charge):
            return title
        if not charge.before:
            return f"{title}: {told}"
        return me.env._(
            "%(title)s: %(parts)s, less %(before)s charged before",
            title=title,
            parts=told,
            before=me._money(charge.before),
        )

    def _credit_words(self, version, credit, line):
        me = self._for_reader()
        title = me._title_words(version, self.start_on, self.end_on)
        names = {"title": title, "kept": me._money(credit.kept)}
        if line:
            return me.env._(
                "%(title)s: given back from %(invoice)s, %(kept)s stay for the days served",
                invoice=line.move_id.name,
                **names,
            )
        return me.env._("%(title)s: given back, %(kept)s stay for the days served", **names)

    def _usage_words(self, rating):
        """Return meter, days, what was used and how the amount was computed."""
        me = self._for_reader()
        meter = rating.meter_id.with_env(me.env)
        spelled = me.env["saas.exact"]._spelled
        names = {
            "meter": meter.name,
            "days": me._usage_days_words(rating),
            "used": spelled(rating.quantity),
            "unit": meter.unit_label,
            "reading": me._computed_words(rating),
        }
        included = rating._included_units()
        if included:
            return me.env._(
                "%(meter)s, %(days)s: %(used)s %(unit)s, %(included)s included: %(reading)s",
                included=spelled(included),
                **names,
            )
        return me.env._("%(meter)s, %(days)s: %(used)s %(unit)s: %(reading)s", **names)

    def _computed_words(self, rating):
        """Return the steps that the amount is made of; of what came late also what was charged."""
        kept = rating.detail or []
        steps = [self._step_words(one) for one in kept if one["kind"] != INCLUDED]
        total = self.subscription_id._unit().round(Decimal(rating.exact_amount or "0"))
        names = {"steps": " + ".join(steps) or "0", "total": self._money(total)}
        if not rating.corrects_id:
            return self.env._("%(steps)s = %(total)s", **names)
        return self.env._(
            "%(steps)s = %(total)s, less %(before)s charged before",
            before=self._money(total - Decimal(repr(rating.amount))),
            **names,
        )

    def _step_words(self, one):
        spelled = self.env["saas.exact"]._spelled
        names = {"count": spelled(one["quantity"]), "price": spelled(one["unit_price"])}
        if one["kind"] == PACKAGE:
            return self.env._(
                "%(count)s packages of %(size)s × %(price)s", size=spelled(one["size"]), **names
            )
        if one["quantity"] == "1":
            return names["price"]
        return self.env._("%(count)s × %(price)s", **names)

    def _usage_days_words(self, rating):
        first = rating.counted_from or rating.start_on
        days = self._days_words(first, rating.end_on)
        if first < rating.start_on:
            return self.env._("%(days)s, with the trial", days=days)
        return days

    def _adjustment_words(self, version):
        me = self._for_reader()
        price = version._price_in(self.currency_id)
        names = {"days": me._days_words(self.start_on, self.end_on)}
        if self.adjustment < 0:
            most = me._money(price.maximum_spend)
            return me.env._("Beyond the maximum of %(most)s, %(days)s", most=most, **names)
        least = me._money(price.minimum_commitment)
        return me.env._("Rest of the minimum of %(least)s, %(days)s", least=least, **names)

    def _title_words(self, version, start, end):
        plan = version.plan_id.with_env(self.env).name
        return self.env._("%(plan)s, %(days)s", plan=plan, days=self._days_words(start, end))

    def _days_words(self, start, end):
        last = fields.Date.subtract(end, days=1)
        if start == last:
            return format_date(self.env, start)
        return f"{format_date(self.env, start)} – {format_date(self.env, last)}"

    def _part_words(self, part):
        """Return one part: seats × price, and which days of how many."""
        if not part.amount:
            return ""
        price = self._money(part.price)
        told = price if part.quantity == 1 else f"{part.quantity:f} × {price}"
        for off in part.percents_off:
            spelled = self.env["saas.exact"]._spelled(str(off))
            told = self.env._("%(price)s less %(percent)s %%", price=told, percent=spelled)
        if part.whole_seconds:
            return self.env._(
                "%(price)s × %(seconds)s of %(whole)s seconds",
                price=told,
                seconds=self.env["saas.exact"]._spelled(str(part.seconds)),
                whole=self.env["saas.exact"]._spelled(str(part.whole_seconds)),
            )
        if part.days == part.whole_days:
            return told
        return self.env._(
            "%(price)s × %(days)s of %(whole)s days",
            price=told,
            days=part.days,
            whole=part.whole_days,
        )

    def _money(self, amount):
        return formatLang(self.env, float(amount), currency_obj=self.currency_id)
