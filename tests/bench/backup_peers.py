"""What others need for the same backup: pg_dump alone, Odoo's own, the OCA's `auto_backup`.

Owns: two databases of the plain Odoo with that module, F as it was installed and B with data, and
backing them up in each of these ways. Does not own: the plain Odoo (`peers.py`), our own way
(`backup.py`).
"""

import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from dev import paths
from dev.config import addons_path
from dev.shell import clean_environment, run
from tests.bench import big_tenant
from tests.bench.peers import DATABASE, ROLE, Peer

# The real module, as it is published; only these two of what it needs beside Odoo's own.
OCA = "odoo-addon-auto_backup==19.0.1.0.1.2"
OCA_NEEDS = ("pysftp==0.2.9", "paramiko==3.5.1", "bcrypt", "pynacl", "cffi", "pycparser")
FRESH, BIG = "peer_fresh_copy", "peer_big"
OCA_RUN = """
import time
backup = env["db.backup"].create({"folder": FOLDER, "method": "local", "backup_format": "zip"})
begun = time.monotonic()
backup.action_backup()
print("TOOK", time.monotonic() - begun)
env.cr.rollback()
"""


class BackupPeers:
    """The two databases, and everybody else's backups of them; each returns seconds and bytes."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self.folder = peer.folder / "backups"
        self._oca = peer.folder.parent / "oca"
        self._day = 0
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._get_oca()
        self._make(FRESH, DATABASE)
        self._odoo("-d", FRESH, "-i", "auto_backup", "--stop-after-init", "--no-http")

    def make_big(self) -> None:
        """Make B out of F."""
        self._make(BIG, FRESH)
        big_tenant.fill(
            lambda text: self._peer.sql(text, BIG),
            lambda text: self.shell(BIG, text),
            self.files(BIG),
        )

    def live_a_day(self) -> None:
        """Change in B what a day changes."""
        self._day += 1
        big_tenant.live_a_day(lambda text: self._peer.sql(text, BIG), self.files(BIG), self._day)

    def files(self, database: str) -> Path:
        """Where Odoo keeps a database's files."""
        return self._peer.folder / "data" / "filestore" / database

    def login(self, database: str) -> Mapping[str, object]:
        """How the owner of a database's objects logs in."""
        cluster = self._peer.cluster
        return {
            "host": cluster.host,
            "port": cluster.port,
            "user": ROLE,
            "password": self._peer.password,
            "database": database,
            "bin": str(cluster.binaries.tool("pg_dump").parent),
        }

    # Each one's way

    def pg_dump(self, database: str) -> tuple[float, int]:
        """PostgreSQL's own dump, without files."""
        cluster, target = self._peer.cluster, self.folder / f"{database}.pgdump"
        begun = time.monotonic()
        command = [cluster.binaries.tool("pg_dump"), "-Fc", "-f", target, database]
        run(command, "pg_dump", env=cluster.client_environment(), timeout=600)
        return time.monotonic() - begun, target.stat().st_size

    def odoo_dump(self, database: str) -> tuple[float, int]:
        """`odoo-bin db dump`: a zip with files; Odoo's start is part of it."""
        target = self.folder / f"{database}.zip"
        target.unlink(missing_ok=True)
        begun = time.monotonic()
        command = [paths.ODOO_BIN, "db", "-c", self._peer.conf, "dump", database, target]
        run(command, "Odoo's db dump", timeout=900)
        return time.monotonic() - begun, target.stat().st_size

    def auto_backup(self, database: str) -> tuple[float, int]:
        """The OCA's module, called in a running Odoo: its start is no part of it."""
        folder = self.folder / f"{database}.oca"
        shutil.rmtree(folder, ignore_errors=True)
        said = self.shell(database, f"FOLDER = {str(folder)!r}\n{OCA_RUN}")
        (made,) = folder.iterdir()
        took = next(line for line in said.splitlines() if line.startswith("TOOK"))
        return float(took.split()[1]), made.stat().st_size

    # Parts

    def shell(self, database: str, text: str) -> str:
        """Run statements in Odoo's shell; return what they print."""
        return self._odoo("shell", "-d", database, "--no-http", stdin=text)

    def _odoo(self, *words: object, stdin: str | None = None) -> str:
        command, *rest = words
        first, rest = ([command], rest) if command == "shell" else ([], words)
        conf = ["-c", self._peer.conf, "--log-level=warn", "--max-cron-threads=0"]
        addons = f"--addons-path={addons_path(self._peer.tree)},{self._oca / 'odoo' / 'addons'}"
        return run(
            [paths.ODOO_BIN, *first, *conf, addons, *rest],
            f"Odoo {words[0]}",
            env=clean_environment(PYTHONPATH=str(self._oca / "needs")),
            stdin=stdin,
            timeout=1800,
        )

    def _get_oca(self) -> None:
        if (self._oca / "odoo").exists():
            return
        pip = [paths.PYTHON, "-m", "pip", "install", "-q", "--no-deps", "--target"]
        run([*pip, self._oca / "needs", *OCA_NEEDS], "Getting what auto_backup needs", timeout=300)
        run([*pip, self._oca, OCA], "Getting auto_backup", timeout=300)

    def _make(self, name: str, template: str) -> None:
        self._peer.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._peer.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER {ROLE}')
        shutil.rmtree(self.files(name), ignore_errors=True)
        shutil.copytree(self.files(template), self.files(name), copy_function=os.link)
