"""Upgrades as a tenant and its records have them: whether a newer version waits, asking for one, a
restore over which one was put.

Owns: this. Does not own: upgrades (`saas_upgrade.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import messages
from ..kernel.errors import SaasError


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    upgrade_ids = fields.One2many("saas.upgrade", "tenant_id", readonly=True, string="Upgrades")
    upgrade_count = fields.Integer(compute="_compute_upgrades", string="Upgrades Made")
    newer_version_id = fields.Many2one(
        "saas.template.version", compute="_compute_newer_version", string="Newer Version"
    )
    undo_upgrade_id = fields.Many2one("saas.upgrade", compute="_compute_upgrades")
    undo_upgrade_until = fields.Datetime(
        compute="_compute_upgrades", string="Undo of the Upgrade Until"
    )

    @api.depends("upgrade_ids.state", "upgrade_ids.undo_until")
    def _compute_upgrades(self):
        for tenant in self:
            tenant.upgrade_count = len(tenant.upgrade_ids)
            last = tenant.upgrade_ids.filtered("can_undo")[:1]
            tenant.undo_upgrade_id = last
            tenant.undo_upgrade_until = last.undo_until

    @api.depends("version_id", "template_id.published_version_id")
    def _compute_newer_version(self):
        for tenant in self:
            published = tenant.template_id.published_version_id
            newer = tenant.version_id and published.number > tenant.version_id.number
            tenant.newer_version_id = published if newer else False

    @api.private
    def _wants_upgrade_safety(self):
        """Tell whether an upgrade makes a safety backup first: always, unless the policy that
        counts says that it is not wanted."""
        policy_sudo = self.backup_policy_effective_id.sudo()
        return not policy_sudo or policy_sudo.before_upgrade

    def action_upgrade(self):
        """Bring it to the published version of its template, tried on a copy first."""
        return self._upgrade_or_say()

    def action_rehearse_upgrade(self):
        """Try the published version on a copy and say how long it takes."""
        return self._upgrade_or_say(rehearsal=True)

    def _upgrade_or_say(self, **values):
        self.ensure_one()
        try:
            one = self.env["saas.upgrade"]._propose(self, **values)
            one._start()
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.upgrade",
            "res_id": one.id,
            "views": [(False, "form")],
        }

    def action_undo_upgrade(self):
        """Take the last upgrade back."""
        self.ensure_one()
        if not self.undo_upgrade_id:
            raise UserError(self.env._("There is no upgrade that could be taken back."))
        return self.undo_upgrade_id.action_roll_back()

    def action_view_upgrades(self):
        """Open the upgrades of this tenant."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_upgrade"
        )
        title = self.env._("Upgrades of %(name)s", name=self.name)
        return dict(
            action,
            domain=[("tenant_id", "=", self.id)],
            context={},
            path=False,
            display_name=title,
        )


class SaasTemplateVersion(models.Model):
    _inherit = "saas.template.version"

    upgrade_count = fields.Integer(compute="_compute_upgrade_count", string="Upgrades")

    def _compute_upgrade_count(self):
        groups = self.env["saas.upgrade"]._read_group(
            [("to_version_id", "in", self.ids)], ["to_version_id"], ["__count"]
        )
        counts = {version.id: count for version, count in groups}
        for version in self:
            version.upgrade_count = counts.get(version._origin.id, 0)

    def action_view_upgrades(self):
        """Open the upgrades to this version."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_upgrade"
        )
        return dict(
            action,
            domain=[("to_version_id", "=", self.id)],
            context={},
            path=False,
            display_name=self.env._("Upgrades to %(version)s", version=self.display_name),
        )


class SaasRestore(models.Model):
    _inherit = "saas.restore"

    def _compute_can_undo(self):
        super()._compute_can_undo()
        for one in self.filtered("can_undo"):
            later = [("tenant_id", "=", one.into_id.id), ("opened_at", ">", one.finished_at)]
            one.can_undo = not self.env["saas.upgrade"].sudo().search_count(later, limit=1)

    def _search_can_undo(self, operator, value):
        found = super()._search_can_undo(operator, value)
        if found is NotImplemented:
            return found
        kept = self.sudo().search([("kept_id.stage", "=", "ready")]).filtered("can_undo")
        wanted = [("id", "in", kept.ids)]
        return wanted if True in value else ["!", *wanted]
