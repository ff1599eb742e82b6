"""Telling people of maintenance: mails in one thread, webhooks; each announcement once.

Owns: what is told, the words of the mails. Does not own: who is told (`saas_status_mail.py`), the
layout (`data/mail_maintenance.xml`).
"""

from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.tools import format_date, format_datetime, format_time

from ..kernel.integration.envelope import Subject


class SaasMaintenance(models.Model):
    _inherit = "saas.maintenance"

    @api.model
    def _waiting_to_be_told(self):
        return self.sudo().search([("to_tell", "!=", False)], order="id")

    @api.private
    def _tell(self):
        """Mail what waits, once; an announcement is told to webhooks as well."""
        self.ensure_one()
        kind = self.to_tell
        template = self.env.ref("saas_business_management.mail_maintenance")
        mails = self.env["saas.status.mail"]
        for person in mails._people(self.affected_ids, self._brands()):
            mails._send(template, self, person, saas_kind=kind)
        if kind == "announced":
            self._tell_webhooks()
        self._put_course({"to_tell": False, "was_told": True})
        self.env["mail.mail"]._send_soon()

    def _tell_webhooks(self):
        subject = Subject("maintenance", self.reference)
        tenants = self.affected_ids.sudo()
        events = self.env["saas.webhook.event"]
        for company in self.company_id or tenants.company_id or self.env.company:
            here = tenants.filtered(lambda tenant, company=company: tenant.company_id == company)
            data = {"maintenance": self._webhook_data(), "affected": len(here)}
            events._emit("maintenance.scheduled", self, data, company=company, subject=subject)
        self._tell_customers(tenants, subject)

    def _tell_customers(self, tenants, subject):
        kind = "maintenance.scheduled"
        endpoints = self.env["saas.webhook.endpoint"].sudo().search([("partner_id", "!=", False)])
        for partner in endpoints.partner_id:
            theirs = tenants.filtered(
                lambda tenant, partner=partner: (
                    tenant.partner_id.commercial_partner_id == partner.commercial_partner_id
                )
            )
            for company in theirs.company_id:
                only = endpoints._that_want(kind, company, partner) & endpoints
                own = theirs.filtered(lambda tenant, c=company: tenant.company_id == c)
                told = [tenant._webhook_data() for tenant in own]
                data = {"maintenance": self._webhook_data(), "tenants": told}
                if only:
                    self.env["saas.webhook.event"]._emit(
                        kind,
                        self,
                        data,
                        company=company,
                        partner=partner,
                        subject=subject,
                        only=only,
                    )

    @api.private
    def _webhook_data(self):
        """Return what events tell: what was announced, nothing of other customers."""
        self.ensure_one()
        return {
            "reference": self.reference,
            "title": self.title,
            "begins_at": self.start_at.isoformat() + "Z",
            "ends_at": self.end_at.isoformat() + "Z",
            "interruption": self.interruption or "",
            "urgent": self.urgent,
            "components": sorted(self._component_codes()),
            "text": self.text or "",
        }

    # Words; in the language and zone of the reader

    @api.private
    def _window_text(self, zone="", precise=True):
        """Return the window as people read it, such as “12 March, 02:00–02:30”."""
        zone = zone or self.env.context.get("tz") or "UTC"
        start, end = self._local(self.start_at, zone), self._local(self.end_at, zone)
        begin = format_time(self.env, self.start_at, tz=zone, time_format="HH:mm")
        finish = format_time(self.env, self.end_at, tz=zone, time_format="HH:mm")
        day = format_date(self.env, start.date(), date_format="d MMMM")
        if start.date() != end.date():
            last = format_date(self.env, end.date(), date_format="d MMMM")
            return f"{day}, {begin} – {last}, {finish}"
        text = f"{day}, {begin}–{finish}"
        return f"{text} {start.tzname()}" if precise else text

    @api.model
    def _local(self, at, zone):
        return at.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone))

    def _mail_subject(self):
        _ = self.env._
        window = self._window_text(precise=False)
        return {
            "changed": _("Maintenance moved to %(window)s", window=window),
            "cancelled": _("Maintenance on %(window)s is cancelled", window=window),
        }.get(self.env.context.get("saas_kind"), _("Maintenance on %(window)s", window=window))

    def _mail_effect(self):
        """Return what the reader notices."""
        _ = self.env._
        if self.env.context.get("saas_kind") == "cancelled":
            return _("It does not take place. Nothing changes for you.")
        names = self.env.context.get("saas_names") or _("The service")
        if not self.interruption:
            return _("%(names)s: we expect no interruption.", names=names)
        return _(
            "%(names)s: we expect an interruption of %(time)s in this time.",
            names=names,
            time=self.interruption,
        )

    def _mail_facts(self):
        """Return label and text of what is known, for the table of a mail."""
        _ = self.env._
        zone = self.env.context.get("tz") or "UTC"
        begins = format_datetime(self.env, self.start_at, tz=zone, dt_format="d MMMM y, HH:mm z")
        ends = format_datetime(self.env, self.end_at, tz=zone, dt_format="d MMMM y, HH:mm z")
        facts = [(_("Begins"), begins), (_("Ends"), ends)]
        if self.component_ids:
            facts.append((_("Concerns"), ", ".join(self.component_ids.mapped("name"))))
        if names := self.env.context.get("saas_names"):
            facts.append((_("Your databases"), names))
        return facts

    def _mail_page(self):
        """Return the address of the status page of the reader's brand, empty without one."""
        return self.shown_brand_id.sudo()._status_url()

    def _mail_why(self):
        _ = self.env._
        if self.env.context.get("saas_leave_url"):
            return _("You get this because you asked for news of our status page.")
        return _("You get this because you look after a database that this concerns.")
