"""The doctor's checks of logs and of the page for Prometheus.

Owns: these checks, from records. Does not own: writing and placing lines (`saas_log_line.py`), the
page (`saas_prometheus.py`).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from odoo import fields, models

LATE = timedelta(minutes=15)
LATELY = timedelta(hours=1)
# More errors than this in an hour hide those that count.
MANY_ERRORS = 1000
TOKEN_OLD = timedelta(days=365)
MANY_SERIES = 20_000


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        yield self._look_at_lines_waiting()
        yield self._look_at_errors()
        yield self._look_at_prometheus()

    def _look_at_lines_waiting(self) -> dict[str, Any]:
        _ = self.env._
        late = [("folded", "=", False), ("at", "<", fields.Datetime.now() - LATE)]
        count = self.env["saas.log.line"].sudo().search_count(late)
        if not count:
            return self._told("log_placed", "work", "ok", _("Lines of nodes reach their tenants"))
        what = _("Lines that nodes wrote belong to nobody yet: %(count)s", count=count)
        why = _("They wait for more than a quarter of an hour, so that searching finds too little.")
        mend = _("Look whether the scheduled action “SaaS: Take over what nodes noticed” runs.")
        return self._told("log_placed", "work", "warning", what, why, mend)

    def _look_at_errors(self) -> dict[str, Any]:
        _ = self.env._
        lines_sudo = self.env["saas.log.line"].sudo()
        recent = [
            ("at", ">=", fields.Datetime.now() - LATELY),
            ("level", "in", ("ERROR", "CRITICAL")),
        ]
        found = lines_sudo._read_group(recent, ["tenant_id"], ["count:sum"], order="count:sum DESC")
        total = sum(count or 0 for _tenant, count in found)
        if total <= MANY_ERRORS:
            return self._told("log_errors", "work", "ok", _("Errors in the log are few"))
        tenant, most = found[0]
        what = _("Errors in the log within an hour: %(count)s", count=total)
        why = _(
            "Most are of %(name)s: %(count)s. They hide those of others.",
            name=tenant.name or _("the platform"),
            count=most,
        )
        mend = _("Open the log of that tenant, grouped by part, and mend the most frequent one.")
        return self._told("log_errors", "work", "warning", what, why, mend, tenant or None)

    def _look_at_prometheus(self) -> dict[str, Any]:
        _ = self.env._
        page = self.env["saas.prometheus"].sudo()
        if not page._is_on():
            what = _("No token is made for Prometheus, so nobody reads figures")
            return self._told("prometheus", "work", "ok", what)
        made = page._made_at()
        if made and made < fields.Datetime.now() - TOKEN_OLD:
            what = _("The token for Prometheus is older than a year")
            why = _("Whoever saw it in that time still reads the figures.")
            mend = _("Make a new one in the settings and enter it in Prometheus.")
            return self._told("prometheus", "work", "warning", what, why, mend)
        series = page._tenant_series()
        if series > MANY_SERIES:
            what = _("Prometheus reads a figure of each tenant: %(count)s series", count=series)
            why = _("So many are slow to read and dear to keep.")
            mend = _("Switch Figures of Each Tenant off, and look at single tenants here.")
            return self._told("prometheus", "work", "warning", what, why, mend)
        return self._told("prometheus", "work", "ok", _("Prometheus may read figures"))
