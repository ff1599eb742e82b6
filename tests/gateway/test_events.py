"""Each attack leaves a security event in the control database, once, under the node's own name."""

from __future__ import annotations

import subprocess

import psycopg2
import pytest

from dev import paths
from dev.shell import clean_environment
from tests.gateway.calls import json_rpc
from tests.gateway.test_attacks import FORMATS, REACHES, SAY
from tests.helpers.node import NodeProcess, until


def count(fleet, rule: str, database: str = "") -> int:
    """How often a rule was broken, as nodes told it."""
    return sum(times for _source, times, _facts in fleet.routes.events(rule, database))


@pytest.fixture
def noticed(fleet):
    """Checks that an act adds to the count of a rule."""

    def check(rule: str, database: str, act) -> None:
        before = count(fleet, rule, database)
        act()
        until(lambda: count(fleet, rule, database) > before, 10)

    return check


def test_rpc_that_names_another_database(noticed, door, acme, beta):
    args = [beta.name, 2, "x", "res.partner", "read", [[1]]]
    noticed(
        "rpc_foreign_database",
        acme.name,
        lambda: json_rpc(door, acme.host, "object", "execute_kw", args),
    )


def test_the_database_manager_and_service(noticed, door, acme):
    noticed("database_manager", acme.name, lambda: door.get("/web/database/manager", acme.host))
    noticed(
        "database_manager", acme.name, lambda: json_rpc(door, acme.host, "db", "drop", ["x", "y"])
    )


def test_a_host_that_is_none(noticed, door):
    noticed("bad_host", "", lambda: door.get("/", "a,b"))


def test_two_session_cookies(noticed, door, acme):
    alice = door.visitor(acme).log_in()
    own = alice.session.cookies["session_id"]
    headers = {"Cookie": f"session_id=planted{'x' * 77}; session_id={own}"}

    def visit():
        answer = door.get("/odoo", acme.host, headers=headers)
        assert answer.status_code == 303, "nobody is logged in by two cookies"
        assert "/web/login" in answer.headers["Location"]

    noticed("duplicate_cookie", acme.name, visit)
    assert alice.is_logged_in()


@pytest.mark.parametrize("code", [FORMATS["format"], REACHES["connection of the cursor"]])
def test_python_that_is_refused(noticed, threaded, acme, code):
    alice = threaded.visitor(acme).log_in()

    def run():
        assert "forbidden name" in alice.run_code(SAY.format(code))

    noticed("expression_refused", acme.name, run)


SHELL = """
from odoo import sql_db
from odoo.addons.saas_business_management.gateway.context import set_database
from odoo.addons.saas_business_management.gateway.install import _installed
set_database('{own}', '192.0.2.9')
try:
    sql_db.db_connect('{other}').cursor()
except Exception as error:
    print('SAID', error)
print('NOTED', [(one.rule, one.database, one.source) for one in _installed[0].events._new.values()])
"""


def test_a_connection_to_another_database(fleet, acme, beta):
    node = NodeProcess(fleet, "shell", max_cron_threads=0)
    found = subprocess.run(
        [paths.ODOO_BIN, "shell", "-c", node.write_conf(), "--no-http"],
        input=SHELL.format(own=acme.name, other=beta.name).encode(),
        env=clean_environment(),
        capture_output=True,
        timeout=120,
        check=False,
    )
    said = found.stdout.decode()
    assert "SAID no such database is served here" in said, found.stderr.decode()[-2000:]
    assert f"('connect_foreign_database', '{acme.name}', '192.0.2.9')" in said


def test_a_node_may_add_events_of_its_own_and_nothing_else(fleet):
    routes = fleet.routes
    cnx = psycopg2.connect(**fleet.control.dsn("control", routes.role, routes.password))
    cnx.autocommit = True
    add = (
        "INSERT INTO saas_node_event (node_role, process, sequence, at, rule, count)"
        " VALUES (%s, 'p', %s, now(), 'bad_host', 1) ON CONFLICT DO NOTHING"
    )
    refused = [
        ("SELECT * FROM saas_node_event", []),
        ("UPDATE saas_node_event SET count = 0", []),
        ("DELETE FROM saas_node_event", []),
        ("INSERT INTO saas_node_event (id, node_role) VALUES (1, current_user)", []),
        ("UPDATE saas_route_brand SET name = 'x'", []),
        (add, ["saas_node_paris", 1]),
    ]
    with cnx.cursor() as cursor:
        for statement, values in refused:
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(statement, values)
        for _ in range(2):
            cursor.execute(add, [routes.role, 1])
    cnx.close()
    told = "SELECT count(*) FROM saas_node_event WHERE process = 'p'"
    assert int(fleet.control.sql(told, "control")) == 1
