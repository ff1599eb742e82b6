"""Orders that move a tenant of their own from one cluster to the other, and back.

Owns: how each is asked for, what has to stand before: from wherever it lives now it goes to the
other cluster. Does not own: what is right afterwards (`audit_move.py`), making the second cluster
(`second_place.py`).
"""

from typing import Any

from odoo.api import Environment
from odoo.models import Model

from . import tenant_inside
from .crash_secret_deeds import work

WAYS = ("local", "far")
REASON = "The crash suite asked"


def move_ready(tenant: Model, **_places: Any) -> None:
    """Have nothing left that an earlier move keeps."""
    for one in tenant.move_ids.filtered("can_undo"):
        one._put({"undo_until": one.started_at})
    work(tenant)
    tenant.env["saas.move"]._cron_forget_sources()
    work(tenant)
    tenant_inside.commit_mark(tenant)


def moved_ready(tenant: Model, **places: Any) -> None:
    """Have a move that can be taken back."""
    move_ready(tenant, **places)
    move(tenant.env, tenant.id)


READY = {"move": move_ready, "undo_move": moved_ready}


def move(env: Environment, tenant: int, to: str = "") -> Model:
    """Have it moved to the cluster of a key, or to the one of the two where it does not live."""
    found = env["saas.tenant"].browse(tenant)
    (other,) = {*WAYS} - {found.cluster_id.key}
    other = env["saas.cluster"].search([("key", "=", to or other)])
    return env["saas.move"]._order_move(found, other, REASON, region_agreed=True).job_ids


def undo_move(env: Environment, tenant: int) -> Model:
    """Have its last move taken back."""
    return env["saas.tenant"].browse(tenant).undo_move_id._order_undo()


ORDERS = {"move": move, "undo_move": undo_move}
