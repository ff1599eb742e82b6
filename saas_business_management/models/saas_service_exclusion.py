"""Minutes that a person left out of a service level, with the reason.

Owns: the rows; they are withdrawn, never changed or deleted. Does not own: what is left out by
itself (maintenance, closed tenants).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..kernel.service import month

KINDS = [
    (month.CUSTOMER, "Caused by the Customer"),
    (month.FORCE_MAJEURE, "Force Majeure"),
    (month.OTHER, "Other"),
]
FIXED = {"tenant_id", "cluster_id", "kind", "start_at", "end_at", "reason", "evidence", "user_id"}


class SaasServiceExclusion(models.Model):
    _name = "saas.service.exclusion"
    _description = "Time Left out of a Service Level"
    _inherit = ["mail.thread"]
    _order = "start_at desc, id desc"
    _rec_name = "reason"

    tenant_id = fields.Many2one(
        "saas.tenant",
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: of a whole cluster.",
    )
    cluster_id = fields.Many2one(
        "saas.cluster", index="btree_not_null", ondelete="restrict", help="All tenants there."
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(KINDS, required=True, default=month.FORCE_MAJEURE, string="What")
    start_at = fields.Datetime(required=True, string="From")
    end_at = fields.Datetime(required=True, string="Until")
    reason = fields.Char(required=True, help="Customers read it in their review of the month.")
    evidence = fields.Text(
        help="What shows it, for example a report of the data centre. Attach files below."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Decided By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    withdrawn_at = fields.Datetime(readonly=True, copy=False, string="Withdrawn")
    withdrawn_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    _order_of_time = models.Constraint("CHECK (start_at < end_at)", "It ends after it began.")
    _of_one = models.Constraint(
        "CHECK ((tenant_id IS NULL) <> (cluster_id IS NULL))", "Choose a tenant or a cluster."
    )

    @api.depends("tenant_id.company_id", "cluster_id.company_id")
    def _compute_company_id(self):
        for row in self:
            row.company_id = row.tenant_id.company_id or row.cluster_id.company_id

    @api.constrains("kind", "evidence")
    def _check_evidence(self):
        for row in self:
            if row.kind == month.CUSTOMER and not (row.evidence or "").strip():
                raise ValidationError(
                    self.env._("Say what shows that the customer caused it, under Evidence.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["user_id"] = self.env.uid
        made = super().create(vals_list)
        for row in made:
            self.env["saas.audit.entry"]._note("service_time_excluded", row, row.reason)
        made._reckon_again()
        return made

    def write(self, vals):
        if FIXED & set(vals) and not self.env.su:
            raise ValidationError(
                self.env._("What was decided stays as it is. Withdraw it and make another one.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise ValidationError(self.env._("What was decided stays. Withdraw it instead."))

    def action_withdraw(self) -> bool:
        """Let the minutes count again."""
        self.check_access("write")
        for row in self.filtered(lambda one: not one.withdrawn_at):
            row.sudo().write(
                {"withdrawn_at": fields.Datetime.now(), "withdrawn_by_id": self.env.uid}
            )
            self.env["saas.audit.entry"]._note("service_exclusion_withdrawn", row, row.reason)
        self._reckon_again()
        return True

    @api.model
    @api.private
    def _of(self, tenant, since, until):
        """Return what holds for a tenant inside `[since, until)`, naive in UTC."""
        return self.sudo().search(
            [
                ("withdrawn_at", "=", False),
                ("start_at", "<", until),
                ("end_at", ">", since),
                "|",
                ("tenant_id", "=", tenant.id),
                "&",
                ("cluster_id", "!=", False),
                ("cluster_id", "=", tenant.cluster_id.id),
            ]
        )

    def _reckon_again(self):
        """Reckon the months anew that this touches and nobody has reviewed yet."""
        for row_sudo in self.sudo():
            domain = [("state", "!=", "reviewed"), ("end_at", ">", row_sudo.start_at)]
            domain += [("start_at", "<", row_sudo.end_at)]
            if row_sudo.tenant_id:
                domain += [("tenant_id", "=", row_sudo.tenant_id.id)]
            else:
                domain += [("tenant_id.cluster_id", "=", row_sudo.cluster_id.id)]
            self.env["saas.service.level"].sudo().search(domain)._reckon()
