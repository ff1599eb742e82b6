"""Orders that take a backup of the open tenant away as a file, and bring one in for a draft.

Owns: how each is asked for, what has to stand before. Does not own: what is right afterwards
(`audit_away.py`), the zip itself (`crash_zip.py`), switching backups on (`crash_backup_deeds.py`).
"""

from pathlib import Path
from typing import Any

from odoo.api import Environment
from odoo.models import Model

from .crash_backup_deeds import backup_ready, shelf_ready

PHRASE = "correct horse battery"
UPLOADED = "brought.zip"
MOVED = "moved-in"


def export_ready(tenant: Model, **places: Any) -> None:
    """Have a backup, and no file of an earlier case."""
    backup_ready(tenant, **places)
    env = tenant.env
    env["saas.backup.export"].search([("state", "=", "ready")])._end()
    env.ref("base.user_admin").email = "admin@crash.example"


def upload_ready(tenant: Model, odoo_zip: str, **places: Any) -> None:
    """Have a draft tenant with the same policy, and the file in the upload folder."""
    shelf_ready(tenant, **places)
    env, backups = tenant.env, tenant.env["saas.backup"]
    if not _moved(env):
        values = {name: tenant[name].id for name in ("template_id", "plan_id", "company_id")}
        people = {"admin_name": "Alice", "admin_email": "alice@moved.example"}
        draft = env["saas.tenant"].create({"name": "Moved", "subdomain": MOVED, **values, **people})
        draft.backup_policy_id = tenant.backup_policy_id
    if UPLOADED not in backups._import_files():
        with Path(odoo_zip).open("rb") as stream:
            backups._take_upload(UPLOADED, stream)


READY = {"export": export_ready, "bring_in": upload_ready}


def export(env: Environment, tenant: int) -> Model:
    """Have its newest backup made a file under a passphrase, for the administrator."""
    newest = env["saas.backup"]._newest(env["saas.tenant"].browse(tenant))
    exports = env["saas.backup.export"].with_user(env.ref("base.user_admin"))
    salt, key = exports.sudo()._close_key(PHRASE, PHRASE)
    return exports.sudo()._order_for(newest.with_env(exports.env), "sealed", salt, key).job_id


def bring_in(env: Environment, tenant: int) -> Model:
    """Have the file made a backup of the draft."""
    source = env["saas.tenant"].browse(tenant)
    target = source.backup_policy_id.target_ids
    backup = env["saas.backup"]._order_import(UPLOADED, _moved(env), target, source.cluster_id)
    return backup.job_id


def _moved(env: Environment) -> Model:
    return env["saas.tenant"].search([("subdomain", "=", MOVED)])


ORDERS = {"export": export, "bring_in": bring_in}
