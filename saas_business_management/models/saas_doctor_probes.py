"""The doctor's checks of probes and dependencies: who is late, paused, unknown or down.

Owns: these checks, from records. Does not own: probing and checking.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from odoo import fields, models

from ..kernel.lifecycle.states import SERVING
from ..kernel.monitoring import cadence

# Idle tenants are asked every half hour, or as seldom as the setting says.
LATE_ROUNDS = 3
MOST_NAMED = 5


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        yield self._look_at_late_probes()
        yield self._look_at_paused_probes()
        yield self._look_at_dependencies()

    def _look_at_late_probes(self) -> dict[str, Any]:
        _ = self.env._
        minutes = self.env["saas.look.cadence"]._probe_minutes()
        slowest = max(cadence.IDLE_SECONDS, 60 * minutes)
        late = fields.Datetime.now() - timedelta(seconds=LATE_ROUNDS * slowest)
        tenants = self.env["saas.tenant"].search(
            [
                ("state", "in", tuple(SERVING)),
                ("state_since", "<", late),
                ("database_id.stage", "=", "claimed"),
                ("cluster_id.state", "=", "ready"),
            ]
        )
        asked = (
            self.env["saas.probe"]
            .search(
                [
                    ("tenant_id", "in", tenants.ids),
                    ("source", "=", "probe"),
                    ("asked_at", ">=", late),
                ]
            )
            .tenant_id
        )
        missed = tenants - asked
        if not missed:
            return self._told("probes_late", "work", "ok", _("Every open tenant is probed"))
        what = _("%(count)s tenants were not probed for long", count=len(missed))
        why = ", ".join(missed[:MOST_NAMED].mapped("name"))
        mend = _(
            "Look whether the control worker and the scheduled action “SaaS: Probe tenants that "
            "are due” run."
        )
        return self._told("probes_late", "work", "warning", what, why, mend, missed[0])

    def _look_at_paused_probes(self) -> dict[str, Any]:
        _ = self.env._
        rows = self.env["saas.probe"].search(
            [("state", "=", "paused"), ("tenant_id.state", "in", tuple(SERVING))]
        )
        if not rows:
            return self._told("probes_paused", "work", "ok", _("No tenant refuses its probes"))
        count = len(rows.tenant_id)
        what = _("%(count)s tenants give no answer to probes", count=count)
        names = ", ".join(rows.tenant_id[:MOST_NAMED].mapped("name"))
        why = _("%(names)s. %(reason)s", names=names, reason=rows[0].reason or "")
        mend = _("Open Monitoring, Unknown: each line says what was met. Probe Now asks again.")
        return self._told("probes_paused", "work", "warning", what, why, mend, rows[0].tenant_id)

    def _look_at_dependencies(self) -> dict[str, Any]:
        _ = self.env._
        services = self.env["saas.dependency"].search([("state", "=", "down")])
        if not services:
            what = _("No dependency is known to be down")
            return self._told("dependency_down", "work", "ok", what)
        what = _("%(count)s dependencies are down", count=len(services))
        why = _("%(name)s: %(reason)s", name=services[0].name, reason=services[0].reason_text or "")
        mend = _("Open Monitoring, Dependencies: the notes of each say whom to call.")
        return self._told("dependency_down", "work", "warning", what, why, mend, services[0])
