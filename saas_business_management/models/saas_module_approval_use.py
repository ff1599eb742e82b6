"""Where the list of approved modules counts: a cluster switches it on, builds and publishing obey.

Owns: the switch of a cluster, its preview, the check before a build and before a version is
published. Does not own: the list (`saas_module_approval.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import messages
from ..kernel.errors import Refused

# How many modules a sentence on a screen names.
NAMED = 8


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    approved_only = fields.Boolean(
        string="Only Approved Modules",
        tracking=True,
        help="Templates with a module that is not approved for this cluster are neither built nor "
        "published.",
    )
    approval_ids = fields.One2many("saas.module.approval", "cluster_id", string="Approved Modules")
    approval_count = fields.Integer(compute="_compute_approvals", string="Number Approved")
    unapproved_text = fields.Char(compute="_compute_approvals", string="In Use, Not Approved")

    @api.depends("approval_ids.state", "modules_read_at")
    def _compute_approvals(self):
        for cluster in self:
            approved = cluster.approval_ids.filtered(lambda one: one.state == "approved")
            good = set(approved.filtered(lambda one: not one.changed).mapped("technical_name"))
            cluster.approval_count = len(good)
            missing = sorted(cluster._modules_in_use() - good)
            more = len(missing) - NAMED
            told = ", ".join(missing[:NAMED])
            cluster.unapproved_text = (
                self.env._("%(names)s and %(count)s more", names=told, count=more)
                if more > 0
                else told or False
            )

    def _modules_in_use(self):
        """Return the modules of templates and published versions here."""
        templates_sudo = self.env["saas.template"].sudo().search([("cluster_id", "=", self.id)])
        names = {name for one in templates_sudo for name in one._module_names()}
        for version_sudo in templates_sudo.published_version_id:
            names |= set(version_sudo.modules or {})
        return names

    def action_view_approvals(self):
        """Open the modules approved for this cluster."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_module_approval"
        )
        context = {"default_cluster_id": self.id, "search_default_approved": 1}
        return dict(action, domain=[("cluster_id", "=", self.id)], context=context, path=False)

    def action_approve_in_use(self):
        """Approve whatever is in use here as it is now, so that the list can be switched on."""
        self.check_access("write")
        approvals = self.env["saas.module.approval"]
        for cluster in self:
            good = cluster.approval_ids.filtered(
                lambda one: one.state == "approved" and not one.changed
            )
            stale = cluster.approval_ids.filtered("changed")
            stale.action_revoke()
            stale.flush_recordset(["state"])
            names = cluster._modules_in_use() - set(good.mapped("technical_name"))
            offered = approvals._offered(cluster)
            approvals.create(
                [
                    {
                        "cluster_id": cluster.id,
                        "technical_name": name,
                        "source": self.env._("As installed on the cluster"),
                        "revision": offered.get((cluster.id, name)) or self.env._("unknown"),
                        "licence": "LGPL-3",
                        "note": self.env._(
                            "Was in use when the list was begun. Check its licence."
                        ),
                    }
                    for name in sorted(names)
                ]
            )
        return True


class SaasTemplate(models.Model):
    _inherit = "saas.template"

    def _module_names(self):
        """Return the modules that a build brings: those chosen, and what they depend on as far as
        the cluster's catalogue tells.
        """
        self.ensure_one()
        rows_sudo = self.env["saas.module"].sudo().search([("cluster_id", "=", self.cluster_id.id)])
        needs = {one.technical_name: (one.depends_on or "").split(", ") for one in rows_sudo}
        found, open_names = set(), set(self.module_ids.mapped("technical_name"))
        while open_names:
            name = open_names.pop()
            found.add(name)
            open_names |= {one for one in needs.get(name, ()) if one} - found
        return found

    def _check_buildable(self):
        super()._check_buildable()
        try:
            self.env["saas.module.approval"]._check(self.cluster_id, self._module_names())
        except Refused as error:
            raise UserError(messages.text(self.env, error)) from None


class SaasTemplateVersion(models.Model):
    _inherit = "saas.template.version"

    def action_publish(self):
        try:
            return super().action_publish()
        except Refused as error:
            raise UserError(messages.text(self.env, error)) from None

    def _publish(self):
        """Publish, unless it has a module that is not approved.

        Raises:
            Refused: `module_not_approved`.
        """
        self.env["saas.module.approval"]._check(self.cluster_id, self.modules or {})
        return super()._publish()
