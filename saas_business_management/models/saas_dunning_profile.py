"""Dunning profiles: what happens on which day to somebody who does not pay.

Owns: days, least amounts, which profile holds for a subscription. Does not own: what follows from
the days (`kernel/billing/dunning.py`), following it (`saas_dunning_work.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import messages
from ..kernel.billing.dunning import DunningProfile
from ..kernel.billing.states import CANCELLED, PAST_DUE, RESTRICTED, SUSPENDED
from ..kernel.errors import Refused

STANDARD = DunningProfile()
STAGES = (PAST_DUE, RESTRICTED, SUSPENDED, CANCELLED)
STANDARD_DAYS = dict(STANDARD.states)
MOST_DAYS = 366


def standard_day(state):
    """Return the day of a state in a new profile, as Odoo wants a default."""
    return lambda _self: STANDARD_DAYS[state]


class SaasDunningProfile(models.Model):
    _name = "saas.dunning.profile"
    _description = "Dunning Profile"
    _inherit = ["mail.thread"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", string="Company", index=True, help="Empty: every company uses it."
    )
    retry_days = fields.Char(
        string="Charge Again on Day",
        default=lambda self: ", ".join(map(str, STANDARD.retry_days)),
        tracking=True,
        help="Days after the first failed charge, such as 1, 3, 6. Empty: never by itself.",
    )
    reminder_days = fields.Char(
        string="Remind on Day",
        default="3, 10, 21",
        tracking=True,
        help="For customers without a saved payment method: days after the due date.",
    )
    past_due_day = fields.Integer(
        string="Past Due on Day", default=standard_day(PAST_DUE), required=True, tracking=True
    )
    restricts = fields.Boolean(
        string="Restrict", default=True, tracking=True, help="No new users or apps, with a banner."
    )
    restricted_day = fields.Integer(
        string="Restricted on Day", default=standard_day(RESTRICTED), tracking=True
    )
    suspends = fields.Boolean(
        string="Suspend", default=True, tracking=True, help="Closed; its data stays."
    )
    suspended_day = fields.Integer(
        string="Suspended on Day", default=standard_day(SUSPENDED), tracking=True
    )
    cancels = fields.Boolean(
        string="Cancel", default=True, tracking=True, help="The subscription ends."
    )
    cancelled_day = fields.Integer(
        string="Cancelled on Day", default=standard_day(CANCELLED), tracking=True
    )
    minimum_ids = fields.One2many(
        "saas.dunning.minimum", "profile_id", string="Least Overdue Amounts", copy=True
    )
    summary = fields.Char(compute="_compute_summary", string="Ladder")
    dunning_count = fields.Integer(compute="_compute_dunning_count", string="Overdue Customers")

    @api.depends("restricts", "suspends", "cancels", "past_due_day", "restricted_day")
    @api.depends("suspended_day", "cancelled_day")
    def _compute_summary(self):
        labels = dict(self.env["saas.dunning"]._fields["stage"]._description_selection(self.env))
        for profile in self:
            profile.summary = " · ".join(
                self.env._("%(stage)s on day %(day)s", stage=labels[state], day=day)
                for state, day in profile._states()
            )

    def _compute_dunning_count(self):
        groups = self.env["saas.dunning"]._read_group(
            [("profile_id", "in", self.ids), ("state", "!=", "closed")],
            ["profile_id"],
            ["__count"],
        )
        counts = {profile.id: count for profile, count in groups}
        for profile in self:
            profile.dunning_count = counts.get(profile.id, 0)

    @api.constrains(
        *("retry_days", "reminder_days", "past_due_day", "restricts", "restricted_day"),
        *("suspends", "suspended_day", "cancels", "cancelled_day"),
    )
    def _check_ladder(self):
        for profile in self:
            for offline in (False, True):
                try:
                    ladder = profile._to_profile(offline)
                except Refused as error:
                    raise ValidationError(messages.text(self.env, error)) from None
                last = max((*ladder.retry_days, *ladder.reminder_days, ladder.states[-1][1]))
                if last > MOST_DAYS:
                    raise ValidationError(
                        self.env._("A ladder ends within %(days)s days.", days=MOST_DAYS)
                    )

    def action_view_dunning(self) -> dict:
        """Open the overdue customers that this profile is followed for."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_dunning"
        )
        return dict(action, domain=[("profile_id", "=", self.id)], path=False)

    def _states(self):
        """Return the states of the ladder in their order, each with its day."""
        wanted = {PAST_DUE: True, RESTRICTED: self.restricts}
        wanted |= {SUSPENDED: self.suspends, CANCELLED: self.cancels}
        return tuple((state, self[f"{state}_day"]) for state in STAGES if wanted[state])

    @api.private
    def _to_profile(self, offline=False):
        """Return the ladder; offline without charges, with reminders.

        Raises: Refused (`dunning_days`, `dunning_states`, `dunning_numbers`).
        """
        self.ensure_one()
        return DunningProfile(
            retry_days=() if offline else _days(self.retry_days),
            states=self._states(),
            reminder_days=_days(self.reminder_days) if offline else (),
        )

    @api.private
    def _least(self):
        """Return the least overdue amount by currency code."""
        return {
            one.currency_id.name: one.currency_id._exactly(one.amount)
            for one in self.sudo().minimum_ids
        }

    @api.model
    @api.private
    def _default_of(self, company):
        """Return the profile of a company: its own choice, else the first there is."""
        theirs = company.sudo().saas_dunning_profile_id
        if theirs.active:
            return theirs
        ours = [("company_id", "in", (False, company.id))]
        return self.sudo().search(ours, order="company_id, sequence, id", limit=1)


