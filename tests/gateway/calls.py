"""RPC as programs make it, in Odoo's three dialects, and requests from another address."""

from __future__ import annotations

import http.client
import json
import xmlrpc.client
from dataclasses import dataclass

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


@dataclass
class Answer:
    """As much of an answer as tests look at."""

    status_code: int
    headers: http.client.HTTPMessage
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode(errors="replace")

    def json(self) -> dict:
        return json.loads(self.content)


class Elsewhere:
    """A door as somebody at another address of this machine meets it."""

    def __init__(self, door, address: str) -> None:
        self.port, self._address = door.port, address

    def request(self, method: str, path: str, host: str, **options) -> Answer:
        """Send one request from the other address; `json`, `data` and `headers` as elsewhere."""
        headers, body = {"Host": host, **options.get("headers", {})}, options.get("data")
        if "json" in options:
            body, headers["Content-Type"] = json.dumps(options["json"]), "application/json"
        elif isinstance(body, dict):
            body, headers["Content-Type"] = _form(body), "application/x-www-form-urlencoded"
        origin = (self._address, 0)
        cnx = http.client.HTTPConnection("127.0.0.1", self.port, 30, source_address=origin)
        cnx.request(method, path, body, headers)
        answer = cnx.getresponse()
        found = Answer(answer.status, answer.headers, answer.read())
        cnx.close()
        return found


def _form(values: dict) -> str:
    return requests.models.RequestEncodingMixin._encode_params(values)
