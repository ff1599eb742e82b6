"""One-time links: only their hash is kept, each works once, an expired one can be replaced by a
fresh one.
"""

from datetime import timedelta, timezone

from odoo import api, fields, models

from ..const import LINK_FRESH_MINUTES
from ..kernel.provisioning import link
from ..kernel.secret import Secret


class SaasLink(models.Model):
    _name = "saas.link"
    _description = "One-Time Link"
    _order = "id desc"
    _rec_name = "purpose"

    purpose = fields.Selection([("welcome", "Welcome")], required=True, readonly=True)
    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="cascade"
    )
    token_hash = fields.Char(required=True, readonly=True, index=True, groups="base.group_no_one")
    expires_at = fields.Datetime(required=True, readonly=True)
    used_at = fields.Datetime(readonly=True)
    sent_at = fields.Datetime(readonly=True, default=lambda self: fields.Datetime.now())
    replaced = fields.Boolean(readonly=True)

    _token_uniq = models.Constraint("UNIQUE (token_hash)", "Two links cannot share a token.")

    @api.model
    @api.private
    def _renew(self, purpose, tenant, token):
        """Keep a new link; the former ones of this purpose stop working."""
        former = [("purpose", "=", purpose), ("tenant_id", "=", tenant.id), ("used_at", "=", False)]
        self.search(former).write({"replaced": True})
        made = link.make_link(token, self._now(), self._welcome_time(tenant))
        return self.create(
            {
                "purpose": purpose,
                "tenant_id": tenant.id,
                "token_hash": made.token_hash,
                "expires_at": made.expires_at.replace(tzinfo=None),
            }
        )

    @api.model
    @api.private
    def _welcome_time(self, tenant):
        """Return how long a welcome link works, as the policy of the tenant's company says."""
        policy = self.env["saas.lifecycle.policy"]._of(tenant.company_id)
        return timedelta(days=policy.welcome_link_days)

    @api.model
    @api.private
    def _find(self, purpose, token):
        """Return the link of a token, whatever its state, or nothing."""
        return self.search(
            [("purpose", "=", purpose), ("token_hash", "=", link.hash_token(Secret(token)))],
            limit=1,
        )

    @api.private
    def _state(self):
        """Return `fresh`, `used` or `expired`; a replaced one counts as expired."""
        self.ensure_one()
        if self.replaced and not self.used_at:
            return link.EXPIRED
        stored = link.Link(self.token_hash, self._aware(self.expires_at), self._aware(self.used_at))
        return link.state(stored, self._now())

    @api.private
    def _use(self):
        """Use the link up. False when somebody else was quicker."""
        self.ensure_one()
        self.lock_for_update()
        if self._state() != link.FRESH:
            return False
        self.used_at = fields.Datetime.now()
        return True

    @api.private
    def _may_send_again(self, now):
        """Say whether a fresh link may be mailed: the last one was sent some minutes ago,
        whichever link asks.
        """
        self.ensure_one()
        last = self.search(
            [("purpose", "=", self.purpose), ("tenant_id", "=", self.tenant_id.id)], limit=1
        )
        return last.sent_at <= fields.Datetime.subtract(now, minutes=LINK_FRESH_MINUTES)

    @api.model
    def _now(self):
        return self._aware(fields.Datetime.now())

    @api.model
    def _aware(self, naive):
        return naive.replace(tzinfo=timezone.utc) if naive else None
