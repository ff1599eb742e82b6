"""`build`: a new version of a tenant template."""

from .choose import by_code
from .follow import follow
from .grammar import command
from .say import say


def add_to(commands):
    """Add the command."""
    parser = command(
        commands,
        "build",
        build,
        "build a tenant template with the real Odoo and publish it when it is healthy",
    )
    parser.add_argument("code", metavar="CODE", help="code of the template")
    parser.add_argument("--wait", action="store_true", help="follow the operation to its end")


def build(control, chosen):
    """Order a build, or join the one that runs."""
    with control.records() as env:
        template = by_code(env, "saas.template", "code", chosen.code, "tenant template")
        job_id = template.action_build()["res_id"]
    say(f"Build Template {chosen.code}: operation {job_id}")
    if chosen.wait:
        follow(control, job_id)
        with control.records() as env:
            template = by_code(env, "saas.template", "code", chosen.code, "tenant template")
            say(
                f"version: {template.latest_version_id.number} ({template.latest_version_id.state})"
            )
