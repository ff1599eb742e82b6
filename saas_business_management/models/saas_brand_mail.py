"""In which brand a mail goes out: that of the tenant it is about, else the default one.

Owns: finding the brand and the sender of a mail from the record it is about. Does not own: the
frame and the texts (`data/mail_*.xml`), what a brand is.
"""

from odoo import api, models

# How a record leads to a brand, tried in this order.
WAYS = (
    "shown_brand_id",
    "tenant_id.shown_brand_id",
    "subscription_id.tenant_id.shown_brand_id",
    "saas_subscription_ids.tenant_id.shown_brand_id",
)


class SaasBrand(models.Model):
    _inherit = "saas.brand"

    @api.model
    def _of_mail(self, record):
        """Return the brand in which a mail about a record is dressed; empty when there is none.

        An invoice of tenants of two brands goes out in the default one.
        """
        record_sudo = record.sudo()
        for way in WAYS:
            if way.partition(".")[0] in record_sudo._fields:
                found_sudo = record_sudo.mapped(way)
                if len(found_sudo) == 1:
                    return found_sudo
        return self._default()

    @api.model
    def _sender_of(self, record):
        """Return whom a mail about a record comes from: its brand, else its company, else who
        looks after its tenant, else us.
        """
        brand_sudo = self._of_mail(record)
        company = ("company_id" in record._fields and record.company_id) or self.env.company
        own = brand_sudo._sender() if brand_sudo else ""
        tenant_sudo = record.sudo() if record._name == "saas.tenant" else self.env["saas.tenant"]
        if "tenant_id" in record._fields:
            tenant_sudo = record.sudo().tenant_id
        person_sudo = tenant_sudo.user_id or self.env.user
        return own or company.email_formatted or person_sudo.email_formatted

    @api.model
    def _look_of(self, record):
        """Return the colours of a button in a mail about a record."""
        brand_sudo = self._of_mail(record)
        ground, ink = brand_sudo.primary_color or "#0a4c8c", brand_sudo.ink_color or "#ffffff"
        return f"background-color:{ground}; color:{ink}"
