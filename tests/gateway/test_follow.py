"""One request followed by its number: answer, log of the node, row for the control plane.

One node stands for all of it: behind a trusted proxy, with a log for programs, figures, a night.
"""

from __future__ import annotations

import json
import time

import psycopg2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from dev.files import write_private
from tests.helpers.node import NodeProcess, until

NUMBER = "followed-0001"
PLANTED = "pl4nted-Secret"
TOKEN = "token-of-prometheus-for-this-test"
RUNS = "SELECT coalesce((SELECT value::int FROM ir_config_parameter WHERE key = 'test.{}'), 0)"


@pytest.fixture(scope="module")
def node(fleet, acme, beta):
    """A node behind a proxy of ours, for which every request is slow."""
    token = fleet.folder / "metrics-token"
    write_private(token, TOKEN)
    options = {
        "proxy_mode": True,
        "saas_trusted_proxies": "127.0.0.1",
        "saas_log_format": "json",
        "saas_slow_seconds": "0.0001",
        "saas_metrics_token_file": token,
    }
    node = NodeProcess(fleet, "followed", **options).start()
    yield node
    node.stop()


def lines(node) -> list[dict]:
    """The lines the node logged since it speaks JSON."""
    found = [line for line in node.log.splitlines() if line.startswith('{"time"')]
    return [json.loads(line) for line in found]


def test_a_request_is_followed_by_its_number(fleet, node, acme):
    headers = {"X-Request-Id": NUMBER, "X-Forwarded-For": "192.0.2.7"}
    answer = node.get(f"/web/login?access_token={PLANTED}", acme.host, headers=headers)
    assert answer.headers["X-Request-Id"] == NUMBER
    mine = until(lambda: [one for one in lines(node) if one.get("request") == NUMBER])
    assert {one["level"] for one in mine} <= {"INFO", "WARNING"}
    assert all(
        {"time", "level", "logger", "message", "node", "process"} <= set(one) for one in mine
    )
    told = until(lambda: fleet.routes.lines(acme.name, NUMBER), 30)
    assert [(one["message"], one["status"]) for one in told] == [("GET /web/login", 200)]
    assert PLANTED not in node.log and "access_token" not in node.log.replace("access_token=…", "")
    assert PLANTED not in str(fleet.routes.lines(acme.name))


def test_a_page_of_the_node_shows_the_number(fleet, node, beta):
    fleet.routes.put(beta.name, state="suspended", reason="payment")
    try:
        until(lambda: node.get("/web", beta.host).status_code == 402)
        answer = node.get("/web", beta.host, headers={"X-Request-Id": "not of our form"})
        number = answer.headers["X-Request-Id"]
        assert len(number) == 16 and f"closed-payment-{number}" in answer.text
    finally:
        fleet.routes.put(beta.name, state="active", reason=None)
    until(lambda: node.get("/web/login", beta.host).status_code == 200)


def test_logins_that_failed_and_busy_routes_are_counted(fleet, node, acme):
    before = fleet.routes.counted_more(acme.name)["failed_logins"]
    params = {"db": acme.name, "login": "admin", "password": PLANTED}
    headers = {"X-Forwarded-For": "198.51.100.9"}
    body = {"jsonrpc": "2.0", "method": "call", "params": params}
    node.request("POST", "/web/session/authenticate", acme.host, json=body, headers=headers)
    found = until(
        lambda: (now := fleet.routes.counted_more(acme.name))["failed_logins"] > before and now, 30
    )
    assert "/web/session/authenticate" in found["routes"]
    events = fleet.routes.events("login_failed", acme.name)
    assert ("198.51.100.0/24", 1) in [row[:2] for row in events]
    assert PLANTED not in node.log


