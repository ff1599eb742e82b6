"""RPC as programs make it, in Odoo's three dialects."""

from __future__ import annotations

import xmlrpc.client

import requests


def json_rpc(door, host: str, service: str, method: str, args: list, **options) -> dict:
    """Call a service by /jsonrpc and return the whole answer."""
    params = {"service": service, "method": method, "args": args}
    body = {"jsonrpc": "2.0", "method": "call", "id": 11, "params": params}
    return door.request("POST", "/jsonrpc", host, json=body, **options).json()


def xml_rpc(door, host: str, service: str, method: str, *args):
    """Call a service by /xmlrpc/2; a fault is raised."""
    body = xmlrpc.client.dumps(args, method)
    headers = {"Content-Type": "text/xml"}
    answer = door.request("POST", f"/xmlrpc/2/{service}", host, data=body, headers=headers)
    return xmlrpc.client.loads(answer.content)[0][0]


def json_2(door, host: str, key: str, call: str, headers=None, **params) -> requests.Response:
    """Call a model's method by /json/2 ("res.partner/read")."""
    sent = {"Authorization": f"Bearer {key}", **(headers or {})}
    return door.request("POST", f"/json/2/{call}", host, json=params, headers=sent)
