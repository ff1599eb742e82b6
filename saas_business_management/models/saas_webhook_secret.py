"""The secrets a webhook's events are signed with: made here, shown once, exchanged without a gap.

Owns: making, showing once, rotating. Does not own: encryption (`adapters/keyring.py`), the
signature (`kernel/integration/signature.py`).
"""

import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..kernel.errors import SaasError
from ..kernel.secret import Secret

PREFIX = "whsec_"
SECRET_BYTES = 32
ROTATION_HOURS = 24


class SaasWebhookEndpoint(models.Model):
    _inherit = "saas.webhook.endpoint"

    secret_sealed = fields.Char(copy=False, groups=fields.NO_ACCESS)
    former_secret_sealed = fields.Char(copy=False, groups=fields.NO_ACCESS)
    has_secret = fields.Boolean(compute="_compute_has_secret", compute_sudo=True)
    secret_shown = fields.Boolean(readonly=True, copy=False)
    secret_at = fields.Datetime(readonly=True, copy=False, string="Secret Made")
    former_until = fields.Datetime(
        readonly=True,
        copy=False,
        string="Former Secret Until",
        help="Until then every event is signed with both.",
    )

    @api.depends("secret_sealed")
    def _compute_has_secret(self):
        for one in self:
            one.has_secret = bool(one.secret_sealed)

    def action_show_secret(self):
        """Show the secret, the first and only time."""
        self._check_admin()
        self.ensure_one()
        if not self.has_secret:
            self._make_secret()
        if self.secret_shown:
            raise UserError(
                self.env._("The secret was shown already. Rotate it to get another one.")
            )
        secret = self._opened("secret_sealed")
        self._put({"secret_shown": True})
        self.env["saas.audit.entry"]._note("webhook_secret_shown", self)
        return self._show(secret)

    def action_rotate_secret(self):
        """Make another secret and show it; for a day events are signed with both."""
        self._check_admin()
        self.ensure_one()
        if not self.has_secret:
            return self.action_show_secret()
        former = self._opened("secret_sealed")
        until = fields.Datetime.add(fields.Datetime.now(), hours=ROTATION_HOURS)
        self._seal("former_secret_sealed", former)
        self._put({"former_until": until})
        self._make_secret()
        return self.action_show_secret()

    def action_end_former_secret(self):
        """Sign with the new secret alone from now on."""
        self._check_admin()
        self.ensure_one()
        self._forget_former()
        return True

    @api.private
    def _forget_former(self):
        """Let the former secrets of these go."""
        for one in self.sudo().filtered("former_secret_sealed"):
            one._put({"former_secret_sealed": False, "former_until": False})
            self.env["saas.audit.entry"]._note("webhook_secret_ended", one)

    @api.private
    def _make_secret(self):
        """Make a secret that nobody has seen yet."""
        self._seal("secret_sealed", Secret(PREFIX + secrets.token_urlsafe(SECRET_BYTES)))
        self._put({"secret_shown": False, "secret_at": fields.Datetime.now()})
        self.env["saas.audit.entry"]._note("webhook_secret_made", self)

    @api.private
    def _secrets(self, now):
        """Return the secrets in use, the newest first; for sending, in sudo.

        Raises: Refused, Broken (`adapters/keyring.py`).
        """
        names = ["secret_sealed"]
        if self.former_secret_sealed and self.former_until and self.former_until > now:
            names.append("former_secret_sealed")
        return [
            self.env["saas.keyring"]._open(self[name], self._secret_label(name)) for name in names
        ]

    def _seal(self, name, secret):
        sudo = self.sudo()
        try:
            sudo[name] = sudo.env["saas.keyring"]._seal(secret, sudo._secret_label(name))
        except SaasError:
            raise UserError(
                self.env._(
                    "No secret could be stored: the key file of the control plane cannot be used. "
                    "Doctor says why."
                )
            ) from None

    def _opened(self, name):
        sudo = self.sudo()
        try:
            return sudo.env["saas.keyring"]._open(sudo[name], sudo._secret_label(name))
        except SaasError:
            raise UserError(
                self.env._(
                    "The secret cannot be opened: the key file of the control plane is another "
                    "one or is missing. Doctor says why."
                )
            ) from None

    def _secret_label(self, name):
        return f"saas.webhook.endpoint,{name},{self.id}"

    def _show(self, secret):
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.webhook.secret",
            "name": self.env._("Signing Secret"),
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_key": secret.reveal(), "dialog_size": "medium"},
        }
