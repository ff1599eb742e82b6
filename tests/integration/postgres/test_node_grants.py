"""What a node may do in the control database, given by the addon itself to roles of before."""

import ast
from pathlib import Path

import psycopg2
import pytest

from dev import paths
from saas_business_management.adapters.postgres.prepare import NODE_GRANTS, prepare_control
from tests.helpers.postgres import new_name
from tests.helpers.route_table import DDL

MODELS = paths.ROOT / paths.ADDON / "models"
NODE = "saas_node_local"
STRANGER = "nodeless_reader"


def constant(file: Path, name: str) -> str:
    """The text of a module's constant, without importing Odoo."""
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == name:
            return ast.literal_eval(node.value)
    raise AssertionError(name)


@pytest.fixture
def control(pg):
    name = new_name("g").replace("g_", "control_")
    pg.rows(f"CREATE DATABASE {name}")
    pg.rows(DDL, database=name)
    yield name
    pg.rows(f"DROP DATABASE {name} WITH (FORCE)")
    for role in (NODE, STRANGER):
        pg.rows(f"DROP ROLE IF EXISTS {role}")


def test_a_prepared_node_reads_brands_and_adds_events(pg, control):
    password = prepare_control(pg.superuser, control, NODE)
    node = pg.superuser.as_role(NODE, password).within(control)
    assert pg.rows("SELECT count(*) FROM saas_route_brand", server=node) == [(0,)]
    pg.rows(
        "INSERT INTO saas_node_event (node_role, process, sequence, at, rule, count)"
        " VALUES (current_user, 'p', 1, now(), 'bad_host', 1)",
        server=node,
    )
    for statement in ("SELECT * FROM saas_node_event", "DELETE FROM saas_route_brand"):
        with pytest.raises(psycopg2.Error, match="permission denied"):
            pg.rows(statement, server=node)


def test_a_role_of_before_gets_what_came_later_and_no_other_role_does(pg, control):
    password = prepare_control(pg.superuser, control, NODE)
    node = pg.superuser.as_role(NODE, password).within(control)
    pg.rows(f"CREATE ROLE {STRANGER}; GRANT SELECT ON saas_route TO {STRANGER}", database=control)
    pg.rows(f"REVOKE ALL ON saas_route_brand FROM {NODE}", database=control)
    with pytest.raises(psycopg2.Error, match="permission denied"):
        pg.rows("SELECT 1 FROM saas_route_brand", server=node)
    each = constant(MODELS / "saas_route_brand.py", "EACH_NODE")
    order = "GRANT SELECT ON saas_route_brand"
    assert order in NODE_GRANTS["saas_route_brand"].replace("public.", "")
    pg.rows(each.replace("ORDER", order), database=control)
    assert pg.rows("SELECT count(*) FROM saas_route_brand", server=node) == [(0,)]
    may = f"SELECT has_table_privilege('{STRANGER}', 'saas_route_brand', 'SELECT')"
    assert pg.rows(may, database=control) == [(False,)]
