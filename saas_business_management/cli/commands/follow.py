"""Following an operation until it ends, as it would be watched on its screen."""

import time

from .say import Stop, say

LOOK_EVERY_SECONDS = 0.5
HINT_AFTER_SECONDS = 15
OPEN = ("waiting", "running", "undoing")
HINT = (
    "No worker has taken it yet. Is the control worker running? "
    "'odoo saas work --once' does the work here."
)


def follow(control, job_id, log=True):
    """Print steps and log lines as they come and return when the operation is done.

    Raises: Stop with the reason when it ends otherwise.
    """
    watch = _Watch(log)
    began = time.monotonic()
    while True:
        with control.records() as env:
            job = env["saas.job"].browse(job_id)
            watch.tell(job)
            state, text = job.state, job.error_text
        if state not in OPEN:
            break
        if state == "waiting" and time.monotonic() - began > HINT_AFTER_SECONDS:
            watch.hint()
        time.sleep(LOOK_EVERY_SECONDS)
    if state != "done":
        raise Stop(text or "The operation did not end well: see 'odoo saas jobs'.")


class _Watch:
    """What was printed already."""

    def __init__(self, log):
        self._log = log
        self._step = ""
        self._line_id = 0
        self._hinted = False

    def tell(self, job):
        """Print what is new."""
        if job.step_now and job.step_now != self._step and job.state in OPEN:
            self._step = job.step_now
            say(f"{round(job.progress * 100):3d} %  {job.step_now}")
        lines = job.env["saas.job.line"].search(
            [("job_id", "=", job.id), ("id", ">", self._line_id)], order="id"
        )
        for line in lines:
            if self._log or line.level != "info":
                say(f"       {line.text}")
        self._line_id = lines[-1:].id or self._line_id
        if job.state == "done":
            say(f"100 %  done in {job.seconds:.1f} s")

    def hint(self):
        """Say once that nobody seems to be at work."""
        if not self._hinted:
            self._hinted = True
            say(HINT)
