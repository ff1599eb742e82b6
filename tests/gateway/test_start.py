"""Starting a node: what it loads, what it refuses."""

from __future__ import annotations

from tests.helpers.node import NodeProcess, until


def test_modules_are_imported_ahead_and_a_wrong_name_is_told(fleet, acme):
    node = NodeProcess(fleet, "preload", max_cron_threads=0, saas_preload="crm, nonsense").start()
    try:
        assert "saas_preload: there is no module nonsense" in node.log
        assert "Failed to load server-wide module" not in node.log
        assert node.get("/web/login", acme.host).status_code == 200
    finally:
        node.stop()


def test_too_few_connections_for_the_processes_are_told(fleet, acme):
    node = NodeProcess(fleet, "crowded", workers=8, max_cron_threads=0)
    node.start(wait=False)
    try:
        until(lambda: "the gateway is installed" in node.log, 60, node.process.log_tail)
        assert "9 processes may use more connections than the 10 a tenant has" in node.log
    finally:
        node.stop()
