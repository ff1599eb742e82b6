"""The dialog before a version of a plan is published: what changes, and who keeps the old price.

Owns: what is shown and asked. Does not own: publishing (`models/saas_plan_publish.py`).
"""

from odoo import api, fields, models


class SaasPlanPublish(models.TransientModel):
    _name = "saas.plan.publish"
    _description = "Publication of a Plan Version"

    plan_id = fields.Many2one("saas.plan", required=True, readonly=True, ondelete="cascade")
    version_id = fields.Many2one(related="plan_id.version_id", string="Version Now")
    number = fields.Integer(compute="_compute_number", string="New Version")
    note = fields.Char(string="Why", help="For your team: it stands with the version.")
    problems = fields.Text(compute="_compute_problems")
    changed = fields.Boolean(compute="_compute_problems")
    effect = fields.Text(compute="_compute_effect", string="What Will Happen")
    line_ids = fields.One2many("saas.plan.publish.line", "wizard_id", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        for wizard in wizards:
            rows = wizard.plan_id._changes()
            wizard.line_ids = [
                fields.Command.create(
                    {"label": row.label, "before": row.before, "after": row.after}
                )
                for row in rows
            ]
        return wizards

    @api.depends("plan_id")
    def _compute_number(self):
        for wizard in self:
            wizard.number = max(wizard.plan_id.version_ids.mapped("number"), default=0) + 1

    @api.depends("plan_id")
    def _compute_problems(self):
        for wizard in self:
            plan = wizard.plan_id
            wizard.changed = not plan.version_id or bool(plan._changes())
            wizard.problems = "\n".join(plan._problems())

    @api.depends("plan_id")
    def _compute_effect(self):
        for wizard in self:
            wizard.effect = wizard._told_effect()

    def _told_effect(self):
        """Say who pays the new price, and how many keep the old one."""
        _ = self.env._
        plan, version = self.plan_id, self.plan_id.version_id
        kept = plan._kept_by()
        if not version:
            return _(
                "New subscriptions are sold with this version. Tenants on this plan until now: "
                "%(tenants)s. Nothing changes for them.",
                **kept,
            )
        facts = {**kept, "version": version.display_name}
        if plan.migrate_at_renewal:
            return _(
                "New subscriptions are sold with this version. Subscriptions that keep the price "
                "of %(version)s until they renew: %(subscriptions)s. Tenants on this plan: "
                "%(tenants)s.",
                **facts,
            )
        return _(
            "New subscriptions are sold with this version. Subscriptions that keep the price of "
            "%(version)s: %(subscriptions)s. Tenants on this plan: %(tenants)s.",
            **facts,
        )

    def action_publish(self):
        """Publish, and show the plan with its new version."""
        self.ensure_one()
        self.plan_id._publish_version((self.note or "").strip())
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class SaasPlanPublishLine(models.TransientModel):
    _name = "saas.plan.publish.line"
    _description = "Change of a Plan"

    wizard_id = fields.Many2one("saas.plan.publish", required=True, ondelete="cascade")
    label = fields.Char(string="What", readonly=True)
    before = fields.Char(string="Until Now", readonly=True)
    after = fields.Char(string="From Now On", readonly=True)
