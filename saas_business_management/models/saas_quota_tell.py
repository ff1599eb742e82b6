"""Telling people of quotas: the journal, mails, the operator's activity, webhooks.

Owns: who hears of what by what. Does not own: when something is news (`kernel/quota/verdict.py`),
the texts of mails (`data/mail_quota.xml`), the banner (`saas_quota_banner.py`).

One mail a fact: a jump over several marks is told as its highest, and a tenant that is closed for a
quota is told so by the mail about its state.
"""

import logging
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime, format_list

from ..kernel.portal.notices import LIMITS
from ..kernel.quota.enforcement import CALLS, STORAGE, TRAFFIC, USERS
from ..kernel.quota.terms import CHARGE, FORCED, SUSPEND, THROTTLE

_logger = logging.getLogger(__name__)
WARNED, REACHED, RELEASED = "warned", "reached", "released"
FULL = 100
WEBHOOKS = {kind: f"quota.{kind}" for kind in (WARNED, REACHED, RELEASED)}
TODO = "mail.mail_activity_data_warning"


class SaasQuota(models.Model):
    _inherit = "saas.quota"

    @api.model
    def _tell_news(self, news):
        """Write the news down, and tell them to whom the settings say."""
        if not news:
            return
        found = self.sudo().search([("tenant_id", "in", [one.tenant_id for one in news])])
        rows = {(row.tenant_id.id, row.meter_id.code): row for row in found}
        for one in news:
            rows[one.tenant_id, one.meter]._tell(one)

    def _tell(self, judged):
        verdict, what = judged.verdict, _what(judged)
        told = self._send(what, judged) if what else ""
        mark = max(verdict.crossed, default=0)
        if verdict.crossed:
            self._write_down("crossed", mark, told if what != RELEASED else "")
        if verdict.forced:
            self._write_down("forced", mark, told if what == REACHED else "")
        if verdict.released:
            self._write_down("released", 0, told if what == RELEASED else "")

    def _write_down(self, kind, mark, told):
        self.env["saas.quota.event"]._at_work().create(
            {
                "quota_id": self.id,
                "tenant_id": self.tenant_id.id,
                "meter_id": self.meter_id.id,
                "kind": kind,
                "mark": mark,
                "used": self.used,
                "limit": self.limit,
                "percent": self.percent,
                "told": told or False,
            }
        )

    # To whom, by what

    def _send(self, what, judged):
        """Tell everybody; return who was told by what, in words."""
        setting = self.env["saas.quota.setting"]._of(self.company_id)
        _ = self.env._
        told = []
        closes = judged.terms.policy == SUSPEND and (
            judged.verdict.forced or judged.verdict.released
        )
        mark = max(judged.verdict.crossed, default=0)
        if setting.by_mail:
            told += self._mail_everybody(what, setting, closes, mark)
        if setting.by_inbox and setting.tell_operator and what != WARNED:
            self._note_activity(what)
            told.append(_("operator by activity"))
        if setting.by_webhook:
            self._tell_webhooks(what, mark)
            told.append(_("webhooks"))
        return format_list(self.env, told) if told else ""

    def _mail_everybody(self, what, setting, closes, mark):
        _ = self.env._
        told = []
        if setting.tell_customer and not closes:
            people = self.env["saas.customer.member"]._recipients(self.tenant_id, LIMITS)
            sent = [self._mail(what, email, lang, "customer") for email, lang in people]
            told += [_("customer by mail")] if any(sent) else []
        partner = self.tenant_id._selling_partner()
        if setting.tell_partner and partner.email:
            sent = self._mail(what, partner.email, partner.lang, "partner")
            told += [_("partner by mail")] if sent else []
        # An operator has many tenants: what does not need anybody yet is in the list.
        if setting.tell_operator and (what != WARNED or mark >= self.warn_percent):
            people = self._operators().filtered("email")
            sent = [self._mail(what, user.email, user.lang, "operator") for user in people]
            told += [_("operator by mail")] if any(sent) else []
        return told

    def _mail(self, what, address, lang, reader):
        """Queue a mail and tell whether it was; one that no server takes now is tried again.

        Texts are people's to change: one that cannot be made must not hold the judgement up.
        """
        template = self.env.ref(f"saas_business_management.mail_quota_{what}")
        apart = {"email_to": address, "saas_tenant_id": self.tenant_id.id}
        spoken = {"lang": lang or self.env.lang, "saas_reader": reader, "saas_what": what}
        try:
            with self.env.cr.savepoint():
                template.sudo().with_context(**spoken).send_mail(self.id, email_values=apart)
        except UserError as error:
            _logger.warning("Mail %s was not made: %s", template.name, str(error)[:500])
            return False
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return True

    def _operators(self):
        """Return who is responsible for the tenant, else every administrator of its company."""
        tenant_sudo = self.tenant_id.sudo()
        if tenant_sudo.user_id:
            return tenant_sudo.user_id
        group = self.env.ref("saas_business_management.group_saas_admin")
        people_sudo = group.sudo().all_user_ids.filtered(lambda one: one.active and not one.share)
        return people_sudo.filtered(lambda one: self.company_id <= one.company_ids)

    def _note_activity(self, what):
        """Open an activity at the tenant, or close it when the limit is lifted."""
        tenant_sudo = self.tenant_id.sudo().with_context(mail_activity_quick_update=True)
        summary = self.env._("%(meter)s: limit reached", meter=self.meter_id.name)
        known = tenant_sudo.activity_ids.filtered(lambda one: one.summary == summary)
        if what == RELEASED:
            known.action_feedback(feedback=self.env._("It is below its limit again."))
        elif not known:
            user = self._operators()[:1] or self.env.user
            tenant_sudo.activity_schedule(
                TODO, summary=summary, note=self._effect_line(), user_id=user.id
            )

    def _tell_webhooks(self, what, mark):
        tenant_sudo = self.tenant_id.sudo()
        self.env["saas.webhook.event"]._emit(
            WEBHOOKS[what],
            tenant_sudo,
            {"tenant": tenant_sudo._webhook_data(), "quota": self._webhook_data(mark)},
            partner=tenant_sudo.partner_id,
            subject=tenant_sudo._webhook_subject(),
        )

    @api.private
    def _webhook_data(self, mark=0):
        """Return what events tell of a quota; quantities are text with their digits."""
        self.ensure_one()
        return {
            "meter": self.meter_id.code,
            "unit": self.meter_id.with_context(lang="en_US").unit_label or "",
            "used": _plain(self.used) if self.has_reading else None,
            "limit": _plain(self.limit) if self.has_limit else None,
            "percent": _plain(self.percent) if self.has_limit else None,
            "mark": mark or None,
            "level": self.level,
            "policy": self.policy,
            "in_force": bool(self.forced_since),
            "grace_until": (self.grace_until and self.grace_until.isoformat() + "Z") or None,
        }

    # For the texts of mails

    def _mail_subject(self):
        """Return meter, fact and tenant in at most a line."""
        _ = self.env._
        facts = {"meter": self.meter_id.name, "tenant": self.tenant_id.name}
        what = self.env.context.get("saas_what")
        if what == RELEASED:
            return _("Limit lifted: %(meter)s of %(tenant)s", **facts)
        if what == REACHED:
            return _("%(meter)s limit reached: %(tenant)s", **facts)
        mark = max((int(one) for one in (self.told_marks or "").split(",") if one), default=0)
        return _("%(meter)s %(mark)s%% used: %(tenant)s", mark=mark, **facts)

    def _mail_used(self):
        """Return how much of how much is used, and when it is all used at this pace."""
        _ = self.env._
        text = _("%(shown)s are used.", shown=self.shown)
        if not self.forecast_on:
            return text
        day = format_date(self.env, self.forecast_on, date_format="d MMMM y")
        return text + " " + _("At this pace the limit is reached on %(day)s.", day=day)

    def _effect_line(self):
        """Return what is refused now, or will be, in the customer's words."""
        _ = self.env._
        if self.forced_since:
            at = self._instant(self.forced_since)
            slow = self.policy == THROTTLE
            if self.policy == SUSPEND:
                return _("The database is closed since %(at)s; its data is safe.", at=at)
            return {
                USERS: _("No user can be added since %(at)s; nobody is locked out.", at=at),
                STORAGE: _(
                    "New uploads are refused since %(at)s; reading, deleting and all other work "
                    "go on.",
                    at=at,
                ),
                CALLS: _("API calls are slowed down since %(at)s; people work as ever.", at=at)
                if slow
                else _("API calls are refused since %(at)s; people work as ever.", at=at),
                TRAFFIC: _("Requests are slowed down since %(at)s.", at=at)
                if slow
                else _("Requests are refused since %(at)s.", at=at),
            }[self.meter_id.code]
        if self.policy == CHARGE:
            return _("Nothing is refused: what is used beyond the limit is charged.")
        if self.policy in FORCED and self.grace_until:
            return self._grace_line()
        return _("Nothing is refused.")

    def _grace_line(self):
        _ = self.env._
        at = self._instant(self.grace_until)
        if self.policy == SUSPEND:
            return _(
                "No user or app can be added now. On %(at)s the database is closed, unless less is "
                "used.",
                at=at,
            )
        if self.policy == THROTTLE:
            return _(
                "Nothing is slowed down yet. From %(at)s on it is, unless less is used.", at=at
            )
        return _("Nothing is refused yet. From %(at)s on it is, unless less is used.", at=at)

    def _mail_way_out(self):
        """Return what the reader can do."""
        _ = self.env._
        if self.env.context.get("saas_reader") == "operator":
            return _("Raise the limit of this tenant, or offer its customer a bigger plan.")
        if self._is_counted():
            return _("Answer this mail to get a bigger plan; the next month begins anew.")
        return _("Use less, or answer this mail to get a bigger plan. It is lifted at once then.")

    def _mail_address(self):
        """Return where the reader looks at it."""
        if self.env.context.get("saas_reader") == "operator":
            return f"{self.get_base_url()}/odoo/saas-quotas/{self.id}"
        return self.tenant_id.url or ""

    def _mail_why(self):
        """Return why the reader gets this."""
        _ = self.env._
        return {
            "operator": _("You get this because you are responsible for this tenant."),
            "partner": _("You get this because this is your customer's database."),
        }.get(
            self.env.context.get("saas_reader"),
            _(
                "You get this because you look after this database. Under Notifications in the "
                "portal you choose which mails you get."
            ),
        )

    def _instant(self, at):
        return format_datetime(self.env, at, tz=self._zone(), dt_format="d MMMM y, HH:mm")

    def _zone(self):
        tenant_sudo = self.tenant_id.sudo()
        return tenant_sudo.partner_id.tz or tenant_sudo.company_id.partner_id.tz or "UTC"


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    def _selling_partner(self):
        """Return the partner who sold this tenant: nobody, until partners sell."""
        return self.env["res.partner"]


def _what(judged):
    """Return what people are told of a judgement, empty for nothing."""
    verdict = judged.verdict
    if verdict.tell_released:
        return RELEASED
    if verdict.tell_forced or any(mark >= FULL for mark in verdict.crossed):
        return REACHED
    return WARNED if verdict.crossed else ""


def _plain(number):
    return Decimal(str(number))
