"""How an operation looks to people: durations in words, what may be done with it now.

Owns: what only screens need. Does not own: the order and its course (`saas_job.py`,
`saas_job_run.py`).
"""

from odoo import api, fields, models


def duration_text(seconds: float) -> str:
    """Return a duration as people say it: 0.4 s, 41 s, 1 m 12 s, 2 h 5 m; empty for none."""
    if not seconds:
        return ""
    if seconds < 10:
        return f"{max(seconds, 0.01):.2f} s" if seconds < 1 else f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} m {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} m"


class SaasJob(models.Model):
    _inherit = "saas.job"

    progress = fields.Float(string="Share Done")
    seconds = fields.Float(string="Seconds")
    duration = fields.Char(compute="_compute_duration")

    @api.depends("seconds", "started_at", "state")
    def _compute_duration(self) -> None:
        now = fields.Datetime.now()
        for job in self:
            running = job.state in ("running", "undoing") and job.started_at
            job.duration = duration_text(
                (now - job.started_at).total_seconds() if running else job.seconds
            )


class SaasJobStep(models.Model):
    _inherit = "saas.job.step"

    seconds = fields.Float(string="Seconds")
    duration = fields.Char(compute="_compute_duration")

    @api.depends("seconds")
    def _compute_duration(self) -> None:
        for step in self:
            step.duration = duration_text(step.seconds)
