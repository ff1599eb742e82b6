"""Rules of placement: which tenants go to which cluster, or to which kind of hosting, and why.

Owns: the rules, their facts for the kernel, the preview. Does not own: matching and choosing
(`kernel/provisioning/rule.py`), provisioning (`saas_tenant_provision.py`).
"""

from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..kernel.provisioning.rule import Rule, matches

HOSTING = [("shared", "Shared"), ("dedicated", "Dedicated"), ("hybrid", "Hybrid")]
PREVIEWED = 200
UNSAVED = -1


class SaasPlacementRule(models.Model):
    _name = "saas.placement.rule"
    _description = "Placement Rule"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Empty: it holds for tenants of every company.",
    )
    plan_ids = fields.Many2many("saas.plan", string="Plans", domain=[("kind", "=", "plan")])
    tier_ids = fields.Many2many("saas.service.tier", string="Service Tiers")
    regions = fields.Char(
        tracking=True, help="Where data has to stay, with commas, such as eu-west, eu-north."
    )
    tag_ids = fields.Many2many(
        "saas.compliance.tag", string="Compliance", help="A tenant needs all of them."
    )
    module_domain = fields.Char(
        string="Modules", help="A tenant whose template brings at least one of these modules."
    )
    hosting = fields.Selection(HOSTING, tracking=True, help="Empty: any kind.")
    cluster_ids = fields.Many2many(
        "saas.cluster", string="Clusters", help="The least filled of these. Empty: any cluster."
    )
    below_percent = fields.Integer(
        string="Filled Below (%)", help="Only clusters that are less full. 0: whatever is free."
    )
    strict = fields.Boolean(
        string="Refuse Otherwise",
        tracking=True,
        help="When no cluster keeps the rule the tenant is refused. Off: the next rule decides.",
    )
    reason = fields.Char(string="Why", required=True, translate=True, help="Whoever asks reads it.")
    then = fields.Char(compute="_compute_then", string="Goes To")
    tenant_count = fields.Integer(compute="_compute_matches", string="Tenants It Is About")
    preview_tenant_id = fields.Many2one(
        "saas.tenant", string="Try With", store=False, domain=[("state", "!=", "deleted")]
    )
    preview_text = fields.Text(compute="_compute_preview", string="Would Go To")

    _share = models.Constraint(
        "CHECK (below_percent BETWEEN 0 AND 100)", "Clusters are 0 to 100 % full."
    )

    @api.constrains("module_domain")
    def _check_module_domain(self):
        for rule in self:
            try:
                rule._module_names()
            except (ValueError, SyntaxError, KeyError):
                raise ValidationError(
                    self.env._("The choice of modules cannot be read. Choose them once more.")
                ) from None

    @api.depends("hosting", "cluster_ids", "below_percent")
    @api.depends_context("lang")
    def _compute_then(self):
        labels = dict(self._fields["hosting"]._description_selection(self.env))
        for rule in self:
            parts = [labels[rule.hosting]] if rule.hosting else []
            parts += rule.cluster_ids.mapped("name")
            if rule.below_percent:
                parts.append(self.env._("less than %(most)s %% full", most=rule.below_percent))
            rule.then = ", ".join(parts) or self.env._("The least filled cluster")

    @api.depends("plan_ids", "tier_ids", "regions", "tag_ids", "module_domain", "company_id")
    def _compute_matches(self):
        tenants = self.env["saas.tenant"].search([("state", "!=", "deleted")], limit=PREVIEWED)
        subjects = {tenant: tenant._placement_subject() for tenant in tenants}
        for rule in self:
            fact = rule._to_rule()
            rule.tenant_count = sum(
                rule.company_id in (tenant.company_id, self.env["res.company"])
                and matches(fact, subject)
                for tenant, subject in subjects.items()
            )

    @api.depends(
        "preview_tenant_id",
        "plan_ids",
        "tier_ids",
        "regions",
        "tag_ids",
        "module_domain",
        "hosting",
        "cluster_ids",
        "below_percent",
        "strict",
        "sequence",
        "reason",
    )
    def _compute_preview(self):
        for rule in self:
            tenant = rule.preview_tenant_id
            rule.preview_text = tenant._placement_told(with_rule=rule) if tenant else False

    # For placement

    @api.model
    @api.private
    def _of(self, company):
        """Return the rules that hold for a company, in order."""
        return self.sudo().search([("company_id", "in", (False, company.id))])

    @api.private
    def _to_rule(self):
        """Return the rule as the kernel knows it."""
        self.ensure_one()
        names = (part.strip() for part in (self.regions or "").split(","))
        return Rule(
            key=self._rule_key(),
            plans=frozenset(self.plan_ids._origin.ids),
            tiers=frozenset(self.tier_ids._origin.ids),
            regions=frozenset(name for name in names if name),
            tags=frozenset(self.tag_ids._origin.ids),
            modules=self._module_names(),
            clusters=frozenset(self.cluster_ids.mapped("key")),
            hosting=self.hosting or "",
            below_percent=self.below_percent,
            strict=self.strict,
        )

    @api.private
    def _rule_key(self):
        """Return what the kernel calls it; a rule that is not saved yet has a number of its own."""
        return self._origin.id or UNSAVED

    def _module_names(self):
        domain = literal_eval(self.module_domain or "[]")
        if not domain:
            return None
        rows_sudo = self.env["saas.module"].sudo().search(domain)
        return frozenset(rows_sudo.mapped("technical_name"))
