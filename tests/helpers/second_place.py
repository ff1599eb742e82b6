"""A second cluster of tenants beside a running installation, with a server and a node of its own.

Owns: making it, telling the control plane, starting and stopping. Does not own: the installation.

Unless it is given a `base_host`, its public addresses are those of the first place: who moves there
keeps the address, as behind a front door of the operator's that knows both nodes. `ask` is that
front door.
"""

from __future__ import annotations

import http.client
from dataclasses import replace

from dev import config, control, paths
from dev.http import status_of, wait_for
from dev.ports import free_port
from dev.postgres import PrivateCluster
from dev.processes import Managed
from dev.stack import Stack

KEY = "other"
# What a node says of a tenant it does not serve.
ELSEWHERE = 404


class SecondPlace:
    """`start` makes what is missing and may run again; `destroy` leaves nothing.

    It has the first one's version of PostgreSQL, or a `version` of its own.
    """

    def __init__(
        self, stack: Stack, key: str = KEY, base_host: str = "", version: str | None = None
    ) -> None:
        self.stack, self.key = stack, key
        first = stack.settings
        self.settings = replace(
            first,
            folder=first.folder / key,
            node_port=free_port(),
            node_gevent_port=free_port(),
            node_options={**first.node_options, "saas_node": key},
        )
        self.cluster = PrivateCluster(
            self.settings.folder / "pg-tenants",
            version=version or first.postgres_version,
            fast=first.fast,
        )
        self.node = Managed("node", self.settings.folder)
        self._base_host = {"base-host": base_host} if base_host else {}

    @property
    def running(self) -> bool:
        """Whether its server was started."""
        return self.cluster.running

    def start(self) -> SecondPlace:
        """Start its server and its node; known to the control plane, and ready to take tenants."""
        self.cluster.start()
        self.settings.node_secret_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        config.write_node(self.settings, self.stack.tree, self.cluster)
        self.stack.saas("cluster-prepare", *control.cluster_arguments(self.stack, self._told()))
        self.start_node()
        return self

    def start_node(self) -> None:
        """Start the node, and wait until it answers."""
        command = [paths.ODOO_BIN, "-c", self.settings.node_conf]
        self.node.start(command, **self.settings.environment)
        port = self.settings.node_port
        wait_for(
            lambda: status_of(port, "/saas/health") == 200,
            f"the node '{self.key}'",
            seconds=120,
            alive=lambda: self.node.pid is not None,
            hint=self.node.log_tail,
        )

    def stop(self) -> None:
        """Stop both; what lies there stays."""
        self.node.stop()
        self.cluster.stop()

    def destroy(self) -> None:
        """End both and remove everything."""
        self.node.kill()
        self.cluster.destroy()

    def ask(self, host: str, path: str = "/web/login") -> tuple[int, bytes, str]:
        """Ask as a visitor: return status, body and who answered (`first` or its key).

        The node that serves the tenant answers; the other one does not know it.
        """
        told = (404, b"", "")
        for name, port in (("first", self.stack.settings.node_port), (self.key, self.port)):
            status, body = _get(port, host, path)
            told = (status, body, name)
            if status != ELSEWHERE:
                break
        return told

    @property
    def port(self) -> int:
        """Where its node listens."""
        return self.settings.node_port

    def _told(self) -> dict[str, object]:
        cluster = self.cluster
        return {
            **self._base_host,
            "key": self.key,
            "name": self.key.title(),
            "host": cluster.host,
            "port": cluster.port,
            "superuser": cluster.superuser,
            "superuser-password-file": cluster.superuser_password_file,
            "node-url": self.settings.node_url,
            "filestore": self.settings.node_data / "filestore",
            "secret-out": self.settings.node_secret_file,
        }


def _get(port: int, host: str, path: str) -> tuple[int, bytes]:
    """Make one request on a connection of its own; 0 when nobody listens there."""
    cnx = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        cnx.request("GET", path, headers={"Host": host})
        answer = cnx.getresponse()
        return answer.status, answer.read()
    except OSError:
        return 0, b""
    finally:
        cnx.close()
