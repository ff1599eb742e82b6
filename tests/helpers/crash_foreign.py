"""A database made without us on the tenants' cluster, to be adopted: an Odoo of somebody else.

Owns: making it, and having it as it was for the next case. Does not own: what is right after an
adoption (`audit_adoption.py`).
"""

from __future__ import annotations

import shutil
from contextlib import closing

import psycopg2
from psycopg2 import sql

from dev.stack import Stack
from saas_business_management.adapters.postgres import adopting

OWNER, NAME = "odoo_old", "old-company"
BASE_URL = "http://old.example"
THERE = "SELECT 1 FROM pg_database WHERE datname = %s"
ROLE = "SELECT 1 FROM pg_roles WHERE rolname = %s"
BUILDER = "SELECT tableowner FROM pg_tables WHERE tablename = 'ir_module_module'"
ITS_OWN = """
UPDATE ir_config_parameter SET value = %s WHERE key = 'web.base.url';
DELETE FROM ir_config_parameter WHERE key = 'web.base.url.freeze';
GRANT CREATE ON SCHEMA public TO PUBLIC
"""


def make(stack: Stack, golden: str) -> str:
    """Make the database, owned by a role of its own, with files; return its name.

    What an adoption gave back stands there already and is taken as it is.
    """
    with closing(psycopg2.connect(**stack.tenant_cluster.dsn("postgres"))) as cnx:
        cnx.autocommit = True
        with cnx.cursor() as cursor:
            cursor.execute(THERE, (NAME,))
            if cursor.fetchone():
                return NAME
            cursor.execute(ROLE, (OWNER,))
            names = {"owner": OWNER, "name": NAME, "golden": golden}
            if not cursor.fetchone():
                run(cursor, "CREATE ROLE {owner} LOGIN PASSWORD 'old'", names)
                run(cursor, "GRANT {owner} TO saas_prov", names)
            run(cursor, "CREATE DATABASE {name} TEMPLATE {golden} OWNER {owner}", names)
    with closing(psycopg2.connect(**stack.tenant_cluster.dsn(NAME))) as cnx, cnx.cursor() as cursor:
        cursor.execute(BUILDER)
        adopting._hand_over(cursor, cursor.fetchone()[0], OWNER)
        cursor.execute(ITS_OWN, (BASE_URL,))
        cnx.commit()
    files = stack.settings.node_data / "filestore"
    shutil.copytree(files / golden, files / NAME)
    return NAME


def run(cursor: psycopg2.extensions.cursor, order: str, names: dict[str, str]) -> None:
    """Run a statement about these names."""
    quoted = {word: sql.Identifier(name) for word, name in names.items()}
    cursor.execute(sql.SQL(order).format(**quoted))
