"""Another secret for what signs a tenant's sessions and links, after a leak.

Owns: the button, what the operation asks and writes. Does not own: the work in the tenant's
database (`jobs/renew_signing_secret.py`), how the value is stored (`saas_database_secret.py`).
"""

import secrets

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..kernel.errors import Refused
from ..kernel.secret import Secret
from .saas_cluster_connection import ADMIN
from .saas_database_secret import SECRET_BYTES

NEXT = "secret_next_sealed"


class SaasDatabase(models.Model):
    _inherit = "saas.database"

    secret_next_sealed = fields.Char(copy=False, groups=fields.NO_ACCESS)

    def _step_forget(self):
        super()._step_forget()
        self.secret_next_sealed = False


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    def action_log_everybody_out(self):
        """End every session of the tenant and every link it has signed, in the background."""
        self.check_access("write")
        if not self.env.user.has_group(ADMIN):
            raise AccessError(self.env._("Only an administrator can log everybody out."))
        for tenant in self:
            if not tenant._is_serving():
                raise UserError(
                    self.env._(
                        "%(tenant)s is closed, so nobody is logged in, and its database cannot be "
                        "entered. Do it when it is open again.",
                        tenant=tenant.name,
                    )
                )
            tenant._order_signing_secret()
        return True

    def _order_signing_secret(self):
        return self.env["saas.job"]._enqueue(
            "renew_signing_secret",
            dedupe_key=f"signing:{self.id}",
            serial_key=f"tenant:{self.id}",
            priority=5,
            tenant_id=self.id,
            cluster_id=self.cluster_id.id,
        )

    # Steps of the operation

    def _step_signing_wanted(self):
        """Write the next secret down; a second call keeps the first one's."""
        database_sudo = self.database_id.sudo()
        if not self._is_serving():
            raise Refused("tenant_not_open", tenant=self.name)
        if not database_sudo.secret_next_sealed:
            secret = Secret(secrets.token_urlsafe(SECRET_BYTES))
            label = database_sudo._secret_label(NEXT)
            database_sudo.secret_next_sealed = self.env["saas.keyring"]._seal(secret, label)
        return {"database": database_sudo.name, "generation": database_sudo.generation}

    def _step_signing_next(self):
        return {"secret": self._signing_next()}

    def _step_signing_kept(self):
        self.database_id.sudo().secret_next_sealed = False

    def _step_signing_renewed(self):
        database_sudo = self.database_id.sudo()
        database_sudo._keep_secret(self._signing_next())
        database_sudo.secret_next_sealed = False
        self.env["saas.audit.entry"]._note("signing_secret_renewed", self)

    def _signing_next(self):
        database_sudo = self.database_id.sudo()
        label = database_sudo._secret_label(NEXT)
        return self.env["saas.keyring"]._open(database_sudo.secret_next_sealed, label)
