"""Nodes of every kind count what a client sends and gets, to the last byte."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.helpers.node import until

ROUNDS = 30


def test_requests_and_bytes_equal_what_a_client_saw(fleet, door, beta):
    before = fleet.routes.used(beta.name)
    sent = {"requests": 0, "api_calls": 0, "bytes_in": 0, "bytes_out": 0}

    def play(number: int) -> dict[str, int]:
        body = b"x" * (number * 13)
        answers = [
            (door.get("/web/login", beta.host), 0, 0),
            (door.get("/web/static/img/favicon.ico", beta.host), 0, 0),
            (door.get("/no/such/page", beta.host), 0, 0),
            (door.request("HEAD", "/web/login", beta.host), 0, 0),
            (
                door.request("POST", "/json/2/res.partner/read", beta.host, data=body),
                1,
                len(body),
            ),
        ]
        return {
            "requests": len(answers),
            "api_calls": sum(calls for _answer, calls, _bytes in answers),
            "bytes_in": sum(size for _answer, _calls, size in answers),
            "bytes_out": sum(len(answer.content) for answer, _calls, _bytes in answers),
        }

    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(play, range(ROUNDS)):
            sent = {name: sent[name] + found[name] for name in sent}

    def counted() -> dict[str, int]:
        now = fleet.routes.used(beta.name)
        return {name: now[name] - before[name] for name in sent}

    until(lambda: counted()["requests"] >= sent["requests"], 30)
    assert counted() == sent
