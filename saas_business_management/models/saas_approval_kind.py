"""Operations that a second person has to approve, as data: which, above which size, how long.

Owns: the kinds and whether each is needed. Does not own: single approvals (`saas_approval.py`).

None is needed until an administrator switches it on.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError


class SaasApprovalKind(models.Model):
    _name = "saas.approval.kind"
    _description = "Operation to Approve"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(default=10, readonly=True)
    needed = fields.Boolean(
        string="Needs a Second Person", help="Off: whoever may do it does it at once."
    )
    above = fields.Integer(
        string="Only Above", help="Tenants at once that nobody has to approve. 0: always."
    )
    hours = fields.Integer(
        string="Counts For (h)",
        default=24,
        required=True,
        help="How long a request waits, and how long what was approved can be used.",
    )
    note = fields.Char(string="What It Does", readonly=True, translate=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "There is such a kind already.")
    _borders = models.Constraint(
        "CHECK (hours > 0 AND hours <= 720 AND above >= 0)",
        "Hours are 1 to 720; the size is not negative.",
    )

    def write(self, vals):
        done = super().write(vals)
        if {"needed", "above", "hours"} & set(vals):
            for kind in self:
                self.env["saas.audit.entry"]._note(
                    "approval_rule_changed", kind, needed=kind.needed, above=kind.above
                )
        return done

    @api.constrains("needed")
    def _check_somebody_approves(self):
        """Refuse to lock everybody out: with one approver, who asks has nobody to ask."""
        approvers = self.env["saas.approval"]._approvers(self.env.company)
        for kind in self:
            if kind.needed and not approvers:
                raise UserError(
                    self.env._(
                        "Nobody could approve this. Give somebody the role “Approver” under "
                        "Settings › Users first."
                    )
                )
