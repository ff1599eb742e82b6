"""A backup policy: when tenants are backed up, where to, what is kept, how it is proven.

Owns: the numbers and switching it on. Does not own: turns, retention and badges
(`kernel/backup/`), for whom it counts (`saas_tenant_backup_policy.py`), what its screen foresees
(`saas_backup_policy_preview.py`).
"""

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import UserError, ValidationError

from .. import messages
from ..kernel.backup import retention, schedule
from ..kernel.errors import Refused, SaasError

PRESETS = [
    ("days_7", "7 Days"),
    ("days_14", "14 Days"),
    ("days_30", "30 Days"),
    ("days_90", "90 Days"),
    ("gfs", "7 Days, 4 Weeks, 3 Months"),
    ("own", "Own Numbers"),
]
NUMBERS = ("last", "daily", "weekly", "monthly", "yearly")
WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]
UNITS = [("hours", "Every Few Hours"), ("daily", "Daily"), ("weekly", "Weekly")]
ZONES = [
    ("tenant", "The Tenant's Time Zone"),
    ("company", "The Company's Time Zone"),
    ("fixed", "One Time Zone"),
]
PROOFS = [
    ("1", "Every Byte Read"),
    ("2", "Restored and Compared"),
    ("3", "Restored Elsewhere as a Drill"),
]
assert {unit for unit, _label in UNITS} == set(schedule.UNITS)
assert {name for name, _label in PRESETS} == {*retention.PRESETS, "own"}
STANDARD = retention.PRESETS["days_30"]
AUDITED = {
    *("unit", "every_hours", "weekday", "window_start", "window_end", "zone_rule", "tz"),
    *(f"keep_{name}" for name in NUMBERS),
    *("redundancy", "grace_days", "target_ids", "proof_level", "proof_days", "is_default"),
    *("before_restore", "before_upgrade", "before_deletion"),
    *("company_id", "active"),
}
# Written by the two buttons alone.
_SWITCH = object()


