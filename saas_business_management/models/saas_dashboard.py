"""Everything the dashboard shows, in one read-only call of a fixed number of queries.

Owns: who may see what, what was asked for (period, companies, cluster), how blocks come together.
Does not own: the figures (`saas_dashboard_cards.py`, `_fleet.py`, `_money.py`, `_steps.py`), how
they look (`static/src/saas_dashboard`).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

PERIODS = (7, 30, 90, 365)
USUAL_PERIOD = 30
POINTS = 30
VIEWER = "saas_business_management.group_saas_viewer"
OPERATOR = "saas_business_management.group_saas_operator"
BILLING = (
    "saas_business_management.group_saas_billing_user",
    "saas_business_management.group_saas_billing_approver",
)
# Rows that are read by SQL and must be written before.
READ = (
    *("saas.tenant", "saas.tenant.event", "saas.subscription", "saas.subscription.event"),
    *("saas.job", "saas.backup.alert", "saas.mrr.movement", "saas.usage.source"),
    *("saas.usage.reading", "saas.payment.attempt", "saas.billing.run", "saas.quota"),
    *("account.move", "account.move.line", "saas.cluster", "saas.template.version", "saas.plan"),
    *("saas.backup.target", "ir.mail_server", "payment.provider"),
)

CLUSTER_FIELDS = ("name", "full_disk_on", "full_connections_on", "full_sessions_on")

# Parts of queries: of which tenants, of which operations.
HERE = "t.company_id = ANY(%(companies)s) AND (%(cluster)s = 0 OR t.cluster_id = %(cluster)s)"
OF_JOB = (
    "(j.company_id IS NULL OR j.company_id = ANY(%(companies)s))"
    " AND (%(cluster)s = 0 OR coalesce(t.cluster_id, j.cluster_id) = %(cluster)s)"
)


@dataclass(frozen=True)
class Asked:
    """What the page is about. `days` is the period's length, `today` its last day; `companies` are
    ids the reader has at hand; `cluster` is 0 for all; `own` is the money's company.
    """

    days: int
    today: date
    now: datetime
    companies: tuple[int, ...]
    cluster: int
    own: tuple[int, ...]

    @property
    def start(self) -> date:
        """The first day of the period."""
        return self.today - timedelta(days=self.days - 1)

    @property
    def step(self) -> int:
        """Days between two points of a sparkline."""
        return max(1, -(-self.days // POINTS))

    @property
    def points(self) -> list[date]:
        """The days of a sparkline's points, today as the last."""
        return [self.today - timedelta(days=self.step * back) for back in range(POINTS - 1, -1, -1)]

    @property
    def facts(self) -> dict[str, Any]:
        """Parameters of the queries."""
        return {
            "companies": list(self.companies),
            "own": list(self.own),
            "cluster": self.cluster,
            "now": self.now,
            "today": self.today,
            "start": self.start,
            "before": self.start - timedelta(days=self.days),
        }


class SaasDashboard(models.AbstractModel):
    _name = "saas.dashboard"
    _description = "Dashboard"

    @api.model
    @api.readonly
    def get_page(self, days: int = 0, company: int = 0, cluster: int = 0) -> dict[str, Any]:
        """Return every figure of the dashboard, for viewers and billing groups.

        `days` is 7, 30, 90 or 365 (anything else: 30), `company` and `cluster` are ids, 0 for all
        the reader has at hand; what he has not at hand counts as 0. Blocks about tenants are None
        for who is no viewer, blocks about money for who has no right of billing. Instants are UTC
        texts, days are texts such as "2026-03-31", a figure that nobody knows is None. Keys:
        `as_of`, `can`, `filters`, `currency`, `attention`, `cards`, `revenue`, `growth`, `health`,
        `capacity`, `utilisation`, `operations`, `feed`, `billing`, `backups`, `steps`, `empty`;
        docs/dashboard.md says what is in each.

        Raises: AccessError for anybody else.
        """
        can = self._rights()
        asked = self._asked(days, company, cluster)
        for name in READ:
            self.env[name].flush_model()
        page = {
            "as_of": fields.Datetime.to_string(asked.now),
            "can": can,
            "filters": self._filters(asked),
            "cards": [],
            "attention": [],
        }
        for blocks in (self._fleet_blocks, self._money_blocks):
            for key, value in blocks(asked, can).items():
                page[key] = page[key] + value if isinstance(page.get(key), list) else value
        return page | self._steps(can)

    @api.model
    def _rights(self):
        user = self.env.user
        can = {
            "tenants": self.env.su or user.has_group(VIEWER),
            "money": self.env.su or any(user.has_group(group) for group in BILLING),
            "operate": self.env.su or user.has_group(OPERATOR),
            "bill": self.env.su or user.has_group(BILLING[0]),
        }
        if not can["tenants"] and not can["money"]:
            raise AccessError(
                self.env._("The dashboard is for viewers and for billing. Ask for a right.")
            )
        return can

    @api.model
    def _asked(self, days, company, cluster):
        at_hand = self.env.companies
        chosen = at_hand.filtered(lambda one: one.id == company) or at_hand
        own = chosen if len(chosen.currency_id) == 1 else self.env.company & chosen
        clusters_sudo = self._clusters()
        today = fields.Date.context_today(self.with_context(tz=self.env.company.partner_id.tz))
        return Asked(
            days=days if days in PERIODS else USUAL_PERIOD,
            today=today,
            now=fields.Datetime.now(),
            companies=tuple(chosen.ids),
            cluster=cluster if cluster in clusters_sudo.ids else 0,
            own=tuple(own.ids),
        )

    @api.model
    def _clusters(self):
        shared = [("company_id", "in", [False, *self.env.companies.ids])]
        return self.env["saas.cluster"].sudo().search_fetch(shared, CLUSTER_FIELDS, order="name")

    @api.model
    def _filters(self, asked):
        named = [{"id": one.id, "name": one.name} for one in self.env.companies]
        clusters = [{"id": one.id, "name": one.name} for one in self._clusters()]
        single = len(asked.companies) == 1 and len(named) > 1
        return {
            "days": asked.days,
            "company": asked.companies[0] if single else 0,
            "cluster": asked.cluster,
            "periods": list(PERIODS),
            "companies": named,
            "clusters": clusters,
            "start": fields.Date.to_string(asked.start),
            "end": fields.Date.to_string(asked.today),
        }

    # Shapes

    @api.model
    def _rows(self, query, asked, facts=None):
        told = asked.facts | (facts or {})
        parts = {name: SQL(part, **asked.facts) for name, part in self._parts().items()}
        return self.env.execute_query(SQL(query, **told, **parts))

    @api.model
    def _parts(self):
        """Return the parts that queries have in common, by the name they use."""
        return {"here": HERE, "of_job": OF_JOB}

    @api.model
    def _card(self, key, points, before, *, now, good, **more):
        """Return a card: its figure now, the one before, the trend between them (a ratio, None
        when there was nothing before), the points of its line, oldest first.
        """
        known = now is not None and before is not None
        return {
            "key": key,
            "value": now,
            "before": before,
            "change": now - before if known else None,
            "trend": (now - before) / abs(before) if known and before else None,
            "good": good,
            "points": points,
            "parts": [],
            "unknown": 0,
            **more,
        }
