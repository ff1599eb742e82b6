"""The figures of billing for dashboards: one method, read-only, of one company, summed by SQL.

Owns: which figures there are and their shape. Does not own: how they look (the dashboard), the
ledger (`saas_mrr_movement.py`), rates of retention (`kernel/billing/retention.py`).

No row of a subscription is looked at in Python: ten thousand of them over three years are sums of
some hundred rows.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..kernel.billing.mrr import CHURN, CONTRACTION, NEW, REACTIVATION
from ..kernel.billing.mrr_ledger import ROWS
from ..kernel.billing.retention import Cohort, rate, rates
from ..kernel.money import exact
from ..kernel.period import MONTHS, add_months

READERS = (
    "saas_business_management.group_saas_viewer",
    "saas_business_management.group_saas_billing_user",
    "saas_business_management.group_saas_billing_approver",
)
MOST_MONTHS = 120
AGES = ("not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90")
RENEWAL_DAYS = (30, 60, 90)

BY_MONTH = """
    SELECT month, kind, sum(amount), count(*)
      FROM saas_mrr_movement WHERE company_id = %s GROUP BY month, kind ORDER BY month
"""
BY_PLAN = """
    SELECT plan_id, sum(mrr_company), count(*),
           sum(mrr_company) FILTER (WHERE state = 'suspended')
      FROM saas_subscription
     WHERE company_id = %s AND mrr_company <> 0
  GROUP BY plan_id ORDER BY 2 DESC, plan_id
"""
# Customers that paid before a day, and what became of them.
COHORT = """
    SELECT count(*), count(*) FILTER (WHERE later = 0), COALESCE(sum(before), 0),
           COALESCE(sum(later), 0), COALESCE(sum(least(before, later)), 0)
      FROM (SELECT sum(amount) FILTER (WHERE date < %(first)s) AS before,
                   sum(amount) FILTER (WHERE date < %(end)s) AS later
              FROM saas_mrr_movement
             WHERE company_id = %(company)s
          GROUP BY customer_id) customers
     WHERE before > 0
"""
RECEIVABLE = """
    SELECT CASE WHEN late <= 0 THEN 'not_due' WHEN late <= 30 THEN 'days_1_30'
                WHEN late <= 60 THEN 'days_31_60' WHEN late <= 90 THEN 'days_61_90'
                ELSE 'days_over_90' END,
           sum(amount_residual), count(DISTINCT move_id)
      FROM (SELECT line.move_id, line.partner_id, line.amount_residual,
                   %(today)s::date - COALESCE(line.date_maturity, line.date) AS late
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              JOIN account_account account ON account.id = line.account_id
             WHERE move.saas_made AND line.company_id = %(company)s
               AND line.parent_state = 'posted' AND line.reconciled IS NOT TRUE
               AND account.account_type = 'asset_receivable') open_lines
  GROUP BY 1
"""
OVERDUE_CUSTOMERS = """
    SELECT count(DISTINCT line.partner_id)
      FROM account_move_line line
      JOIN account_move move ON move.id = line.move_id
      JOIN account_account account ON account.id = line.account_id
     WHERE move.saas_made AND line.company_id = %(company)s AND line.parent_state = 'posted'
       AND line.reconciled IS NOT TRUE AND account.account_type = 'asset_receivable'
       AND line.amount_residual > 0
       AND COALESCE(line.date_maturity, line.date) < %(today)s
"""
RENEWALS = """
    SELECT (renews_on - %(today)s::date - 1) / 30, count(*), COALESCE(sum(mrr_company), 0)
      FROM saas_subscription
     WHERE company_id = %(company)s AND renews_on >= %(today)s
       AND renews_on <= %(today)s::date + %(days)s
  GROUP BY 1
"""
STATES = "SELECT state, count(*) FROM saas_subscription WHERE company_id = %s GROUP BY state"
ENDING = """
    SELECT count(*), COALESCE(sum(mrr_company), 0) FROM saas_subscription
     WHERE company_id = %(company)s AND state <> 'cancelled'
       AND ends_on >= %(today)s AND ends_on <= %(today)s::date + %(days)s
