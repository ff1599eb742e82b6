"""How fast error budgets are used up, as metrics that rules of alerts read.

Owns: the figures of each open tenant after each pass. Does not own: the windows
(`kernel/service/burn.py`), alerts.

A figure is the rate of the slower one of its two windows, and 0 while too little went wrong: a rule
with one border says what both windows say.
"""

from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..kernel.service import burn, month
from ..kernel.service.burn import PAIRS, WINDOWS, Seen
from .saas_service_level import exact
from .saas_service_minute import SERVED
from .saas_service_promise import aware

CODES = ("service_burn_1h", "service_burn_6h", "service_burn_1d", "service_burn_3d")
assert len(CODES) == len(PAIRS)
EVENTS = """
SELECT tenant_id, sum(least(requests, failures + slow)) FROM saas_service_count
 WHERE at >= %s AND at < %s GROUP BY tenant_id
"""
PASS = timedelta(minutes=5)


class SaasServiceMinute(models.AbstractModel):
    _inherit = "saas.service.minute"

    @api.model
    @api.private
    def _tell_burn(self):
        """Write the burn rates of every open tenant that has a promise."""
        until = self._judged_until()
        if until is None:
            return
        events = {
            window: dict(self.env.execute_query(SQL(EVENTS, until - window, until)))
            for window in WINDOWS
        }
        open_sudo = self.env["saas.tenant"].sudo().search([("state", "in", tuple(SERVED))])
        rows = []
        for tenant_sudo in open_sudo:
            target = exact(tenant_sudo._service_tier().internal_target)
            if target:
                told = self._burn_of(tenant_sudo, target, until, events)
                rows.append((until, tenant_sudo.id, told))
        self.env["saas.metric"]._add("service", rows)

    def _burn_of(self, tenant, target, until, events):
        """Return the figures of one tenant."""
        longest, end = max(WINDOWS), aware(until)
        verdicts = tenant._service_verdicts(end - longest, end)
        left_out = tenant._service_left_out(end - longest, end)
        seen = {}
        for window in WINDOWS:
            result = month.count(end - window, end, verdicts, left_out)
            bad = int(events[window].get(tenant.id, 0))
            seen[window] = Seen(result.counted, result.bad, bad)
        told = {}
        for code, pair in zip(CODES, PAIRS, strict=True):
            rates = [burn.rate(seen[one], target) for one in (pair.long, pair.short)]
            told[code] = float(min(rates)) if burn.enough(seen[pair.long]) else 0.0
        recent = month.count(end - PASS, end, verdicts, left_out)
        told["service_bad_minutes"] = recent.bad
        return told
