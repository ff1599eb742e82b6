"""Telling people of an incident: mails in one thread, webhooks; each published update once.

Owns: what is told of an update, and the words of the mails. Does not own: who is told
(`saas_status_mail.py`), the layout (`data/mail_incident.xml`).
"""

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..kernel.integration.envelope import Subject
from ..kernel.monitoring import incident

WEBHOOKS = {
    "opened": "incident.opened",
    "update": "incident.updated",
    "resolved": "incident.resolved",
}


class SaasIncidentUpdate(models.Model):
    _inherit = "saas.incident.update"

    @api.model
    def _cron_tell(self):
        """Open what has to be open; then tell what waits, each update whole or not at all."""
        self.env["saas.incident"]._look_at_alerts()
        self.env["ir.cron"]._commit_progress(0)
        waiting = self._waiting_to_be_told()
        for row in waiting:
            row._tell()
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _waiting_to_be_told(self):
        public = [("is_public", "=", True), ("general_id", "=", False)]
        return self.sudo().search([*public, ("told_at", "=", False)], order="id")

    @api.private
    def _tell(self):
        """Mail and tell webhooks of a published update, once."""
        self.ensure_one()
        one, brands = self.incident_id, self.incident_id._brands()
        template = self.env.ref("saas_business_management.mail_incident")
        mails = self.env["saas.status.mail"]
        brands_sudo = self.env["saas.brand"].sudo()
        for person in mails._people(one.affected_ids, brands):
            text = self._text_for(brands_sudo.browse(person.brand_id))
            mails._send(
                template, one, person, saas_kind=self.kind, saas_text=text, saas_state=self.state
            )
        self._tell_webhooks()
        self._put({"told_at": fields.Datetime.now()})
        self.env["mail.mail"]._send_soon()

    def _tell_webhooks(self):
        """Tell each customer's webhooks about its own databases, and the provider's once."""
        kind, one = WEBHOOKS[self.kind], self.incident_id.sudo()
        subject = Subject("incident", one.number)
        tenants = one.affected_ids.sudo()
        events = self.env["saas.webhook.event"]
        for company in one.company_id or tenants.company_id or self.env.company:
            here = tenants.filtered(lambda tenant, company=company: tenant.company_id == company)
            data = {"incident": one._webhook_data(self.text), "affected": len(here)}
            events._emit(kind, one, data, company=company, subject=subject)
        self._tell_customers(kind, tenants, subject)

    def _tell_customers(self, kind, tenants, subject):
        endpoints = self.env["saas.webhook.endpoint"].sudo().search([("partner_id", "!=", False)])
        one, events = self.incident_id.sudo(), self.env["saas.webhook.event"]
        for partner in endpoints.partner_id:
            theirs = tenants.filtered(
                lambda tenant, partner=partner: (
                    tenant.partner_id.commercial_partner_id == partner.commercial_partner_id
                )
            )
            for company in theirs.company_id:
                only = endpoints._that_want(kind, company, partner) & endpoints
                if only:
                    own = theirs.filtered(lambda tenant, c=company: tenant.company_id == c)
                    text = self._text_for(own[:1].shown_brand_id)
                    told = [tenant._webhook_data() for tenant in own]
                    data = {"incident": one._webhook_data(text), "tenants": told}
                    events._emit(
                        kind,
                        one,
                        data,
                        company=company,
                        partner=partner,
                        subject=subject,
                        only=only,
                    )


class SaasIncident(models.Model):
    _inherit = "saas.incident"

    @api.private
    def _webhook_data(self, text):
        """Return what events tell: what was published, nothing of other customers."""
        self.ensure_one()
        return {
            "number": self.number,
            "title": self.public_title or "",
            "state": self.state,
            "impact": self.impact,
            "components": self.component_ids.mapped("code"),
            "text": text,
            "began_at": self.started_at.isoformat() + "Z",
            "resolved_at": (self.resolved_at and self.resolved_at.isoformat() + "Z") or None,
        }

    # For the texts of mails; they are read in the language and zone of the person

    def _mail_subject(self):
        """Return the same line for every mail of the thread."""
        text = self.env._("%(title)s: we are working on it", title=self.public_title)
        return text if self.env.context.get("saas_kind") == "opened" else f"Re: {text}"

    def _mail_heading(self):
        _ = self.env._
        title = self.public_title
        return {
            "opened": _("%(title)s: we are working on it", title=title),
            "resolved": _("Resolved: %(title)s", title=title),
        }.get(self.env.context.get("saas_kind"), _("Update: %(title)s", title=title))

    def _mail_facts(self):
        """Return label and text of what is known, for the table of a mail."""
        _ = self.env._
        facts = [(_("Began"), self._mail_instant(self.started_at))]
        state = self.env.context.get("saas_state") or self.state
        facts.append(
            (_("State"), dict(self._fields["state"]._description_selection(self.env))[state])
        )
        if state in incident.OVER and self.resolved_at:
            facts.append((_("Over since"), self._mail_instant(self.resolved_at)))
        if self.component_ids:
            facts.append((_("Concerns"), ", ".join(self.component_ids.mapped("name"))))
        if names := self.env.context.get("saas_names"):
            facts.append((_("Your databases"), names))
        return facts

    def _mail_instant(self, at):
        zone = self.env.context.get("tz") or "UTC"
        return format_datetime(self.env, at, tz=zone, dt_format="d MMMM y, HH:mm z")

    def _mail_page(self):
        """Return the address of the status page of the reader's brand, empty without one."""
        return self.shown_brand_id.sudo()._status_url()

    def _mail_why(self):
        _ = self.env._
        if self.env.context.get("saas_leave_url"):
            return _("You get this because you asked for news of our status page.")
        return _("You get this because you look after a database that this concerns.")
