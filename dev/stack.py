"""The whole product running on this machine: two clusters, control web, worker, node, mail.

Owns: the order in which the parts are made and started. Does not own: the parts.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from . import config, control, paths, scripts
from .http import status_of, wait_for
from .odoo import ensure_odoo
from .ports import demand_free
from .postgres import PrivateCluster
from .processes import Managed
from .say import step
from .settings import CONTROL_DATABASE, Settings
from .shell import clean_environment, run
from .venv import ensure_venv

WORKER_OPTIONS = (
    "--no-http",
    "-d",
    CONTROL_DATABASE,
    "--limit-time-real=0",
    "--limit-time-real-cron=0",
    "--limit-time-cpu=0",
    "--limit-memory-soft=0",
)


@dataclass(frozen=True)
class Part:
    """One line of `status`."""

    name: str
    running: bool
    address: str


class Stack:
    """Everything below one folder; a second stack in another folder does not disturb it.

    `prepare` makes what is missing, `start` runs it, both may be called again at any time.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        folder, version, fast = settings.folder, settings.postgres_version, settings.fast
        self.control_cluster = PrivateCluster(folder / "pg-control", version=version, fast=fast)
        self.tenant_cluster = PrivateCluster(folder / "pg-tenants", version=version, fast=fast)
        self.mail = Managed("mail", folder)
        self.web = Managed("control-web", folder)
        self.worker = Managed("control-worker", folder)
        self.node = Managed("node", folder)
        self.tree = ensure_odoo()

    def prepare(self) -> Stack:
        """Clusters started, configurations written, control database and cluster record made."""
        ensure_venv()
        scripts.write_odoo(self.tree)
        self._demand_ports()
        self.start_clusters()
        control.ensure_role(self)
        self.write_configuration()
        control.ensure_database(self)
        control.ensure_keyring(self)
        control.ensure_cluster_record(self)
        return self

    def start(self) -> Stack:
        """Start every process that does not run; back when control and node answer."""
        self.start_mail()
        with step("control plane, worker and node"):
            self.start_web()
            self.start_worker()
            self.start_node()
            self.wait_until_ready()
        return self

    def stop(self) -> None:
        """Stop every process and both clusters; nothing that does not run."""
        for part in (self.web, self.worker, self.node, self.mail):
            part.stop()
        self.tenant_cluster.stop()
        self.control_cluster.stop()

    def destroy(self) -> None:
        """Stop and remove everything below the folder."""
        for part in (self.web, self.worker, self.node, self.mail):
            part.kill()
        self.tenant_cluster.destroy()
        self.control_cluster.destroy()
        shutil.rmtree(self.settings.folder, ignore_errors=True)

    def start_clusters(self) -> None:
        """Start both PostgreSQL clusters."""
        if not (self.control_cluster.running and self.tenant_cluster.running):
            with step(f"PostgreSQL {self.control_cluster.version}: control and tenants"):
                self.control_cluster.start()
                self.tenant_cluster.start()

    def start_mail(self) -> None:
        """Start the catching mail server."""
        options = ["--port", self.settings.mail_port, "--folder", self.settings.mails]
        self.mail.start([paths.PYTHON, "-m", "dev.mail", *options], PYTHONPATH=str(paths.ROOT))

    def start_web(self) -> None:
        """Start the control plane's web server; it runs no crons."""
        self.web.start(
            [*self._odoo(self.settings.control_conf), "--max-cron-threads=0"], **self._extra
        )

    def start_worker(self) -> None:
        """Start the control plane's job worker."""
        threads = f"--max-cron-threads={self.settings.worker_threads}"
        self.worker.start(
            [*self._odoo(self.settings.control_conf), *WORKER_OPTIONS, threads], **self._extra
        )

    def start_node(self) -> None:
        """Start the runtime node that serves tenants and runs their crons."""
        self.node.start(self._odoo(self.settings.node_conf), **self._extra)

    def wait_until_ready(self, seconds: float = 120) -> None:
        """Back when the control login page and the node answer."""
        choices = self.settings
        self._wait(self.web, lambda: status_of(choices.control_port) == 200, seconds)
        healthy = partial(status_of, choices.node_port, "/saas/health")
        self._wait(self.node, lambda: healthy() == 200, seconds)
        self._wait(self.worker, lambda: self.worker.pid is not None, seconds)

    def saas(self, *arguments: str, timeout: float = 900) -> str:
        """Run `saas …` with this stack's configuration and give what it printed."""
        command = self.settings.folder / "bin" / "saas"
        env = clean_environment(**self._extra)
        return run([command, *arguments], f"saas {arguments[0]}", env=env, timeout=timeout)

    def status(self) -> list[Part]:
        """Every part, whether it runs, and its address."""
        choices = self.settings
        clusters = [
            Part(name, cluster.running, f"127.0.0.1:{cluster.port}" if cluster.running else "-")
            for name, cluster in (
                ("pg-control", self.control_cluster),
                ("pg-tenants", self.tenant_cluster),
            )
        ]
        return [
            *clusters,
            Part("mail", self.mail.pid is not None, f"127.0.0.1:{choices.mail_port}"),
            Part("control-web", self.web.pid is not None, choices.control_url),
            Part("control-worker", self.worker.pid is not None, "-"),
            Part("node", self.node.pid is not None, choices.node_url),
        ]

    def write_configuration(self) -> None:
        """Write both configurations and `saas`; a process running with an older one is stopped."""
        choices, password = self.settings, control.role_password(self)
        old = [_text(path) for path in (choices.control_conf, choices.node_conf)]
        config.write_control(choices, self.tree, self.control_cluster, password)
        config.write_node(choices, self.tree, self.tenant_cluster)
        scripts.write_saas(choices.folder / "bin", choices.control_conf)
        if _text(choices.control_conf) != old[0]:
            self.web.stop()
            self.worker.stop()
        if _text(choices.node_conf) != old[1]:
            self.node.stop()

    @property
    def _extra(self) -> dict[str, str]:
        return self.settings.environment

    def _odoo(self, conf: object) -> list:
        return [paths.ODOO_BIN, "-c", conf]

    def _wait(self, part: Managed, answered, seconds: float) -> None:
        wait_for(
            answered,
            f"'{part.name}'",
            seconds=seconds,
            alive=lambda: part.pid is not None,
            hint=part.log_tail,
        )

    def _demand_ports(self) -> None:
        choices = self.settings
        wanted = [
            (self.web, choices.control_port, "the control plane", "SAAS_CONTROL_PORT"),
            (self.node, choices.node_port, "the node", "SAAS_NODE_PORT"),
            (self.mail, choices.mail_port, "the mail catcher", "SAAS_MAIL_PORT"),
        ]
        for part, port, what, variable in wanted:
            if part.pid is None:
                demand_free(port, what, variable)


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""
