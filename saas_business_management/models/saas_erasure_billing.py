"""Erasing a customer: what of subscriptions goes, what the books have to keep.

Owns: words that people wrote about a subscription. Does not own: documents, which the law keeps,
and the contact itself (`saas_erasure.py`).
"""

from odoo import api, models

from ..kernel.billing.subscription import RUNNING


class SaasErasure(models.Model):
    _inherit = "saas.erasure"

    @api.model
    @api.private
    def _hindrance(self, partner):
        told = super()._hindrance(partner)
        running = self._subscriptions_of(partner).filtered(lambda one: one.state in RUNNING)
        if not told and running:
            told = self.env._(
                "Subscriptions of this customer run: %(names)s. Cancel them first.",
                names=", ".join(running.mapped("name")),
            )
        return told

    @api.model
    def _subscriptions_of(self, partner):
        family = partner.commercial_partner_id or partner
        return self.env["saas.subscription"].sudo().search([("partner_id", "child_of", family.ids)])

    @api.model
    @api.private
    def _erase(self, partner, reason):
        made = super()._erase(partner, reason)
        self._subscriptions_of(partner)._forget_words()
        return made


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    @api.private
    def _forget_words(self):
        """Take out what people wrote; what was agreed and billed stays."""
        self.sudo().message_ids.unlink()
        self.event_ids._forget_reasons()
        self.dunning_ids._forget_words()
        self._set({"cancel_reason": False, "note": False, "purchase_reference": False})
        self.billing_contact_id = False


class SaasDunning(models.Model):
    _inherit = "saas.dunning"

    @api.private
    def _forget_words(self):
        """Take out what people wrote about somebody who did not pay; the steps stay."""
        self.sudo().message_ids.unlink()
        self._put({"pause_reason": False})
        self.step_ids.filtered(lambda step: step.kind == "paused")._put({"result": False})
        self.step_ids._put({"email": False})


class SaasSubscriptionEvent(models.Model):
    _inherit = "saas.subscription.event"

    @api.private
    def _forget_reasons(self):
        """Take the words out of entries of a customer who is erased; what happened stays."""
        models.Model.write(self.sudo(), {"reason": False})