class SaasDunningMinimum(models.Model):
    _name = "saas.dunning.minimum"
    _description = "Least Overdue Amount"
    _order = "profile_id, currency_id"
    _rec_name = "currency_id"

    profile_id = fields.Many2one(
        "saas.dunning.profile", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.company.currency_id,
    )
    amount = fields.Monetary(required=True, help="Less than this is left alone.")

    _once = models.Constraint(
        "UNIQUE (profile_id, currency_id)", "This currency has its least amount already."
    )
    _not_negative = models.Constraint("CHECK (amount >= 0)", "A least amount is zero or more.")


class ResCompany(models.Model):
    _inherit = "res.company"

    saas_dunning_profile_id = fields.Many2one(
        "saas.dunning.profile",
        string="Dunning Profile",
        ondelete="set null",
        domain="[('company_id', 'in', (False, id))]",
        help="Followed where neither the customer nor the plan has one.",
    )
    saas_charging = fields.Boolean(
        string="Charge Saved Payment Methods",
        default=True,
        help="Off: nobody is charged by itself; customers pay by transfer or in the portal.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    saas_dunning_profile_id = fields.Many2one(
        related="company_id.saas_dunning_profile_id", readonly=False
    )
    saas_charging = fields.Boolean(related="company_id.saas_charging", readonly=False)


class SaasPlan(models.Model):
    _inherit = "saas.plan"

    dunning_profile_id = fields.Many2one(
        "saas.dunning.profile",
        string="Dunning Profile",
        ondelete="restrict",
        tracking=True,
        check_company=True,
        help="Empty: that of the company. A customer's own goes before it.",
    )


class ResPartner(models.Model):
    _inherit = "res.partner"

    saas_dunning_profile_id = fields.Many2one(
        "saas.dunning.profile",
        string="Dunning Profile",
        ondelete="set null",
        copy=False,
        groups="saas_business_management.group_saas_billing_user",
        help="Empty: that of the plan, else that of the company.",
    )


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    def _dunning_profile(self):
        """Return the profile that holds: the customer's, the plan's, else the company's."""
        self.ensure_one()
        partner_sudo = self.partner_id.sudo()
        for profile_sudo in (
            partner_sudo.saas_dunning_profile_id,
            partner_sudo.commercial_partner_id.saas_dunning_profile_id,
            self.plan_id.sudo().dunning_profile_id,
        ):
            ours = profile_sudo.company_id in (self.env["res.company"], self.company_id)
            if profile_sudo.active and ours:
                return profile_sudo
        return self.env["saas.dunning.profile"]._default_of(self.company_id)


def _days(text):
    """Return the days that somebody wrote, such as "1, 3, 6", as numbers.

    Raises: Refused (`dunning_numbers`).
    """
    parts = [part.strip() for part in (text or "").replace(";", ",").split(",") if part.strip()]
    if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        raise Refused("dunning_numbers", text=text)
    return tuple(int(part) for part in parts)
