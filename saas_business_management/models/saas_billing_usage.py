"""Rating periods: what was used of each meter, and what that costs.

Owns: which rows of usage belong to which part of a period, the snapshot. Does not own: price models
and allowances (`kernel/billing`), the words on the line (`saas_billing_words.py`).

Usage is never prorated: it is split where the plan changed, and each part is rated by its own
charge with its share of the allowance.
"""

import json
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256

from odoo import fields, models
from odoo.tools import SQL

from ..kernel.billing.agreement import RECURRING
from ..kernel.billing.fees import parts_of
from ..kernel.billing.late import IGNORE, LOOKBACK
from ..kernel.billing.segment import rate_segment
from ..kernel.billing.spend import Spend, adjustment
from ..kernel.billing.trial import charged_from
from ..kernel.money import exact
from ..kernel.period import Period, bounds, zone

# Numbers come as text: the driver would make floats of them. Of a stretch that metering told more
# than once the newest row counts, where rows are levels.
TOTALS = """
    SELECT trim_scale(%(how)s)::text, COALESCE(sum(event_count), 0)
      FROM (SELECT quantity::numeric AS quantity, event_count, start_at, end_at, id,
                   row_number() OVER (
                       PARTITION BY start_at, end_at,
                                    CASE WHEN source = 'metering' THEN 0 ELSE id END
                       ORDER BY id DESC) = 1 AS newest
              FROM saas_usage_bucket
             WHERE subscription_id = %(subscription)s AND meter_id = %(meter)s
               AND start_at >= %(start)s AND start_at < %(end)s
               AND ingested_at <= %(arrived)s) AS used
"""
SUM = SQL("COALESCE(sum(quantity), 0)")
AVERAGE = """
    round(sum(quantity * event_count) FILTER (WHERE newest)
          / nullif(sum(event_count) FILTER (WHERE newest), 0), 12)
"""
OVER_TIME = """
    round(sum(quantity * extract(epoch FROM end_at - start_at)) FILTER (WHERE newest)
          / nullif(sum(extract(epoch FROM end_at - start_at)) FILTER (WHERE newest), 0), 12)
"""
# A level that was reached in a trial says nothing about the period after it; these add up.
ADDED_UP = ("sum", "count", "unique_count")
# How the rows of a stretch become one quantity; each row holds the quantity of its own stretch.
QUANTITY = {
    "sum": SUM,
    "count": SUM,
    "unique_count": SUM,
    "max": SQL("max(quantity) FILTER (WHERE newest)"),
    "last": SQL("(array_agg(quantity ORDER BY end_at DESC, id DESC) FILTER (WHERE newest))[1]"),
    "average": SQL(AVERAGE),
    "time_weighted": SQL(OVER_TIME),
}
# Rows that were taken back are set against those of the same time and source.
TRANSACTIONS = """
    SELECT array_agg(quantity::numeric::text ORDER BY id)
      FROM saas_usage_bucket
     WHERE subscription_id = %(subscription)s AND meter_id = %(meter)s
       AND start_at >= %(start)s AND start_at < %(end)s AND ingested_at <= %(arrived)s
     GROUP BY start_at, end_at, source ORDER BY start_at, min(id)
"""
BEFORE = """
    SELECT trim_scale(quantity::numeric)::text FROM saas_usage_bucket
     WHERE subscription_id = %s AND meter_id = %s AND start_at < %s AND ingested_at <= %s
     ORDER BY end_at DESC, id DESC LIMIT 1
"""


