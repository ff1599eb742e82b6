"""API keys of a customer account: made in the portal, kept as a hash, for a year at most.

Owns: the rows, making, revoking, finding one for a request. Does not own: scopes
(`kernel/portal/scope.py`), what a request gets (`saas_api.py`), pages
(`controllers/portal_connect.py`).

A key never may more than the person who made it may today: it ends with their place in the team.
"""

import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import LazyTranslate

from ..kernel.audit.plain import one_line
from ..kernel.errors import Refused
from ..kernel.portal import scope
from ..kernel.provisioning import link
from ..kernel.secret import Secret

_lt = LazyTranslate(__name__)

PREFIX = "saas_"
SHOWN_SIGNS = 12
MOST_KEYS = 20
NAME_LENGTH = 60
STATES = [("active", "Active"), ("expired", "Expired"), ("revoked", "Revoked")]
EXPLAINED = {
    scope.TENANTS_READ: _lt("See the databases and their state"),
    scope.USAGE_READ: _lt("See what they use"),
    scope.BACKUPS_READ: _lt("See their backups"),
    scope.BACKUPS_MAKE: _lt("Have backups made"),
    scope.INVOICES_READ: _lt("See invoices"),
    scope.TENANTS_MANAGE: _lt("Pause databases and let them go on"),
}
# A use is written down once a minute, however many there are.
USED_SECONDS = 60


class SaasApiKey(models.Model):
    _name = "saas.api.key"
    _inherit = "saas.ledger"
    _description = "API Key of a Customer"
    _order = "id desc"

    public_id = fields.Char(
        required=True, readonly=True, copy=False, default=lambda self: secrets.token_urlsafe(16)
    )
    name = fields.Char(required=True, readonly=True)
    account_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, precompute=True, index=True
    )
    prefix = fields.Char(string="Begins With", required=True, readonly=True)
    key_hash = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    scopes = fields.Char(required=True, readonly=True, help="What it may do.")
    user_id = fields.Many2one(
        "res.users", string="Made By", required=True, readonly=True, index=True, ondelete="cascade"
    )
    made_at = fields.Datetime(
        string="Made", required=True, readonly=True, default=lambda self: fields.Datetime.now()
    )
    expires_on = fields.Date(string="Last Day", required=True, readonly=True, index=True)
    used_at = fields.Datetime(string="Last Used", readonly=True)
    revoked_at = fields.Datetime(string="Revoked", readonly=True)
    state = fields.Selection(STATES, compute="_compute_state", search="_search_state")

    _hash_uniq = models.Constraint("UNIQUE (key_hash)", "Two keys cannot be the same.")
    _public_uniq = models.Constraint("UNIQUE (public_id)", "Two keys cannot share a reference.")

    @api.depends("expires_on", "revoked_at")
    def _compute_state(self):
        today = fields.Date.today()
        for key in self:
            key.state = "active" if key.expires_on and key.expires_on >= today else "expired"
            if key.revoked_at:
                key.state = "revoked"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.today()
        domains = {
            "revoked": [("revoked_at", "!=", False)],
            "active": [("revoked_at", "=", False), ("expires_on", ">=", today)],
            "expired": [("revoked_at", "=", False), ("expires_on", "<", today)],
        }
        return fields.Domain.OR(domains[state] for state in value if state in domains)

    # Making and ending one

    @api.model
    @api.private
    def _make(self, account, role, name, wanted, days):
        """Make a key for the person of the environment; return `(row, Secret)`.

        Raises: Refused (`api_…`).
        """
        name = one_line(name or "").strip()[:NAME_LENGTH]
        if not name:
            raise Refused("api_name")
        scopes = scope.checked(wanted, role)
        last = scope.last_day(fields.Date.today(), days)
        mine = [("account_id", "=", account.id), ("state", "in", ["active"])]
        if self.sudo().search_count(mine) >= MOST_KEYS:
            raise Refused("api_enough_keys", count=MOST_KEYS)
        token = link.make_token(secrets.token_bytes(link.TOKEN_BYTES))
        key = Secret(PREFIX + token.reveal())
        made_sudo = self._at_work().create(
            {
                "name": name,
                "account_id": account.id,
                "prefix": key.reveal()[:SHOWN_SIGNS],
                "key_hash": link.hash_token(key),
                "scopes": " ".join(scopes),
                "user_id": self.env.uid,
                "expires_on": last,
            }
        )
        made_sudo = made_sudo._hands_off()
        self.env["saas.audit.entry"]._note("customer_api_key_made", made_sudo, **made_sudo._told())
        return made_sudo, key

    @api.private
    def _revoke(self):
        """End keys now; those that ended already stay as they are."""
        for key_sudo in self.sudo().filtered(lambda one: not one.revoked_at):
            key_sudo._put({"revoked_at": fields.Datetime.now()})
            self.env["saas.audit.entry"]._note(
                "customer_api_key_revoked", key_sudo, **key_sudo._told()
            )

    def action_revoke(self):
        """End these keys now."""
        self.check_access("read")
        self.env["saas.tenant"].check_access("write")
        self._revoke()
        return True

    def _told(self):
        return {"begins": self.prefix, "scopes": self.scopes, "account": self.account_id.id}

    # For a request

    @api.model
    @api.private
    def _find(self, text):
        """Return the key that somebody sent, while it works, as the platform; or nothing."""
        none_sudo = self.sudo().browse()
        if not text.startswith(PREFIX) or len(text) > 100:
            return none_sudo
        found_sudo = self.sudo().search([("key_hash", "=", link.hash_token(Secret(text)))], limit=1)
        if found_sudo.state != "active" or not found_sudo._role() or not found_sudo.user_id.active:
            return none_sudo
        found_sudo._note_use()
        return found_sudo

    def _note_use(self):
        now = fields.Datetime.now()
        if not self.used_at or self.used_at < now - timedelta(seconds=USED_SECONDS):
            self._put({"used_at": now})

    @api.private
    def _role(self):
        """Return the role that who made the key has today."""
        self.ensure_one()
        roles = self.env["saas.customer.member"]._roles(self.user_id)
        return roles.get(self.account_id.id, "")

    @api.private
    def _allows(self, wanted):
        """Tell whether a request with this key may do something."""
        return scope.allows(self.scopes.split(), self._role(), wanted)

    # The page

    @api.model
    @api.private
    def _page(self, account_id, role):
        """Return the keys of an account and what the role may give."""
        today = fields.Date.today()
        keys_sudo = self.sudo().search([("account_id", "=", account_id)], limit=50)
        return {
            "keys": keys_sudo.filtered(
                lambda one: one.state == "active" or (today - one.expires_on).days < 90
            ),
            "giveable": [
                {"code": code, "text": self.env._(EXPLAINED[code])} for code in scope.giveable(role)
            ],
        }

    def _by_hand_text(self):
        return self.env._("API keys are made in the portal, by the people who use them.")

    def _stays_text(self):
        return self.env._("API keys stay as a record. Revoke this one instead.")


class SaasErasure(models.Model):
    _inherit = "saas.erasure"

    @api.model
    @api.private
    def _erase(self, partner, reason):
        family = partner.commercial_partner_id or partner
        keys_sudo = self.env["saas.api.key"].sudo()
        found_sudo = keys_sudo.search(
            [
                "|",
                ("account_id", "=", family.id),
                ("user_id.partner_id.commercial_partner_id", "=", family.id),
            ]
        )
        found_sudo._at_work()._drop()
        return super()._erase(partner, reason)
