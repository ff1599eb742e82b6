"""The doctor's checks of own host names and their certificates, from what looks at them found.

Owns: these checks. Does not own: looking (`jobs/check_host.py`).
"""

from collections.abc import Iterator
from typing import Any

from odoo import fields, models

CERTIFICATE_DAYS = 14
MOST_TOLD = 20


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        own = [("kind", "=", "custom"), ("state", "in", ("live", "change"))]
        hosts = self.env["saas.tenant.host"].search([*own, ("holds", "=", True)])
        wrong = [told for host in hosts for told in self._look_at_host(host)]
        yield from wrong[:MOST_TOLD]
        if hosts and not wrong:
            what = self.env._("Own host names that work: %(count)s", count=len(hosts))
            yield self._told("host_proof", "tenant", "ok", what)

    def _look_at_host(self, host: models.Model) -> Iterator[dict[str, Any]]:
        _ = self.env._
        tenant = host.tenant_id
        if host.state == "change":
            what = _("%(host)s needs a change", host=host.host_shown)
            mend = _("Its owner was mailed the records to set; ask whether the mail arrived.")
            why = host.status_text
            yield self._told("host_proof", "tenant", "warning", what, why, mend, tenant)
        soon = fields.Datetime.add(fields.Datetime.now(), days=CERTIFICATE_DAYS)
        ends = host.certificate_until and host.certificate_until < soon
        if host.certificate in ("untrusted", "none") or ends:
            what = _("Browsers warn of %(host)s, or will soon", host=host.host_shown)
            why = _("Its certificate is missing, not trusted, or ends within two weeks.")
            mend = _("Look into the log of the front proxy, which gets certificates by itself.")
            yield self._told("host_certificate", "tenant", "warning", what, why, mend, tenant)
