"""What others need for the same work: PostgreSQL alone, Odoo's own copy, a fresh installation.

Owns: a plain Odoo beside the product, on the same PostgreSQL cluster with a database equal to the
template's. Does not own: the product's side.

`Peer` fails when one of them is missing: a figure without its peer says nothing.
"""

import os
import shutil
import time

from dev import paths
from dev.config import addons_path
from dev.files import ensure_password, write_private
from dev.http import wait_for
from dev.ports import free_port
from dev.processes import Managed
from dev.shell import run
from tests.bench.desk import get
from tests.bench.stage import MODULES, Stage
from tests.helpers.bench import Figure, Report, at_least

ROLE = "peer"
DATABASE = "plain"
RAW, COPIES = 10, 5


class Peer:
    """A plain Odoo; `close` ends its server."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.folder = stage.folder / "peer"
        self.conf = self.folder / "odoo.conf"
        self.tree = stage.stack.tree
        self.cluster = stage.stack.tenant_cluster
        self.port = free_port()
        self.host = f"{DATABASE}.localhost"
        self._server = Managed("plain", self.folder)
        self._write_configuration()
        self._make_database()

    @property
    def password(self) -> str:
        return ensure_password(self.folder / "role.password")

    def sql(self, statement: str, database: str = "postgres") -> str:
        return self.cluster.sql(statement, database)

    def start(self) -> None:
        """Start it as the node is started: same options, `dbfilter` instead of the gateway."""
        self._server.start([paths.ODOO_BIN, "-c", self.conf])
        wait_for(
            lambda: self._answers(),
            "'plain'",
            seconds=180,
            alive=lambda: self._server.pid is not None,
            hint=self._server.log_tail,
        )

    def close(self) -> None:
        """Stop the server."""
        self._server.stop()

    def duplicate(self, name: str) -> float:
        """Have Odoo copy the database and its files; return the seconds."""
        begun = time.monotonic()
        self._odoo("db", "-c", self.conf, "duplicate", DATABASE, name)
        took = time.monotonic() - begun
        self._drop(name)
        return took

    def install(self, name: str) -> float:
        """Install the three modules into a new database; return the seconds."""
        begun = time.monotonic()
        options = ["-i", ",".join(MODULES)]
        fixed = ["--stop-after-init", "--no-http", "--max-cron-threads=0"]
        self._odoo("-c", self.conf, "-d", name, *options, *fixed)
        took = time.monotonic() - begun
        rows = self.sql("SELECT count(*) FROM ir_module_module WHERE state = 'installed'", name)
        assert int(rows) > 50, f"only {rows} modules are installed"
        self._drop(name)
        return took

    def create_database(self, name: str) -> float:
        """Let PostgreSQL copy the template; return the seconds, without those of starting psql.

        The copy stays: removing it would make the next one wait for the server's checkpoint.
        """
        told = self.sql(f'\\timing on\nCREATE DATABASE "{name}" TEMPLATE "{self._stage.golden}";')
        return float(told.partition("Time: ")[2].split()[0]) / 1000

    def _odoo(self, *words: object) -> None:
        run([paths.ODOO_BIN, *words], f"Odoo's {words[0]}", timeout=900)

    def _answers(self) -> bool:
        try:
            return get(self.port, self.host, "/web/login")[0] == 200
        except OSError:
            return False

    def _drop(self, name: str) -> None:
        self.sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        shutil.rmtree(self.folder / "data" / "filestore" / name, ignore_errors=True)

    def _make_database(self) -> None:
        self.sql(
            f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE); "
            f"DO $$ BEGIN REVOKE ALL ON DATABASE postgres FROM {ROLE}; "
            "EXCEPTION WHEN undefined_object THEN NULL; END $$; "
            f"DROP ROLE IF EXISTS {ROLE}; "
            f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{self.password}'; "
            f"GRANT CONNECT ON DATABASE postgres TO {ROLE}"
        )
        # Two orders: CREATE DATABASE refuses to stand in one transaction with others.
        self.sql(f'CREATE DATABASE {DATABASE} TEMPLATE "{self._stage.golden}" OWNER {ROLE}')
        self.sql(
            f"REASSIGN OWNED BY saas_builder TO {ROLE}; GRANT ALL ON SCHEMA public TO {ROLE}",
            DATABASE,
        )
        shutil.copytree(
            self._stage.golden_files,
            self.folder / "data" / "filestore" / DATABASE,
            copy_function=os.link,
        )

    def _write_configuration(self) -> None:
        options = {
            "addons_path": addons_path(self._stage.stack.tree, self._stage.addons),
            "data_dir": self.folder / "data",
            "http_interface": "127.0.0.1",
            "http_port": self.port,
            "gevent_port": free_port(),
            "db_host": self.cluster.host,
            "db_port": self.cluster.port,
            "db_user": ROLE,
            "db_password": self.password,
            "dbfilter": "^%d$",
            "list_db": True,
            "workers": self._stage.stack.settings.node_workers,
            "max_cron_threads": 1,
            "pg_path": self.cluster.binaries.folder,
        }
        text = "".join(f"{name} = {value}\n" for name, value in options.items())
        write_private(self.conf, f"[options]\n{text}")


def measure_peers(peer: Peer, report: Report, clone: Figure) -> None:
    """Print the peers beside our clone on demand."""
    names = [f"peer_raw{number}" for number in range(RAW)]
    raw = [peer.create_database(name) for name in names]
    for name in names:
        peer.sql(f'DROP DATABASE "{name}"')
    report.add(
        "create_database", [one * 1000 for one in raw], "ms", "`CREATE DATABASE … TEMPLATE` alone"
    )
    copies = report.add(
        "db_duplicate",
        [peer.duplicate(f"peer_copy{number}") * 1000 for number in range(COPIES)],
        "ms",
        "`odoo-bin db duplicate` of an equal database (serves no page)",
    )
    times = copies.p50 / clone.p50
    report.add(
        "times_faster_than_duplicate",
        [times],
        "×",
        "our click → login page by clone, against `db duplicate`",
        at_least(times, 3, "≥ 3 ×"),
    )
    report.add(
        "fresh_install",
        [peer.install("peer_fresh")],
        "s",
        f"fresh installation of {', '.join(MODULES)} (serves no page)",
    )
