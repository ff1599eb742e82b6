"""Taking readings of a cluster's tenants: who is due, what came of it.

Owns: the order of an operation `sample_usage`, writing down what it read. Does not own: asking (the
job), days and billing (`saas_usage_day.py`).
"""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..kernel.lifecycle.states import ARCHIVED, SERVING, SUSPENDED
from ..kernel.metering.builtin import ASKED, BUSINESS, SIZES, quantities
from ..kernel.metering.cadence import CADENCES, is_due
from ..kernel.metering.quantity import read_value
from ..kernel.period import Period, bounds, local_day, zone

# A closed tenant lies on the disk; nobody asks inside.
LOOKED_AT = {SIZES: SERVING | {SUSPENDED, ARCHIVED}}
AT_ONCE = 1000
MONTH = timedelta(days=30)
BEFORE = "@before"
AT_WORK = """
SELECT DISTINCT d.tenant_id FROM saas_usage_day AS d JOIN saas_meter AS m ON m.id = d.meter_id
 WHERE m.code = 'requests' AND d.quantity > 0 AND d.end_at > %s
"""
COUNTED = "SELECT EXISTS (SELECT FROM saas_node_usage WHERE node_role = %s AND at > %s)"


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    @api.model
    def _cron_sample(self):
        """Order readings on each cluster where a tenant is due, and forget orders of yesterday."""
        for cluster in self.search([("state", "=", "ready")]).filtered("has_secrets"):
            if any(cluster._usage_due(source) for source in ASKED):
                cluster._start("sample_usage", {})
        old = fields.Datetime.now() - timedelta(days=1)
        done = [("kind", "=", "sample_usage"), ("state", "=", "done"), ("ended_at", "<", old)]
        self.env["saas.job"].sudo().search(done, limit=AT_ONCE).unlink()

    def action_sample(self):
        """Have readings taken now of tenants that are due."""
        self._check_startable()
        for cluster in self:
            cluster._start("sample_usage", {})
        return True

    @api.private
    def _step_usage_due(self, source):
        """Return which tenants are asked, where they are, and what (`questions`)."""
        now = fields.Datetime.now()
        questions = [] if source == SIZES else self.env["saas.meter"]._questions(source)
        if source != SIZES and not questions:
            return {"tenants": [], "questions": []}
        due = self._usage_due(source)
        rows = self.env["saas.usage.source"]._of(due, source)
        zones = self.env["saas.usage.day"]._zones()
        return {
            "tenants": [
                {
                    "tenant": tenant.id,
                    "database": tenant.sudo().database_id.name,
                    "generation": tenant.sudo().database_id.generation,
                    **self._instants(now, zones.get(tenant.id, "UTC"), rows[tenant.id]),
                }
                for tenant in due
            ],
            "questions": questions,
        }

    def _usage_due(self, source):
        """Return the tenants here that it is time to look at."""
        self.ensure_one()
        tenants_sudo = (
            self.env["saas.tenant"]
            .sudo()
            .search(
                [
                    ("cluster_id", "=", self.id),
                    ("state", "in", tuple(LOOKED_AT.get(source, SERVING))),
                    ("database_id.stage", "=", "claimed"),
                ],
                order="id",
            )
        )
        busy = self._busy(tenants_sudo.database_id)
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        at_work = self._at_work_tenants()
        looks = {
            row.tenant_id.id: row._to_look()
            for row in self.env["saas.usage.source"]
            .sudo()
            .search([("tenant_id", "in", tenants_sudo.ids), ("source", "=", source)])
        }
        unknown = self.env["saas.usage.source"]._to_look

        def due(tenant):
            serves = tenant.state in SERVING and (at_work is None or tenant.id in at_work)
            every = CADENCES[source].seconds(serves)
            look = looks.get(tenant.id) or unknown()
            return tenant.database_id.id not in busy and is_due(
                tenant.database_id.name, look, every, now
            )

        return tenants_sudo.filtered(due)[:AT_ONCE]

    def _at_work_tenants(self):
        """Return the ids of tenants with a request in the last day; None while nodes tell none."""
        since = fields.Datetime.now() - timedelta(days=1)
        told = self.env.execute_query(SQL(COUNTED, self.sudo().node_role or "", since))[0][0]
        if not told:
            return None
        return {tenant for (tenant,) in self.env.execute_query(SQL(AT_WORK, since))}

    def _instants(self, now, zone_name, row):
        """Return the instants of questions; `before`, the last day's, when it was not asked since
        its end.
        """
        where, at = zone(zone_name), now.replace(tzinfo=timezone.utc)
        today = local_day(at, where)
        span = bounds(Period(today, today + timedelta(days=1)), where)
        told = {"since": span.start, "until": span.end, "now": at, "month_ago": at - MONTH}
        answered = row.answered_at
        closes = answered and answered.replace(tzinfo=timezone.utc) < span.start
        if closes:
            last = bounds(Period(today - timedelta(days=1), today), where)
            told["before"] = last.start
        return {name: one.isoformat() for name, one in told.items()}

    @api.private
    def _step_usage_read(self, source, looks):
        """Write down what was read: `tenant, numbers, problem`, `ended` = when the last day did."""
        now = fields.Datetime.now()
        tenants = self.env["saas.tenant"].browse([one["tenant"] for one in looks]).exists()
        rows = self.env["saas.usage.source"]._of(tenants, source)
        meters = {
            meter.code: meter.id
            for meter in self.env["saas.meter"].sudo().search([("source", "=", source)])
        }
        samples, newest = [], []
        for look in looks:
            row = rows.get(look["tenant"])
            if row is None:
                continue
            numbers, problem = self._read_numbers(look)
            ended = _naive(look["ended"]) if look["ended"] else now
            for code, quantity in self._quantities(source, numbers).items():
                meter = meters.get(code.removesuffix(BEFORE))
                if meter is None:
                    continue
                at = ended - timedelta(seconds=1) if code.endswith(BEFORE) else now
                samples.append((at, look["tenant"], meter, quantity, 1))
                if at == now:
                    newest.append((look["tenant"], meter, row.id, quantity, now))
            row._note(now, problem)
        self.env["saas.usage.sample"]._add(samples)
        self.env["saas.usage.source"].flush_model()
        self.env["saas.usage.reading"]._put_newest(newest)
        return {"readings": len(samples)}

    def _read_numbers(self, look):
        """Return what was told as numbers; what is none, or below zero, is unknown."""
        numbers, problem = {}, look["problem"]
        for code, text in look["numbers"].items():
            value = read_value(text) if text is not None else None
            if text is not None and (value is None or value < 0):
                value, problem = None, problem or "value_refused"
            numbers[code] = value
        return numbers, problem

    @api.model
    def _quantities(self, source, numbers: dict[str, Decimal | None]):
        if source != BUSINESS:
            return quantities(numbers)
        return {code: value for code, value in numbers.items() if value is not None}


def _naive(text):
    return datetime.fromisoformat(text).astimezone(timezone.utc).replace(tzinfo=None)
