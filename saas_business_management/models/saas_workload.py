"""How much of a node and of a database server a tenant's work may take: the numbers.

Owns: the fields, their borders. Does not own: which of them is in force for a tenant and having it
applied (`saas_tenant_workload.py`). 0 is what the cluster gives everybody.
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..kernel.quota.share import LEAST_CONNECTIONS, LEAST_STATEMENT_SECONDS, LEAST_TEMP_MB

MOST = 100_000
NUMBERS = (
    "work_requests",
    "work_connections",
    "work_cron_minutes",
    "work_temp_mb",
    "work_statement_seconds",
)


class SaasWorkload(models.AbstractModel):
    _name = "saas.workload"
    _description = "Share of a Cluster"

    work_requests = fields.Integer(
        string="Requests at Once",
        tracking=True,
        help="On each node, websockets and files of the programs apart. Further ones wait up to "
        "two seconds.",
    )
    work_connections = fields.Integer(
        string="Database Connections",
        tracking=True,
        help="At most so many at once, from all nodes together. At least 4.",
    )
    work_cron_minutes = fields.Integer(
        string="Scheduled Work an Hour (min)",
        tracking=True,
        help="On each node; what is due beyond that waits for the next hour.",
    )
    work_temp_mb = fields.Integer(
        string="Temporary Files (MB)",
        tracking=True,
        help="What one database session may write to disk to sort and join. At least 64.",
    )
    work_statement_seconds = fields.Integer(
        string="Longest Statement (s)",
        tracking=True,
        help="A longer question to the database is ended. At least 30; code of a tenant can lift "
        "it for its own session.",
    )

    @api.constrains(*NUMBERS)
    def _check_workload(self):
        least = {
            "work_connections": LEAST_CONNECTIONS,
            "work_temp_mb": LEAST_TEMP_MB,
            "work_statement_seconds": LEAST_STATEMENT_SECONDS,
        }
        for one in self:
            for name in NUMBERS:
                low, most = least.get(name, 1), 60 if name == "work_cron_minutes" else MOST
                if one[name] and not low <= one[name] <= most:
                    raise ValidationError(
                        self.env._(
                            "%(field)s is at least %(least)s and at most %(most)s, or 0 for what "
                            "everybody gets.",
                            field=one._fields[name]._description_string(self.env),
                            least=low,
                            most=most,
                        )
                    )


class SaasServiceTier(models.Model):
    _name = "saas.service.tier"
    _inherit = ["saas.service.tier", "saas.workload", "mail.thread"]

    work_night = fields.Selection(
        [("any", "At Any Time"), ("night", "At Night Only")],
        string="Scheduled Work",
        default="any",
        required=True,
        tracking=True,
        help="At night only: what is due less often than once an hour waits for the night.",
    )

    def write(self, vals):
        """Whoever has this tier gets its new numbers."""
        told = [name for name in (*NUMBERS, "work_night") if name in vals]
        before = {one: {name: one[name] for name in told} for one in self}
        done = super().write(vals)
        for tier, values in before.items():
            changed = {name: value for name, value in values.items() if tier[name] != value}
            if changed:
                now = {name: tier[name] for name in changed}
                self.env["saas.audit.entry"]._note("workload_changed", tier, was=changed, now=now)
        if told:
            domain = [("plan_id.service_tier_id", "in", self.ids)]
            self.env["saas.tenant"].sudo().search(domain)._have_workload_applied()
        return done
