"""Where events come from: the timelines of tenants and subscriptions, backups, documents.

Owns: hooking in where each of them is written, and what is told. Does not own: which kind it is
(`kernel/integration/kinds.py`), the writing of events (`saas_webhook_event.py`).
"""

from decimal import Decimal

from odoo import api, models

from ..kernel.integration.envelope import Subject
from ..kernel.integration.kinds import (
    kind_of_document,
    kind_of_subscription_event,
    kinds_of_tenant_event,
)
from .saas_webhook_event import News


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    @api.private
    def _webhook_subject(self):
        """Return the tenant as events name it."""
        return Subject("tenant", self.public_id)

    @api.private
    def _webhook_data(self):
        """Return what events tell of the tenant: nothing personal beyond its customer's name."""
        self.ensure_one()
        return {
            "id": self.public_id,
            "name": self.name,
            "subdomain": self.subdomain,
            "host": self.host or "",
            "state": self.state,
            "reason": self.reason or "",
            "plan": self.plan_id.sudo().name or "",
            "sandbox": self.is_sandbox,
            "copy_of": self.copied_from_id.sudo().public_id or None,
            "version": self.version_id.sudo().number or None,
            "region": self.cluster_id.sudo().region or "",
            "trial_ends_on": self.trial_end_on or None,
            "customer": _customer(self.partner_id),
        }


class SaasTenantEvent(models.Model):
    _inherit = "saas.tenant.event"

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        for row in made:
            row._tell_webhooks()
        return made

    def _tell_webhooks(self):
        tenant_sudo = self.tenant_id.sudo()
        for kind in kinds_of_tenant_event(self.event, self.from_state or "", self.to_state or ""):
            self.env["saas.webhook.event"]._emit(
                kind,
                tenant_sudo,
                {"tenant": tenant_sudo._webhook_data(), "before": self.from_state or ""},
                partner=tenant_sudo.partner_id,
                subject=tenant_sudo._webhook_subject(),
            )


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    @api.private
    def _webhook_data(self):
        """Return what events tell of the subscription."""
        self.ensure_one()
        return {
            "number": self.name,
            "state": self.state,
            "plan": self.plan_id.name or "",
            "plan_version": self.version_id.display_name or "",
            "quantity": self.quantity,
            "currency": self.currency_id.name,
            "tenant": self.tenant_id.public_id or None,
            "started_on": self.started_on or None,
            "trial_ends_on": self.trial_end_on or None,
            "ends_on": self.ends_on or None,
            "next_invoice_on": self.next_invoice_on or None,
            "customer": _customer(self.partner_id),
        }


class SaasSubscriptionEvent(models.Model):
    _inherit = "saas.subscription.event"

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        tried = self.env["saas.subscription"]._is_tried()
        for row in made if not tried else ():
            row._tell_webhooks()
        return made

    def _tell_webhooks(self):
        kind = kind_of_subscription_event(self.event)
        if kind:
            one_sudo = self.subscription_id.sudo()
            self.env["saas.webhook.event"]._emit(
                kind,
                one_sudo,
                {"subscription": one_sudo._webhook_data(), "before": self.from_state or ""},
                partner=one_sudo.partner_id,
                subject=Subject("subscription", str(one_sudo.id)),
            )


class SaasBackup(models.Model):
    _inherit = "saas.backup"

    @api.private
    def _failed(self, code, text):
        super()._failed(code, text)
        for one_sudo in self.sudo().filtered("tenant_id"):
            tenant_sudo = one_sudo.tenant_id
            told = {"id": one_sudo.uuid, "error": code, "target": one_sudo.target_id.name or ""}
            self.env["saas.webhook.event"]._emit(
                "backup.failed",
                one_sudo,
                {"backup": told, "tenant": tenant_sudo._webhook_data()},
                company=tenant_sudo.company_id,
                partner=tenant_sudo.partner_id,
                subject=tenant_sudo._webhook_subject(),
            )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted._saas_tell_webhooks()
        return posted

    def _invoice_paid_hook(self):
        done = super()._invoice_paid_hook()
        self._saas_tell_webhooks(paid=True)
        return done

    def _saas_tell_webhooks(self, paid=False):
        """Tell of documents that billing made; Odoo says *paid* twice when a bank is slow, we say
        it once.
        """
        events_sudo, news = self.env["saas.webhook.event"].sudo(), []
        for move_sudo in self.sudo().filtered("saas_subscription_ids"):
            kind = kind_of_document(move_sudo.move_type, paid)
            subject = Subject("document", str(move_sudo.id))
            told = [("code", "=", kind), ("subject", "=", subject.key)]
            if kind and not (paid and events_sudo.search_count(told, limit=1)):
                partner = move_sudo.commercial_partner_id
                data = {"document": move_sudo._saas_webhook_data()}
                news.append(News(kind, move_sudo, data, partner=partner, subject=subject))
        events_sudo._emit_all(news)

    def _saas_webhook_data(self):
        """Return what events tell of a document; amounts are text with the currency's digits."""
        self.ensure_one()
        return {
            "number": self.name or "",
            "kind": "credit_note" if self.move_type == "out_refund" else "invoice",
            "issued_on": self.invoice_date or None,
            "due_on": self.invoice_date_due or None,
            "currency": self.currency_id.name,
            "untaxed": self._saas_amount(self.amount_untaxed),
            "tax": self._saas_amount(self.amount_tax),
            "total": self._saas_amount(self.amount_total),
            "due": self._saas_amount(self.amount_residual),
            "subscriptions": self.saas_subscription_ids.mapped("name"),
            "customer": _customer(self.commercial_partner_id),
        }

    def _saas_amount(self, amount):
        return Decimal(f"{amount:.{self.currency_id.decimal_places}f}")


def _customer(partner):
    """Return a customer as events name it."""
    family_sudo = partner.sudo().commercial_partner_id
    return {"id": family_sudo.id, "name": family_sudo.name or ""} if family_sudo else None
