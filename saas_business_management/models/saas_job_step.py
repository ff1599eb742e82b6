"""The rows beside an operation: its steps, its log lines, the wish to cancel it."""

from odoo import fields, models

STATES = [
    ("todo", "To Do"),
    ("running", "Running"),
    ("done", "Done"),
    ("skipped", "Nothing to Do"),
    ("failed", "Failed"),
    ("undone", "Undone"),
]


class SaasJobStep(models.Model):
    _name = "saas.job.step"
    _description = "Operation Step"
    _order = "job_id, sequence, id"
    _rec_name = "label"

    job_id = fields.Many2one(
        "saas.job", string="Operation", required=True, readonly=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char(required=True, readonly=True, string="Key")
    label = fields.Char(required=True, readonly=True, string="Step")
    state = fields.Selection(STATES, default="todo", required=True, readonly=True)
    started_at = fields.Datetime(readonly=True, string="Started")
    ended_at = fields.Datetime(readonly=True, string="Ended")
    seconds = fields.Float(readonly=True, string="Duration", digits=(12, 3))
    attempt = fields.Integer(readonly=True)
    facts = fields.Json(readonly=True)
    error_text = fields.Text(readonly=True, string="Result")

    _name_uniq = models.Constraint("UNIQUE (job_id, name)", "An operation has each step once.")


class SaasJobLine(models.Model):
    _name = "saas.job.line"
    _description = "Operation Log Line"
    _order = "id"
    _rec_name = "text"

    job_id = fields.Many2one(
        "saas.job", string="Operation", required=True, readonly=True, index=True, ondelete="cascade"
    )
    at = fields.Datetime(readonly=True, required=True, default=lambda self: fields.Datetime.now())
    level = fields.Selection(
        [("info", "Information"), ("warning", "Warning"), ("error", "Error")],
        default="info",
        required=True,
        readonly=True,
    )
    text = fields.Text(readonly=True, required=True)


class SaasJobRequest(models.Model):
    _name = "saas.job.request"
    _description = "Wish to Cancel an Operation"

    job_id = fields.Many2one(
        "saas.job", string="Operation", required=True, readonly=True, index=True, ondelete="cascade"
    )
