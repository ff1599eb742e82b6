"""What must hold of files taken away and brought in after an interruption, told as complaints.

Owns: that a download is there once, for its user, or gone; that an imported backup is whole, once,
or gone, with everything it passed through. Does not own: orders (`crash_away_deeds.py`).
"""

import hashlib
import os
from pathlib import Path

from odoo.models import Model

from .audit import _done, differing, gone_from_server, ports_of, work_folder
from .audit_backup import _names, backup_whole, shelf
from .audit_tenant import _jobs, _password_stands
from .crash_away_deeds import UPLOADED


def taken_away(tenant: Model) -> list[str]:
    """The file is there, as it was noted, and who ordered it was told so once."""
    one = _last_export(tenant)
    path = Path(one._file_path())
    body = path.read_bytes() if path.exists() else b""
    return [
        *_done(_jobs(tenant, "export_backup")),
        *differing(
            state=(one.state, "ready"),
            size=(one.size_bytes, len(body)),
            sha256=(one.sha256, hashlib.sha256(body).hexdigest()),
            mails=(len(_mails(one)), 1),
            noted=(_made(one), 1),
        ),
        *_downloads(tenant),
    ]


def not_taken_away(tenant: Model) -> list[str]:
    """Nothing of the file is left, and nobody was told of it."""
    one = _last_export(tenant)
    return [
        *differing(
            state=(one.state, "failed"),
            file=(os.path.lexists(one._file_path()), False),
            mails=(len(_mails(one)), 0),
            noted=(_made(one), 0),
        ),
        *_downloads(tenant),
    ]


def _downloads(tenant: Model) -> list[str]:
    """In the folder lies what is ready and nothing else, and no passphrase is kept."""
    exports = tenant.env["saas.backup.export"].search([]).sudo()
    ready = exports.filtered(lambda one: one.state == "ready")
    folder = Path(exports._folder())
    return [
        *differing(
            files=(
                set(os.listdir(folder)) if folder.exists() else set(),
                set(ready.mapped("uuid")),
            ),
            keys=([one.id for one in exports if one.sealed_key], []),
            running=([one.id for one in exports if one.state == "running"], []),
        ),
        *shelf(tenant),
        *_password_stands(tenant),
        *work_folder(),
    ]


def _last_export(tenant: Model) -> Model:
    return _jobs(tenant, "export_backup").sorted("id")[-1].export_id.sudo()


def _mails(one: Model) -> Model:
    about = [("model", "=", one._name), ("res_id", "=", one.id)]
    return one.env["mail.mail"].sudo().search(about)


def _made(one: Model) -> int:
    about = [("action", "=", "backup_export_made"), ("res_id", "=", one.id)]
    return one.env["saas.audit.entry"].sudo().search_count(about)


def brought_in(tenant: Model) -> list[str]:
    """The file is a backup of the draft, whole to its last byte, and gone from the folder."""
    jobs = _jobs(tenant, "import_backup")
    last = jobs.sorted("id")[-1]
    return [
        *_done(jobs),
        *differing(reason=(last.backup_id.reason, "import"), files=(last.backup_id.file_count, 1)),
        *backup_whole(tenant, last.backup_id),
        *_passed_through(tenant, last, []),
    ]


def not_brought_in(tenant: Model) -> list[str]:
    """Nothing of it is left but the file, which can be brought in once more."""
    last = _jobs(tenant, "import_backup").sorted("id")[-1]
    backup = last.backup_id
    return [
        *differing(
            state=(backup.state, "failed"),
            why=(backup.error_code, "operation_cancelled"),
            checks=(len(backup.check_ids), 0),
            left=([one for one in _names(tenant) if backup.uuid in one], []),
        ),
        *_passed_through(tenant, last, [UPLOADED]),
    ]


def _passed_through(tenant: Model, job: Model, files: list[str]) -> list[str]:
    """Database, role and files it passed through are gone; the draft is still one."""
    place = job.database_id
    return [
        *differing(
            place=(place.stage, "dropped"),
            draft=((tenant.state, tenant.database_id.name), ("draft", False)),
            uploads=(os.listdir(job.env["saas.backup"]._import_folder()), files),
        ),
        *gone_from_server(ports_of(job.cluster_id), place.name),
        *shelf(tenant),
        *work_folder(),
    ]


RULES = {
    "tenant_taken_away": taken_away,
    "tenant_not_taken_away": not_taken_away,
    "tenant_brought_in": brought_in,
    "tenant_not_brought_in": not_brought_in,
}
