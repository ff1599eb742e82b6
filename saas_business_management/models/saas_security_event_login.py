"""Logins that failed, by the network they came from: one source that tries many tenants.

Owns: the metric `login_failures_one_source`. Does not own: the rows (`saas_security_event.py`),
telling a network (`gateway/throttle.py`).
"""

from odoo import api, fields, models
from odoo.tools import SQL

RULE = "login_failed"
WORST = """
SELECT coalesce(max(failures), 0) FROM (
    SELECT sum(count) AS failures FROM saas_security_event
     WHERE rule = %s AND last_at >= %s AND source <> '' GROUP BY source) AS one
"""


class SaasSecurityEvent(models.Model):
    _inherit = "saas.security.event"

    @api.model
    @api.private
    def _login_failures_one_source(self, now=None):
        """Return the most failed logins of one network in the last hour, over all tenants."""
        since = fields.Datetime.subtract(now or fields.Datetime.now(), hours=1)
        return int(self.env.execute_query(SQL(WORST, RULE, since))[0][0])