class SaasBillingPeriod(models.Model):
    _inherit = "saas.billing.period"

    def _rate(self):
        """Rate the usage of open periods; afterwards they can be drafted."""
        ready = self.filtered(lambda period: period.state == "open")
        metered = ready.filtered(lambda one: one.kind != RECURRING).sorted("start_on")
        arrived, specs = fields.Datetime.now(), {}
        values = []
        for period in metered:
            values += period._ratings(arrived, specs) + period._late_ratings(arrived, specs)
        self.env["saas.billing.rating"].create(values)
        for period in metered:
            period.adjustment = period._adjustment()
        ready.write({"state": "rating"})

    def _adjustment(self):
        """Return what is added to reach the minimum, or left out beyond the maximum."""
        one, unit = self.subscription_id, self.subscription_id._unit()
        price = one._phase_on(self.start_on).version_id._price_in(self.currency_id)
        least, most = price.minimum_commitment, price.maximum_spend
        fee = one.period_ids.filtered(
            lambda row: row.kind == RECURRING and row.start_on <= self.start_on < row.end_on
        )[:1]
        if not fee or not (least or most):
            return 0.0
        agreement = one._to_agreement()
        parts = parts_of(agreement, fee._days(), fee._whole(), unit)
        earlier = one.period_ids.filtered(
            lambda row: row.kind == self.kind and fee.start_on <= row.start_on < self.start_on
        )
        served = sum(span.length for span in agreement.served(fee._days()))
        found = Spend(
            fee=unit.round(sum((exact(part.amount) for part in parts), Fraction(0))),
            usage=_sum(self.rating_ids.filtered(lambda row: not row.corrects_id), unit),
            before=_sum(earlier.rating_ids, unit, sum(earlier.mapped("adjustment"))),
            days=served,
            whole_days=fee._whole().length,
        )
        ends = (fee.end_on, agreement.end or fee.end_on)
        last = self.end_on >= min(ends)
        return float(adjustment(found, _exactly(least), _exactly(most), unit, last))

    def _late_ratings(self, arrived, specs):
        """Return ratings of what came too late for the two periods before, by the full quantity."""
        one = self.subscription_id
        closed = one.period_ids.filtered(
            lambda row: (
                row.kind == self.kind
                and row.state in ("posted", "closed")
                and row.end_on <= self.start_on
            )
        ).sorted("start_on")[-LOOKBACK:]
        return [
            found
            for rating in closed.rating_ids.filtered(lambda row: not row.corrects_id)
            if (found := self._late_rating(rating, arrived, specs))
        ]

    def _late_rating(self, rating, arrived, specs):
        """Return the values that settle what a rating misses, None when it misses nothing."""
        again = rating.period_id._rating(rating.charge_id, rating._days(), arrived, specs)
        settled, unit = rating | rating.correction_ids, self.subscription_id._unit()
        left_out = sum(settled.mapped("left_out"))
        delta = _exactly(again["amount"]) - _sum(settled, unit, left_out)
        if not delta:
            return None
        ignored = rating.version_id.late_policy == IGNORE
        facts = again | {
            "period_id": self.id,
            "corrects_id": rating.id,
            "amount": 0.0 if ignored else float(delta),
            "left_out": float(delta) if ignored else 0.0,
            "reading": f"{again['reading']}; − {again['amount'] - float(delta):.2f}",
        }
        return facts | {"hash": _digest(facts)}

    def _ratings(self, arrived, specs):
        """Return the values of a rating for each charge and stretch of this period.

        `specs` keeps the charges that were read; those of a version never change.
        """
        return [
            self._rating(charge, span, arrived, specs)
            for charge, spans in self._stretches().items()
            for span in spans
        ]

    def _stretches(self):
        """Return the days on which each charge holds. An add-on or other seats in the middle do not
        cut them: the same charge goes on.
        """
        agreement = self.subscription_id._to_agreement()
        found = defaultdict(list)
        for phase in agreement.phases:
            start = max(phase.start, self.start_on)
            end = min(phase.end or self.end_on, self.end_on)
            if agreement.end:
                end = min(end, agreement.end)
            if start >= end:
                continue
            versions = self.subscription_id._versions_of(phase)
            for charge in versions._charges_in(self.currency_id):
                spans = found[charge]
                if spans and spans[-1].end == start:
                    start_of_all = spans.pop().start
                    spans.append(Period(start_of_all, end))
                else:
                    spans.append(Period(start, end))
        return found

    def _rating(self, charge, days, arrived, specs):
        counted = Period(self._counted_from(charge, days), days.end)
        span = bounds(counted, zone(self.timezone))
        start, end = (one.replace(tzinfo=None) for one in (span.start, span.end))
        quantity, count = self._used(charge.meter_id, start, end, arrived)
        if charge not in specs:
            specs[charge] = charge._to_spec()
        by_each = charge.model == "percentage"
        segment = rate_segment(
            specs[charge],
            quantity,
            self.subscription_id._unit(),
            days.length,
            self._whole().length,
            precision=Decimal(1).scaleb(-charge.meter_id.decimals),
            transactions=self._transactions(charge.meter_id, start, end, arrived)
            if by_each
            else (),
        )
        facts = {
            "period_id": self.id,
            "charge_id": charge.id,
            "start_on": days.start,
            "end_on": days.end,
            "counted_from": counted.start,
            "service_to": end,
            "ingested_before": arrived,
            "event_count": count,
            "quantity": f"{quantity:f}",
            "included": f"{segment.included:f}",
            "amount": float(segment.amount),
            "exact_amount": f"{segment.rated.exact:f}",
            "detail": [_kept(step) for step in segment.rated.steps],
            "reading": segment.rated.reading,
        }
        return facts | {"hash": _digest(facts)}

    def _counted_from(self, charge, days):
        """Return the first day whose usage counts: the first one of the trial where the first paid
        days take it along."""
        one = self.subscription_id
        begins = one.trial_end_on and days.start == one.anchor_on
        if not begins or charge.meter_id.aggregation not in ADDED_UP:
            return days.start
        tried = one._phase_on(fields.Date.subtract(one.anchor_on, days=1)).version_id
        return charged_from(one.started_on, days.start, tried.trial_usage_rule)

    def _used(self, meter, start, end, arrived):
        """Return the quantity of a meter between two instants, never below zero, and its events."""
        self.env["saas.usage.bucket"].flush_model()
        query = SQL(
            TOTALS,
            how=QUANTITY[meter.aggregation],
            subscription=self.subscription_id.id,
            meter=meter.id,
            start=start,
            end=end,
            arrived=arrived,
        )
        quantity, count = self.env.execute_query(query)[0]
        if quantity is None:
            quantity = self._carried(meter, start, arrived) if meter.carry_forward else Decimal(0)
        return max(Decimal(quantity), Decimal(0)), int(count)

    def _transactions(self, meter, start, end, arrived):
        """Return the amount of each transaction between two instants, a row being one."""
        query = SQL(
            TRANSACTIONS,
            subscription=self.subscription_id.id,
            meter=meter.id,
            start=start,
            end=end,
            arrived=arrived,
        )
        found = []
        for (texts,) in self.env.execute_query(query):
            amounts = [Decimal(text) for text in texts]
            whole = amounts if min(amounts) >= 0 else [sum(amounts)]
            found += [amount for amount in whole if amount > 0]
        return found

    def _carried(self, meter, start, arrived):
        """Return the last reading before the period, for a meter whose reading stays."""
        query = SQL(BEFORE, self.subscription_id.id, meter.id, start, arrived)
        rows = self.env.execute_query(query)
        return Decimal(rows[0][0]) if rows else Decimal(0)


def _exactly(amount):
    """Return an amount of Odoo as the decimal number that it prints as."""
    return Decimal(repr(float(amount)))


def _sum(ratings, unit, more=0.0):
    return unit.round(sum((_exactly(one.amount) for one in ratings), _exactly(more)))


def _kept(step):
    """Return a step of a computation as it is kept: numbers by their digits."""
    names = ("kind", "quantity", "unit_price", "size", "amount")
    return {
        name: value if isinstance(value := getattr(step, name), str) else f"{value:f}"
        for name in names
    }


def _digest(facts):
    told = {name: str(value) for name, value in facts.items() if name != "period_id"}
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
