"""New passwords for a cluster's own roles, from the command line.

Owns: what is written down before and after, the audit log. Does not own: the work on servers and
files (`jobs/rotate_secrets.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..jobs import rotate_secrets

# An operation that runs would go on with the old password.
AT_WORK = ("running", "undoing")


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    prov_password_next_sealed = fields.Char(copy=False, groups=fields.NO_ACCESS)

    @api.private
    def _begin_password_change(self):
        """Write the next password of the provisioner down; a second call keeps the first one's."""
        self.ensure_one()
        jobs_sudo = self.env["saas.job"].sudo()
        if jobs_sudo.search_count(
            [("cluster_id", "=", self.id), ("state", "in", AT_WORK)], limit=1
        ):
            raise UserError(
                self.env._(
                    "An operation runs on %(cluster)s and would lose its way. Try again when it "
                    "is over.",
                    cluster=self.name,
                )
            )
        if not self.prov_password_next_sealed:
            self._seal("prov_password_next_sealed", rotate_secrets.new_password())

    @api.private
    def _finish_password_change(self):
        """Tell the server, and make the next password the one of now."""
        self.ensure_one()
        new = self._open_secret("prov_password_next_sealed")
        rotate_secrets.change_provisioner(self._to_spec(), new)
        self._seal("prov_password_sealed", new)
        self.prov_password_next_sealed = False
        self.env["saas.audit.entry"]._note("provisioner_password_rotated", self)

    @api.model
    @api.private
    def _rotate_nodes(self, secret_file, only_prepare):
        """Change the passwords in a nodes' secret file; return the cluster it belongs to."""
        cluster = self._of_secret_file(secret_file)
        rotate_secrets.rotate_nodes(secret_file, only_prepare)
        if not only_prepare:
            self.env["saas.audit.entry"]._note("node_passwords_rotated", cluster)
        return cluster

    @api.model
    def _of_secret_file(self, secret_file):
        key = rotate_secrets.node_of(secret_file)
        cluster = self.with_context(active_test=False).search([("key", "=", key)])
        if not cluster:
            raise UserError(self.env._("No cluster here has the key %(key)s.", key=key))
        return cluster
