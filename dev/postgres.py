"""A private PostgreSQL cluster in a folder of ours.

Owns: initdb, configuration, start, stop. Does not own: clusters it did not make, and the
roles and databases inside.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path

from . import shm, unprivileged
from .ports import LOOPBACK, free_port, is_free
from .postgres_binaries import Binaries, ensure_binaries
from .say import fail
from .shell import clean_environment, last_words, run

SUPERUSER = "postgres"
SETTINGS = """\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
max_connections = 300
shared_buffers = 192MB
max_wal_size = 2GB
log_timezone = 'UTC'
timezone = 'UTC'
log_line_prefix = '%m [%p] %u@%d '
"""
# Commits outlive a crash of the server, though not of the machine.
FAST_SETTINGS = "fsync = off\nfull_page_writes = off\n"
HBA = "local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n"


class PrivateCluster:
    """One server with its data in `folder`; port and password are remembered there.

    `fast=True` trades durability for speed (tests): no fsync, data in memory if there is room.
    """

    host = LOOPBACK
    superuser = SUPERUSER

    def __init__(
        self,
        folder: Path | str,
        port: int | None = None,
        version: str | int | None = None,
        *,
        fast: bool = False,
    ) -> None:
        self.folder = Path(folder).resolve()
        self.fast = fast
        self._wanted_port = port
        self._wanted_version = version
        self._binaries: Binaries | None = None

    @property
    def binaries(self) -> Binaries:
        """The server's programs: of the version the data was made with, if there is data."""
        if self._binaries is None:
            made_with = self.data / "PG_VERSION"
            version = made_with.read_text().strip() if made_with.exists() else self._wanted_version
            self._binaries = ensure_binaries(version)
        return self._binaries

    @property
    def version(self) -> str:
        """The major version, e.g. '18'."""
        return self.binaries.version

    @property
    def data(self) -> Path:
        """The data folder."""
        return unprivileged.reachable_data(self.folder) / "data"

    @property
    def port(self) -> int:
        """The port, chosen at the first start."""
        return int((self.folder / "port").read_text())

    @property
    def superuser_password_file(self) -> Path:
        """The 0600 file with the superuser's password."""
        return self.folder / "superuser.password"

    @property
    def superuser_password(self) -> str:
        """The superuser's random password."""
        return self.superuser_password_file.read_text().strip()

    @property
    def pid(self) -> int | None:
        """The server's process, None if it does not run."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return None
        return pid if os.fsencode(self.data) in command else None

    @property
    def running(self) -> bool:
        """Whether the server process is alive."""
        return self.pid is not None

    def dsn(
        self, dbname: str = "postgres", user: str | None = None, password: str | None = None
    ) -> dict:
        """Arguments for `psycopg2.connect`; the superuser unless a user is named."""
        if user is None:
            user, password = self.superuser, self.superuser_password
        found = {"host": self.host, "port": self.port, "dbname": dbname, "user": user}
        return found if password is None else {**found, "password": password}

    def start(self) -> PrivateCluster:
        """Start the server, making the cluster first if there is none; nothing if it runs."""
        if self.running:
            return self
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._configure()
        self._pg_ctl("start", "-w", "-t", "90", "-l", str(self._log))
        return self

    def stop(self, mode: str = "fast") -> None:
        """Stop the server (`smart`, `fast` or `immediate`); nothing if it does not run."""
        if self.running:
            self._pg_ctl("stop", "-w", "-t", "90", "-m", mode)

    def restart(self, mode: str = "fast") -> None:
        """Stop and start on the same port."""
        self.stop(mode)
        self.start()

    def kill(self) -> None:
        """End every server process at once, as a power cut would."""
        pid = self.pid
        if pid is None:
            return
        children = _children(pid)
        for victim in (pid, *children):
            _signal(victim, signal.SIGKILL)
        until = time.monotonic() + 10
        while any(map(_alive, (pid, *children))) and time.monotonic() < until:
            time.sleep(0.02)
        # Under an init that is slow to reap, the dead server's number would still count as taken.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def destroy(self) -> None:
        """Stop the server and remove everything the cluster left on disk and in memory."""
        self.stop("immediate")
        shm.release(self.data)
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def sql(self, statement: str, dbname: str = "postgres") -> str:
        """Run SQL as the superuser, stop at the first error, give unaligned rows."""
        return run(
            [
                self.binaries.tool("psql"),
                "-X",
                "-q",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
                "-d",
                dbname,
            ],
            f"SQL on {self.folder.name}",
            env=self.client_environment(),
            stdin=statement,
        ).strip()

    def client_environment(self) -> dict[str, str]:
        """An environment in which PostgreSQL's client programs reach this server as superuser."""
        return clean_environment(
            PGHOST=self.host,
            PGPORT=str(self.port),
            PGUSER=self.superuser,
            PGPASSWORD=self.superuser_password,
        )

    @property
    def _log(self) -> Path:
        return self.data.parent / "server.log"

    def _create(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        _write_private(self.superuser_password_file, secrets.token_urlsafe(24) + "\n")
        place = self.data
        if self.fast:
            shm.link(place)
        shutil.rmtree(place, ignore_errors=True) if not place.is_symlink() else None
        password_copy = place.parent / "initdb.password"
        _write_private(password_copy, self.superuser_password + "\n")
        if place.parent != self.folder:
            shutil.chown(password_copy, unprivileged.SYSTEM_USER)
        initdb = self.binaries.tool("initdb")
        options = [
            "-U",
            SUPERUSER,
            f"--pwfile={password_copy}",
            "--auth=scram-sha-256",
            "-E",
            "UTF8",
        ]
        speed = ["--no-sync"] if self.fast else []
        run(
            [*unprivileged.prefix(), initdb, "-D", place, *options, "--locale=C.UTF-8", *speed],
            "Making the PostgreSQL cluster",
            cwd=Path("/"),
        )
        password_copy.unlink()

    def _configure(self) -> None:
        port = self._choose_port()
        text = SETTINGS + f"port = {port}\n" + (FAST_SETTINGS if self.fast else "")
        conf = self.data / "postgresql.auto.conf"
        kept = [line for line in conf.read_text().splitlines() if line.startswith("#")]
        conf.write_text("\n".join(kept) + "\n" + text)
        (self.data / "pg_hba.conf").write_text(HBA)

    def _choose_port(self) -> int:
        remembered = self.folder / "port"
        port = self._wanted_port or (int(remembered.read_text()) if remembered.exists() else 0)
        if self._wanted_port and not is_free(port):
            fail(f"Port {port} for PostgreSQL in {self.folder} is busy: choose another one.")
        if not port or not is_free(port):
            port = free_port()
        remembered.write_text(f"{port}\n")
        return port

    def _pg_ctl(self, action: str, *options: str) -> None:
        command = [
            *unprivileged.prefix(),
            self.binaries.tool("pg_ctl"),
            "-D",
            self.data,
            *options,
            action,
        ]
        done = subprocess.run(
            [str(word) for word in command],
            cwd="/",
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=False,
        )
        if done.returncode:
            log = self._log.read_text(errors="replace") if self._log.exists() else ""
            fail(f"PostgreSQL in {self.folder} did not {action}: {last_words(log)}")


def _write_private(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
