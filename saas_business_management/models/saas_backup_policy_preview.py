"""What a backup policy will do, in plain words, before it does it.

Owns: its two sentences and the tenants it counts for. Does not own: the instants and the numbers
in them (`kernel/backup/`).
"""

from datetime import timedelta, timezone
from itertools import islice
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..kernel.backup import retention, schedule
from ..kernel.errors import SaasError

# Enough turns that even years are seen; hourly ones are thinned out beyond the newest.
_SEEN_DAYS, _SEEN_HOURLY = 366, 200


class SaasBackupPolicy(models.Model):
    _inherit = "saas.backup.policy"

    schedule_label = fields.Char(compute="_compute_schedule_label", string="Schedule")
    preview = fields.Text(compute="_compute_preview", string="What It Does")
    tenant_count = fields.Integer(compute="_compute_tenant_count", string="Tenants")

    @api.depends(
        *("unit", "every_hours", "weekday", "window_start", "window_end", "zone_rule", "tz"),
        *("keep_last", "keep_daily", "keep_weekly", "keep_monthly", "keep_yearly"),
        *("redundancy", "grace_days", "proof_level", "proof_days", "state", "company_id"),
    )
    @api.depends_context("lang", "tz", "uid")
    def _compute_preview(self):
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        for policy in self:
            try:
                lines = policy._foreseen(now)
            except (SaasError, ValueError):
                lines = []
            policy.preview = "\n".join(lines)

    @api.depends("unit", "every_hours", "weekday")
    @api.depends_context("lang")
    def _compute_schedule_label(self):
        days = dict(self._fields["weekday"]._description_selection(self.env))
        for policy in self:
            policy.schedule_label = {
                schedule.HOURS: self.env._("Every %(count)s hours", count=policy.every_hours)
                if policy.every_hours != 1
                else self.env._("Every hour"),
                schedule.DAILY: self.env._("Daily"),
                schedule.WEEKLY: self.env._("Weekly, %(day)s", day=days.get(policy.weekday)),
            }.get(policy.unit)

    def _foreseen(self, now):
        plan, rule = self._to_schedule(), self._to_rule()
        tenant = self._example()
        zone_name = self._zone_name(tenant)
        zone, key = ZoneInfo(zone_name), tenant.public_id or str(self._origin.id or 0)
        turn = schedule.next_turn(plan, zone, key, now)
        when = format_datetime(self.env, turn.replace(tzinfo=None), tz=zone_name, dt_format="short")
        return [
            self._said_next(tenant, when, zone_name),
            self._said_kept(self._kept_in_time(plan, rule, zone, key, now)),
            self._said_expired(),
            self._said_proof(),
        ]

    def _example(self):
        """Return a tenant that it counts for, to speak of somebody; an empty one if nobody is."""
        tenants = self.env["saas.tenant"]
        return tenants.search([("backup_policy_effective_id", "in", self._origin.ids)], limit=1)

    def _kept_in_time(self, plan, rule, zone, key, now):
        """Return what will be kept once the policy has counted for long enough."""
        years = rule.yearly + rule.monthly // 12 + rule.weekly // 52 + rule.daily // 366 + 1
        span = timedelta(days=min(years, 12) * _SEEN_DAYS)
        if plan.unit == schedule.HOURS:
            newest = list(
                islice(
                    schedule.turns(plan, zone, key, now + span - plan.period * _SEEN_HOURLY),
                    max(_SEEN_HOURLY, rule.last),
                )
            )
            daily = schedule.Schedule()
            older = schedule.turns(daily, zone, key, now)
            days = round(span / timedelta(days=1))
            taken = [one for one in islice(older, days) if one < newest[0]] + newest
        else:
            taken = list(islice(schedule.turns(plan, zone, key, now), span // plan.period))
        return retention.foresee_retention(taken, rule, zone), taken[-1]

    def _said_next(self, tenant, when, zone_name):
        said = {"when": when, "zone": zone_name, "tenant": tenant.name}
        if self.state != "on":
            return self.env._(
                "Off: it backs nothing up. On, the next turn: %(when)s (%(zone)s).", **said
            )
        if tenant:
            return self.env._("Next backup of %(tenant)s: %(when)s (%(zone)s).", **said)
        return self.env._(
            "Next backup: %(when)s (%(zone)s), each tenant at its own minute.", **said
        )

    def _said_kept(self, foreseen):
        kept, newest_at = foreseen
        oldest = newest_at - kept[-1].taken_at
        return self.env._(
            "Kept: %(parts)s. That makes about %(count)s backups of a tenant, the oldest "
            "%(days)s days old.",
            parts=", ".join(self._parts()),
            count=len(kept),
            days=oldest.days,
        )

    def _parts(self):
        _ = self.env._
        said = {
            "last": _("the last %(count)s", count=self.keep_last),
            "daily": _("one a day for %(count)s days", count=self.keep_daily),
            "weekly": _("one a week for %(count)s weeks", count=self.keep_weekly),
            "monthly": _("one a month for %(count)s months", count=self.keep_monthly),
            "yearly": _("one a year for %(count)s years", count=self.keep_yearly),
        }
        return [text for name, text in said.items() if self[f"keep_{name}"]]

    def _said_expired(self):
        return self.env._(
            "What expires can be restored for %(days)s more days. The newest verified backup, "
            "%(least)s verified ones and pinned ones never expire, and none does while backups "
            "fail.",
            days=self.grace_days,
            least=self.redundancy,
        )

    def _said_proof(self):
        if self.proof_level == "1":
            return self.env._(
                "Every backup is read in full within a day; none is restored, so nothing is "
                "called proven."
            )
        return self.env._(
            "Every backup is read in full within a day, and one of each tenant is restored and "
            "compared at least every %(days)s days.",
            days=self.proof_days,
        )

    @api.depends("state", "active", "is_default", "company_id")
    def _compute_tenant_count(self):
        tenants = self.env["saas.tenant"]
        for policy in self:
            policy.tenant_count = tenants.search_count(
                [("backup_policy_effective_id", "in", policy.ids)]
            )

    def action_view_tenants(self):
        """Open the tenants that it counts for."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_tenant"
        )
        return dict(
            action,
            domain=[("backup_policy_effective_id", "in", self.ids)],
            context={},
            path=False,
            display_name=self.env._("Tenants of %(name)s", name=self.name),
        )
