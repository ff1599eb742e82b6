"""Live messages: each tenant hears its own, through the one bus database of the cluster."""

from __future__ import annotations

import contextlib
import json
import time

import pytest
import websocket

from tests.helpers.node import until

TELL = "env.user._bus_send('test.told', {{'text': '{}'}})"


@contextlib.contextmanager
def listening(door, visitor):
    """A websocket of somebody logged in, subscribed to his own channels."""
    link = websocket.create_connection(
        f"ws://127.0.0.1:{door.port}/websocket",
        host=visitor.tenant.host,
        origin=f"http://{visitor.tenant.host}",
        cookie=f"session_id={visitor.session.cookies['session_id']}",
        timeout=10,
    )
    link.send(json.dumps({"event_name": "subscribe", "data": {"channels": [], "last": 0}}))
    yield link
    link.close()


@pytest.fixture
def live(door):
    """The doors that take websockets."""
    if door.mode == "prefork":
        return type(door)("evented", door.node, door.node.evented_port)
    return door


def heard(link, seconds: float) -> str:
    """What comes within some seconds."""
    link.settimeout(seconds)
    try:
        return str(link.recv())
    except websocket.WebSocketTimeoutException:
        return ""


def all_heard(link, seconds: float) -> str:
    """Everything that comes until nothing came for some seconds."""
    told = []
    while said := heard(link, seconds):
        told.append(said)
    return " ".join(told)


def test_a_message_reaches_the_own_tenant_alone(live, acme, beta):
    alice, bob = live.visitor(acme).log_in(), live.visitor(beta).log_in()
    with listening(live, alice) as own, listening(live, bob) as other:
        said = []

        def told():
            assert not alice.run_code(TELL.format("for acme"))
            said.append(heard(own, 2))
            return "for acme" in said[-1]

        until(told, 20)
        assert "for acme" not in all_heard(other, 1)


def answers(link) -> bool:
    """Whether the other side answers a ping; what else it has to say is passed over."""
    link.settimeout(30)
    link.ping()
    while (frame := link.recv_data_frame(True)[0]) != websocket.ABNF.OPCODE_PONG:
        assert frame == websocket.ABNF.OPCODE_TEXT, frame
    return True


def ended_after(link, seconds: float) -> float:
    """How long until the other side ended the connection; longer than `seconds` if it did not."""
    began = time.monotonic()
    link.settimeout(seconds)
    with contextlib.suppress(websocket.WebSocketException, OSError):
        while link.recv() != "":
            pass
    return time.monotonic() - began


def test_open_websockets_end_within_a_second_and_open_as_fast_again(fleet, live, acme, beta):
    alice, bob = live.visitor(acme).log_in(), live.visitor(beta).log_in()

    def closing_seconds():
        with listening(live, bob) as ended:
            heard(ended, 0.5)
            fleet.routes.put(beta.name, state="suspended", reason="manual")
            try:
                return ended_after(ended, 20)
            finally:
                fleet.routes.put(beta.name, state="active", reason=None)
                until(lambda: live.get("/web/login", beta.host).status_code == 200)

    with listening(live, alice) as kept:
        # Once is enough: what else the machine does may make one of them slower.
        until(lambda: closing_seconds() < 1, 60)
        assert answers(kept)
        with listening(live, bob) as again:
            assert answers(again)


def test_a_websocket_ends_although_its_database_refuses_logins(fleet, live, beta):
    bob = live.visitor(beta).log_in()
    with listening(live, bob) as ended:
        heard(ended, 0.5)
        fleet.adapter.stop_logins(beta.name)
        fleet.routes.put(beta.name, state="suspended", reason="payment")
        try:
            assert ended_after(ended, 20) < 15
        finally:
            fleet.adapter.allow_logins(beta.name)
            fleet.routes.put(beta.name, state="active", reason=None)
    until(lambda: live.get("/web/login", beta.host).status_code == 200)
    assert bob.is_logged_in()


def test_a_websocket_of_a_closed_tenant_is_not_opened(fleet, live, beta):
    bob = live.visitor(beta).log_in()
    fleet.routes.put(beta.name, state="suspended", reason="payment")
    try:
        until(lambda: live.get("/", beta.host).status_code == 402)
        with pytest.raises(websocket.WebSocketBadStatusException) as refused, listening(live, bob):
            pass
        assert refused.value.status_code == 402
    finally:
        fleet.routes.put(beta.name, state="active", reason=None)
    until(lambda: live.get("/web/login", beta.host).status_code == 200)
