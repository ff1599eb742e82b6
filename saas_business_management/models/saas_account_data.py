"""The account's own data as files: who, which databases, invoices, usage, team, activity.

Owns: what stands in them, the zip. Does not own: their form (`kernel/portal/sheet.py`).
"""

import io
import zipfile
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models

from ..kernel.portal.sheet import record, table

USAGE_DAYS = 365
INVOICE = ("number", "kind", "issued_on", "due_on", "currency", "untaxed", "tax", "total", "due")


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    @api.model
    @api.private
    def _account_data(self, account):
        """Return everything as one zip."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self._account_files(account.sudo()).items():
                archive.writestr(name, content)
        return packed.getvalue()

    def _account_files(self, account_sudo):
        """Return `{name of the file: bytes}`."""
        tenants_sudo = self.env["saas.account.export"]._databases(account_sudo)
        return {
            "account.json": record(self._account_facts(account_sudo, tenants_sudo)),
            "team.csv": table(("name", "email", "role"), self._account_team(account_sudo)),
            "invoices.csv": table(INVOICE, self._account_invoices(account_sudo)),
            "usage.csv": table(
                ("database", "meter", "unit", "day", "quantity"), self._account_usage(tenants_sudo)
            ),
            "activity.csv": table(
                ("database", "at", "what", "who"),
                [
                    (tenant_sudo.name, entry["at"], entry["what"], entry["who"])
                    for tenant_sudo in tenants_sudo
                    for entry in tenant_sudo._portal_activity()
                ],
            ),
        }

    def _account_facts(self, account_sudo, tenants_sudo):
        contact = ("name", "email", "phone", "street", "street2", "zip", "city", "vat")
        return {
            "made_at": fields.Datetime.now(),
            "account": {
                **{name: account_sudo[name] or "" for name in contact},
                "country": account_sudo.country_id.code or "",
            },
            "databases": [
                {
                    "id": one.public_id,
                    "name": one.name,
                    "host": one.host or "",
                    "hosts": one._portal_hosts().mapped("host"),
                    "state": one.state,
                    "plan": one.plan_id.name or "",
                    "created_at": one.create_date,
                }
                for one in tenants_sudo
            ],
            "subscriptions": [one._webhook_data() for one in tenants_sudo.subscription_ids],
        }

    def _account_team(self, account_sudo):
        members_sudo = self.env["saas.customer.member"].sudo()
        team_sudo = members_sudo.search([("account_id", "=", account_sudo.id)])
        return [(one.user_id.name or "", one.email, one.role) for one in team_sudo]

    def _account_invoices(self, account_sudo):
        posted = [
            ("commercial_partner_id", "=", account_sudo.id),
            ("state", "=", "posted"),
            ("saas_subscription_ids", "!=", False),
        ]
        moves_sudo = self.env["account.move"].sudo().search(posted, order="invoice_date, id")
        return [
            [move_sudo._saas_webhook_data()[name] for name in INVOICE] for move_sudo in moves_sudo
        ]

    def _account_usage(self, tenants_sudo):
        since = fields.Date.today() - timedelta(days=USAGE_DAYS)
        days_sudo = self.env["saas.usage.day"].sudo()
        wanted = [("tenant_id", "in", tenants_sudo.ids), ("day", ">=", since)]
        return [
            (
                *(row.tenant_id.name, row.meter_id.code, row.unit_label or "", row.day),
                Decimal(f"{row.quantity:.3f}"),
            )
            for row in days_sudo.search(wanted, order="tenant_id, meter_id, day")
        ]
