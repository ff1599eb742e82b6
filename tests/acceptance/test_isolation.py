"""Isolation on a whole installation: a tenant of the real pipeline is proven, audited, and gets a
new password while its page is served.
"""

import json
import time
from collections.abc import Callable

import requests

from .conftest import Provider

MAKE = """
cluster = env["saas.cluster"].search([])
env["saas.plan"].create({"name": "Walled", "code": "walled"})
env["saas.template"].create({"name": "Walled", "code": "walled", "cluster_id": cluster.id})
env.cr.commit()
"""
AUDIT = """
env["saas.cluster"].search([])._start("audit_rights", {})
env.cr.commit()
"""
LOOK = """
import json
tenant = env["saas.tenant"].search([("subdomain", "=", "walled")])
database, routes = tenant.database_id, env["saas.route"]
print("FOUND " + json.dumps({
    "isolation": tenant.isolation,
    "evidence": {one.claim: [one.result, one.summary or ""] for one in tenant.evidence_ids},
    "generation": database.generation,
    "routes": routes.search([("database_id", "=", database.id)]).mapped("generation"),
    "findings": tenant.cluster_id.rights_findings,
    "waiting": env["saas.job"].search_count([("state", "in", ("waiting", "running"))]),
    "bad": env["saas.job"].search([("state", "in", ("failed", "dead"))]).mapped("error_text"),
}))
"""
# The list, and three databases to enter: there is no other tenant yet.
ATTEMPTS = 49 + 3


def shell(provider: Provider, program: str, seconds: float = 120) -> str:
    """Run a program on the control database's records and return what it printed."""
    return provider.records.ask(program, seconds)


def look(provider: Provider) -> dict:
    lines = [one for one in shell(provider, LOOK).splitlines() if "FOUND " in one]
    return json.loads(lines[-1].partition("FOUND ")[2])


def seen(provider: Provider, condition: Callable[[dict], bool], seconds: float = 90) -> dict:
    end = time.monotonic() + seconds
    while True:
        found = look(provider)
        if condition(found):
            return found
        assert time.monotonic() < end, found


def make_walled(provider: Provider) -> None:
    """Build a template and provision a tenant of it."""
    saas = provider.stack.saas
    shell(provider, MAKE)
    saas("build", "walled", "--wait")
    who = ("--admin-name", "Alice", "--admin-email", "alice@walled.example")
    what = ("--subdomain", "walled", "--template", "walled", "--plan", "walled")
    saas("provision", "--name", "Walled", *what, *who, "--wait")


def test_a_tenant_of_the_real_pipeline_is_proven_audited_and_rotated(provider: Provider) -> None:
    saas = provider.stack.saas
    make_walled(provider)
    found = seen(provider, lambda now: "isolated" in now["evidence"])
    assert found["isolation"] == "passed", found
    assert found["evidence"]["isolated"][1].startswith(str(ATTEMPTS)), found

    shell(provider, AUDIT)
    found = seen(provider, lambda now: "rights" in now["evidence"])
    assert found["evidence"]["rights"][0] == "passed", found
    assert not found["findings"], found

    login = provider.tenant_url("walled") + "/web/login"
    before = found["generation"]
    saas("rotate", "tenant", "--subdomain", "walled")
    statuses = set()

    def rotated(now: dict) -> bool:
        port = provider.stack.settings.node_port
        address = login.replace("walled.localhost", "127.0.0.1")
        assert str(port) in address
        answer = requests.get(address, headers={"Host": "walled.localhost"}, timeout=90)
        statuses.add(answer.status_code)
        return now["generation"] == before + 1 and not now["waiting"]

    found = seen(provider, rotated, 150)
    assert statuses == {200}
    assert found["routes"] == [before + 1]
    assert found["bad"] == []
