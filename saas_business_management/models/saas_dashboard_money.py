"""The dashboard's figures of money, for people with a right of billing.

Owns: cards of subscriptions and MRR, the revenue chart, the summary of billing. Does not own: the
ledger (`saas_mrr_movement.py`), the report of billing (`saas_analytics.py`).

Amounts are of the companies whose currency is the page's own; revenue of a cluster is that of
subscriptions with a tenant there.
"""

from datetime import timedelta

from odoo import api, fields, models

from ..kernel.billing.mrr_ledger import ROWS
from ..kernel.period import MONTHS

ACTIVE = ("active", "past_due")
RENEWAL_DAYS = 7
IN_CLUSTER = (
    "(%(cluster)s = 0 OR EXISTS (SELECT FROM saas_tenant AS t"
    " WHERE t.id = s.tenant_id AND t.cluster_id = %(cluster)s))"
)
STATES = """
SELECT s.state, count(*), count(*) FILTER (WHERE s.ends_on <= %(today)s::date + 30)
  FROM saas_subscription AS s WHERE s.company_id = ANY(%(companies)s) AND %(in_cluster)s
 GROUP BY s.state
"""
MOVES = """
SELECT (e.at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date,
       sum(coalesce(e.to_state = ANY(%(active)s), false)::int
           - coalesce(e.from_state = ANY(%(active)s), false)::int)
  FROM saas_subscription_event AS e JOIN saas_subscription AS s ON s.id = e.subscription_id
 WHERE s.company_id = ANY(%(companies)s) AND %(in_cluster)s
   AND e.at >= %(first)s::date - interval '1 day' GROUP BY 1
"""
# What was before the first day is one row for each kind.
LEDGER = """
SELECT greatest(m.date, %(first)s::date - 1), m.kind, sum(m.amount)::float8
  FROM saas_mrr_movement AS m JOIN saas_subscription AS s ON s.id = m.subscription_id
 WHERE m.company_id = ANY(%(own)s) AND %(in_cluster)s AND m.date <= %(today)s
 GROUP BY 1, 2
"""
RENEWALS = """
SELECT s.id, s.name, p.name, s.renews_on, s.mrr_company::float8, count(*) OVER (),
       (sum(s.mrr_company) OVER ())::float8
  FROM saas_subscription AS s LEFT JOIN res_partner AS p ON p.id = s.partner_id
 WHERE s.company_id = ANY(%(own)s) AND %(in_cluster)s
   AND s.renews_on >= %(today)s AND s.renews_on <= %(today)s::date + %(days)s
 ORDER BY s.renews_on, s.id LIMIT 5
"""
OVERDUE = """
SELECT count(DISTINCT l.move_id), count(DISTINCT l.partner_id),
       coalesce(sum(l.amount_residual), 0)::float8
  FROM account_move_line AS l
  JOIN account_move AS m ON m.id = l.move_id
  JOIN account_account AS a ON a.id = l.account_id
 WHERE m.saas_made AND l.company_id = ANY(%(own)s) AND l.parent_state = 'posted'
   AND l.reconciled IS NOT TRUE AND a.account_type = 'asset_receivable'
   AND l.amount_residual > 0 AND coalesce(l.date_maturity, l.date) < %(today)s
"""
# Declined, and nothing has paid the invoice since.
DECLINED = """
SELECT count(DISTINCT f.move_id)
  FROM saas_payment_attempt AS f
  JOIN account_move AS m ON m.id = f.move_id
  LEFT JOIN saas_subscription AS s ON s.id = f.subscription_id
 WHERE f.company_id = ANY(%(companies)s) AND f.state = 'error' AND %(in_cluster)s
   AND m.payment_state NOT IN ('paid', 'in_payment', 'reversed')
"""
TO_APPROVE = """
SELECT count(*) FROM saas_billing_run
 WHERE company_id = ANY(%(companies)s) AND state = 'to_approve'
"""
NOTHING = ("revenue", "billing", "currency")