class SaasBackupPolicy(models.Model):
    _name = "saas.backup.policy"
    _description = "Backup Policy"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "is_default desc, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        string="Company",
        index=True,
        tracking=True,
        help="Empty: for tenants of every company.",
    )
    is_default = fields.Boolean(
        string="Default Policy",
        tracking=True,
        copy=False,
        help="Counts for every tenant of the company without a policy of its own, of its plan or "
        "of its template.",
    )
    state = fields.Selection(
        [("off", "Off"), ("on", "On")],
        default="off",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    switched_on_at = fields.Datetime(readonly=True, copy=False, string="On Since")

    unit = fields.Selection(UNITS, default="daily", required=True, tracking=True, string="Backup")
    every_hours = fields.Integer(default=6, required=True, tracking=True, string="Hours Between")
    weekday = fields.Selection(WEEKDAYS, default="6", required=True, tracking=True, string="On")
    window_start = fields.Float(
        default=0.0,
        tracking=True,
        string="Window Begins",
        help="Each tenant has a minute of its own inside the window.",
    )
    window_end = fields.Float(
        default=6.0,
        tracking=True,
        string="Window Ends",
        help="Before the beginning: on the next day. The same as the beginning: a whole day.",
    )
    zone_rule = fields.Selection(
        ZONES, default="tenant", required=True, tracking=True, string="Time Zone"
    )
    tz = fields.Selection(_tz_get, string="Which Zone", tracking=True)

    preset = fields.Selection(PRESETS, default="days_30", required=True, string="Keep")
    keep_last = fields.Integer(
        string="The Last", compute="_compute_numbers", store=True, readonly=False, tracking=True
    )
    keep_daily = fields.Integer(
        string="Days", compute="_compute_numbers", store=True, readonly=False, tracking=True
    )
    keep_weekly = fields.Integer(
        string="Weeks", compute="_compute_numbers", store=True, readonly=False, tracking=True
    )
    keep_monthly = fields.Integer(
        string="Months", compute="_compute_numbers", store=True, readonly=False, tracking=True
    )
    keep_yearly = fields.Integer(
        string="Years", compute="_compute_numbers", store=True, readonly=False, tracking=True
    )
    redundancy = fields.Integer(
        string="Verified at Least",
        default=STANDARD.redundancy,
        required=True,
        tracking=True,
        help="So many verified backups always stay, however old they are.",
    )
    grace_days = fields.Integer(
        string="Can Be Restored After Expiry",
        default=STANDARD.grace_days,
        required=True,
        tracking=True,
        help="Days between expiring and being deleted.",
    )
    target_ids = fields.Many2many(
        "saas.backup.target",
        string="Targets",
        check_company=True,
        help="Each backup is stored on every one of them.",
    )
    proof_level = fields.Selection(
        PROOFS,
        default="2",
        required=True,
        tracking=True,
        string="Proof",
        help="Only what was restored and compared is called proven.",
    )
    proof_days = fields.Integer(
        string="Proven at Least Every",
        default=7,
        required=True,
        tracking=True,
        help="Days after which a proof no longer counts.",
    )

    _default_uniq = models.UniqueIndex(
        "(coalesce(company_id, 0)) WHERE is_default AND active",
        "This company has a default backup policy already.",
    )
    _proof_days_sane = models.Constraint(
        "CHECK (proof_days BETWEEN 1 AND 365)", "A proof counts for 1 to 365 days."
    )

    @api.depends("preset")
    def _compute_numbers(self):
        for policy in self:
            preset = retention.PRESETS.get(policy.preset)
            for name in NUMBERS:
                field = f"keep_{name}"
                policy[field] = getattr(preset, name) if preset else policy[field]

    # Keeping it right

    @api.constrains(
        "unit", "every_hours", "weekday", "window_start", "window_end", "zone_rule", "tz"
    )
    def _check_schedule(self):
        for policy in self:
            policy._reworded(policy._to_schedule)
            if policy.zone_rule == "fixed" and not policy.tz:
                raise ValidationError(self.env._("Choose the time zone that the window is in."))

    @api.constrains(*(f"keep_{name}" for name in NUMBERS), "redundancy", "grace_days", "preset")
    def _check_retention(self):
        for policy in self:
            policy._reworded(policy._to_rule)
            preset = retention.PRESETS.get(policy.preset)
            numbers = [policy[f"keep_{name}"] for name in NUMBERS]
            if preset and numbers != [getattr(preset, name) for name in NUMBERS]:
                raise ValidationError(
                    self.env._("Choose Own Numbers to keep others than those of the preset.")
                )
            if policy.redundancy < STANDARD.redundancy:
                raise ValidationError(
                    self.env._(
                        "At least %(least)s verified backups always stay: one alone may turn out "
                        "damaged.",
                        least=STANDARD.redundancy,
                    )
                )

    def _reworded(self, work):
        try:
            return work()
        except SaasError as error:
            raise ValidationError(messages.text(self.env, error)) from None

    @api.constrains("state", "target_ids")
    def _check_targets(self):
        for policy in self:
            if policy.state == "on" and not policy.target_ids:
                raise ValidationError(
                    self.env._(
                        "%(policy)s is on, so it needs a target. Switch it off first, or choose "
                        "another target.",
                        policy=policy.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_switching(vals_list)
        made = super().create(vals_list)
        for policy in made:
            self.env["saas.audit.entry"]._note("backup_policy_created", policy)
        return made

    def write(self, vals):
        self._refuse_switching([vals])
        watched = AUDITED & set(vals)
        if "preset" in vals:
            watched |= {f"keep_{name}" for name in NUMBERS}
        before = {policy: policy._shown(watched) for policy in self}
        done = super().write(vals)
        for policy, was in before.items():
            now = policy._shown(watched)
            changed = {name: [was[name], now[name]] for name in was if was[name] != now[name]}
            if changed:
                self.env["saas.audit.entry"]._note("backup_policy_changed", policy, **changed)
        if vals.get("active") is False:
            self.filtered(lambda one: one.state == "on")._switch("off")
        return done

    def _shown(self, names):
        return {
            name: self[name].mapped("display_name") if self._fields[name].relational else self[name]
            for name in sorted(names)
        }

    def _refuse_switching(self, vals_list):
        if self.env.context.get("saas_switch") is _SWITCH:
            return
        if any({"state", "switched_on_at"} & set(vals) for vals in vals_list):
            raise UserError(self.env._("A policy is switched on and off by its buttons."))

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        if any(policy.state == "on" for policy in self):
            raise UserError(
                self.env._("Switch the policy off first; tenants that it counts for lose it.")
            )

    def copy_data(self, default=None):
        return [
            {**vals, "name": self.env._("%(name)s (copy)", name=policy.name)}
            for policy, vals in zip(self, super().copy_data(default), strict=True)
        ]

    # Buttons

    def action_switch_on(self):
        """Let it count from now on; the key file has to stand on a confirmed recovery sheet."""
        self.ensure_one()
        self.check_access("write")
        fault_code = self.env["saas.backup.keyring"]._fault()
        try:
            if fault_code:
                raise Refused(fault_code)
            if not self.env["saas.recovery.sheet"]._is_confirmed():
                raise Refused("recovery_sheet_missing")
            if not self.target_ids:
                raise Refused("backup_policy_no_target", policy=self.name)
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None
        self._switch("on")
        return True

    def action_switch_off(self):
        """Let it no longer count; backups that are there stay."""
        self.check_access("write")
        self._switch("off")
        return True

    def _switch(self, state):
        for policy in self.filtered(lambda one: one.state != state):
            policy.with_context(saas_switch=_SWITCH).write(
                {
                    "state": state,
                    "switched_on_at": fields.Datetime.now() if state == "on" else False,
                }
            )
            self.env["saas.audit.entry"]._note(f"backup_policy_switched_{state}", policy)

    # For the kernel

    @api.private
    def _to_schedule(self):
        """Return when the kernel has to reckon with backups."""
        self.ensure_one()
        return schedule.Schedule(
            unit=self.unit,
            every=self.every_hours if self.unit == schedule.HOURS else 1,
            weekday=int(self.weekday),
            start_minute=round(self.window_start * 60),
            end_minute=round(self.window_end * 60),
        )

    @api.private
    def _to_rule(self):
        """Return what the kernel has to keep."""
        self.ensure_one()
        return retention.Rule(
            **{name: self[f"keep_{name}"] for name in NUMBERS},
            redundancy=self.redundancy,
            grace_days=self.grace_days,
        )

    @api.private
    def _zone_name(self, tenant):
        """Return the name of the zone whose calendar counts for a tenant."""
        company_zone = (tenant.company_id or self.company_id).partner_id.tz
        zones = {"fixed": self.tz, "company": company_zone, "tenant": tenant.template_id.tz}
        return zones[self.zone_rule] or company_zone or "UTC"
