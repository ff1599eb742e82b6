"""Look at the whole installation and note what usually goes wrong, each finding with its mend."""

from .base import Context, Job, Step


def _look(ctx: Context) -> None:
    ctx.records.call("doctor", "look")


RUN_DOCTOR = Job("run_doctor", "Run Doctor", (Step("look", "Check the installation", _look),))
