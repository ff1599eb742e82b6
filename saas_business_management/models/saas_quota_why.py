"""The five lines of *Why?*: which limit, how much, what follows, who was told, when it ends.

Owns: these sentences, the same for operators and customers. Does not own: the facts.
"""

from odoo import api, fields, models
from odoo.tools import format_date, format_list

from ..kernel.quota import limits
from ..kernel.quota.terms import FORCED

MOST_TOLD = 6


class SaasQuota(models.Model):
    _inherit = "saas.quota"

    why_title = fields.Char(compute="_compute_why")
    why_limit = fields.Char(compute="_compute_why", string="1 Limit")
    why_used = fields.Char(compute="_compute_why", string="2 Counted")
    why_policy = fields.Char(compute="_compute_why", string="3 Policy")
    why_told = fields.Char(compute="_compute_why", string="4 Told")
    why_end = fields.Char(compute="_compute_why", string="5 Ends")

    @api.depends("event_ids.told", "level", "limit", "used", "used_known", "policy", "override_id")
    def _compute_why(self):
        for quota in self:
            quota.why_title = quota._why_title()
            quota.why_limit = quota._why_limit()
            quota.why_used = quota._why_used()
            quota.why_policy = quota._why_policy()
            quota.why_told = quota._why_told()
            quota.why_end = quota._why_end()

    def _why_title(self):
        _ = self.env._
        since = self._instant(self.since) if self.since else "—"
        facts = {"meter": self.meter_id.name, "tenant": self.tenant_id.name, "at": since}
        return {
            "blocked": self._effect_line(),
            "exceeded": _("%(meter)s of %(tenant)s is over its limit since %(at)s.", **facts),
            "warned": _("%(meter)s of %(tenant)s comes near its limit.", **facts),
            "unknown": _("%(meter)s of %(tenant)s is unknown since %(at)s.", **facts),
        }.get(self.level, _("%(meter)s of %(tenant)s is below its limit.", **facts))

    def _why_limit(self):
        _ = self.env._
        if not self.has_limit:
            if self.source == limits.OVERRIDE:
                return _("No limit, set by hand%(more)s", more=self._by_whom())
            return _("No limit")
        amount = f"{self._number(self.limit)} {self.unit_label or ''}".strip()
        if self._is_counted():
            amount = _("%(amount)s a month", amount=amount)
        origin = {
            limits.OVERRIDE: _("set by hand%(more)s", more=self._by_whom()),
            limits.TRIAL: _("from the trial of %(plan)s", plan=self.plan_id.sudo().name or "—"),
            limits.PLAN: _("from plan %(plan)s", plan=self._plan_name()),
            limits.TEMPLATE: _(
                "from template %(template)s", template=self.tenant_id.sudo().template_id.name
            ),
        }.get(self.source, "")
        text = _("%(amount)s, %(origin)s", amount=amount, origin=origin)
        if self.addons:
            part = f"{self._number(self.addons)} {self.unit_label or ''}".strip()
            text += _(", %(part)s of it by add-ons", part=part)
        return text

    def _plan_name(self):
        one_sudo = self.tenant_id.sudo().subscription_id
        version_sudo = one_sudo.version_id
        if version_sudo and version_sudo.plan_id == self.plan_id:
            return version_sudo.display_name
        return self.plan_id.sudo().name or "—"

    def _by_whom(self):
        row_sudo = self.override_id.sudo()
        if not row_sudo:
            return ""
        text = self.env._(
            " by %(name)s: %(reason)s", name=row_sudo.user_id.name, reason=row_sudo.reason
        )
        if row_sudo.until_on:
            day = format_date(self.env, row_sudo.until_on)
            text += self.env._(", until %(day)s", day=day)
        return text

    def _why_used(self):
        _ = self.env._
        if not self.has_reading:
            return _("Unknown: there was no reading yet")
        amount = f"{self._number(self.used)} {self.unit_label or ''}".strip()
        at = self._instant(self.read_at) if self.read_at else "—"
        if not self.used_known:
            return _("%(amount)s when last known, %(at)s; unknown since", amount=amount, at=at)
        return _("%(amount)s, last reading %(at)s", amount=amount, at=at)

    def _why_policy(self):
        _ = self.env._
        label = dict(self._fields["policy"]._description_selection(self.env)).get(self.policy, "—")
        if self.policy not in FORCED:
            return label
        facts = {"policy": label, "days": self.grace_days, "hard": self.hard_percent}
        if self.forced_since and not self.grace_days:
            return _("%(policy)s from %(hard)s%%, without grace", **facts)
        if self.grace_until:
            at = self._instant(self.grace_until)
            return _(
                "%(policy)s from %(hard)s%%, grace of %(days)s days until %(at)s", at=at, **facts
            )
        return _("%(policy)s from %(hard)s%%, after a grace of %(days)s days", **facts)

    def _why_told(self):
        rows_sudo = self.sudo().event_ids.filtered("told").sorted("id")[-MOST_TOLD:]
        if not rows_sudo:
            return self.env._("Nobody")
        kinds = dict(rows_sudo._fields["kind"]._description_selection(self.env))
        return " · ".join(
            self.env._(
                "%(what)s %(day)s (%(who)s)",
                what=f"{row.mark} %" if row.mark else kinds[row.kind],
                day=format_date(self.env, row.at, date_format="d MMM"),
                who=row.told,
            )
            for row in rows_sudo
        )

    def _why_end(self):
        _ = self.env._
        if not self.over_since:
            return _("Nothing is held back")
        ways = [_("when less is used than the limit"), _("when the plan or the limit rises")]
        if self._is_counted() and self.period_end_at:
            ways.append(
                _("on %(at)s, when the next month begins", at=self._instant(self.period_end_at))
            )
        return format_list(self.env, ways, style="or")
