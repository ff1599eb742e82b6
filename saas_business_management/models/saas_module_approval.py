"""Which modules may be used on a cluster: of which source and licence, and who approved them.

Owns: the list, revoking, what is missing on it. Does not own: where it is asked for
(`saas_module_approval_use.py`), the catalogue of what a cluster offers (`saas_module.py`).

An approval is for one version of the module: what has another one on the cluster later has to be
approved again.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..kernel.errors import Refused

LICENCES = [
    ("LGPL-3", "LGPL-3"),
    ("AGPL-3", "AGPL-3"),
    ("GPL-3", "GPL-3"),
    ("MIT", "MIT"),
    ("Apache-2.0", "Apache 2.0"),
    ("OPL-1", "OPL-1"),
    ("OEEL-1", "OEEL-1"),
    ("proprietary", "Other Proprietary"),
    ("own", "Our Own"),
]
STATES = [("approved", "Approved"), ("revoked", "Revoked")]
SETTLED = {"cluster_id", "technical_name", "version", "source", "revision", "licence", "state"}
SETTLED |= {"approved_by_id", "approved_at", "revoked_by_id", "revoked_at", "revoke_reason"}
# Only who holds this very object may write what was settled.
_SETTLE = object()


class SaasModuleApproval(models.Model):
    _name = "saas.module.approval"
    _description = "Approved Module"
    _inherit = ["mail.thread"]
    _order = "cluster_id, technical_name, id desc"
    _rec_name = "technical_name"

    cluster_id = fields.Many2one("saas.cluster", required=True, index=True, ondelete="cascade")
    technical_name = fields.Char(required=True, string="Module", help="Such as sale_management.")
    version = fields.Char(readonly=True, help="What the cluster had when it was approved.")
    source = fields.Char(
        required=True, help="Where its code comes from, such as https://github.com/OCA/web."
    )
    revision = fields.Char(required=True, help="Commit or tag that was looked at.")
    licence = fields.Selection(LICENCES, required=True)
    state = fields.Selection(
        STATES, default="approved", required=True, readonly=True, index=True, tracking=True
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, string="Approved By")
    approved_at = fields.Datetime(readonly=True, string="Approved")
    revoked_by_id = fields.Many2one("res.users", readonly=True, string="Revoked By")
    revoked_at = fields.Datetime(readonly=True, string="Revoked")
    note = fields.Char(string="Remark", tracking=True)
    offered_version = fields.Char(compute="_compute_changed", string="Version on the Cluster")
    changed = fields.Boolean(
        compute="_compute_changed",
        search="_search_changed",
        string="Changed Since",
        help="The cluster has another version now. It counts as not approved.",
    )

    _once = models.UniqueIndex(
        "(cluster_id, technical_name) WHERE state = 'approved'",
        "This module is approved on this cluster already. Revoke that approval first.",
    )

    def _compute_changed(self):
        offered = self._offered(self.cluster_id)
        for one in self:
            one.offered_version = offered.get((one.cluster_id.id, one.technical_name), "")
            one.changed = bool(
                one.state == "approved"
                and one.version
                and one.offered_version
                and one.version != one.offered_version
            )

    def _search_changed(self, operator, value):
        if operator != "in":
            return NotImplemented
        changed = self.search([("state", "=", "approved")]).filtered("changed")
        wanted = set(value)
        if wanted == {True, False}:
            return []
        return [("id", "in" if True in wanted else "not in", changed.ids)]

    @api.model
    def _offered(self, clusters):
        rows = self.env["saas.module"].sudo().search([("cluster_id", "in", clusters.ids)])
        return {(one.cluster_id.id, one.technical_name): one.version or "" for one in rows}

    @api.model_create_multi
    def create(self, vals_list):
        """Approve: who and when are noted, whatever the values say."""
        for vals in vals_list:
            cluster = self.env["saas.cluster"].browse(vals.get("cluster_id"))
            name = (vals.get("technical_name") or "").strip()
            vals.update(
                technical_name=name,
                version=self._offered(cluster).get((cluster.id, name), ""),
                state="approved",
                approved_by_id=self.env.uid,
                approved_at=fields.Datetime.now(),
            )
        made = super().create(vals_list)
        for one in made:
            self.env["saas.audit.entry"]._note(
                "module_approved",
                one.cluster_id,
                one.note or "",
                module=one.technical_name,
                revision=one.revision,
                licence=one.licence,
            )
        return made

    def write(self, vals):
        if SETTLED & set(vals) and self.env.context.get("saas_settle") is not _SETTLE:
            raise UserError(
                self.env._(
                    "What was approved is not changed afterwards. Revoke this approval and add "
                    "another one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("An approval cannot be deleted: it says who allowed what. Revoke it.")
        )

    def action_revoke(self):
        """Take modules off the list; what is installed already stays."""
        self.check_access("write")
        for one in self.filtered(lambda row: row.state == "approved"):
            one.with_context(saas_settle=_SETTLE).write(
                {
                    "state": "revoked",
                    "revoked_by_id": self.env.uid,
                    "revoked_at": fields.Datetime.now(),
                }
            )
            self.env["saas.audit.entry"]._note(
                "module_revoked", one.cluster_id, "", module=one.technical_name
            )
        return True

    def action_approve_again(self):
        """Approve the version that the cluster has now; the approval of before is revoked."""
        self.check_access("write")
        for one in self:
            one.action_revoke()
            one.flush_recordset(["state"])
            self.create(
                {
                    **{name: one[name] for name in ("technical_name", "source", "revision")},
                    "cluster_id": one.cluster_id.id,
                    "licence": one.licence,
                    "note": one.note,
                }
            )
        return True

    # For whoever installs modules

    @api.model
    @api.private
    def _missing(self, cluster, names):
        """Return in order those of these modules that are not approved on a cluster; none when its
        list is not switched on.
        """
        if not cluster.sudo().approved_only:
            return []
        rows_sudo = self.sudo().search(
            [("cluster_id", "=", cluster.id), ("state", "=", "approved")]
        )
        approved = set(rows_sudo.filtered(lambda one: not one.changed).mapped("technical_name"))
        return sorted(set(names) - approved)

    @api.model
    @api.private
    def _check(self, cluster, names):
        """Raises:
        Refused: `module_not_approved`.
        """
        missing = self._missing(cluster, names)
        if missing:
            raise Refused(
                "module_not_approved", cluster=cluster.sudo().name, modules=", ".join(missing)
            )
