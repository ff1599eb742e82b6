"""Crons run for tenants that serve, soon after they are asked for, and for no others."""

from __future__ import annotations

import time

import psycopg2
import pytest

from tests.helpers.node import NodeProcess, until

COUNT = "coalesce((SELECT value::int FROM ir_config_parameter WHERE key = 'test.runs'), 0)"
CODE = (
    "p = env['ir.config_parameter'].sudo(); "
    "p.set_param('test.runs', int(p.get_param('test.runs', 0)) + 1)"
)


@pytest.fixture(params=[0, 1], ids=["threaded", "prefork"])
def node(request, fleet, acme, beta):
    """A node that runs crons, alone in doing so."""
    node = NodeProcess(fleet, f"crons-{request.param}", workers=request.param).start()
    yield node
    node.stop()


@pytest.fixture
def tenant(fleet, beta):
    """A tenant whose one active cron counts its runs."""
    fleet.sql(
        beta,
        "UPDATE ir_cron SET active = (id = (SELECT min(id) FROM ir_cron)), failure_count = 0,"
        " nextcall = now() at time zone 'utc' + interval '1 day';"
        "UPDATE ir_act_server SET state = 'code', code = $code$" + CODE + "$code$"
        " WHERE id = (SELECT ir_actions_server_id FROM ir_cron ORDER BY id LIMIT 1);"
        "DELETE FROM ir_config_parameter WHERE key = 'test.runs'; DELETE FROM ir_cron_trigger",
    )
    yield beta
    fleet.routes.put(beta.name, state="active", reason=None)


def ask(fleet, tenant) -> None:
    """Ask for a run as the control plane would: a row in the tenant, a notice in the bus."""
    fleet.sql(
        tenant,
        "INSERT INTO ir_cron_trigger (cron_id, call_at)"
        " SELECT min(id), date_trunc('second', now() at time zone 'utc') FROM ir_cron",
    )
    login = fleet.cluster.dsn("saas_bus", "saas_node", fleet.passwords["saas_node"].reveal())
    cnx = psycopg2.connect(**login)
    cnx.autocommit = True
    with cnx.cursor() as cursor:
        cursor.execute("SELECT pg_notify('cron_trigger', %s)", (tenant.name,))
    cnx.close()


def runs(fleet, tenant) -> int:
    """How often the cron ran."""
    return int(fleet.sql(tenant, f"SELECT {COUNT}"))


def ready(fleet, tenant, seconds: float = 30) -> int:
    """Ask now and then until it ran, as a cron process may still be starting; how often it ran."""
    began, last = time.monotonic(), 0.0
    while not runs(fleet, tenant):
        assert time.monotonic() - began < seconds
        if time.monotonic() - last > 3:
            ask(fleet, tenant)
            last = time.monotonic()
        time.sleep(0.05)
    until(lambda: not int(fleet.sql(tenant, "SELECT count(*) FROM ir_cron_trigger")))
    return runs_ended(fleet, tenant)


def runs_ended(fleet, tenant) -> int:
    """How often it ran, once none is at it: a run holds its row until it is over."""
    fleet.sql(tenant, "SELECT id FROM ir_cron FOR UPDATE")
    return runs(fleet, tenant)


def test_a_cron_runs_soon_after_it_was_asked_for(fleet, node, tenant):
    done = ready(fleet, tenant)
    ask(fleet, tenant)
    until(lambda: runs(fleet, tenant) > done, 20)


def test_a_button_in_the_database_wakes_the_cron_as_well(fleet, node, tenant):
    done = ready(fleet, tenant)
    visitor = node.visitor(tenant).log_in()
    said = visitor.run_code("env['ir.cron'].search([], order='id', limit=1)._trigger()")
    assert not said
    until(lambda: runs(fleet, tenant) > done, 20)


def test_a_suspended_tenant_runs_none_and_an_open_one_again(fleet, node, tenant):
    ready(fleet, tenant)
    fleet.routes.put(tenant.name, state="suspended", reason="payment")
    until(lambda: node.get("/web/login", tenant.host).status_code == 402)
    done = runs_ended(fleet, tenant)
    for _ in range(3):
        ask(fleet, tenant)
        time.sleep(0.7)
    assert runs(fleet, tenant) == done
    fleet.routes.put(tenant.name, state="active", reason=None)
    until(lambda: node.get("/web/login", tenant.host).status_code == 200)
    ask(fleet, tenant)
    until(lambda: runs(fleet, tenant) > done, 20)
