"""The words of lines on invoices and credit notes, so that each explains itself.

Owns: these words, in the language of whoever receives the document. Does not own: amounts.
"""

from odoo import fields, models
from odoo.tools import format_date, formatLang


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
            "days": me._days_words(rating.start_on, rating.end_on),
            "used": spelled(rating.quantity),
            "unit": meter.unit_label,
            "reading": rating.reading or "",
        }
        if rating.included and rating.included != "0":
            return me.env._(
                "%(meter)s, %(days)s: %(used)s %(unit)s, %(included)s included: %(reading)s",
                included=spelled(rating.included),
                **names,
            )
        return me.env._("%(meter)s, %(days)s: %(used)s %(unit)s: %(reading)s", **names)

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
