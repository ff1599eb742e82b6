"""A monitoring profile: how often tenants are looked at, what is watched, from when it is too much.

Owns: cadences, watched layers and thresholds of its own, and which profile a tenant has. Does not
own: looking (operations), judging alerts.
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..kernel.monitoring import layers

# What a profile watches: field and layer.
WATCHES = tuple((f"watches_{layer}", layer) for layer in layers.LAYERS)
CHECKS = [("1", "Every Minute"), ("5", "Every 5 Minutes"), ("15", "Every 15 Minutes")]


class SaasMonitoringProfile(models.Model):
    _name = "saas.monitoring.profile"
    _description = "Monitoring Profile"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_default = fields.Boolean(
        string="For All Others", help="Tenants whose service tier names no profile have this one."
    )
    check_every = fields.Selection(CHECKS, string="Front Door", default="5", required=True)
    check_minutes = fields.Integer(
        compute="_compute_check_minutes",
        store=True,
        aggregator=None,
        help="Minutes between two looks at the login page.",
    )
    probe_minutes = fields.Integer(
        string="Scheduled Work and Mail",
        default=5,
        required=True,
        aggregator=None,
        help="Minutes between two looks at scheduled work, mail and business in the database.",
    )
    watches_infrastructure = fields.Boolean(string="Infrastructure", default=True)
    watches_application = fields.Boolean(string="Application", default=True)
    watches_database = fields.Boolean(string="Database", default=True)
    watches_tenant = fields.Boolean(string="Tenant", default=True)
    watches_business = fields.Boolean(string="Business")
    watches_security = fields.Boolean(string="Security", default=True)
    threshold_ids = fields.One2many(
        "saas.monitoring.threshold", "profile_id", string="Thresholds", copy=True
    )
    tier_ids = fields.One2many(
        "saas.service.tier", "monitoring_profile_id", string="Service Tiers", readonly=True
    )

    _minutes = models.Constraint(
        "CHECK (probe_minutes BETWEEN 1 AND 60)", "Choose 1 to 60 minutes between two looks."
    )
    _one_default = models.UniqueIndex(
        "(is_default) WHERE is_default AND active",
        "Another profile is for all others already. Take the mark from it first.",
    )

    @api.depends("check_every")
    def _compute_check_minutes(self):
        for profile in self:
            profile.check_minutes = int(profile.check_every or 5)

    @api.private
    def _watched(self):
        """Return the layers that are watched, in their order."""
        self.ensure_one()
        return tuple(layer for name, layer in WATCHES if self[name])

    @api.private
    def _thresholds(self):
        """Return `{rule id: {severity: value}}` that count instead of those of the rules."""
        self.ensure_one()
        found = {}
        for line in self.sudo().threshold_ids:
            found.setdefault(line.rule_id.id, {})[line.severity] = line.value
        return found

    @api.model
    @api.private
    def _of_plans(self, plans):
        """Return the profile of each plan by its id, and by False the one for all others."""
        usual_sudo = self.sudo().search([("is_default", "=", True)], limit=1)
        usual_sudo = usual_sudo or self.sudo().search([], limit=1)
        found = {False: usual_sudo}
        for plan in plans.sudo():
            found[plan.id] = plan.service_tier_id.monitoring_profile_id or usual_sudo
        return found


class SaasMonitoringThreshold(models.Model):
    _name = "saas.monitoring.threshold"
    _description = "Threshold of a Monitoring Profile"
    _order = "profile_id, rule_id, severity"
    _rec_name = "rule_id"

    profile_id = fields.Many2one(
        "saas.monitoring.profile", required=True, index=True, ondelete="cascade"
    )
    rule_id = fields.Many2one("saas.alert.rule", required=True, index=True, ondelete="cascade")
    severity = fields.Selection(
        [("warning", "Warning"), ("critical", "Critical")], default="warning", required=True
    )
    value = fields.Float(string="Threshold", required=True)

    _once = models.Constraint(
        "UNIQUE (profile_id, rule_id, severity)",
        "This profile has a threshold for this rule and severity already.",
    )

    @api.constrains("value")
    def _check_value(self):
        for line in self:
            if line.value < 0:
                raise ValidationError(self.env._("A threshold cannot be negative."))


class SaasServiceTier(models.Model):
    _inherit = "saas.service.tier"

    monitoring_profile_id = fields.Many2one(
        "saas.monitoring.profile",
        index=True,
        ondelete="restrict",
        help="How often its tenants are looked at, and what is watched.",
    )

    @api.model
    @api.private
    def _give_profiles(self):
        """Give the service tiers of the product their profiles, where they have none."""
        for name in ("basic", "standard", "premium"):
            tier = self.env.ref(f"saas_business_management.service_tier_{name}", False)
            profile = self.env.ref(f"saas_business_management.monitoring_profile_{name}", False)
            if tier and profile and not tier.monitoring_profile_id:
                tier.monitoring_profile_id = profile
