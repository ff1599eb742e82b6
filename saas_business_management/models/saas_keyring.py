"""Closing and opening stored secrets with the key file of this control plane.

Owns: where the key file is (`saas_keyring_file` in the configuration). Does not own: its format
and the encryption (`adapters/keyring.py`).
"""

from odoo import api, models
from odoo.tools import config

from ..adapters.keyring import Keyring
from ..kernel.errors import Refused, SaasError
from ..kernel.secret import Secret


class SaasKeyring(models.AbstractModel):
    _name = "saas.keyring"
    _description = "Key File"

    @api.model
    @api.private
    def _load(self) -> Keyring:
        """Return the keyring.

        Raises: Refused, Broken (`adapters/keyring.py`).
        """
        path = config.get("saas_keyring_file")
        if not path:
            raise Refused("keyring_missing")
        return Keyring.load(path)

    @api.model
    @api.private
    def _seal(self, secret: Secret, label: str) -> str:
        """Return a secret closed for one place."""
        return self._load().encrypt(secret, label)

    @api.model
    @api.private
    def _open(self, sealed: str, label: str) -> Secret:
        """Return what was closed for this place."""
        return self._load().decrypt(sealed, label)

    @api.model
    @api.private
    def _fault(self) -> str:
        """Return the code of what is wrong with the key file, empty when nothing is."""
        try:
            self._load()
        except SaasError as error:
            return error.code
        return ""
