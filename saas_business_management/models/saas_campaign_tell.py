"""Telling customers and other systems of a campaign.

Owns: who hears when of what, the words of mails, events for webhooks. Does not own: the layout
(`data/mail_campaign.xml`), addresses (`saas_status_mail.py`).
"""

from odoo import api, models
from odoo.tools import format_datetime

from ..kernel.integration.envelope import Subject
from ..kernel.migration import wave

PLANNED, UPDATED, KEPT, BACK, OFF = "planned", "updated", "kept", "back", "off"
# Stage → what its people hear once; who was told of no plan hears of no failure.
NEWS = {
    wave.WATCHING: UPDATED,
    wave.DONE: UPDATED,
    wave.ROLLED_BACK: KEPT,
    wave.FAILED: KEPT,
    wave.LEFT_OUT: OFF,
}


class SaasCampaign(models.Model):
    _inherit = "saas.campaign"

    def _tell_planned(self):
        """Mail the people of each tenant that its upgrade is planned, once."""
        if self.tell_customers:
            for line in self.line_ids.filtered(lambda one: one.stage == wave.TODO and not one.told):
                line._tell(PLANNED)

    def _tell_results(self):
        """Mail what came of it, each change once."""
        if self.tell_customers:
            for line in self.line_ids.filtered("told"):
                news = NEWS.get(line.stage)
                if news == KEPT and line.told in (UPDATED, BACK):
                    news = BACK
                if news and news != line.told:
                    line._tell(news)

    def _tell_webhooks(self, kind):
        data = {
            "campaign": {
                "name": self.name,
                "template": self.template_id.name,
                "version": self.to_version_id.number,
                "state": self.state,
                "reason": self.halt_reason or "",
                "tenants": {stage: self[f"{stage}_count"] for stage in wave.STAGES},
            }
        }
        self.env["saas.webhook.event"]._emit(
            kind,
            self,
            data,
            company=self.company_id or self.env.company,
            subject=Subject("campaign", str(self.id)),
        )


class SaasCampaignTenant(models.Model):
    _inherit = "saas.campaign.tenant"

    @api.private
    def _tell(self, news):
        """Queue a mail to each of the tenant's people."""
        self.ensure_one()
        template = self.env.ref("saas_business_management.mail_campaign")
        mails = self.env["saas.status.mail"]
        for person in mails._people(self.tenant_id, self.env["saas.brand"]):
            mails._send(template, self, person, saas_kind=news)
        self._put({"told": news})
        self.env["mail.mail"]._send_soon()

    def _mail_subject(self):
        _, name = self.env._, self.sudo().tenant_id.name
        return {
            UPDATED: _("%(name)s was updated", name=name),
            KEPT: _("%(name)s was not updated", name=name),
            BACK: _("The update of %(name)s was taken back", name=name),
            OFF: _("The update of %(name)s is put off", name=name),
        }.get(self.env.context.get("saas_kind"), _("An update of %(name)s is planned", name=name))

    def _mail_lines(self):
        """Return what the reader is told, a sentence each."""
        _, kind = self.env._, self.env.context.get("saas_kind")
        if kind == UPDATED:
            return [
                _("Your database has the new version. Your data are as they were."),
                _("Should something not work as before, answer this mail."),
            ]
        if kind == KEPT:
            return [
                _("The update did not pass our checks, so your database works as before."),
                _("Nothing of your data was changed. We tell you before we try again."),
            ]
        if kind == BACK:
            return [
                _("The new version did not work as it should, so the one from before is back."),
                _("What was entered since the update is kept aside: answer this mail to get it."),
            ]
        if kind == OFF:
            return [_("It does not take place for now. Nothing changes for you.")]
        return [
            _("It is made on a copy; your database is away for some seconds at the end of it."),
            _("Your data stay as they are. You need not do anything."),
        ]

    def _mail_when(self):
        """Return from when on it may happen, in the time of the reader; empty once it did."""
        if self.env.context.get("saas_kind") != PLANNED or not self.opens_at:
            return ""
        zone = self.env.context.get("tz") or "UTC"
        return format_datetime(self.env, self.opens_at, tz=zone, dt_format="d MMMM y, HH:mm z")
