"""What happens at the limit of one meter, for all plans or for one.

Owns: the lines of Resource Settings, the usual ones. Does not own: the numbers of the whole company
(`saas_quota_setting.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..kernel.quota.enforcement import CALLS, METERS, STORAGE, TRAFFIC, USERS
from ..kernel.quota.terms import BLOCK, CHARGE, NOTIFY, SUSPEND, THROTTLE
from .saas_quota_setting import check_marks, read_marks, tidy_marks

POLICIES = [
    (NOTIFY, "Tell Only"),
    (CHARGE, "Allow and Charge"),
    (THROTTLE, "Slow Down"),
    (BLOCK, "Block"),
    (SUSPEND, "Suspend"),
]
# Policy and days of grace of a company that has set nothing.
USUAL = {USERS: (BLOCK, 0), STORAGE: (BLOCK, 3), CALLS: (THROTTLE, 3), TRAFFIC: (NOTIFY, 3)}
SLOWED = {CALLS, TRAFFIC}


class SaasQuotaRule(models.Model):
    _name = "saas.quota.rule"
    _description = "Policy of a Meter"
    _order = "setting_id, sequence, id"
    _rec_name = "meter_id"

    setting_id = fields.Many2one(
        "saas.quota.setting", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="setting_id.company_id", store=True, precompute=True, index=True
    )
    sequence = fields.Integer(default=10)
    meter_id = fields.Many2one(
        "saas.meter",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("code", "in", METERS)],
    )
    plan_id = fields.Many2one(
        "saas.plan",
        string="Plan",
        index="btree_not_null",
        ondelete="cascade",
        domain=[("kind", "=", "plan")],
        help="Empty: for every plan without a line of its own.",
    )
    marks = fields.Char(string="Tell At (%)", help="Empty: as for all meters.")
    hard_percent = fields.Integer(string="Hard Limit (%)", help="0: as for all meters.")
    grace_days = fields.Integer(string="Grace (Days)", default=3)
    policy = fields.Selection(POLICIES, required=True, default=NOTIFY)
    stops_people = fields.Boolean(
        string="Also Pages",
        help="Bandwidth alone: pages of people are refused or slowed down too, not calls alone.",
    )
    warned_count = fields.Integer(string="Warned Today", compute="_compute_counts")
    over_count = fields.Integer(string="Over Today", compute="_compute_counts")

    _once = models.UniqueIndex(
        "(setting_id, meter_id, coalesce(plan_id, 0))",
        "This meter has its line already: one for all plans, and one for each plan.",
    )
    _border = models.Constraint(
        "CHECK (hard_percent BETWEEN 0 AND 1000 AND grace_days BETWEEN 0 AND 365)",
        "Percentages go from 1 to 1000 (0: as for all meters), days of grace from 0 to 365.",
    )

    @api.constrains("marks")
    def _check_marks(self):
        for rule in self.filtered("marks"):
            check_marks(rule, rule.marks)

    @api.constrains("meter_id", "policy")
    def _check_policy(self):
        for rule in self:
            if rule.meter_id.code not in METERS:
                raise ValidationError(
                    self.env._("No plan limits “%(meter)s”.", meter=rule.meter_id.name)
                )
            if rule.policy == THROTTLE and rule.meter_id.code not in SLOWED:
                raise ValidationError(
                    self.env._(
                        "“%(meter)s” cannot be slowed down, only API Calls and Bandwidth can. "
                        "Choose Block.",
                        meter=rule.meter_id.name,
                    )
                )

    @api.depends("meter_id", "plan_id")
    def _compute_counts(self):
        for rule in self:
            domain = [
                ("company_id", "=", rule.company_id.id),
                ("meter_id", "=", rule.meter_id.id),
            ]
            if rule.plan_id:
                domain.append(("plan_id", "=", rule.plan_id.id))
            groups = self.env["saas.quota"]._read_group(domain, ["level"], ["__count"])
            counts = dict(groups)
            rule.warned_count = counts.get("warned", 0)
            rule.over_count = counts.get("exceeded", 0) + counts.get("blocked", 0)

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create([tidy_marks(vals) for vals in vals_list])
        self.env["saas.quota"]._judge_soon()
        return made

    def write(self, vals):
        names = {"policy", "hard_percent", "grace_days", "marks"} & vals.keys()
        before = {rule: {name: rule[name] for name in names} for rule in self}
        done = super().write(tidy_marks(vals))
        for rule, was in before.items():
            changed = {name: [was[name], rule[name]] for name in was if rule[name] != was[name]}
            if changed:
                self.env["saas.audit.entry"]._note(
                    "quota_settings_changed",
                    rule.setting_id,
                    meter=rule.meter_id.code,
                    plan=rule.plan_id.code or "",
                    **changed,
                )
        self.env["saas.quota"]._judge_soon()
        return done

    def unlink(self):
        self.env["saas.quota"]._judge_soon()
        return super().unlink()

    def action_view_quotas(self):
        """Open the quotas of this meter that are warned or over."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_quota"
        )
        domain = [
            ("meter_id", "=", self.meter_id.id),
            ("level", "in", ("warned", "exceeded", "blocked")),
        ]
        if self.plan_id:
            domain.append(("plan_id", "=", self.plan_id.id))
        return dict(action, domain=domain, context={}, path=False)

    # The usual lines

    @api.model
    @api.private
    def _usual(self, setting):
        """Return unsaved lines as a company has them that set nothing."""
        return self.concat(*(self.new(vals) for vals in self._usual_vals(setting)))

    @api.model
    @api.private
    def _give_usual(self, setting):
        """Make the usual lines."""
        return self.create(self._usual_vals(setting))

    @api.model
    def _usual_vals(self, setting):
        meters_sudo = self.env["saas.meter"].sudo().with_context(active_test=False)
        known = {one.code: one for one in meters_sudo.search([("code", "in", METERS)])}
        return [
            {
                "setting_id": setting.id,
                "sequence": place,
                "meter_id": known[code].id,
                "policy": policy,
                "grace_days": grace,
            }
            for place, (code, (policy, grace)) in enumerate(USUAL.items(), start=1)
            if code in known
        ]

    def _numbers(self):
        marks = read_marks(self.marks)
        return {
            "policy": self.policy,
            "grace_days": self.grace_days,
            **({"marks": marks} if marks else {}),
            **({"hard": self.hard_percent} if self.hard_percent else {}),
        }
