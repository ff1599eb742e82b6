"""The release calendar: when tenants may be changed, and the days on which nothing is changed.

Owns: windows and freezes, which of them hold for a tenant, the next open time. Does not own:
reckoning (`kernel/migration/window.py`), the calendar as people see it
(`saas_release_occurrence.py`).

A window that names tenants goes before one that names templates, that before one that names service
tiers, and that before one for all. Freezes all hold together.
"""

from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from .. import messages
from ..kernel.errors import Refused
from ..kernel.migration.window import Freeze, Window, next_open
from ..kernel.period import zone

KINDS = [("window", "Release Window"), ("freeze", "Freeze")]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# From the narrowest to the widest.
LEVELS = ("tenant_ids", "template_ids", "tier_ids")


class SaasReleaseWindow(models.Model):
    _name = "saas.release.window"
    _description = "Release Window"
    _order = "kind desc, sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(KINDS, default="window", required=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Empty: it holds for tenants of every company.",
    )
    monday = fields.Boolean()
    tuesday = fields.Boolean()
    wednesday = fields.Boolean()
    thursday = fields.Boolean()
    friday = fields.Boolean()
    saturday = fields.Boolean(default=True)
    sunday = fields.Boolean(default=True)
    opens = fields.Float(
        string="From", digits=(4, 2), aggregator=None, help="By the clock of each tenant."
    )
    closes = fields.Float(
        string="To",
        digits=(4, 2),
        default=4.0,
        aggregator=None,
        help="An hour that is not after the first one is on the next day.",
    )
    first_on = fields.Date(string="First Day")
    last_on = fields.Date(string="Last Day", help="Still part of the freeze.")
    yearly = fields.Boolean(string="Each Year")
    template_ids = fields.Many2many("saas.template", string="Templates", check_company=True)
    tier_ids = fields.Many2many("saas.service.tier", string="Service Tiers")
    tenant_ids = fields.Many2many("saas.tenant", string="Tenants", check_company=True)
    note = fields.Char(string="Why", help="Whoever has to wait reads it.")
    when = fields.Char(compute="_compute_words")
    whom = fields.Char(compute="_compute_words", string="Holds For")

    _check_company_auto = True

    @api.depends("kind", "opens", "closes", "first_on", "last_on", "yearly", *WEEKDAYS, *LEVELS)
    @api.depends_context("lang")
    def _compute_words(self):
        for one in self:
            one.when = one._freeze_words() if one.kind == "freeze" else one._window_words()
            told = [name for level in LEVELS for name in one[level].mapped("name")]
            one.whom = ", ".join(told) or self.env._("All tenants")

    def _window_words(self):
        labels = self.fields_get(WEEKDAYS, ["string"])
        days = ", ".join(labels[day]["string"] for day in WEEKDAYS if self[day])
        hours = f"{_clock(self.opens)}–{_clock(self.closes)}"
        return f"{days}, {hours}" if days else hours

    def _freeze_words(self):
        form = "d MMMM" if self.yearly else False
        first, last = (
            format_date(self.env, day, date_format=form) if day else "…"
            for day in (self.first_on, self.last_on)
        )
        if self.yearly:
            return self.env._("%(first)s–%(last)s, each year", first=first, last=last)
        return f"{first}–{last}"

    @api.constrains("kind", "opens", "closes", "first_on", "last_on", "yearly", *WEEKDAYS)
    def _check_hours(self):
        for one in self:
            try:
                one._to_rule()
            except Refused as error:
                raise ValidationError(messages.text(self.env, error)) from None

    def _to_rule(self):
        """Return the window or freeze as the kernel knows it.

        Raises:
            Refused: `window_hours`, `window_weekdays`, `freeze_days`.
        """
        if self.kind == "freeze":
            if not self.first_on or not self.last_on:
                raise Refused("freeze_days")
            return Freeze(self.first_on, self.last_on, self.yearly)
        days = frozenset(number for number, day in enumerate(WEEKDAYS) if self[day])
        return Window(days, round(self.opens * 60), round(self.closes * 60))

    # For whoever changes tenants

    @api.model
    @api.private
    def _next(self, tenant, at):
        """Return `(start, end)` of the open time that `at` lies in or else of the next one, naive
        UTC instants; the end is False when it stays open. None when nothing opens in 400 days.
        """
        windows, freezes = self._rules_of(tenant)
        now = at.replace(tzinfo=timezone.utc) if at.tzinfo is None else at
        found = next_open(windows, freezes, zone(self._zone_of(tenant)), now)
        if found is None:
            return None
        return tuple(one.replace(tzinfo=None) if one else None for one in found)

    @api.model
    def _rules_of(self, tenant):
        rows_sudo = self.sudo().search([("company_id", "in", (False, tenant.company_id.id))])
        held_sudo = rows_sudo.filtered(lambda one: one._holds(tenant.sudo()))
        freezes = [one._to_rule() for one in held_sudo if one.kind == "freeze"]
        windows_sudo = held_sudo.filtered(lambda one: one.kind == "window")
        for level in (*LEVELS, None):
            narrow = windows_sudo.filtered(level) if level else windows_sudo
            if narrow:
                return [one._to_rule() for one in narrow], freezes
        return [], freezes

    def _holds(self, tenant):
        """Tell whether it holds for a tenant: named itself, or by its template or service tier."""
        if not any(self[level] for level in LEVELS):
            return True
        return bool(
            tenant in self.tenant_ids
            or tenant.template_id in self.template_ids
            or tenant.plan_id.service_tier_id in self.tier_ids
        )

    @api.model
    def _zone_of(self, tenant):
        tenant_sudo = tenant.sudo()
        return (
            tenant_sudo.partner_id.tz
            or tenant_sudo.template_id.tz
            or tenant_sudo.company_id.partner_id.tz
            or "UTC"
        )

    def action_view_calendar(self):
        """Open the calendar of all windows and freezes."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_release_calendar"
        )


def _clock(hours):
    minutes = round(hours * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"
