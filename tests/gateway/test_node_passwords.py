"""The passwords of a node's own roles change while it works: it goes on without a restart."""

from __future__ import annotations

import pytest

from saas_business_management.jobs import rotate_secrets
from tests.helpers.node import NodeProcess, until


@pytest.fixture
def node(fleet, acme):
    node = NodeProcess(fleet, "rotating", max_cron_threads=0).start()
    yield node
    node.stop()
    # The other nodes of the fleet know the passwords of before.
    order = "ALTER ROLE {} PASSWORD '{}'"
    fleet.cluster.sql(order.format("saas_node", fleet.passwords["saas_node"].reveal()))
    fleet.control.sql(order.format(fleet.routes.role, fleet.routes.password))


def end_sessions(fleet):
    """What a server does to them all when it is restarted."""
    order = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{}'"
    fleet.cluster.sql(order.format("saas_node"))
    fleet.control.sql(order.format(fleet.routes.role))


def hears(fleet, node, host):
    """Whether the node hears of a new host name."""
    return node.get("/web/login", host).status_code == 200


def test_a_node_takes_new_passwords_from_its_file(fleet, node, acme):
    visitor = node.visitor(acme).log_in()
    rotate_secrets.rotate_nodes(str(node.folder / "node.json"), only_prepare=False)
    end_sessions(fleet)
    assert visitor.is_logged_in()
    assert visitor.call("res.partner", "create", [{"name": "woken"}])
    fleet.routes.put(acme.name, host="renamed.localhost")
    try:
        until(lambda: hears(fleet, node, "renamed.localhost"), 15)
    finally:
        fleet.routes.put(acme.name, host=acme.host)
    until(lambda: hears(fleet, node, acme.host), 15)
    # The bus is used by what people send each other.
    partner = visitor.call("res.users", "read", [acme.user_id], ["partner_id"])[0]["partner_id"][0]
    visitor.call("res.partner", "write", [partner], {"comment": "x"})
    sent = visitor.call("res.partner", "message_post", [partner], body="hello")
    assert sent
    assert "Traceback" not in node.log.split("password authentication failed")[-1]


def test_a_copied_file_with_both_passwords_works_before_and_after(fleet, node, acme):
    file = node.folder / "node.json"
    rotate_secrets.rotate_nodes(str(file), only_prepare=True)
    copy = file.read_text()
    rotate_secrets.rotate_nodes(str(file), only_prepare=False)
    finished = file.read_text()
    file.write_text(copy)  # as it lies on another node still
    end_sessions(fleet)
    fleet.routes.put(acme.name, host="again.localhost")
    try:
        until(lambda: hears(fleet, node, "again.localhost"), 15)
    finally:
        fleet.routes.put(acme.name, host=acme.host)
        file.write_text(finished)
