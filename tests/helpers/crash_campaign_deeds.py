"""Campaigns that want the tenant that is open: planned, started by several at once, carried out.

Owns: how each is asked for. Does not own: the upgrade of one tenant (`crash_upgrade_deeds.py`), who
waits at a barrier (`crash_deeds.py`).
"""

import time

from odoo.api import Environment
from odoo.models import Model

from .crash_secret_deeds import hurry
from .crash_upgrade_deeds import KIND

SECONDS = 120


def plan(env: Environment, tenant: int) -> Model:
    """Plan a campaign for one tenant, and look whether it may begin."""
    found = env["saas.tenant"].browse(tenant)
    values = {"needs_rehearsal": False, "pause_minutes": 0, "by_itself": True, "everyone": False}
    campaign = env["saas.campaign"].create(
        {"template_id": found.template_id.id, "tenant_ids": found.ids, **values}
    )
    campaign.action_check()
    return campaign


def carry_out(env: Environment, campaigns: list[int]) -> list[tuple[str, str]]:
    """Do what the crons do until all are over; return how each stands and what stands on its
    tenants.
    """
    rows = env["saas.campaign"].browse(campaigns)
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and set(rows.mapped("state")) - {"draft", "preflight", "done"}:
        for one in rows:
            one.sudo()._drive()
        env.cr.commit()
        env["saas.job"]._work(10, until_idle=True)
        hurry(env, KIND)
    return [(one.state, ", ".join(one.line_ids.mapped("stage"))) for one in rows]
