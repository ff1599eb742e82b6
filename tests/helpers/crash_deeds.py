"""What a child of `crash_mother.py` does, each with the control plane's own records.

Owns: placing orders, being a worker, judging what came of them. Does not own: what is right
(`audit.py`), when a worker dies (the environment variable `SAAS_FAILPOINT`).

`say` tells the test something at once: a child that is killed afterwards has said it all the same.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.models import Model
from odoo.service.model import retrying

from . import (
    audit,
    audit_adoption,
    audit_away,
    audit_backup,
    audit_billing,
    audit_copy,
    audit_expiry,
    audit_live_copy,
    audit_move,
    audit_restore,
    audit_secret,
    audit_tenant,
    audit_upgrade,
    crash_billing_deeds,
    crash_campaign_deeds,
    crash_restore_deeds,
    crash_secret_deeds,
    crash_tenant_deeds,
    crash_upgrade_deeds,
    tenant_inside,
)

Say = Callable[[Any], None]
OPEN = audit.OPEN
WORK_SECONDS = 120
BARRIER_SECONDS = 120
# They wait for others, so that one call of a worker does not see their end.
WAITING = (crash_secret_deeds.KIND, crash_restore_deeds.KIND, crash_upgrade_deeds.KIND)
# The cluster of the stack; a second one is made for those who go there.
NEAR = [("key", "=", "local")]

# Orders


def ordered(env: Environment, say: Say, kind: str, work: bool = True, **what: Any) -> None:
    """Place an order, say its ids, and be the worker that begins it."""
    job = ORDERS[kind](env, **what)
    env.cr.commit()
    say(
        {
            "job": job.id,
            "tenant": job.tenant_id.id or what.get("tenant"),
            "version": job.version_id.id,
            "database": job.database_id.id,
            "customer": what.get("customer"),
        }
    )
    if work and job.kind in WAITING:
        finish(env, say, job.id)
    elif work:
        env["saas.job"]._work(WORK_SECONDS, until_idle=True)


def _provision(env: Environment, template: str, subdomain: str) -> Model:
    tenant = _tenant(env, template, subdomain)
    tenant.action_provision()
    return tenant.job_ids


def _tenant(env: Environment, template: str, subdomain: str) -> Model:
    values = {
        "name": subdomain.title(),
        "subdomain": subdomain,
        "admin_name": "Alice Moreau",
        "admin_email": f"alice@{subdomain}.example",
        "template_id": _template(env, template).id,
    }
    return env["saas.tenant"].create(values)


def _template(env: Environment, code: str) -> Model:
    return env["saas.template"].search([("code", "=", code)])


def order_many(
    env: Environment, _say: Say, template: str, subdomains: list[str]
) -> list[list[int]]:
    """Place many orders at once; return job and tenant of each."""
    jobs = [_provision(env, template, subdomain) for subdomain in subdomains]
    env.cr.commit()
    return [[job.id, job.tenant_id.id] for job in jobs]


def _build(env: Environment, template: str) -> Model:
    found = _template(env, template)
    found.action_build()
    return found.version_ids.sorted("number")[-1:].job_id


def _fill(env: Environment, template: str) -> Model:
    _template(env, template)._make_standby()
    return env["saas.job"].search([("kind", "=", "fill_standby")], order="id desc", limit=1)


def _drop(env: Environment, database: int) -> Model:
    found = env["saas.database"].browse(database)
    found._enqueue_drop()
    drops = [("kind", "=", "drop_database"), ("database_id", "=", database)]
    return env["saas.job"].search(drops, order="id desc", limit=1)


def _delete(env: Environment, tenant: int) -> Model:
    found = env["saas.tenant"].browse(tenant)
    found._order_deletion()
    return found.job_ids.filtered(lambda job: job.kind == "delete_tenant")


def mark(env: Environment, _say: Say, tenant: int) -> int:
    """Mark a tenant for deletion so long ago that nobody may undo it any more."""
    found = env["saas.tenant"].browse(tenant)
    found.action_request_deletion("The crash suite asked")
    env["saas.job"]._work(WORK_SECONDS, until_idle=True)
    found._set({"deletion_on": found._today()})
    env.cr.commit()
    return found.id


ORDERS = {
    "provision": _provision,
    "build": _build,
    "fill": _fill,
    "drop": _drop,
    "delete": _delete,
    **crash_tenant_deeds.ORDERS,
    **crash_billing_deeds.ORDERS,
}


make_ready = crash_tenant_deeds.make_ready
billing_ready = crash_billing_deeds.billing_ready
draft_run = crash_billing_deeds.draft_run
press_rate = crash_billing_deeds.press_rate
order_billing = crash_billing_deeds.order_billing


def draft(env: Environment, _say: Say, template: str, subdomain: str) -> int:
    """Write a tenant down without ordering it."""
    tenant = _tenant(env, template, subdomain)
    env.cr.commit()
    return tenant.id


def press_provision(env: Environment, _say: Say, tenant: int, barrier: str) -> dict[str, Any]:
    """Have a tenant made, at the same moment as everybody at the barrier."""
    refused = press(env, "saas.tenant", tenant, "action_provision", barrier)
    return refused or {"job": env["saas.job"].search([("tenant_id", "=", tenant)]).ids}


def press(env: Environment, model: str, number: int, button: str, barrier: str) -> dict[str, Any]:
    """Press a button as a request does, at the same moment as everybody at the barrier; return why
    it was refused.
    """
    wait_at(barrier)
    row = env[model].browse(number)
    try:
        # As a request it tries again when two transactions meet, and commits at the end.
        retrying(getattr(row, button), env)
    except UserError as error:
        return {"refused": str(error)}
    return {}


def press_upgrade(env: Environment, _say: Say, tenant: int, barrier: str) -> dict[str, Any]:
    """Have a tenant upgraded, at the same moment as everybody at the barrier."""
    return press(env, "saas.tenant", tenant, "action_upgrade", barrier)


def plan_campaign(env: Environment, _say: Say, tenant: int) -> int:
    """Plan a campaign for one tenant."""
    campaign = crash_campaign_deeds.plan(env, tenant)
    env.cr.commit()
    return campaign.id


def press_start(env: Environment, _say: Say, campaign: int, barrier: str) -> dict[str, Any]:
    """Start a campaign, at the same moment as everybody at the barrier."""
    return press(env, "saas.campaign", campaign, "action_start", barrier)


def carry_out(env: Environment, _say: Say, campaigns: list[int]) -> list[tuple[str, str]]:
    """Carry campaigns out."""
    return crash_campaign_deeds.carry_out(env, campaigns)


def wait_at(barrier: str) -> None:
    """Say that we are here, then wait until the gate is opened."""
    here = Path(barrier, str(os.getpid()))
    here.touch()
    end = time.monotonic() + BARRIER_SECONDS
    while not Path(barrier, "open").exists():
        if time.monotonic() > end:
            raise TimeoutError(barrier)
        time.sleep(0.001)
    here.write_text("gone")


def make_template(env: Environment, _say: Say, code: str, modules: list[str]) -> int:
    """Make a template on the only cluster, which offers these modules."""
    cluster = env["saas.cluster"].search(NEAR)
    row = {
        "summary": "",
        "version": "19.0.1.0",
        "category": "",
        "application": False,
        "installable": True,
    }
    env["saas.module"]._apply_modules(
        cluster, [{**row, "name": name, "title": name} for name in modules]
    )
    offered = env["saas.module"].search([("technical_name", "in", modules)])
    values = {
        "name": code.title(),
        "code": code,
        "cluster_id": cluster.id,
        "module_ids": offered.ids,
    }
    template = env["saas.template"].create(values)
    env.cr.commit()
    return template.id


def second_cluster(env: Environment, say: Say, key: str) -> str:
    """Have a cluster that was made beside the first one tested and the modules of both read."""
    cluster = env["saas.cluster"].search([("key", "=", key)])
    # What leaves it has to be let in where it came from.
    both = cluster | env["saas.cluster"].search(NEAR)
    # A stranger's database, left open to everybody for adoption, would fail the first one's test.
    both.filtered(lambda one: not one.checked_at)._test_connection()
    both._refresh_modules()
    env.cr.commit()
    env["saas.job"]._work(WORK_SECONDS, until_idle=True)
    env.cr.commit()
    env.invalidate_all()
    return ", ".join(set(both.mapped("state")))


def commit(env: Environment, _say: Say, tenant: int) -> str:
    """Work in a tenant as a customer does; what is confirmed has to stay."""
    tenant_inside.commit_mark(env["saas.tenant"].browse(tenant))
    env.cr.commit()
    return "confirmed"


def plant(env: Environment, _say: Say, name: str) -> str:
    """Leave a copy of which there is no record: database, role, files, half of more files."""
    cluster = env["saas.cluster"].search(NEAR)
    ports = audit.ports_of(cluster)
    ports.cluster.ensure_role(name, 1)
    ports.cluster.create_empty(name)
    ports.filestore.clone(name, name, 1)
    Path(cluster.filestore_path, ".staging", f"{name}.f7").mkdir()
    return name


# Work


def work(env: Environment, _say: Say, seconds: float = WORK_SECONDS, barrier: str = "") -> int:
    """Be a worker until nothing is due; return how many operations it ran."""
    if barrier:
        wait_at(barrier)
    return env["saas.job"]._work(seconds, until_idle=True)


def finish(env: Environment, _say: Say, job: int, seconds: float = 240) -> dict[str, Any]:
    """Be the workers that carry one operation to its end, whatever it has to wait for."""
    end = time.monotonic() + seconds
    row = env["saas.job"].browse(job)
    while True:
        ran = env["saas.job"]._work(1, until_idle=True)
        env.cr.commit()
        env.invalidate_all()
        if row.state not in OPEN or time.monotonic() > end:
            return state(env, _say, job)
        crash_secret_deeds.hurry(env, row.kind)
        if not ran:
            time.sleep(0.02)


def state(env: Environment, _say: Say, job: int) -> dict[str, Any]:
    """How an operation stands."""
    row = env["saas.job"].browse(job)
    names = ("state", "error_code", "error_text", "deaths", "attempts", "fence")
    told = {name: row[name] for name in names}
    return {**told, "steps": {step.name: step.state for step in row.step_ids}}


def sweep(env: Environment, say: Say) -> str:
    """Have the cluster audited and leftovers of nobody removed."""
    job = env["saas.cluster"].search(NEAR)._start("audit_cluster", {})
    env.cr.commit()
    return finish(env, say, job.id)["state"]


def cancel(env: Environment, _say: Say, job: int) -> bool:
    """Press Cancel; false when the button refuses."""
    try:
        env["saas.job"].browse(job).action_cancel()
    except UserError:
        return False
    env.cr.commit()
    return True


def undo(env: Environment, _say: Say, job: int) -> None:
    """Press Undo."""
    env["saas.job"].browse(job).action_undo()
    env.cr.commit()


def send_mails(env: Environment, _say: Say) -> None:
    """Do what the mail cron does."""
    env["mail.mail"].process_email_queue()


# Judgement


def judge(env: Environment, _say: Say, tell: list[list[Any]]) -> list[str]:
    """Every complaint about these orders, `[[what, id, …]]`, and about the whole cluster."""
    found = []
    for what, number, *more in tell:
        model, rule = RULES[what]
        found += rule(env[model].browse(number), *more)
    for cluster in env["saas.cluster"].search([]):
        found += audit.findings(cluster)
    # What belongs to no cluster is found with each of them.
    return list(dict.fromkeys(found))


RULES = {
    "tenant_open": ("saas.tenant", audit.tenant_open),
    "tenant_gone": ("saas.tenant", audit.tenant_gone),
    "tenant_deleted": ("saas.tenant", audit.tenant_deleted),
    "tenant_marked": ("saas.tenant", audit.tenant_marked),
    "version_published": ("saas.template.version", audit.version_published),
    "version_gone": ("saas.template.version", audit.version_gone),
    "standby_ready": ("saas.database", audit.standby_ready),
    "database_gone": ("saas.database", audit.database_gone),
    "database_kept": ("saas.database", audit.database_kept),
    **{name: ("saas.tenant", rule) for name, rule in audit_tenant.RULES.items()},
    **{name: ("saas.tenant", rule) for name, rule in audit_backup.RULES.items()},
    **{name: ("saas.tenant", rule) for name, rule in audit_restore.RULES.items()},
    **{name: ("saas.tenant", rule) for name, rule in audit_copy.RULES.items()},
    **{name: ("saas.tenant", rule) for name, rule in audit_away.RULES.items()},
    **{name: ("saas.tenant", rule) for name, rule in audit_expiry.RULES.items()},
    **{name: ("saas.tenant", rule) for name, rule in audit_secret.RULES.items()},
    **{name: ("saas.tenant", rule) for name, rule in audit_live_copy.RULES.items()},
    **{name: ("saas.tenant", rule) for name, rule in audit_upgrade.RULES.items()},
    **{name: ("saas.tenant", rule) for name, rule in audit_move.RULES.items()},
    **{name: ("saas.tenant", rule) for name, rule in audit_adoption.RULES.items()},
    **{name: ("res.partner", rule) for name, rule in audit_billing.RULES.items()},
}


def discard(env: Environment, _say: Say, databases: list[int]) -> list[str]:
    """Have databases removed that no test needs any more; return what is left of them."""
    rows = env["saas.database"].browse(databases)
    rows._enqueue_drop()
    env.cr.commit()
    end = time.monotonic() + WORK_SECONDS
    while time.monotonic() < end and set(rows.mapped("stage")) - {"dropped"}:
        env["saas.job"]._work(WORK_SECONDS, until_idle=True)
        env.cr.commit()
        env.invalidate_all()
    return [told for row in rows for told in audit.database_gone(row)]
