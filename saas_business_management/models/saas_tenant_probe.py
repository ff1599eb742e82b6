"""What monitoring asked inside a tenant, as its form shows it.

Owns: the smart button, the last figures as people read them, asking again. Does not own: the rows
(`saas_probe.py`), the figures (`saas.metric`).
"""

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_datetime

from ..kernel.lifecycle.states import SERVING
from ..kernel.monitoring.metric import METRICS, of_family
from ..messages.probes import label, shown

SHOWN = (*of_family("door"), *of_family("probe"), *of_family("audit"))
TABLE = Markup('<table class="table table-sm o_saas_probes"><tbody>%s</tbody></table>')
ROW = Markup(
    '<tr><td>%s</td><td class="text-end text-nowrap">%s</td>'
    '<td class="text-muted text-end">%s</td></tr>'
)


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    probe_ids = fields.One2many("saas.probe", "tenant_id", readonly=True, copy=False)
    probe_state = fields.Selection(
        [("known", "Known"), ("partly", "Partly"), ("unknown", "Unknown"), ("paused", "Paused")],
        compute="_compute_probe_state",
        string="Probes",
    )
    probe_values = fields.Html(
        compute="_compute_probe_values", sanitize=False, string="Last Figures"
    )

    @api.depends("probe_ids.state")
    def _compute_probe_state(self):
        for tenant in self:
            ranked = tenant.probe_ids.sorted("state_rank")
            tenant.probe_state = ranked[-1:].state or False

    @api.depends("probe_ids.asked_at")
    def _compute_probe_values(self):
        latest = self.env["saas.metric"]._latest(list(SHOWN), self.ids)
        for tenant in self:
            told = latest.get(tenant.id) or {}
            rows = [
                ROW % (label(self.env, code), self._figure(code, value), self._at_text(at))
                for code in SHOWN
                if code in told
                for value, at in [told[code]]
            ]
            tenant.probe_values = TABLE % Markup("").join(rows) if rows else False

    def _figure(self, code, value):
        return shown(self.env, code, value, METRICS[code].unit)

    def _at_text(self, at):
        return format_datetime(self.env, at, dt_format="short")

    @api.private
    def _check_probe_now(self):
        """Refuse who may not have tenants asked, and tenants that are closed."""
        self.check_access("write")
        if any(tenant.state not in SERVING for tenant in self):
            raise UserError(self.env._("Only an open tenant can be probed."))

    def action_probe(self):
        """Have these tenants asked now."""
        self._check_probe_now()
        self.sudo().probe_ids._put({"asked_at": False, "failures": 0})
        for cluster in self.sudo().cluster_id:
            cluster._start("probe_tenants", {})
        return True

    def action_view_probes(self):
        """Open what was asked inside this tenant."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_probe"
        )
        return {**action, "domain": [("tenant_id", "=", self.id)], "context": {}, "path": False}
