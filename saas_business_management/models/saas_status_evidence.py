"""What was seen of each part of the service, for the tenants of a brand.

Owns: which figures are evidence for which part, and how old they may be. Does not own: what they
mean (`kernel/monitoring/component.py`), taking them.

Login: the look at the front door, which asks for the login page. Web and API: requests that nodes
answered; web falls back on the front door where nobody asked. Mail and scheduled work: the probe
inside the tenant. What nobody looked at within 15 minutes counts as not seen.
"""

from collections import Counter

from odoo import api, fields, models

from ..kernel.monitoring import component, health

REQUESTS = ("requests", "failures", "api_calls")
PROBES = ("cron_lag_s", "mail_oldest_s", "mail_exceptions_percent")
DOOR = {health.OK: component.GOOD, health.WARNING: component.SLOW, health.CRITICAL: component.BAD}


class SaasStatusEvidence(models.AbstractModel):
    _name = "saas.status.evidence"
    _description = "Evidence for Status Pages"

    @api.model
    @api.private
    def _of(self, tenants_sudo):
        """Return the evidence for each part, by its code."""
        since = fields.Datetime.now() - component.EVIDENCE
        sums = {
            code: self.env["saas.metric"]._aggregate(code, "sum", since, fields.Datetime.now())
            for code in REQUESTS
        }
        latest = self.env["saas.metric"]._latest(PROBES, tenants_sudo.ids)
        seen = {code: Counter() for code in component.COMPONENTS}
        for tenant_sudo in tenants_sudo:
            fresh = _fresh(latest.get(tenant_sudo.id, {}), since)
            told = self._of_tenant(tenant_sudo, sums, fresh)
            for code, what in told.items():
                seen[code][what] += 1
        return {code: _evidence(len(tenants_sudo), found) for code, found in seen.items()}

    def _of_tenant(self, tenant_sudo, sums, fresh):
        door = DOOR.get(tenant_sudo.health, "")
        requests, failures, calls = (sums[code].get(tenant_sudo.id, 0) for code in REQUESTS)
        answered = component.of_requests(requests, failures)
        told = {component.LOGIN: door, component.WEB: answered or door}
        told[component.API] = answered if calls > 0 else ""
        if "cron_lag_s" in fresh:
            told[component.WORK] = component.of_scheduled_work(fresh["cron_lag_s"])
        if "mail_oldest_s" in fresh or "mail_exceptions_percent" in fresh:
            told[component.MAIL] = component.of_mail(
                fresh.get("mail_oldest_s", 0), fresh.get("mail_exceptions_percent", 0)
            )
        return told


def _fresh(figures, since):
    fresh = {code: value for code, (value, at) in figures.items() if at >= since}
    return {code: value for code, value in fresh.items() if value is not None}


def _evidence(tenants, found):
    return component.Evidence(
        tenants, found[component.GOOD], found[component.SLOW], found[component.BAD]
    )
