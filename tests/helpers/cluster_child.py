"""A worker process that calls one method of the cluster port: `METHOD NAME [ARGUMENT …]`.

Owns: being there to be killed. The server is named by CLUSTER_* variables.
"""

import os
import sys

from tests import bare

bare.install()

from saas_business_management.adapters.postgres.cluster import PostgresCluster  # noqa: E402
from saas_business_management.adapters.postgres.connect import Server  # noqa: E402
from saas_business_management.kernel.secret import Secret  # noqa: E402


def environment(server):
    """The variables by which a child finds a test server."""
    login = server.provisioner
    return {
        **os.environ,
        "CLUSTER_HOST": login.host,
        "CLUSTER_PORT": str(login.port),
        "CLUSTER_PASSWORD": login.password.reveal(),
        "CLUSTER_SECRET": server.secret.reveal(),
    }


def main():
    told = {name: os.environ[f"CLUSTER_{name}"] for name in ("HOST", "PORT", "PASSWORD", "SECRET")}
    login = Server(told["HOST"], int(told["PORT"]), "saas_prov", Secret(told["PASSWORD"]))
    port = PostgresCluster(login, Secret(told["SECRET"]))
    print("ready", flush=True)
    print(getattr(port, sys.argv[1])(*sys.argv[2:]), flush=True)


if __name__ == "__main__":
    main()