"""


class SaasAnalytics(models.AbstractModel):
    _name = "saas.analytics"
    _description = "Billing Figures"

    @api.model
    @api.readonly
    def get_figures(self, months: int = MONTHS) -> dict[str, Any]:
        """Return every figure of billing for the current company, for viewers and billing groups.

        `months` from 1 to 120: how many calendar months `movements` has, the present one last.
        Amounts are numbers in whole steps of the company's currency, without tax except under
        `receivables`; rates are percents with two digits, None where there is nobody. Days are
        texts such as "2026-03-31".

        - `company`: `id`, `name`; `currency`: `code`, `symbol`, `position`, `decimals`;
          `as_of`: the day; `months`: as asked for
        - `mrr`, `arr` (12 × MRR), `at_risk` (MRR of who is suspended), `arpa` (MRR a customer and
          month), `customers`; `subscriptions`: how many are in each state
        - `movements`: a row a month, the oldest first: `month` (its first day), `start`, `new`,
          `expansion`, `reactivation`, `contraction`, `churn` (both below zero), `revaluation`,
          `end`, `customers` at its end, `customers_lost`, `customer_churn_percent`,
          `revenue_churn_percent` (churn and contraction of the revenue at its start);
          `start` and all kinds together are `end`
        - `retention`: `last_month` and `last_12_months`, each with `start` and `end` (days, the
          second not included) and `net_percent`, `gross_percent`, `customer_churn_percent`,
          `revenue_churn_percent` of the customers that paid before `start`
        - `plans`: the largest first: `id`, `name`, `mrr`, `share_percent`, `subscriptions`,
          `at_risk`
        - `receivables`: `total`, `overdue`, `overdue_invoices`, `overdue_customers` and `aging`,
          a row for each age: `age` (not_due, days_1_30, days_31_60, days_61_90, days_over_90),
          `amount` (with tax; open credit notes take off), `invoices`
        - `renewals`: `days_30`, `days_60`, `days_90` from today, each including the shorter ones:
          `subscriptions`, `mrr`; `ending`: the same of who ends in 90 days

        Raises: AccessError for anybody else.
        """
        self._check_reader()
        self._flush_figures()
        company, today = self.env.company, self._today_of_company()
        first = add_months(today.replace(day=1), 1 - min(max(months, 1), MOST_MONTHS))
        currency = company.currency_id
        series, mrr, customers = self._movements(company, today, first)
        plans = self._plans(company, mrr)
        return {
            "company": {"id": company.id, "name": company.name},
            "currency": {
                "code": currency.name,
                "symbol": currency.symbol,
                "position": currency.position,
                "decimals": currency.decimal_places,
            },
            "as_of": fields.Date.to_string(today),
            "months": len(series),
            "mrr": self._amount(mrr),
            "arr": self._amount(mrr * MONTHS),
            "at_risk": self._amount(sum((exact(one["at_risk"]) for one in plans), exact(0))),
            "arpa": self._amount(mrr / customers) if customers else None,
            "customers": customers,
            "subscriptions": self._states(company),
            "movements": series,
            "retention": self._retention(company, today),
            "plans": [self._shown(one) for one in plans],
            "receivables": self._receivables(company, today),
            "renewals": self._renewals(company, today),
        }

    def _check_reader(self):
        user = self.env.user
        if not self.env.su and not any(user.has_group(group) for group in READERS):
            raise AccessError(
                self.env._("Figures of billing are for viewers and for billing. Ask for a right.")
            )

    def _flush_figures(self):
        for name in ("saas.mrr.movement", "saas.subscription", "account.move", "account.move.line"):
            self.env[name].flush_model()

    def _today_of_company(self) -> date:
        return fields.Date.context_today(self.with_context(tz=self.env.company.partner_id.tz))

    # Recurring revenue

    def _movements(self, company, today, first):
        """Return the rows of the months, the revenue of today and who pays it."""
        sums = {}
        for month, kind, amount, count in self.env.execute_query(SQL(BY_MONTH, company.id)):
            sums.setdefault(month, {})[kind] = (_exactly(amount), count)
        revenue, customers, found = exact(0), 0, []
        months = sorted({*sums, *_months(first, today.replace(day=1))})
        for month in months:
            row, before = sums.get(month, {}), (revenue, customers)
            revenue += sum((amount for amount, _count in row.values()), exact(0))
            customers += sum(row.get(kind, (0, 0))[1] for kind in (NEW, REACTIVATION))
            customers -= row.get(CHURN, (0, 0))[1]
            if month >= first:
                found.append(self._month(month, row, before, (revenue, customers)))
        return found, revenue, customers

    def _month(self, month, row, before, after):
        nothing = (exact(0), 0)
        shown = {kind: self._amount(row.get(kind, nothing)[0]) for kind in ROWS}
        lost = sum((row.get(kind, nothing)[0] for kind in (CHURN, CONTRACTION)), exact(0))
        gone = row.get(CHURN, nothing)[1]
        return {
            "month": fields.Date.to_string(month),
            "start": self._amount(before[0]),
            **shown,
            "end": self._amount(after[0]),
            "customers": after[1],
            "customers_lost": gone,
            "customer_churn_percent": _percent(gone, before[1]),
            "revenue_churn_percent": _percent(-lost, before[0]),
        }

    def _retention(self, company, today):
        this = today.replace(day=1)
        spans = {
            "last_month": (add_months(this, -1), this),
            "last_12_months": (add_months(this, -MONTHS), this),
        }
        return {name: self._retained(company, *span) for name, span in spans.items()}

    def _retained(self, company, first, end):
        query = SQL(COHORT, company=company.id, first=first, end=end)
        count, gone, *sums = self.env.execute_query(query)[0]
        found = rates(Cohort(count, gone, *map(_exactly, sums)))
        return {
            "start": fields.Date.to_string(first),
            "end": fields.Date.to_string(end),
            "net_percent": _shown(found.net),
            "gross_percent": _shown(found.gross),
            "customer_churn_percent": _shown(found.logo_churn),
            "revenue_churn_percent": _shown(found.revenue_churn),
        }

    def _plans(self, company, mrr):
        rows = self.env.execute_query(SQL(BY_PLAN, company.id))
        return [
            {
                "id": number,
                "name": self.env["saas.plan"].sudo().browse(number).name,
                "mrr": _exactly(amount),
                "share_percent": _percent(_exactly(amount), mrr),
                "subscriptions": count,
                "at_risk": _exactly(risk or 0),
            }
            for number, amount, count, risk in rows
        ]

    def _shown(self, plan):
        return plan | {name: self._amount(plan[name]) for name in ("mrr", "at_risk")}

    def _states(self, company):
        known = dict(self.env.execute_query(SQL(STATES, company.id)))
        states = self.env["saas.subscription"]._fields["state"].get_values(self.env)
        return {state: known.get(state, 0) for state in states}

    # Money that is due, and dates

    def _receivables(self, company, today):
        asked = {"company": company.id, "today": today}
        rows = self.env.execute_query(SQL(RECEIVABLE, **asked))
        found = {age: (_exactly(amount), count) for age, amount, count in rows}
        aging = [
            {
                "age": age,
                "amount": self._amount(found.get(age, (exact(0), 0))[0]),
                "invoices": found.get(age, (exact(0), 0))[1],
            }
            for age in AGES
        ]
        late = [found[age] for age in AGES[1:] if age in found]
        return {
            "total": self._amount(sum((amount for amount, _count in found.values()), exact(0))),
            "overdue": self._amount(sum((amount for amount, _count in late), exact(0))),
            "overdue_invoices": sum(count for _amount, count in late),
            "overdue_customers": self.env.execute_query(SQL(OVERDUE_CUSTOMERS, **asked))[0][0],
            "aging": aging,
        }

    def _renewals(self, company, today):
        asked = {"company": company.id, "today": today, "days": RENEWAL_DAYS[-1]}
        rows = self.env.execute_query(SQL(RENEWALS, **asked))
        found = {}
        for days in RENEWAL_DAYS:
            within = [row for row in rows if row[0] < days // RENEWAL_DAYS[0]]
            found[f"days_{days}"] = self._some(
                sum(row[1] for row in within), sum((_exactly(row[2]) for row in within), exact(0))
            )
        count, amount = self.env.execute_query(SQL(ENDING, **asked))[0]
        return found | {"ending": self._some(count, _exactly(amount))}

    def _some(self, count, amount):
        return {"subscriptions": count, "mrr": self._amount(amount)}

    def _amount(self, amount):
        return float(self.env.company.currency_id._to_unit().round(amount))


def _months(first, last):
    """Yield the first days of the months from one to another."""
    while first <= last:
        yield first
        first = add_months(first, 1)


def _exactly(number):
    return exact(Decimal(repr(number)) if isinstance(number, float) else Decimal(number))


def _percent(part, whole):
    return _shown(rate(part, whole))


def _shown(percent):
    return None if percent is None else float(percent)
