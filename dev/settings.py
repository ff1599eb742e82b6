"""One object with every choice of a running stack: folder, ports, sizes.

Owns: defaults and the environment variables that change them. Does not own: files.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from . import paths
from .ports import free_port
from .say import fail

CONTROL_DATABASE = "control"
CONTROL_ROLE = "saas_control"
NODE_ROLE = "saas_node"


@dataclass(frozen=True)
class Settings:
    """What a stack is started with. Ports of the two clusters are chosen when they are made."""

    folder: Path = paths.STATE
    control_port: int = 8069
    node_port: int = 8070
    control_gevent_port: int = 8071
    node_gevent_port: int = 8072
    mail_port: int = 8025
    node_workers: int = 0
    worker_threads: int = 4
    demo: bool = True
    fast: bool = False
    postgres_version: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    control_options: dict[str, object] = field(default_factory=dict)
    node_options: dict[str, object] = field(default_factory=dict)
    extra_addons: tuple[Path, ...] = ()

    @classmethod
    def from_environment(cls, **changes: object) -> Settings:
        """Defaults, changed by SAAS_CONTROL_PORT, SAAS_NODE_PORT, … and then by the arguments."""
        found: dict[str, object] = {}
        for spec in fields(cls):
            text = os.environ.get(f"SAAS_{spec.name.upper()}")
            if text and spec.name.endswith(("_port", "_workers", "_threads")):
                found[spec.name] = _number(f"SAAS_{spec.name.upper()}", text)
        found["postgres_version"] = os.environ.get("SAAS_POSTGRES_VERSION") or None
        return replace(cls(), **{**found, **changes})

    @classmethod
    def for_tests(cls, folder: Path, **changes: object) -> Settings:
        """Free ports, no durability, no demo, everything below `folder`."""
        names = [spec.name for spec in fields(cls) if spec.name.endswith("_port")]
        ports = {name: free_port() for name in names}
        return replace(cls(folder=Path(folder), demo=False, fast=True), **{**ports, **changes})

    @property
    def control_url(self) -> str:
        """Address of the control plane."""
        return f"http://localhost:{self.control_port}"

    @property
    def node_url(self) -> str:
        """Address at which the control plane reaches the node."""
        return f"http://127.0.0.1:{self.node_port}"

    @property
    def public_url_pattern(self) -> str:
        """Address of a tenant, with {host} to fill in."""
        return f"http://{{host}}:{self.node_port}"

    @property
    def control_conf(self) -> Path:
        """The generated configuration of the control plane."""
        return self.folder / "conf" / "odoo.conf"

    @property
    def node_conf(self) -> Path:
        """The generated configuration of the node."""
        return self.folder / "conf" / "odoo.node.conf"

    @property
    def keyring_file(self) -> Path:
        """Keys of the secrets at rest."""
        return self.folder / "secrets" / "keyring.json"

    @property
    def backup_key_file(self) -> Path:
        """The key that wraps the keys of backups."""
        return self.folder / "secrets" / "backup-keys.json"

    @property
    def node_secret_file(self) -> Path:
        """The cluster secret and database logins of the node."""
        return self.folder / "secrets" / "node.json"

    @property
    def control_password_file(self) -> Path:
        """Password of the control database's role."""
        return self.folder / "secrets" / "control.password"

    @property
    def control_data(self) -> Path:
        """Odoo's data folder of the control plane."""
        return self.folder / "data" / "control"

    @property
    def node_data(self) -> Path:
        """Odoo's data folder of the node."""
        return self.folder / "data" / "node"

    @property
    def logs(self) -> Path:
        """Log files, one per process."""
        return self.folder / "log"

    @property
    def mails(self) -> Path:
        """Caught mails, one file each."""
        return self.folder / "mail"

    @property
    def logins_file(self) -> Path:
        """Addresses and generated passwords for the person at the machine."""
        return self.folder / "logins.txt"


def _number(name: str, text: str) -> int:
    if not text.isdigit():
        fail(f"{name}={text} is not a number.")
    return int(text)