class SaasDashboard(models.AbstractModel):
    _inherit = "saas.dashboard"

    @api.model
    def _money_blocks(self, asked, can):
        if not can["money"]:
            return dict.fromkeys(NOTHING)
        company = self.env["res.company"].browse(asked.own[:1]) or self.env.company
        unit = company.currency_id
        card, revenue = self._revenue(asked, unit)
        billing = self._billing(asked, unit)
        counts = {"approvals": billing["to_approve"], "declined": billing["declined"]}
        return {
            "attention": [{"key": key, "count": count} for key, count in counts.items() if count],
            "cards": [self._subscriptions(asked), card],
            "revenue": revenue,
            "billing": billing,
            "currency": {
                "id": unit.id,
                "code": unit.name,
                "only": len(asked.own) < len(asked.companies) and company.name,
            },
        }

    @api.model
    def _parts(self):
        return super()._parts() | {"in_cluster": IN_CLUSTER}

    @api.model
    def _subscriptions(self, asked):
        states = {state: row for state, *row in self._rows(STATES, asked)}
        first = min(asked.points[0], asked.start - timedelta(days=1))
        facts = {"active": list(ACTIVE), "zone": self._zone(), "first": first}
        days = dict(self._rows(MOVES, asked, facts))
        now = sum(states.get(state, (0, 0))[0] for state in ACTIVE)

        def active_on(day):
            return now - int(sum(moved for at, moved in days.items() if at > day))

        points = [active_on(day) for day in asked.points]
        before = active_on(asked.start - timedelta(days=1))
        card = self._card("subscriptions", points, before, now=now, good="up")
        parts = {
            "trial": states.get("trial", (0, 0))[0],
            "past_due": states.get("past_due", (0, 0))[0],
            "ending": sum(row[1] for state, row in states.items() if state != "cancelled"),
        }
        card["parts"] = [{"key": key, "value": value} for key, value in parts.items()]
        return card

    @api.model
    def _revenue(self, asked, unit):
        """Return the card of MRR and the rows of its chart."""
        spans = self._spans(asked)
        first = min(asked.points[0], asked.start - timedelta(days=1), spans[0][0])
        days = {}
        for day, kind, amount in self._rows(LEDGER, asked, {"first": first}):
            days.setdefault(day, {})[kind] = amount

        def on(day):
            told = (amount for at, kinds in days.items() if at <= day for amount in kinds.values())
            return unit.round(sum(told))

        now, before = on(asked.today), on(asked.start - timedelta(days=1))
        card = self._card("mrr", [on(day) for day in asked.points], before, now=now, good="up")
        card["parts"] = [
            {"key": "arr", "value": unit.round(now * MONTHS)},
            {"key": "net_new", "value": unit.round(now - before)},
        ]
        rows = []
        for start, end in spans:
            inside = [kinds for day, kinds in days.items() if start <= day < end]
            sums = {kind: unit.round(sum(one.get(kind, 0) for one in inside)) for kind in ROWS}
            last = end - timedelta(days=1)
            rows.append({"start": fields.Date.to_string(start), **sums, "mrr": on(last)})
        return card, rows

    @api.model
    def _billing(self, asked, unit):
        rows = self._rows(RENEWALS, asked, {"days": RENEWAL_DAYS})
        invoices, customers, amount = self._rows(OVERDUE, asked)[0]
        return {
            "renewals": {
                "count": rows[0][5] if rows else 0,
                "mrr": unit.round(rows[0][6] or 0.0) if rows else 0.0,
                "rows": [
                    {
                        "id": number,
                        "name": name,
                        "customer": customer or "",
                        "day": fields.Date.to_string(day),
                        "mrr": unit.round(mrr or 0.0),
                    }
                    for number, name, customer, day, mrr, _count, _sum in rows
                ],
            },
            "overdue": {
                "invoices": invoices,
                "customers": customers,
                "amount": unit.round(amount),
            },
            "declined": self._rows(DECLINED, asked)[0][0],
            "to_approve": self._rows(TO_APPROVE, asked)[0][0],
        }
