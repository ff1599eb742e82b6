"""Who is told of incidents and maintenance, and one mail for each of them.

Owns: addresses of customers and of readers of a status page, each once for a brand; sending in one
thread. Does not own: the texts (`data/mail_incident.xml`, `data/mail_maintenance.xml`), when
something is told.
"""

import logging
from dataclasses import dataclass, field

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, format_list

from ..kernel.portal import roles

_logger = logging.getLogger(__name__)
# Of a customer's team, besides the administrator of the database.
TOLD_ROLES = (roles.OWNER, roles.ADMINISTRATOR, roles.TECHNICAL)


@dataclass
class Person:
    """One address that is told in the name of a brand, and about which databases."""

    email: str
    brand_id: int
    lang: str = ""
    zone: str = ""
    tenant_id: int = 0
    names: list = field(default_factory=list)
    leave_url: str = ""


class SaasStatusMail(models.AbstractModel):
    _name = "saas.status.mail"
    _description = "Mails on Incidents and Maintenance"

    @api.model
    @api.private
    def _people(self, tenants, brands):
        """Return everybody who is told: customers of these tenants, readers of these brands."""
        found = {}
        for tenant_sudo in tenants.sudo():
            self._add_tenant(found, tenant_sudo)
        for reader_sudo in self.env["saas.status.reader"].sudo()._confirmed_of(brands):
            key = (reader_sudo.email, reader_sudo.brand_id.id)
            one = found.setdefault(key, Person(*key, reader_sudo.lang or ""))
            # Who is a customer as well gets this mail anyway: leaving the list would not end it.
            if not one.names:
                one.leave_url = reader_sudo._leave_url()
        return list(found.values())

    def _add_tenant(self, found, tenant_sudo):
        brand = tenant_sudo.shown_brand_id
        partner = tenant_sudo.partner_id
        zone = partner.tz or tenant_sudo.company_id.partner_id.tz or "UTC"
        for email in self._addresses(tenant_sudo):
            key = (email, brand.id)
            one = found.setdefault(key, Person(*key, partner.lang or "", zone, tenant_sudo.id))
            if tenant_sudo.name not in one.names:
                one.names.append(tenant_sudo.name)

    def _addresses(self, tenant_sudo):
        account = tenant_sudo.partner_id.commercial_partner_id
        team = [("account_id", "=", account.id), ("user_id", "!=", False)]
        members = self.env["saas.customer.member"].sudo()
        told = members.search([*team, ("role", "in", TOLD_ROLES)])
        emails = [tenant_sudo.admin_email, *told.mapped("email")]
        return sorted({email_normalize(one) for one in emails if email_normalize(one or "")})

    @api.model
    @api.private
    def _send(self, template, record, person, **told):
        """Queue one mail, in the thread of the record."""
        brand_sudo = self.env["saas.brand"].sudo().browse(person.brand_id)
        context = {
            "lang": person.lang or self.env.lang,
            "tz": person.zone or self._zone_of(brand_sudo),
            "saas_brand_id": person.brand_id,
            "saas_names": format_list(self.env, person.names) if person.names else "",
            "saas_leave_url": person.leave_url,
            **told,
        }
        apart = {
            "email_to": person.email,
            "model": False,
            "res_id": False,
            "references": self._thread(record),
            "saas_tenant_id": person.tenant_id or False,
        }
        if person.leave_url:
            apart["headers"] = repr(
                {
                    "List-Unsubscribe": f"<{person.leave_url}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                }
            )
        # Texts are people's to change: one that cannot be made must not hold up all others.
        try:
            with self.env.cr.savepoint():
                template.sudo().with_context(**context).send_mail(record.id, email_values=apart)
        except UserError as error:
            _logger.warning("Mail %s was not made: %s", template.name, str(error)[:500])

    @api.model
    def _thread(self, record):
        """Return what ties the mails of one incident together for mail programs."""
        return f"<{record._name}-{record.reference}@status>"

    @api.model
    @api.private
    def _zone_of(self, brand):
        """Return the time zone in which a brand speaks to everybody."""
        company = brand.company_id or self.env.company
        return company.sudo().partner_id.tz or "UTC"
