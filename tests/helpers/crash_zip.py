"""An Odoo zip of a mini database, as `odoo-bin db dump` would write one.

Owns: the database it is dumped from, which is gone afterwards. Does not own: its tables
(`mini_golden.py`), where it goes (`crash_away_deeds.py`).
"""

import hashlib
import json
import subprocess
import zipfile
from contextlib import closing
from pathlib import Path

import psycopg2

from dev.postgres import PrivateCluster
from dev.shell import clean_environment

from . import mini_golden

NAME = "crash_zip"
FILE = b"a file of somebody else"
# What the fixture has and a standard Odoo has not.
ONLY_FIXTURES = """
DROP SCHEMA extra CASCADE; DROP FUNCTION saas_fixture_double; DROP TYPE saas_fixture_pair;
SELECT lo_unlink(oid) FROM pg_largeobject_metadata
"""
ATTACHED = "UPDATE ir_attachment SET store_fname = %s, checksum = %s, file_size = %s"


def make(cluster: PrivateCluster, path: Path) -> Path:
    """Write the zip, unless it is there; return its path."""
    if not path.exists():
        _run(cluster, "postgres", f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8'")
        try:
            _fill(cluster)
            _write(path, _dumped(cluster))
        finally:
            _run(cluster, "postgres", f"DROP DATABASE {NAME} WITH (FORCE)")
    return path


def _fill(cluster: PrivateCluster) -> None:
    tables = mini_golden.SCHEMA.replace("{mail_column}", "")
    _run(cluster, NAME, f"CREATE EXTENSION pg_trgm; {tables}{mini_golden.ROWS}")
    _run(cluster, NAME, ONLY_FIXTURES)
    _run(cluster, NAME, ATTACHED, _stored(), _hash(), len(FILE))


def _dumped(cluster: PrivateCluster) -> bytes:
    command = [cluster.binaries.tool("pg_dump"), "--no-owner", "-h", cluster.host]
    command += ["-p", str(cluster.port), "-U", cluster.superuser, NAME]
    environment = clean_environment(PGPASSWORD=cluster.superuser_password)
    return subprocess.run(command, env=environment, capture_output=True, check=True).stdout


def _write(path: Path, dump: bytes) -> None:
    told = {
        "odoo_dump": "1",
        "db_name": NAME,
        "version": "19.0",
        "version_info": [19, 0, 0, "final", 0, ""],
        "major_version": "19.0",
        "pg_version": "18.0",
        "modules": {"base": "19.0.1.3", "web": "19.0.1.0"},
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("dump.sql", dump)
        made.writestr("manifest.json", json.dumps(told))
        made.writestr(f"filestore/{_stored()}", FILE)


def _hash() -> str:
    return hashlib.sha1(FILE).hexdigest()


def _stored() -> str:
    return f"{_hash()[:2]}/{_hash()}"


def _run(cluster: PrivateCluster, database: str, statements: str, *values: object) -> None:
    with closing(psycopg2.connect(**cluster.dsn(database))) as cnx:
        cnx.autocommit = True
        with cnx.cursor() as cursor:
            cursor.execute(statements, values or None)
