"""The doctor's check of support access: is a guest still inside a tenant after its time.

Owns: this check. Does not own: ending it (`saas_support_access_work.py`).
"""

from collections.abc import Iterator
from typing import Any

from odoo import fields, models

LATE_MINUTES = 10


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        _ = self.env._
        limit = fields.Datetime.subtract(fields.Datetime.now(), minutes=LATE_MINUTES)
        late = self.env["saas.support.access"].search(
            [
                *("|", "&", ("state", "=", "inside"), ("until_at", "<", limit)),
                *("&", ("state", "=", "leaving"), ("ended_at", "<", limit)),
            ]
        )
        for access in late:
            what = _("The support user in %(tenant)s is not archived", tenant=access.tenant_id.name)
            why = _("Its time ended at %(when)s.", when=access.until_at)
            mend = _("Open it and look at its operation; the tenant may be closed or unreachable.")
            level = "failing" if access.tenant_id._is_serving() else "warning"
            yield self._told("support_late", "tenant", level, what, why, mend, access)
        if not late:
            what = _("No support user outstays its time")
            yield self._told("support_late", "tenant", "ok", what)
