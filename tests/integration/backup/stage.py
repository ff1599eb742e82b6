"""A tenant's database with files, and an empty one to restore into."""

import hashlib
import os
import threading
from contextlib import closing

import psycopg2
from psycopg2 import sql

from saas_business_management.adapters.postgres.client_programs import Programs
from saas_business_management.kernel.backup.key import DataKey
from tests.helpers.postgres import new_name

TENANT = "3f0c6c1e-5a55-4d1c-9d53-0d0f5d7c7a11"
KEY = DataKey("d1", bytes(range(32)))
KEYS = {KEY.id: KEY}


def uuid(number):
    return f"8d5a1a52-6f2e-4b7a-9a0e-{number:012x}"


def programs(pg):
    return Programs(str(pg.private.binaries.tool("pg_dump").parent))


class Tenant:
    """A tenant of a private server, its files in a folder."""

    def __init__(self, pg, folder):
        self.pg = pg
        self.name = pg.born()
        self.folder = folder
        self.server = pg.tenant(self.name)
        folder.mkdir()
        self.run("DELETE FROM ir_attachment")

    def run(self, statement, values=None):
        return self.pg.rows(statement, values, server=self.server)

    def attach(self, content, name=None, write=True):
        """Store a file as Odoo does: on the disk first, then its row."""
        sha1 = hashlib.sha1(content).hexdigest()
        name = name or f"{sha1[:2]}/{sha1}"
        if write:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        self.run(
            "INSERT INTO ir_attachment (name, type, store_fname, file_size, checksum)"
            " VALUES ('a file', 'binary', %s, %s, %s)",
            (name, len(content), sha1),
        )
        return name

    def write_log(self, rows):
        """Have rows of about a kilobyte, so that a dump takes a while."""
        self.run(
            "INSERT INTO ir_logging (name, message)"
            " SELECT 'x', repeat(md5(n::text), 30) FROM generate_series(1, %s) n",
            (rows,),
        )

    def move_below(self, files):
        """Have the files lie where a node keeps them, in a folder of the database's name; no link
        is followed there. Return the folder above.
        """
        files.mkdir()
        self.folder = self.folder.rename(files / self.name)
        return files

    def empty(self):
        """An empty database of a role of its own, as a restore finds it."""
        pg, name = self.pg, new_name()
        pg.port().ensure_role(name, 1)
        cnx = pg.raw(pg.provisioner)
        with closing(cnx), cnx.cursor() as cursor:
            parts = {"name": sql.Identifier(name)}
            order = "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'"
            cursor.execute(sql.SQL(order).format(**parts))
            cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {name} FROM PUBLIC").format(**parts))
            grant = "GRANT CONNECT, TEMPORARY, CREATE ON DATABASE {name} TO {name}"
            cursor.execute(sql.SQL(grant).format(**parts))
        cnx = pg.raw(pg.superuser.within(name))
        with closing(cnx), cnx.cursor() as cursor:
            cursor.execute("CREATE EXTENSION pg_trgm")
            cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
            grant = "GRANT USAGE, CREATE ON SCHEMA public TO {name}"
            cursor.execute(sql.SQL(grant).format(name=sql.Identifier(name)))
        return pg.tenant(name)

    def forget(self, *more):
        for name in (self.name, *more):
            self.pg.forget(name)


class Writing:
    """Somebody who goes on writing until the block ends: rows, files, sequences."""

    def __init__(self, tenant):
        self.tenant = tenant
        self.rounds = 0
        self.error = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._stop.set()
        self._thread.join(30)
        assert self.error is None, self.error

    def _run(self):
        try:
            self._write()
        except psycopg2.Error as error:
            self.error = error

    def _write(self):
        with closing(self.tenant.pg.raw(self.tenant.server)) as cnx, cnx.cursor() as cursor:
            while not self._stop.is_set():
                self._round(cursor)
                self.rounds += 1

    def _round(self, cursor):
        content = os.urandom(300)
        sha1 = hashlib.sha1(content).hexdigest()
        path = self.tenant.folder / sha1[:2] / sha1
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        cursor.execute(
            "INSERT INTO ir_attachment (name, type, store_fname, file_size)"
            " VALUES ('w', 'binary', %s, 300)",
            (f"{sha1[:2]}/{sha1}",),
        )
        cursor.execute("INSERT INTO ir_logging (name, message) VALUES ('w', 'going on')")
        cursor.execute("INSERT INTO res_partner (name, type) VALUES ('w', 'contact') RETURNING id")
        partner = cursor.fetchone()[0]
        if partner % 3 == 0:
            cursor.execute("DELETE FROM res_partner WHERE id = %s", (partner,))
        cursor.execute("SELECT nextval('ir_sequence_001')")
