"""What the customers' API answers: databases, usage, backups and invoices as plain values.

Owns: the rows, as `kernel/portal/api.py` says them. Does not own: keys (`saas_api_key.py`), HTTP
(`controllers/api.py`). A key proves the account; everything here is asked for with one, in the
environment of who made it.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..kernel.portal.api import MOST_USAGE_DAYS
from .saas_backup import RESTORABLE
from .saas_tenant_portal_usage import CHART_DAYS


class SaasApi(models.AbstractModel):
    _name = "saas.api"
    _description = "API of Customers"

    @api.model
    @api.private
    def _find(self, key, reference):
        """Return the database of the key's account with a reference, or nothing."""
        found_sudo = self.env["saas.tenant"]._portal_find(reference)
        mine = found_sudo.partner_id.commercial_partner_id == key.account_id
        return found_sudo if mine else found_sudo.browse()

    @api.model
    @api.private
    def _tenants(self, key, page, per_page):
        """Return a page of the databases of the account, the oldest first."""
        domain = self.env["saas.tenant"]._portal_domain() & fields.Domain(
            "partner_id.commercial_partner_id", "=", key.account_id.id
        )
        return self._paged("saas.tenant", domain, "id", page, per_page, self._tenant)

    @api.model
    @api.private
    def _tenant(self, tenant_sudo):
        """Return one database."""
        return {
            "id": tenant_sudo.public_id,
            "name": tenant_sudo.name,
            "state": tenant_sudo.state,
            "reason": tenant_sudo.reason or "",
            "host": tenant_sudo.host or "",
            "open_url": tenant_sudo._portal_open_url(),
            "portal_url": f"{tenant_sudo.get_base_url()}/my/databases/{tenant_sudo.public_id}",
            "plan": tenant_sudo.plan_id.name or "",
            "sandbox": tenant_sudo.is_sandbox,
            "trial_ends_on": _day(tenant_sudo.trial_end_on),
            "created_at": _instant(tenant_sudo.create_date),
        }

    @api.model
    @api.private
    def _usage(self, tenant_sudo, page, per_page, since=None, until=None):
        """Return what it used by meter and day, the newest first."""
        last = until or tenant_sudo._today()
        first = since or last - timedelta(days=CHART_DAYS - 1)
        if first > last or (last - first).days >= MOST_USAGE_DAYS:
            raise ValueError("since")
        wanted = [("tenant_id", "=", tenant_sudo.id), ("day", ">=", first), ("day", "<=", last)]

        def row(one):
            return {
                "meter": one.meter_id.code,
                "unit": one.meter_id.with_context(lang="en_US").unit_label or "",
                "day": _day(one.day),
                "quantity": f"{one.quantity:.{one.meter_id.decimals}f}",
            }

        order = "day desc, meter_id, id"
        return self._paged("saas.usage.day", wanted, order, page, per_page, row)

    @api.model
    @api.private
    def _backups(self, tenant_sudo, page, per_page):
        """Return the backups that can be restored, the newest first."""
        kept = [("tenant_id", "=", tenant_sudo.id), ("state", "in", RESTORABLE)]
        order = "taken_at desc, id desc"
        return self._paged("saas.backup", kept, order, page, per_page, self._backup)

    @api.model
    def _backup(self, backup_sudo):
        return {
            "id": backup_sudo.uuid,
            "state": backup_sudo.state,
            "kind": backup_sudo.reason,
            "taken_at": _instant(backup_sudo.taken_at),
            "size_bytes": int(backup_sudo.database_bytes + backup_sudo.file_bytes),
            "proven_at": _instant(backup_sudo.proven_at),
        }

    @api.model
    @api.private
    def _back_up(self, tenant_sudo):
        """Order a backup; return its rows.

        Raises: UserError.
        """
        return {"data": [self._backup(one) for one in tenant_sudo._portal_back_up().sudo()]}

    @api.model
    @api.private
    def _invoices(self, key, page, per_page):
        """Return the posted invoices and credit notes of the account, the newest first."""
        posted = [
            ("commercial_partner_id", "=", key.account_id.id),
            ("state", "=", "posted"),
            ("move_type", "in", ("out_invoice", "out_refund")),
            ("saas_subscription_ids", "!=", False),
        ]
        order = "invoice_date desc, id desc"
        return self._paged("account.move", posted, order, page, per_page, self._invoice)

    @api.model
    def _invoice(self, move_sudo):
        data = move_sudo._saas_webhook_data()
        paid = move_sudo.payment_state in ("paid", "in_payment", "reversed")
        kept = ("number", "kind", "currency")
        amounts = ("untaxed", "tax", "total", "due")
        return {
            **{name: data[name] for name in kept},
            "issued_on": _day(move_sudo.invoice_date),
            "due_on": _day(move_sudo.invoice_date_due),
            **{name: str(data[name]) for name in amounts},
            "state": "paid" if paid else "open",
        }

    @api.model
    def _paged(self, model, domain, order, page, per_page, row):
        rows_sudo = self.env[model].sudo()
        offset = (page - 1) * per_page
        found_sudo = rows_sudo.search(domain, order=order, offset=offset, limit=per_page)
        total = rows_sudo.search_count(domain)
        return {"data": [row(one) for one in found_sudo], "page": page, "total": total}

    @api.model
    @api.private
    def _rest(self, tenant_sudo, rests):
        """Pause it, or let it go on.

        Raises: UserError.
        """
        if rests:
            tenant_sudo._portal_pause(self.env._("By the API"))
        else:
            tenant_sudo._portal_go_on(self.env._("By the API"))
        return self._tenant(tenant_sudo)

    @api.model
    @api.private
    def _refusal(self, error):
        """Return the sentence of what was refused."""
        return error.args[0] if isinstance(error, UserError) and error.args else str(error)


def _day(value):
    return value.isoformat() if value else None


def _instant(value):
    return value.isoformat(timespec="seconds") + "Z" if value else None
