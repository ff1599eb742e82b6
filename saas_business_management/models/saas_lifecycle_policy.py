"""How long tenants stay in each state, and how early people are told: one policy a company.

Owns: the numbers and their screen. Does not own: what follows from them
(`kernel/lifecycle/schedule.py`), the moves (`saas_tenant_schedule.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import const
from ..kernel.lifecycle import schedule

NOTICES = {
    "trial_notice": schedule.TRIAL_ENDED,
    "archive_notice": schedule.ARCHIVED,
    "retention_notice": schedule.DELETION_REQUESTED,
    "deletion_notice": schedule.DELETED,
}
DAYS = {"suspension_days", "archive_days", "deletion_undo_days", "released_subdomain_days"}
DAYS |= {"released_host_days", "welcome_link_days", *NOTICES}
STANDARD = schedule.Policy()


def standard_days(name):
    """Return what a new policy says of a notice."""
    return lambda _self: schedule.format_days(STANDARD.notice_days[NOTICES[name]])


class SaasLifecyclePolicy(models.Model):
    _name = "saas.lifecycle.policy"
    _description = "Lifecycle Policy"
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
    suspension_days = fields.Integer(
        string="Archive After",
        default=STANDARD.suspension_days,
        required=True,
        tracking=True,
        help="Days after which a suspended tenant is archived. One closed for security stays.",
    )
    archive_days = fields.Integer(
        string="Keep Archived Data",
        default=STANDARD.archive_days,
        required=True,
        tracking=True,
        help="Days for which the data of an archived tenant is kept before it is deleted.",
    )
    deletion_undo_days = fields.Integer(
        string="Deletion Can Be Undone",
        default=STANDARD.deletion_undo_days,
        required=True,
        tracking=True,
        help="Days between asking for a deletion and destroying the data.",
    )
    trial_notice = fields.Char(
        string="Before the Trial Ends", default=standard_days("trial_notice"), tracking=True
    )
    archive_notice = fields.Char(
        string="Before Archiving", default=standard_days("archive_notice"), tracking=True
    )
    retention_notice = fields.Char(
        string="Before Kept Data Ends", default=standard_days("retention_notice"), tracking=True
    )
    deletion_notice = fields.Char(
        string="Before Data Is Destroyed", default=standard_days("deletion_notice"), tracking=True
    )
    released_subdomain_days = fields.Integer(
        string="Released Subdomains Rest",
        default=const.RELEASED_SUBDOMAIN_DAYS,
        required=True,
        tracking=True,
        help="Days for which nobody else gets a subdomain that has shown pages.",
    )
    released_host_days = fields.Integer(
        string="Released Host Names Rest",
        default=const.RELEASED_HOST_DAYS,
        required=True,
        tracking=True,
    )
    welcome_link_days = fields.Integer(
        string="Welcome Links Work", default=const.WELCOME_LINK_DAYS, required=True, tracking=True
    )

    _company_uniq = models.Constraint(
        "UNIQUE (company_id)", "This company has its lifecycle policy already."
    )
    _days_border = models.Constraint(
        "CHECK (suspension_days BETWEEN 1 AND 3650 AND archive_days BETWEEN 1 AND 3650 "
        "AND deletion_undo_days BETWEEN 1 AND 365 AND released_subdomain_days BETWEEN 0 AND 3650 "
        "AND released_host_days BETWEEN 0 AND 3650 AND welcome_link_days BETWEEN 1 AND 90)",
        "Days are whole numbers: at least 1 (0 for names that rest), at most ten years; for "
        "undoing a deletion at most one year, for welcome links at most 90 days.",
    )

    @api.constrains(*NOTICES)
    def _check_notices(self):
        for policy in self:
            for name in NOTICES:
                try:
                    found = schedule.parse_days(policy[name] or "")
                except ValueError:
                    found = ()
                if not found:
                    raise ValidationError(
                        self.env._(
                            "“%(days)s” cannot be read. Write days from 1 to 365 with commas, such "
                            "as 30, 7, 1.",
                            days=policy[name] or "",
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create([self._tidy(vals) for vals in vals_list])
        made._foresee_again()
        return made

    def write(self, vals):
        before = {policy: {name: policy[name] for name in DAYS & vals.keys()} for policy in self}
        done = super().write(self._tidy(vals))
        for policy, was in before.items():
            changed = {name: [was[name], policy[name]] for name in was if policy[name] != was[name]}
            if changed:
                self.env["saas.audit.entry"]._note("policy_changed", policy, **changed)
        self._foresee_again()
        return done

    @api.model
    def _tidy(self, vals):
        """Return the values with days in their one form where they can be read."""
        tidy = dict(vals)
        for name in NOTICES.keys() & vals.keys():
            try:
                tidy[name] = schedule.format_days(schedule.parse_days(vals[name] or ""))
            except ValueError:
                continue
        return tidy

    def _foresee_again(self):
        """What tenants await follows from these numbers."""
        tenants = self.env["saas.tenant"].sudo()
        tenants.search([("company_id", "in", self.company_id.ids)])._foresee()

    @api.model
    @api.private
    def _of(self, company):
        """Return the policy of a company; without one an unsaved one with the usual numbers."""
        found = self.sudo().search([("company_id", "=", company.id)], limit=1)
        return found or self.sudo().new({"company_id": company.id})

    @api.private
    def _to_policy(self):
        """Return what the kernel reckons with."""
        return schedule.Policy(
            suspension_days=self.suspension_days,
            archive_days=self.archive_days,
            deletion_undo_days=self.deletion_undo_days,
            notice_days={
                event: schedule.parse_days(self[name] or "") for name, event in NOTICES.items()
            },
        )
