"""Health of tenants layer by layer: what is stored, and what screens say of it.

Owns: the fields, their words, whose problem it is. Does not own: judging
(`saas_tenant_layers_judge.py`), the front door (`saas_tenant_health.py`).
"""

from datetime import timedelta

from odoo import api, fields, models

from ..kernel.monitoring import layer_health, layers
from ..messages.health import LAYER_REASONS as SENTENCES
from ..messages.health import LAYER_WORDS
from .saas_alert_rule import LAYERS
from .saas_tenant_health import HEALTHS

assert tuple(layer for layer, _label in LAYERS) == layers.LAYERS
WHOSE = [(layer_health.PLATFORM, "The platform's"), (layer_health.OWN, "The tenant's own")]
# A judgement older than this is none: nobody judges any more.
JUDGED = timedelta(minutes=15)


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    health_infrastructure = fields.Selection(HEALTHS, "Infrastructure", readonly=True, copy=False)
    health_application = fields.Selection(HEALTHS, "Application", readonly=True, copy=False)
    health_database = fields.Selection(HEALTHS, "Database Health", readonly=True, copy=False)
    health_tenant = fields.Selection(HEALTHS, "Tenant Health", readonly=True, copy=False)
    health_business = fields.Selection(HEALTHS, "Business", readonly=True, copy=False)
    health_security = fields.Selection(HEALTHS, "Security", readonly=True, copy=False)
    health_whole = fields.Selection(
        HEALTHS,
        string="Overall Health",
        readonly=True,
        copy=False,
        index=True,
        help="The worst of the layers that are watched.",
    )
    health_whose = fields.Selection(
        WHOSE,
        string="Whose Problem",
        readonly=True,
        copy=False,
        help="The platform's: it comes from its cluster, a machine or the platform itself, or "
        "nobody could look. The tenant's own: everything around it is well.",
    )
    health_whole_since = fields.Datetime(string="Overall Since", readonly=True, copy=False)
    health_reasons = fields.Json(readonly=True, copy=False)
    health_whole_text = fields.Char(compute="_compute_health_texts", string="Main Reason")
    health_reasons_text = fields.Text(compute="_compute_health_texts", string="Reasons")
    health_points = fields.Integer(
        string="Points",
        compute="_compute_health_texts",
        help="Derived from the layers: 100 less 40 for each critical, 15 for each warning and 5 "
        "for each unknown one.",
    )
    health_old = fields.Boolean(
        compute="_compute_health_old",
        string="Not Judged Lately",
        help="Nobody has judged for more than 15 minutes: what stands here is from before.",
    )

    @api.depends("health_reasons", *(f"health_{layer}" for layer in layers.LAYERS))
    @api.depends_context("lang", "tz")
    def _compute_health_texts(self):
        for tenant in self:
            told = [tenant._told_reason(one) for one in tenant.health_reasons or ()]
            tenant.health_whole_text = told[0] if told else False
            tenant.health_reasons_text = "\n".join(told) or False
            found = [tenant[f"health_{layer}"] for layer in layers.LAYERS]
            tenant.health_points = layer_health.points(found) if any(found) else 0

    @api.depends("health_whole", "cluster_id.layers_judged_at")
    def _compute_health_old(self):
        limit = fields.Datetime.now() - JUDGED
        for tenant in self:
            judged_at = tenant.sudo().cluster_id.layers_judged_at
            tenant.health_old = bool(tenant.health_whole) and (not judged_at or judged_at < limit)

    @api.model
    @api.private
    def _told_reason(self, reason):
        """Return one reason as people read it: layer, what is wrong, whose, since when."""
        labels = dict(self._fields["health_whose"]._description_selection(self.env))
        sentence = SENTENCES.get(reason["code"])
        said = reason.get("text") or (self.env._(sentence) if sentence else reason["code"])
        parts = [f"{self.env._(LAYER_WORDS[reason['layer']])}: {said}"]
        if reason.get("whose") == layer_health.PLATFORM:
            parts.append(labels[layer_health.PLATFORM])
        if reason.get("since"):
            at = fields.Datetime.context_timestamp(
                self, fields.Datetime.to_datetime(reason["since"])
            )
            parts.append(self.env._("since %(at)s", at=at.strftime("%Y-%m-%d %H:%M")))
        return " · ".join(parts)

    def action_view_alerts(self):
        """Open what fires for this tenant and for the cluster it stands on."""
        self.ensure_one()
        here = ["|", ("tenant_id", "=", self.id), ("cluster_id", "=", self.cluster_id.id)]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Alerts"),
            "res_model": "saas.alert",
            "view_mode": "list,form",
            "domain": [("state", "=", "firing"), *here],
        }
