"""Orders that bring a backup of the tenant that is open back elsewhere: as a sandbox, as a proof.

Owns: how each is asked for. Does not own: what is right afterwards (`audit_copy.py`), switching
backups on (`crash_backup_deeds.py`), restores in place (`crash_restore_deeds.py`).
"""

import secrets

from odoo.api import Environment
from odoo.models import Model

from .crash_backup_deeds import backup_ready
from .crash_restore_deeds import REASON

READY = {"restore_aside": backup_ready, "prove_restore": backup_ready}


def restore_aside(env: Environment, tenant: int) -> Model:
    """Have its newest backup brought back as a sandbox."""
    newest = env["saas.backup"]._newest(env["saas.tenant"].browse(tenant))
    subdomain = f"copy-{secrets.token_hex(4)}"
    asked = {"reason": REASON, "name": subdomain.title(), "subdomain": subdomain}
    return env["saas.restore"]._order_restore(newest, "sandbox", "all", **asked).job_ids


def prove_restore(env: Environment, tenant: int) -> Model:
    """Have its newest backup restored, compared and dropped again."""
    newest = env["saas.backup"]._newest(env["saas.tenant"].browse(tenant))
    return newest._order_restore_proof(newest.tenant_id.cluster_id)


ORDERS = {"restore_aside": restore_aside, "prove_restore": prove_restore}
