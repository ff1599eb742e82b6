"""Order and groups of the coverage list, said to the database.

Owns: the policy that counts and the beginning of a gap as expressions of SQL, so that 10,000
tenants are sorted and grouped without being computed. Does not own: the rules, which a test
compares with these (`saas_tenant_backup_policy.py`, `kernel/backup/schedule.py`).
"""

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..kernel.backup import evidence
from ..kernel.backup.schedule import GAP_FACTOR
from .saas_tenant_backup_policy import BACKED_UP

POLICY, GAP = "backup_policy_effective_id", "backup_gap_at"


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    def _field_to_sql(self, alias, field_expr, query=None):
        if query is not None and field_expr == POLICY:
            return self._policy_to_sql(alias, query)
        if query is not None and field_expr == GAP:
            return self._gap_to_sql(alias, query)
        return super()._field_to_sql(alias, field_expr, query)

    def _search_backup_badge(self, operator, value):
        """Gaps, which are looked for most, are found by the database."""
        if operator != "in" or set(value) != {evidence.GAP}:
            return super()._search_backup_badge(operator, value)
        tenants_sudo = self.sudo()
        query = tenants_sudo._search([("state", "in", BACKED_UP)])
        began = tenants_sudo._gap_to_sql(self._table, query)
        query.add_where(SQL("%s < %s", began, fields.Datetime.now()))
        return Domain("id", "in", query)

    def _policy_to_sql(self, alias, query):
        """Return the id of the policy that counts: of tenant, plan, template, company, of all."""
        own = self._join_policy(alias, query, "own", self._of(alias, "backup_policy_id"))
        ids = [own]
        for name in ("plan_id", "template_id"):
            carrier = self.env[self._fields[name].comodel_name]
            joined = query.make_alias(alias, f"coverage_{name}")
            same = SQL("%s = %s", SQL.identifier(joined, "id"), self._of(alias, name))
            query.add_join("LEFT JOIN", joined, carrier._table, same)
            field = carrier._fields["backup_policy_id"]
            chosen = SQL.identifier(joined, "backup_policy_id", to_flush=field)
            ids.append(self._join_policy(alias, query, name, chosen))
        company = self._of(alias, "company_id")
        ids.append(self._join_default(alias, query, "company", SQL("= %s", company)))
        ids.append(self._join_default(alias, query, "all", SQL("IS NULL")))
        return SQL("COALESCE(%s)", SQL(", ").join(ids))

    def _gap_to_sql(self, alias, query):
        """Return when the newest backup becomes a gap; null where none can."""
        policy = query.make_alias(alias, "coverage_counting")
        same = SQL("%s = %s", SQL.identifier(policy, "id"), self._policy_to_sql(alias, query))
        query.add_join("LEFT JOIN", policy, "saas_backup_policy", same)
        policies = self.env["saas.backup.policy"]
        of_policy = lambda name: SQL.identifier(  # noqa: E731
            policy, name, to_flush=policies._fields[name]
        )
        return SQL(
            """CASE WHEN %(state)s IN %(states)s AND %(database)s IS NOT NULL
                     AND %(policy)s IS NOT NULL THEN
               GREATEST(COALESCE(%(since)s, %(created)s), %(on)s, %(last)s)
               + %(factor)s * CASE %(unit)s WHEN 'hours' THEN %(every)s * interval '1 hour'
                 WHEN 'weekly' THEN interval '7 days' ELSE interval '1 day' END END""",
            state=self._of(alias, "state"),
            states=BACKED_UP,
            database=self._of(alias, "database_id"),
            policy=SQL.identifier(policy, "id"),
            since=self._of(alias, "backup_since"),
            created=self._of(alias, "create_date"),
            on=of_policy("switched_on_at"),
            last=self._of(alias, "backup_last_at"),
            factor=GAP_FACTOR,
            unit=of_policy("unit"),
            every=of_policy("every_hours"),
        )

    def _of(self, alias, name):
        return SQL.identifier(alias, name, to_flush=self._fields[name])

    def _join_policy(self, alias, query, name, chosen):
        """Join the policy that somebody chose, when it counts; return its id."""
        joined = query.make_alias(alias, f"coverage_{name}_policy")
        same = SQL("%s = %s AND %s", SQL.identifier(joined, "id"), chosen, self._counts(joined))
        query.add_join("LEFT JOIN", joined, "saas_backup_policy", same)
        return SQL.identifier(joined, "id")

    def _join_default(self, alias, query, name, company):
        joined = query.make_alias(alias, f"coverage_{name}_default")
        policies = self.env["saas.backup.policy"]
        same = SQL(
            "%s AND %s %s AND %s",
            SQL.identifier(joined, "is_default", to_flush=policies._fields["is_default"]),
            SQL.identifier(joined, "company_id", to_flush=policies._fields["company_id"]),
            company,
            self._counts(joined),
        )
        query.add_join("LEFT JOIN", joined, "saas_backup_policy", same)
        return SQL.identifier(joined, "id")

    def _counts(self, joined):
        policies = self.env["saas.backup.policy"]
        return SQL(
            "%s AND %s = 'on'",
            SQL.identifier(joined, "active", to_flush=policies._fields["active"]),
            SQL.identifier(joined, "state", to_flush=policies._fields["state"]),
        )
