"""Imports: an Odoo zip of somebody else becomes a backup of ours, for a tenant that is to be.

Owns: ordering one, the upload folder, what an operation asks and notes. Does not own: what is done
with the file (`jobs/import_backup.py`), bringing the tenant to life from the backup (restoring).
"""

import hashlib
import os
import re
import uuid
from pathlib import Path

from odoo import api, models
from odoo.tools import config

from ..const import GB
from ..kernel.errors import Refused

FOLDER = "saas_imports"
MOST_GB = 100
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.zip")
SHOWN = 200
CHUNK_BYTES = 1 << 20
ZIP_MAGIC = b"PK"
# Reasons for which a file is not only wrong: nobody's Odoo makes one like that.
HOSTILE = frozenset(
    "plain_statement_unknown plain_text_form plain_function plain_setting plain_extension "
    "plain_command plain_copy_source archive_kind zip_entry_form zip_double zip_bomb".split()
)


class SaasBackup(models.Model):
    _inherit = "saas.backup"

    @api.model
    @api.private
    def _import_folder(self):
        """Return the folder in which files to be imported lie; made when it is not there."""
        path = Path(config.get("saas_import_folder") or Path(config["data_dir"]) / FOLDER)
        if not path.is_dir():
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return str(path)

    @api.model
    @api.private
    def _import_files(self):
        """Return the names of the files that may be imported, the newest first."""
        folder = Path(self._import_folder())
        found = [one for one in folder.iterdir() if NAME.fullmatch(one.name) and one.is_file()]
        found.sort(key=lambda one: one.stat().st_mtime, reverse=True)
        return [one.name for one in found if not one.is_symlink()][:SHOWN]

    @api.model
    @api.private
    def _import_most_bytes(self):
        """Return how much of dump and files is imported at most."""
        return int(float(config.get("saas_import_most_gb") or MOST_GB) * GB)

    @api.model
    @api.private
    def _take_upload(self, name, stream):
        """Write a file into the upload folder, never over another; return its name there.

        Raises: Refused (`import_name_form`, `import_file_there`, `zip_form`, `zip_too_large`).
        """
        if not NAME.fullmatch(name):
            raise Refused("import_name_form", name=name[:60])
        target = Path(self._import_folder()) / name
        part = target.with_name(f".{name}.{uuid.uuid4().hex}.part")
        try:
            size, digest = self._write_upload(part, stream)
            os.link(part, target)
        except FileExistsError:
            raise Refused("import_file_there", name=name) from None
        finally:
            part.unlink(missing_ok=True)
        self.env["saas.audit.entry"]._note(
            "backup_import_uploaded", self.env.user, file=name, size_bytes=size, sha256=digest
        )
        return name

    @api.model
    def _write_upload(self, part, stream):
        most, size, running = self._import_most_bytes(), 0, hashlib.sha256()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with open(os.open(part, flags, 0o600), "wb") as file:
            while chunk := stream.read(CHUNK_BYTES):
                if not size and not chunk.startswith(ZIP_MAGIC):
                    raise Refused("zip_form")
                size += len(chunk)
                if size > most:
                    raise Refused("zip_too_large", most_bytes=most)
                running.update(chunk)
                file.write(chunk)
        if not size:
            raise Refused("zip_form")
        return size, running.hexdigest()

    @api.model
    @api.private
    def _order_import(self, name, tenant, target, cluster, opens=False):
        """Order that a file of the upload folder becomes a backup of a draft, and with `opens` that
        the draft is opened from it then; return its row.

        Raises: Refused (`import_name_form`, `import_file_missing`, `import_tenant_has_data`, those
        of `saas.backup.key._in_use`).
        """
        if not NAME.fullmatch(name or ""):
            raise Refused("import_name_form", name=(name or "")[:60])
        if not os.path.isfile(Path(self._import_folder()) / name):
            raise Refused("import_file_missing")
        if tenant.state != "draft" or tenant.database_id:
            raise Refused("import_tenant_has_data", tenant=tenant.name)
        if not tenant.cluster_id:
            # Its backup is proven and restored by the cluster's programs.
            tenant.cluster_id = cluster
        key_sudo = self.env["saas.backup.key"]._in_use(tenant)
        row = {"key_id": key_sudo.id, "user_id": self.env.uid}
        backup_sudo = self._begin(tenant, target, "import", fence=0, **row)
        database_sudo = self.env["saas.database"]._reserve("tenant", cluster)
        job = self.env["saas.job"]._enqueue(
            "import_backup",
            spec={"targets": target.ids, "file": name, **({"opens": True} if opens else {})},
            dedupe_key=f"import_backup:{name}",
            serial_key=f"backup:{tenant.id}",
            priority=25,
            tenant_id=tenant.id,
            backup_id=backup_sudo.id,
            cluster_id=cluster.id,
            database_id=database_sudo.id,
        )
        if job.sudo().backup_id != backup_sudo:
            # The same file is being imported already; that goes on, and nothing was begun here.
            database_sudo.write({"stage": "dropped"})
            backup_sudo._failed("import_under_way", self.env._("This file is being imported."))
            return job.sudo().backup_id
        backup_sudo._put({"job_id": job.id})
        backup = self.browse(backup_sudo.id)
        self.env["saas.audit.entry"]._note("backup_import_ordered", backup, file=name)
        return backup

    # Steps of the operation

    @api.private
    def _step_import_begin(self, fence):
        """Return which backup it is, and the name of the database it passes through."""
        if self.tenant_id.sudo().database_id:
            raise Refused("import_tenant_has_data", tenant=self.tenant_id.name)
        self._put({"fence": fence})
        return {**self._step_place(), "database": self._import_database().name}

    @api.private
    def _step_imported(self, figures):
        """Note the backup; what it passed through is gone."""
        self._import_database().write({"stage": "dropped"})
        self._step_stored(figures)

    @api.private
    def _step_not_imported(self):
        """It came to nothing, and nothing is left of it."""
        self._import_database().write({"stage": "dropped"})
        self._step_not_stored()
        if self.error_code in HOSTILE:
            self.env["saas.security.event"]._record("hostile_file", self.tenant_id.sudo())

    def _import_database(self):
        job_sudo = self.env["saas.job"].sudo().browse(self.env.context.get("saas_job_id"))
        return job_sudo.database_id


class SaasJob(models.Model):
    _inherit = "saas.job"

    def _import_folder(self):
        """Return the upload folder and the most that is taken, for an import; else nothing."""
        if self.kind != "import_backup":
            return None
        backups = self.env["saas.backup"]
        return backups._import_folder(), backups._import_most_bytes()
