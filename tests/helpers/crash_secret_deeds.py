"""Orders about secrets: what signs the open tenant's sessions, what its cluster makes passwords of.

Owns: what has to be prepared, how each is asked for, the notes about what was before. Does not own:
what is right afterwards (`audit_secret.py`), other orders (`crash_tenant_deeds.py`).
"""

import time
from typing import Any

from odoo.api import Environment
from odoo.models import Model

from .audit import OPEN

BEFORE = "saas.crash_secret_before"
KIND = "rotate_cluster_secret"
TURNS = 60
SECONDS = 60
# It waits for others; here nobody has the time to wait with it.
HURRY = """
    UPDATE saas_job SET due_at = now() AT TIME ZONE 'UTC' WHERE kind = %s AND state = 'waiting'
"""


def hurry(env: Environment, kind: str = KIND) -> None:
    """Have it looked at once more whether what an operation of this kind waits for is done.

    What it waits for has a turn in between, as nobody else gives it one.
    """
    env.cr.execute(HURRY, [kind])
    env.cr.commit()
    env.invalidate_all()


def work(tenant: Model) -> None:
    """Carry out whatever waits, as a worker does that nobody kills."""
    tenant.env.cr.commit()
    tenant.env["saas.job"]._work(60, until_idle=True)
    tenant.env.invalidate_all()


def work_to_the_end(job: Model, tenant: Model) -> None:
    """Carry out an operation that waits for another one, so that one call does not see its end."""
    end = time.monotonic() + SECONDS
    while job.state in OPEN and time.monotonic() < end:
        work(tenant)
        hurry(tenant.env, job.kind)


def signing_ready(tenant: Model, **_places: Any) -> None:
    """Note what signs before."""
    _note(tenant.env, tenant.database_id.sudo()._database_secret())


def change_ready(tenant: Model, secret_file: str, **_places: Any) -> None:
    """Let the nodes know the next secret, as `saas rotate cluster-secret --prepare` does; a change
    that a case has left behind is finished first.
    """
    env, cluster = tenant.env, tenant.cluster_id.sudo()
    open_jobs = [("kind", "=", KIND), ("state", "in", ("waiting", "running", "undoing"))]
    for _again in range(TURNS):
        if not env["saas.job"].search_count(open_jobs):
            break
        hurry(env)
        env["saas.job"]._work(1, until_idle=True)
        env.cr.commit()
        env.invalidate_all()
    _note(env, cluster._cluster_secret())
    cluster._prepare_secret_change()
    env["saas.cluster"]._write_cluster_secrets(secret_file)


def _note(env: Environment, secret: Any) -> None:
    env["ir.config_parameter"].sudo().set_param(BEFORE, secret.reveal())


READY = {"renew_secret": signing_ready, "change_secret": change_ready}


def renew_secret(env: Environment, tenant: int) -> Model:
    """Log everybody out."""
    return env["saas.tenant"].browse(tenant)._order_signing_secret()


def change_secret(env: Environment, tenant: int) -> Model:
    """Have all passwords of its cluster made from another secret."""
    return env["saas.tenant"].browse(tenant).cluster_id._order_secret_change()


ORDERS = {"renew_secret": renew_secret, "change_secret": change_secret}
