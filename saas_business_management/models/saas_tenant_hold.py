"""Holding a tenant back for its neighbours: fewer calls, requests and connections, for a while.

Owns: what it is held back to, until when, who is told. Does not own: when
(`saas_noisy_step.py`), the tenant's own share (`saas_tenant_workload.py`), enforcing it (nodes; the
server of the database).

It only ever makes a limit smaller: a stricter number of the tenant, of its service tier or of a
quota stays.
"""

from odoo import api, fields, models

from ..kernel.gateway.decide import SPARE_CONNECTIONS
from ..kernel.monitoring import noisy_steps

HELD = "held"


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    noisy_rate = fields.Integer(
        string="Held Back To",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Calls of programs a minute, while it is held back for its neighbours; 0 for no "
        "limit.",
    )
    noisy_requests = fields.Integer(
        string="Requests at Once, Held Back", readonly=True, copy=False, aggregator=None
    )
    noisy_connections = fields.Integer(
        string="Connections, Held Back", readonly=True, copy=False, aggregator=None
    )
    noisy_since = fields.Datetime(string="Held Back Since", readonly=True, copy=False)
    noisy_until = fields.Datetime(
        string="Held Back at Most Until",
        readonly=True,
        copy=False,
        help="It ends earlier, half an hour after it stopped disturbing others.",
    )

    @api.private
    def _hold_back(self, hold, until):
        """Leave a tenant so much of its cluster (`noisy_steps.Hold`); nodes and server are told."""
        self._set_hold(hold.calls, hold.requests, hold.connections, fields.Datetime.now(), until)
        text = self.env._(
            "Held back for its neighbours: %(calls)s calls of programs a minute, %(requests)s "
            "requests at once, %(connections)s database connections.",
            calls=hold.calls,
            requests=hold.requests,
            connections=hold.connections,
        )
        for tenant in self:
            tenant._message_log(body=text)

    @api.private
    def _let_go(self):
        """Give a tenant its own share again."""
        self._set_hold(0, 0, 0, False, False)
        for tenant in self:
            tenant._message_log(body=self.env._("No longer held back for its neighbours."))

    def _set_hold(self, calls, requests, connections, since, until):
        self.write(
            {
                "noisy_rate": calls,
                "noisy_requests": requests,
                "noisy_connections": connections,
                "noisy_since": since,
                "noisy_until": until,
            }
        )
        self._have_workload_applied()

    @api.private
    def _room_now(self):
        """Return how many requests at once and connections it may have now, everybody's if none."""
        numbers = {name: number for name, (number, _source) in self._workload().items()}
        connections = numbers["work_connections"] or self.cluster_id.connections_per_tenant
        spare = max(1, connections - SPARE_CONNECTIONS)
        return noisy_steps.stricter(numbers["work_requests"], spare), connections

    def _workload(self):
        found = super()._workload()
        for name, held in (
            ("work_requests", self.noisy_requests),
            ("work_connections", self.noisy_connections),
        ):
            own, _source = found[name]
            number = noisy_steps.stricter(own, held)
            if number != own:
                found[name] = (number, HELD)
        return found

    @api.depends("noisy_requests", "noisy_connections")
    def _compute_workload(self):
        super()._compute_workload()

    def _with_source(self, said, source):
        if source == HELD:
            return self.env._("%(limit)s, held back for its neighbours", limit=said)
        return super()._with_source(said, source)

    def _route_values(self):
        values = super()._route_values()
        if not self.noisy_rate:
            return values
        limits = dict(values.get("limits") or {})
        before = limits.get("api")
        if before and (before["policy"] == "block" or before["rate"] <= self.noisy_rate):
            return values
        # A node that hears nothing more lets it go by itself.
        since, until = (
            int(at.timestamp()) if at else None for at in (self.noisy_since, self.noisy_until)
        )
        limits["api"] = {"policy": "throttle", "rate": self.noisy_rate, "since": since}
        if until:
            limits["api"]["until"] = until
        return {**values, "limits": limits}
