"""Ports for servers of tests: free, and never one that the system gives to a connection."""

import socket

import pytest

from dev import ports


@pytest.fixture
def given_away(tmp_path, monkeypatch):
    """Say from which port on the system gives them away."""
    place = tmp_path / "range"
    monkeypatch.setattr(ports, "GIVEN_AWAY", place)
    return place.write_text


def test_a_port_lies_below_those_that_are_given_away(given_away):
    given_away("20000\t60999\n")
    found = [ports.free_port() for _number in range(50)]
    assert all(ports.LOWEST <= port < 20_000 for port in found)
    assert len(set(found)) > 40, "two who ask at once get different ones"


def test_a_port_that_somebody_listens_on_is_passed_over(given_away, monkeypatch):
    given_away("20000 60999")
    with socket.create_server((ports.LOOPBACK, 0)) as busy:
        taken, wanted = busy.getsockname()[1], ports.LOWEST + 1
        draws = iter([taken, taken, wanted])
        monkeypatch.setattr(ports._dice, "randrange", lambda *_borders: next(draws))
        monkeypatch.setattr(ports, "is_free", lambda port: port != taken)
        assert ports.free_port() == wanted
    with socket.create_server((ports.LOOPBACK, 0)) as busy:
        monkeypatch.undo()
        assert not ports.is_free(busy.getsockname()[1])


@pytest.mark.parametrize("told", ["1024 65535", "", "none"])
def test_where_no_range_is_left_the_system_chooses(given_away, told):
    given_away(told)
    with socket.create_server((ports.LOOPBACK, ports.free_port())) as server:
        assert server.getsockname()[1] > 0
