"""What tenants and clusters show of their alerts: the button with its count.

Owns: the counts and the buttons. Does not own: alerts (`saas_alert.py`), health.
"""

from odoo import fields, models


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    alert_ids = fields.One2many("saas.alert", "tenant_id", readonly=True, string="Alerts")
    alert_count = fields.Integer(compute="_compute_alert_count", string="Firing Alerts")

    def _compute_alert_count(self):
        counts = _counts(self, "tenant_id")
        for one in self:
            one.alert_count = counts.get(one, 0)

    def action_view_alerts(self):
        """Open the alerts of this tenant."""
        return _opened(self, "tenant_id")


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    alert_count = fields.Integer(compute="_compute_alert_count", string="Firing Alerts")

    def _compute_alert_count(self):
        counts = _counts(self, "cluster_id")
        for one in self:
            one.alert_count = counts.get(one, 0)

    def action_view_alerts(self):
        """Open the alerts of this cluster and of what lives on it."""
        return _opened(self, "cluster_id")


def _counts(records, link):
    domain = [(link, "in", records.ids), ("state", "=", "firing")]
    return dict(records.env["saas.alert"]._read_group(domain, [link], ["__count"]))


def _opened(record, link):
    record.ensure_one()
    action = record.env["ir.actions.act_window"]._for_xml_id(
        "saas_business_management.action_saas_alert"
    )
    return dict(action, domain=[(link, "=", record.id)], path=False)
