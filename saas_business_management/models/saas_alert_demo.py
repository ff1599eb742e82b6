"""Demonstration: what a noisy neighbour did yesterday, the alerts of it, and who was named.

Owns: these rows, of sample tenants alone. Does not own: anything real; nobody is told.
"""

from datetime import timedelta, timezone

from odoo import api, fields, models

from ..kernel.alerting.course import FIRING, RESOLVED, Move
from ..kernel.monitoring import layers, noisy
from .saas_alert_facts import About
from .saas_tenant_samples import SAMPLES

LOUD, SLOW = "sample-healthy", "sample-warning"
SHARES = {noisy.CPU: 0.82, noisy.SESSIONS: 0.74, noisy.TEMP: 0.91}
EVIDENCE = {
    "statements": [
        {
            "what": "SELECT … FROM account_move_line GROUP BY partner_id, date",
            "much": "212 s in 94 calls",
        }
    ],
    "crons": [{"what": "Yearly report", "much": "38 min"}],
}
# Rule, tenant, figure, and from which minute to which it fired.
FIRED = (
    ("answers_slow", SLOW, 2400.0, 6, 58),
    ("noisy_neighbour", LOUD, 91.0, 9, 62),
    ("scheduled_late", SLOW, 1150.0, 21, 49),
)
NAMED_AFTER, LASTED = timedelta(minutes=9), timedelta(minutes=57)


class SaasAlert(models.Model):
    _inherit = "saas.alert"

    @api.model
    @api.private
    def _make_demo(self):
        """Make what a demonstration shows, once."""
        cluster = self.env.ref(SAMPLES, raise_if_not_found=False)
        if not cluster or self.search_count([], limit=1):
            return
        here_sudo = self.env["saas.tenant"].sudo().search([("cluster_id", "=", cluster.id)])
        tenants = {one.subdomain: one for one in here_sudo}
        began = fields.Datetime.now().replace(second=0, microsecond=0) - timedelta(hours=26)
        self._demo_neighbour(cluster, tenants, began)
        for code, name, value, first, last in FIRED:
            self._demo_alert(code, tenants[name], value, began, first, last)

    @api.model
    def _demo_neighbour(self, cluster, tenants, began):
        since, named_at = began.replace(tzinfo=timezone.utc), began + NAMED_AFTER
        found = noisy.Noisy(
            tenant=tenants[LOUD].id,
            since=since,
            windows=(since,),
            shares=SHARES,
            signs=("cpu", "sessions"),
            victims=(tenants[SLOW].id,),
        )
        row = self.env["saas.noisy.finding"]._named(cluster, found, EVIDENCE, named_at)
        row._put({"last_seen_at": began + LASTED})
        row._end(began + LASTED)

    @api.model
    def _demo_alert(self, code, tenant, value, began, first, last):
        rule_sudo = self.env["saas.alert.rule"].sudo().search([("code", "=", code)])
        links = {
            "tenant_id": tenant.id,
            "cluster_id": tenant.cluster_id.id,
            "company_id": tenant.company_id.id,
            "owner_id": tenant.user_id.id,
        }
        about = About(links, {"scope": layers.TENANT, "subject": tenant.id})
        start, end = (began + timedelta(minutes=minute) for minute in (first, last))
        moves = [Move(tenant.id, FIRING, value)]
        row = self._make(rule_sudo, {tenant.id: about}, moves, FIRING, start)
        user = self.env.ref("base.user_admin")
        row._put(
            {
                "state": RESOLVED,
                "ended_at": end,
                "acknowledged_by": user.id,
                "acknowledged_at": start + timedelta(minutes=4),
                "owner_id": user.id,
            }
        )
