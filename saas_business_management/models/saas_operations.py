"""Operations seen from the record they work for: what runs now, what ran before.

Owns: the computed link to the open operation and its buttons. Does not own: operations themselves
(`saas_job.py`).
"""

from odoo import api, fields, models
from odoo.fields import Domain

from ..kernel.work.states import UNSETTLED


class SaasOperations(models.AbstractModel):
    _name = "saas.operations"
    _description = "Record with Operations"

    # The many2one of `saas.job` that points to this model.
    _job_link = ""

    operation_id = fields.Many2one(
        "saas.job",
        string="Operation",
        compute="_compute_operation_id",
        help="The operation that runs now, or that stopped and needs a person.",
    )
    operation_state = fields.Char(compute="_compute_operation_id", string="Operation State")
    operation_label = fields.Char(compute="_compute_operation_id", string="Operation Name")
    operation_step = fields.Char(compute="_compute_operation_id", string="Step Now")
    operation_percent = fields.Integer(compute="_compute_operation_id", string="Progress")
    job_count = fields.Integer(string="Operations", compute="_compute_job_count")

    def _compute_operation_id(self) -> None:
        domain = Domain(self._job_link, "in", self.ids) & Domain("state", "in", tuple(UNSETTLED))
        jobs = self.env["saas.job"].search(domain & self._own_jobs(), order="id")
        latest = {job[self._job_link].id: job for job in jobs}
        for record in self:
            job = latest.get(record._origin.id, jobs.browse())
            record.operation_id = job
            record.operation_state = job.state
            record.operation_label = job.label
            record.operation_step = job.step_now
            record.operation_percent = job.progress_percent

    @api.model
    def _own_jobs(self) -> Domain:
        """Return which operations are the record's own, not those of something that lives on it."""
        return Domain.TRUE

    def _compute_job_count(self) -> None:
        groups = self.env["saas.job"]._read_group(
            [(self._job_link, "in", self.ids)], [self._job_link], ["__count"]
        )
        counts = {record.id: count for record, count in groups}
        for record in self:
            record.job_count = counts.get(record._origin.id, 0)

    def action_view_jobs(self) -> dict:
        """Open the operations of this record."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_job"
        )
        return dict(
            action,
            domain=[(self._job_link, "=", self.id)],
            context={},
            path=False,
            display_name=self.env._("Operations of %(name)s", name=self.display_name),
        )

    def action_open_operation(self) -> dict:
        """Open the operation that runs now."""
        self.ensure_one()
        return self._show_job(self.operation_id)

    @api.model
    def _show_job(self, job: models.Model) -> dict:
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.job",
            "res_id": job.id,
            "views": [(False, "form")],
        }
