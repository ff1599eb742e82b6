"""What signs a tenant's sessions and links (`database.secret`), stored closed; whose password is
still to be made from a cluster's new secret.

Owns: both facts of a database's row. Does not own: the change of a cluster's secret
(`saas_cluster_secret.py`), the encryption (`adapters/keyring.py`).
"""

import secrets

from odoo import api, fields, models

from ..kernel.secret import Secret, derive
from .saas_database import WITH_ROLE

SECRET_BYTES = 32


class SaasDatabase(models.Model):
    _inherit = "saas.database"

    secret_sealed = fields.Char(copy=False, groups=fields.NO_ACCESS)
    secret_pending = fields.Boolean(
        readonly=True,
        copy=False,
        string="Awaits New Secret",
        help="Its password is still made from the former secret of the cluster.",
    )

    _secret_pending_idx = models.Index("(cluster_id) WHERE secret_pending")

    @api.model
    @api.private
    def _reserve(self, kind, cluster, **values):
        database_sudo = super()._reserve(kind, cluster, **values)
        if kind in WITH_ROLE:
            database_sudo._keep_secret(Secret(secrets.token_urlsafe(SECRET_BYTES)))
        return database_sudo

    def _secret_label(self, name):
        return f"saas.database,{name},{self.name}"

    @api.private
    def _keep_secret(self, secret):
        """Store the value of `database.secret`, closed."""
        self.ensure_one()
        label = self._secret_label("secret_sealed")
        self.secret_sealed = self.env["saas.keyring"]._seal(secret, label)

    @api.private
    def _database_secret(self):
        """Return the value of `database.secret`; for jobs and links, in sudo.

        Databases from before it was stored have the one that follows from the cluster's secret;
        it is stored for them before that changes.

        Raises: Refused, Broken when it cannot be opened.
        """
        self.ensure_one()
        if self.secret_sealed:
            label = self._secret_label("secret_sealed")
            return self.env["saas.keyring"]._open(self.secret_sealed, label)
        return derive(self.cluster_id._cluster_secret(), "database.secret", self.name, 1)

    def _step_birth_secret(self):
        return {"secret": self.sudo()._database_secret()}

    def _step_forget(self):
        super()._step_forget()
        self.write({"secret_sealed": False, "secret_pending": False})


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    def _step_birth_secret(self):
        return {"secret": self.database_id.sudo()._database_secret()}
