"""A real PostgreSQL with a provisioner, and the real Odoo above it, for golden builds."""

from contextlib import closing
from pathlib import Path

import psycopg2

from dev import databases, paths
from dev.odoo import ensure_odoo
from dev.postgres import PrivateCluster
from dev.recipe import Recipe
from saas_business_management.adapters.odoo_process import OdooProcess
from saas_business_management.kernel.secret import Secret

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "addons"
PROVISIONER = "saas_prov"
PASSWORD = "planted-provisioner-secret"
BASE = Recipe(("base", "web", "mail", "auth_signup"))


class Parts:
    """One cluster and one data folder; databases are made as the provisioner makes them."""

    def __init__(self, folder: Path) -> None:
        self.cluster = PrivateCluster(folder / "pg", fast=True).start()
        self.data = folder / "data"
        databases.ensure_role(self.cluster, PROVISIONER, PASSWORD)
        self.cluster.sql(f"ALTER ROLE {PROVISIONER} CREATEDB CREATEROLE")

    def odoo(self, *extra_addons: Path, password: str = PASSWORD, **options) -> OdooProcess:
        """The port under test."""
        return OdooProcess(
            [str(paths.ODOO_BIN)],
            [*map(str, ensure_odoo().addons), *map(str, extra_addons)],
            str(self.data),
            self.cluster.host,
            self.cluster.port,
            password=Secret(password),
            **options,
        )

    def empty(self, name: str) -> str:
        """An empty database of the provisioner, as `ClusterPort.create_empty` leaves it."""
        databases.drop(self.cluster, name, self.data)
        self.cluster.sql(
            f"CREATE DATABASE {name} OWNER {PROVISIONER} TEMPLATE template0 "
            "ENCODING 'UTF8' LC_COLLATE 'C'"
        )
        self.cluster.sql("CREATE EXTENSION pg_trgm", name)
        self.cluster.sql(f"GRANT CREATE ON SCHEMA public TO {PROVISIONER}", name)
        return name

    def with_base(self, name: str) -> str:
        """A copy of a cached database in which the common modules are installed."""
        databases.drop(self.cluster, name, self.data)
        template = databases.ensure(self.cluster, BASE)
        databases.clone(self.cluster, template, name, owner=PROVISIONER, data_dir=self.data)
        return name

    def rows(self, database: str, query: str) -> list[tuple]:
        """Ask a database as its provisioner."""
        server = self.cluster.dsn(database, PROVISIONER, PASSWORD)
        with closing(psycopg2.connect(**server)) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()