def test_requests_are_told_by_the_number_of_their_user_and_visitors_are_nobody(fleet, node, acme):
    for _visit in range(3):
        node.get("/web/login", acme.host)
    user = node.visitor(acme).log_in()
    number = user.rpc("/web/session/get_session_info")["result"]["uid"]
    before = until(lambda: fleet.routes.users(acme.name).get(number), 30)
    user.call("res.partner", "search_count", [])
    headers = {"Authorization": f"Bearer {user.api_key()}"}
    url, body = "/json/2/res.partner/search_count", {"domain": []}
    assert node.request("POST", url, acme.host, json=body, headers=headers).status_code == 200
    args = [acme.name, number, acme.password, "res.partner", "search_count", [[]]]
    params = {"service": "object", "method": "execute_kw", "args": args}
    rpc = {"jsonrpc": "2.0", "method": "call", "params": params}
    assert "result" in node.request("POST", "/jsonrpc", acme.host, json=rpc).json()
    params["args"] = [acme.name, number, PLANTED, "res.partner", "search_count", [[]]]
    assert "error" in node.request("POST", "/jsonrpc", acme.host, json=rpc).json()
    node.request("POST", url, acme.host, json=body, headers={"Authorization": "Bearer wrong"})
    found = until(
        lambda: (now := fleet.routes.users(acme.name)).get(number)[1] >= before[1] + 2 and now, 30
    )
    assert found[number][1] == before[1] + 2, "a password that is wrong is nobody's call"
    assert found[number][0] > before[0] + 2
    assert set(found) == {number}, "visitors and Odoo's own public user are nobody"


def test_figures_are_told_to_who_has_the_token(node, acme):
    node.get("/web/login", acme.host)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = until(lambda: node.get("/saas/metrics", acme.host, headers=headers))
    found = {one.name: one for one in text_string_to_metric_families(answer.text)}
    assert found["saas_node_requests"].samples[0].value > 0
    for wrong in ({}, {"Authorization": f"Bearer {TOKEN}x"}):
        plain = node.get("/saas/metrics", acme.host, headers=wrong)
        assert plain.status_code == 404
        assert "saas_node" not in plain.text


def test_heavy_work_waits_for_the_night_and_light_work_does_not(fleet, node, beta):
    hour = time.gmtime().tm_hour
    later = {"since": (hour + 3) % 24 * 60, "until": (hour + 4) % 24 * 60}
    fleet.routes.put(beta.name, limits=json.dumps({"work": {"night": later}}))
    heavy, light = _two_crons(fleet, beta)
    try:
        _until_ran(fleet, beta, "light", (heavy, light))
        assert fleet.sql(beta, RUNS.format("heavy")) == "0"
        fleet.routes.put(beta.name, limits=None)
        _until_ran(fleet, beta, "heavy", (heavy,))
    finally:
        fleet.routes.put(beta.name, limits=None)
        fleet.sql(beta, "UPDATE ir_cron SET active = false; DELETE FROM ir_cron_trigger")


def _two_crons(fleet, tenant) -> list[int]:
    """Let the first two crons count their runs: one of every day, one of every hour."""
    ids = [
        int(one) for one in fleet.sql(tenant, "SELECT id FROM ir_cron ORDER BY id LIMIT 2").split()
    ]
    fleet.sql(tenant, "UPDATE ir_cron SET active = false; DELETE FROM ir_cron_trigger")
    for cron, name, unit in zip(ids, ("heavy", "light"), ("days", "hours"), strict=True):
        code = (
            "p = env['ir.config_parameter'].sudo(); "
            f"p.set_param('test.{name}', int(p.get_param('test.{name}', 0)) + 1)"
        )
        fleet.sql(
            tenant,
            f"UPDATE ir_cron SET active = true, failure_count = 0, priority = 5,"
            f" interval_number = 1, interval_type = '{unit}',"
            f" nextcall = now() at time zone 'utc' + interval '1 day' WHERE id = {cron};"
            f"UPDATE ir_act_server SET state = 'code', code = $code${code}$code$"
            f" WHERE id = (SELECT ir_actions_server_id FROM ir_cron WHERE id = {cron})",
        )
    return ids


def _until_ran(fleet, tenant, name: str, crons) -> None:
    """Ask for the runs now and then until one has been."""

    def ran() -> bool:
        if fleet.sql(tenant, RUNS.format(name)) != "0":
            return True
        for cron in crons:
            fleet.sql(
                tenant,
                "INSERT INTO ir_cron_trigger (cron_id, call_at)"
                f" VALUES ({cron}, date_trunc('second', now() at time zone 'utc'))",
            )
        _wake(fleet, tenant)
        time.sleep(1)
        return False

    until(ran, 90)


def _wake(fleet, tenant) -> None:
    login = fleet.cluster.dsn("saas_bus", "saas_node", fleet.passwords["saas_node"].reveal())
    cnx = psycopg2.connect(**login)
    cnx.autocommit = True
    with cnx.cursor() as cursor:
        cursor.execute("SELECT pg_notify('cron_trigger', %s)", (tenant.name,))
    cnx.close()
