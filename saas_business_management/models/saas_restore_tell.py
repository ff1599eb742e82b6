"""Restores, told to members of the customer's team who want to hear of them.

Owns: this. Does not own: when one is over (`saas_restore_work.py`), who wants it
(`saas_customer_notice.py`).
"""

from odoo import api, models

from ..kernel.portal.notices import BACKUPS

TOLD = ("restored", "restore_failed")


class SaasTenantEvent(models.Model):
    _inherit = "saas.tenant.event"

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        for row in made.filtered(lambda one: one.event in TOLD):
            row._tell_restore()
        return made

    def _tell_restore(self):
        tenant_sudo = self.tenant_id.sudo()
        template = self.env.ref("saas_business_management.mail_tenant_restored").sudo()
        for member_sudo in self.env["saas.customer.member"]._copies(tenant_sudo, BACKUPS):
            spoken = {"saas_what": self.event, "lang": member_sudo.user_id.lang or self.env.lang}
            told = {"email_to": member_sudo.email, "saas_tenant_id": tenant_sudo.id}
            template.with_context(**spoken).send_mail(tenant_sudo.id, email_values=told)
        self.env["mail.mail"]._send_soon()
