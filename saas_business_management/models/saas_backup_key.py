"""The keys of the tenants' backups, wrapped: which is in use, which only opens, which is destroyed.

Owns: their rows and states, destroying one. Does not own: wrapping (`adapters/backup_keys.py`), the
key file (`saas_backup_keyring.py`), closing and opening backups (operations).

One key of a tenant is in use; a new one leaves the old to open what it closed. Destroying a key
removes what it was wrapped in: from then on nothing that it closed can be read, wherever copies
lie.
"""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import messages
from ..kernel.errors import Broken, Refused, SaasError

_logger = logging.getLogger(__name__)
STATES = [("active", "In Use"), ("decrypt_only", "Only Opens"), ("destroyed", "Destroyed")]
# Backups in these states are opened, or become readable, with their key alone.
NEEDED_BY = ("running", "stored", "expired", "deleting")


class SaasBackupKey(models.Model):
    _name = "saas.backup.key"
    _inherit = "saas.ledger"
    _description = "Backup Key"
    _order = "tenant_id, id desc"
    _rec_name = "key_id"

    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    key_id = fields.Char(required=True, readonly=True, string="Key")
    wrapped = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    kek_id = fields.Char(readonly=True, string="Closed With", help="Which key of the key file.")
    state = fields.Selection(STATES, default="active", required=True, readonly=True, index=True)
    made_at = fields.Datetime(
        required=True, readonly=True, default=lambda self: fields.Datetime.now(), string="Made"
    )
    retired_at = fields.Datetime(readonly=True, string="Replaced")
    destroyed_at = fields.Datetime(readonly=True, string="Destroyed")
    destroyed_why = fields.Char(readonly=True, string="Why It Was Destroyed")
    backup_ids = fields.One2many("saas.backup", "key_id", readonly=True)
    backup_count = fields.Integer(compute="_compute_backup_count", string="Backups")
    canary_ids = fields.One2many("saas.backup.canary", "key_id", readonly=True)
    opens = fields.Selection(
        [("yes", "Opens"), ("no", "Does Not Open"), ("unknown", "Not Known")],
        compute="_compute_opens",
        string="Daily Proof",
        help="Opened with this key on every target within the last 36 hours.",
    )
    opened_at = fields.Datetime(compute="_compute_opens", string="Proven At")

    _key_id_uniq = models.Constraint("UNIQUE (key_id)", "There is a backup key with this id.")
    _active_uniq = models.UniqueIndex(
        "(tenant_id) WHERE state = 'active'", "A tenant has one backup key in use."
    )
    _destroyed_gone = models.Constraint(
        "CHECK ((state = 'destroyed') = (wrapped IS NULL))",
        "What is left of a destroyed backup key is its id.",
    )

    def _compute_backup_count(self):
        kept = [("key_id", "in", self.ids), ("state", "in", NEEDED_BY)]
        groups = self.env["saas.backup"]._read_group(kept, ["key_id"], ["__count"])
        counts = {key.id: count for key, count in groups}
        for key in self:
            key.backup_count = counts.get(key.id, 0)

    @api.depends("canary_ids.outcome", "canary_ids.read_at", "state")
    def _compute_opens(self):
        for key in self:
            told = key.canary_ids if key.state != "destroyed" else key.canary_ids.browse()
            bad = told.filtered("is_fatal")
            key.opens = "no" if bad else "yes" if told and all(told.mapped("counts")) else "unknown"
            read = [one.read_at for one in (bad or told) if one.read_at]
            key.opened_at = min(read) if read else False

    # For operations

    @api.model
    @api.private
    def _kept(self):
        """Return every key that is not destroyed."""
        return self.search([("state", "!=", "destroyed")])

    @api.model
    @api.private
    def _in_use(self, tenant):
        """Return the key that closes a tenant's backups; made now when there is none.

        Raises: Refused (`recovery_sheet_missing` as long as no recovery sheet was ever confirmed),
        those of `adapters/backup_keys.py`.
        """
        found_sudo = self.sudo().search(
            [("tenant_id", "=", tenant.id), ("state", "=", "active")], limit=1
        )
        if found_sudo:
            return found_sudo
        if not self.env["saas.recovery.sheet"]._was_confirmed():
            raise Refused("recovery_sheet_missing")
        return self._make(tenant)

    @api.private
    def _data_key(self):
        """Return the key itself, for operations in sudo; never kept, told or logged.

        Raises: Refused (`backup_key_destroyed`), Broken (`adapters/backup_keys.py`).
        """
        self.ensure_one()
        if self.state == "destroyed":
            raise Refused("backup_key_destroyed", tenant=self.tenant_id.display_name)
        keys = self.env["saas.backup.keyring"]._load()
        return keys.unwrap(self.wrapped, self.key_id, self.tenant_id.public_id)

    @api.private
    def _openable(self):
        """Return those that open, by id; what another one closed tells that it does not."""
        found = {}
        for key_sudo in self:
            try:
                found[key_sudo.key_id] = key_sudo._data_key()
            except Broken as error:
                _logger.error("backup key %s does not open: %s", key_sudo.key_id, error)
        return found

    @api.private
    def _rewrap(self, keys):
        self.ensure_one()
        wrapped = keys.rewrap(self.wrapped, self.key_id, self.tenant_id.public_id)
        self._put({"wrapped": wrapped, "kek_id": keys.current})

    @api.private
    def _destroy(self, why):
        """Destroy keys for good: what they closed can never be read again.

        Raises: Refused (`backup_key_held` when one of its backups is under legal hold).
        """
        for key_sudo in self.sudo().filtered(lambda one: one.state != "destroyed"):
            if any(one.legal_hold for one in key_sudo.backup_ids):
                raise Refused("backup_key_held", tenant=key_sudo.tenant_id.display_name)
            count = key_sudo.backup_count
            key_sudo._put(
                {
                    "state": "destroyed",
                    "wrapped": False,
                    "destroyed_at": fields.Datetime.now(),
                    "destroyed_why": why,
                }
            )
            self.env["saas.audit.entry"]._note(
                "backup_key_destroyed", key_sudo.with_env(self.env), why, backups=count
            )

    # Buttons

    def action_rotate(self):
        """Give the tenants of these keys new ones; the old ones open what they closed."""
        self._check_admin()
        for tenant in self.tenant_id:
            self.env["saas.backup.key"]._replace(tenant)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_ask_destroy(self):
        """Open the dialog before a key is destroyed."""
        self.ensure_one()
        self._check_admin()
        wizard = self.env["saas.backup.key.destroy"].create({"key_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Destroy Backup Key"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_view_backups(self):
        """Open the backups that this key closed."""
        self.ensure_one()
        return self.env["saas.backup"]._show(
            [("key_id", "=", self.id)], self.env._("Backups Closed With %(key)s", key=self.key_id)
        )

    @api.model
    def _check_admin(self):
        if not self.env.user.has_group("saas_business_management.group_saas_admin"):
            raise UserError(
                self.env._("Only an administrator of the platform changes backup keys.")
            )

    @api.model
    @api.private
    def _replace(self, tenant):
        """Give a tenant a new key; return it."""
        old_sudo = self.sudo().search([("tenant_id", "=", tenant.id), ("state", "=", "active")])
        old_sudo._put({"state": "decrypt_only", "retired_at": fields.Datetime.now()})
        try:
            return self._make(tenant, before=old_sudo.key_id or "")
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None

    @api.model
    def _make(self, tenant, before=""):
        keys = self.env["saas.backup.keyring"]._load()
        key, wrapped = keys.make(tenant.public_id)
        made_sudo = self._at_work().create(
            {
                "tenant_id": tenant.id,
                "key_id": key.id,
                "wrapped": wrapped,
                "kek_id": keys.current,
            }
        )
        action = "backup_key_rotated" if before else "backup_key_made"
        facts = {"key": [before, key.id]} if before else {"key": key.id}
        self.env["saas.audit.entry"]._note(action, made_sudo.with_env(self.env), **facts)
        return made_sudo._hands_off()

    # Nobody else writes

    @api.private
    def _put(self, vals):
        """Write at once; for the methods above alone."""
        super()._put(vals)
        self.flush_recordset()

    def _stays_text(self):
        return self.env._("The record of a backup key stays; the key can be destroyed.")

    def _by_hand_text(self):
        return self.env._("Backup keys are made by the product, never by hand.")
