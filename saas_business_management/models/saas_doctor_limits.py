"""The doctor's check of limits that are enforced inside tenants.

Owns: this check. Does not own: applying limits (job `apply_limits`).
"""

from collections.abc import Iterator
from typing import Any

from odoo import models

from .. import messages

UNKNOWN_ROLE = "limits_role_unknown"


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        yield self._look_at_limits()

    def _look_at_limits(self) -> dict[str, Any]:
        _ = self.env._
        unprepared = (
            self.env["saas.cluster"]
            .search([("state", "=", "ready")])
            .filtered(lambda one: one.has_secrets and not one.sudo().limits_password_sealed)
        )
        if unprepared:
            names = ", ".join(unprepared.mapped("name"))
            what = _("Limits are not enforced inside tenants of %(clusters)s", clusters=names)
            why = messages.code_text(self.env, UNKNOWN_ROLE)
            mend = _("Run “saas cluster-prepare” for it; nothing else changes.")
            return self._told("limits", "cluster", "warning", what, why, mend, unprepared[0])
        bad_sudo = (
            self.env["saas.database"]
            .sudo()
            .search([("limits_problem", "!=", False), ("stage", "=", "claimed")])
        )
        tenants = self.env["saas.tenant"].browse(bad_sudo.tenant_id.ids)
        if not tenants:
            what = _("Limits are enforced inside every tenant that has some")
            return self._told("limits", "cluster", "ok", what)
        what = _("Limits of %(count)s tenants are not enforced", count=len(tenants))
        names = ", ".join(sorted(tenants.mapped("name"))[:5])
        why = f"{names}: {messages.code_text(self.env, bad_sudo[0].limits_problem)}"
        mend = _("They are tried again every hour. Look at the tenant's Technical tab.")
        return self._told("limits", "cluster", "warning", what, why, mend, tenants[0])
