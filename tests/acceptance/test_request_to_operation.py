"""A request is followed on a whole installation: its number stands on the answer and on the
operation it ordered, though another process carried that, and its log is asked for by it.
"""

import json
import re
import time
from typing import Any

import requests

from .conftest import Provider

# A cluster on whose port nobody listens: its test has something to tell.
NOWHERE = """
from odoo.addons.saas_business_management.kernel.secret import Secret
cluster = env["saas.cluster"].search([("key", "=", "nowhere")])
if not cluster:
    cluster = env["saas.cluster"]._prepare_from_cli({
        "key": "nowhere", "name": "Nowhere", "base_host": "nowhere.localhost", "pg_port": 9,
        "prov_password": Secret("not-a-password"), "cluster_secret": Secret("nor-a-secret"),
        "filestore_path": "/nowhere/filestore", "data_dir": "/nowhere",
        "odoo_command": ["/nowhere/odoo"], "addons_path": ["/nowhere/addons"]})
env.cr.commit()
print("FOUND", cluster.id)
"""
FOLLOWED = """
import json
jobs = env["saas.job"].search([("request_ref", "=", "{ref}")])
print("FOUND " + json.dumps([{{
    "kind": one.kind, "state": one.state, "cluster": one.cluster_id.id,
    "found": one.cluster_id.check_ids.filtered(lambda row: not row.ok).mapped("code"),
    "log": str(one.action_view_log()["domain"])}} for one in jobs]))
"""


class Operator:
    """An operator's browser without its screen: a session that calls what buttons call."""

    def __init__(self, provider: Provider) -> None:
        self.url, self.session = provider.url, requests.Session()
        who = {"db": "control", "login": "admin", "password": provider.password}
        self.send("/web/session/authenticate", who)

    def send(self, path: str, params: dict[str, Any]) -> requests.Response:
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self.session.post(self.url + path, json=body, timeout=60)
        assert answer.status_code == 200 and "error" not in answer.json(), answer.text
        return answer

    def press(self, model: str, button: str, number: int) -> str:
        """Press a button; return the number of the request."""
        what = {"model": model, "method": button, "args": [[number]], "kwargs": {}}
        answer = self.send(f"/web/dataset/call_button/{model}/{button}", what)
        return answer.headers["X-Request-Id"]


def test_a_request_is_followed_to_the_operation_that_another_process_carried(
    provider: Provider,
) -> None:
    number = int(provider.shell(NOWHERE, said="FOUND"))
    ref = Operator(provider).press("saas.cluster", "action_test_connection", number)
    assert re.fullmatch(r"[0-9a-f]{16}", ref)
    end = time.monotonic() + 120
    while True:
        told = json.loads(provider.shell(FOLLOWED.format(ref=ref), said="FOUND"))
        if told and told[0]["state"] == "done":
            break
        assert time.monotonic() < end, told
        time.sleep(3)
    (job,) = told
    assert (job["kind"], job["cluster"]) == ("test_cluster", number)
    assert "server_reachable" in job["found"], "what it found stands on the cluster"
    assert ref in job["log"], "its log is asked for by the number"
