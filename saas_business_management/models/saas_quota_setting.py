"""Resource Settings: from when on people are warned, and what happens at a limit; one a company.

Owns: the numbers for all meters, whom they are told and how, what a change would do today. Does not
own: the lines of single meters (`saas_quota_rule.py`), judging (`saas_quota_judge.py`).
"""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..kernel.quota.enforcement import COUNTED, METERS
from ..kernel.quota.terms import CHARGE, Terms, format_marks, parse_marks
from ..kernel.quota.verdict import Use, is_over

STANDARD = Terms()
THOUSANDTH = Decimal("0.001")
AUDITED = {
    *("marks", "warn_percent", "hard_percent", "grace_days", "charged_is_allowed", "throttle_rate"),
    *("tell_customer", "tell_partner", "tell_operator", "by_mail", "by_inbox", "by_webhook"),
    "banner",
}


class SaasQuotaSetting(models.Model):
    _name = "saas.quota.setting"
    _description = "Resource Settings"
    _inherit = ["mail.thread"]
    _order = "company_id"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    marks = fields.Char(
        string="Tell At (%)",
        default=format_marks(STANDARD.marks),
        required=True,
        tracking=True,
        help="Percentages of a limit. Each is told once in a period.",
    )
    warn_percent = fields.Integer(
        string="Warned From (%)", default=STANDARD.warn, required=True, tracking=True
    )
    hard_percent = fields.Integer(
        string="Hard Limit (%)",
        default=STANDARD.hard,
        required=True,
        tracking=True,
        help="Percentage of the limit from which the policy counts.",
    )
    grace_days = fields.Integer(
        string="Grace",
        default=STANDARD.grace_days,
        required=True,
        tracking=True,
        help="Days over the hard limit before the policy is in force.",
    )
    charged_is_allowed = fields.Boolean(
        string="Allow What Is Charged",
        default=True,
        tracking=True,
        help="Where a plan charges for a meter, more than the limit is allowed and charged, unless "
        "a line of that plan says otherwise.",
    )
    throttle_rate = fields.Integer(
        string="Slowed Down To",
        default=60,
        required=True,
        tracking=True,
        help="Calls a minute that are let through where the policy is to slow down.",
    )
    tell_customer = fields.Boolean(string="Customer", default=True, tracking=True)
    tell_partner = fields.Boolean(string="Partner", default=True, tracking=True)
    tell_operator = fields.Boolean(string="Operator", default=True, tracking=True)
    by_mail = fields.Boolean(string="Mail", default=True, tracking=True)
    by_inbox = fields.Boolean(string="Activity of the Operator", default=True, tracking=True)
    by_webhook = fields.Boolean(string="Webhook", default=True, tracking=True)
    banner = fields.Boolean(string="Banner in the Database", default=True, tracking=True)
    rule_ids = fields.One2many("saas.quota.rule", "setting_id", string="Meters", copy=True)
    effect = fields.Char(compute="_compute_effect", string="What This Does Today")

    _company_uniq = models.Constraint(
        "UNIQUE (company_id)", "This company has its resource settings already."
    )
    _border = models.Constraint(
        "CHECK (warn_percent BETWEEN 1 AND 1000 AND hard_percent BETWEEN 1 AND 1000 "
        "AND grace_days BETWEEN 0 AND 365 AND throttle_rate BETWEEN 1 AND 100000)",
        "Percentages go from 1 to 1000, days of grace from 0 to 365, calls a minute from 1 to "
        "100,000.",
    )

    @api.constrains("marks")
    def _check_marks(self):
        for setting in self:
            check_marks(setting, setting.marks)

    @api.depends(
        *("hard_percent", "grace_days", "charged_is_allowed", "rule_ids.hard_percent"),
        *("rule_ids.policy", "rule_ids.plan_id", "rule_ids.meter_id"),
    )
    def _compute_effect(self):
        """Say while it is edited how many tenants it puts over their limit today."""
        for setting in self:
            count = setting._newly_over() if setting._origin else 0
            setting.effect = self._effect_text(count)

    @api.model
    def _effect_text(self, count):
        if not count:
            return False
        if count == 1:
            return self.env._("This puts 1 tenant over its limit today.")
        return self.env._("This puts %(count)s tenants over their limit today.", count=count)

    def _newly_over(self):
        """Return how many tenants would be over a limit by these numbers and are not by the stored
        ones.
        """
        now, before = self._to_terms(), self._origin._to_terms()
        domain = [("company_id", "=", self.company_id.id), ("has_limit", "=", True)]
        over = set()
        for row_sudo in self.env["saas.quota"].sudo().search([*domain, ("used_known", "=", True)]):
            use = Use(exactly(row_sudo.used), True, row_sudo.meter_id.code in COUNTED)
            limit = exactly(row_sudo.limit)
            was, will = (self._terms_for(terms, row_sudo) for terms in (before, now))
            if is_over(use, limit, will) and not is_over(use, limit, was):
                over.add(row_sudo.tenant_id.id)
        return len(over)

    def _terms_for(self, terms, quota):
        key = (quota.plan_id.id, quota.meter_id.code)
        found = terms.get(key) or terms[False, quota.meter_id.code]
        is_charged = quota.policy == CHARGE and key not in terms
        return Terms(hard=found["terms"].hard, policy=CHARGE) if is_charged else found["terms"]

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create([self._tidy(vals) for vals in vals_list])
        for setting in made.filtered(lambda one: not one.rule_ids):
            self.env["saas.quota.rule"]._give_usual(setting)
        self.env["saas.quota"]._judge_soon()
        return made

    def write(self, vals):
        before = {one: {name: one[name] for name in AUDITED & vals.keys()} for one in self}
        done = super().write(self._tidy(vals))
        for one, was in before.items():
            changed = {name: [was[name], one[name]] for name in was if one[name] != was[name]}
            if changed:
                self.env["saas.audit.entry"]._note("quota_settings_changed", one, **changed)
        self.env["saas.quota"]._judge_soon()
        return done

    @api.model
    def _tidy(self, vals):
        """Return the values with percentages in their one form where they can be read."""
        return tidy_marks(vals)

    # For those who judge

    @api.model
    @api.private
    def _of(self, company):
        """Return the settings of a company; unsaved ones with the usual numbers without any."""
        found = self.sudo().search([("company_id", "=", company.id)], limit=1)
        return found or self.sudo().new({"company_id": company.id})

    @api.private
    def _to_terms(self):
        """Return `{(plan id or False, meter code): {"terms", "people", "rate"}}`."""
        self.ensure_one()
        rules = self.rule_ids or self.env["saas.quota.rule"]._usual(self)
        found = {(False, code): self._told(None) for code in METERS}
        for rule in rules.sorted(lambda one: one.sequence):
            plan = rule.plan_id._origin.id or rule.plan_id.id or False
            found[plan, rule.meter_id.code] = self._told(rule)
        return found

    def _told(self, rule):
        own = self._numbers()
        if rule:
            own |= rule._numbers()
        people = bool(rule and rule.stops_people)
        return {"terms": Terms(**own), "people": people, "rate": self.throttle_rate}

    def _numbers(self):
        return {
            "marks": read_marks(self.marks) or STANDARD.marks,
            "warn": self.warn_percent or STANDARD.warn,
            "hard": self.hard_percent or STANDARD.hard,
            "grace_days": self.grace_days,
        }


def read_marks(text):
    """Return the percentages of a text; nothing for one that is being written."""
    try:
        return parse_marks(text or "")
    except ValueError:
        return ()


def tidy_marks(vals):
    """Return values with `marks` as `format_marks` writes them where they can be read."""
    found = read_marks(vals.get("marks"))
    return {**vals, "marks": format_marks(found)} if found else vals


def check_marks(record, text):
    """Refuse percentages that cannot be read."""
    if not read_marks(text):
        raise ValidationError(
            record.env._(
                "“%(text)s” cannot be read. Write percentages from 1 to 1000 with commas, such as "
                "50, 80, 100, 120.",
                text=text or "",
            )
        )


def exactly(number):
    """Return a quantity of a column with three digits as the exact number it stands for."""
    return Decimal(str(number)).quantize(THOUSANDTH).normalize() + 0
