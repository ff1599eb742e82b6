"""A PostgreSQL server goes down and comes back while a tenant is made."""

import os
import signal

import pytest

from tests.helpers.crash import REAL, Crash, until

from .matrix import ORDERS, PROOF, points

MODES = ("fast", "immediate")
CREATING = """
SELECT pid FROM pg_stat_activity
 WHERE query LIKE '%CREATE DATABASE%' AND state = 'active' AND pid <> pg_backend_pid()
"""
DUMPING = "SELECT pid FROM pg_stat_activity WHERE application_name = 'saas backup'"
STEPS = (
    "role",
    "database",
    "own",
    "files",
    "birth",
    "settle",
    "publish",
    "check",
    "open",
    "welcome",
)


def places() -> list[str]:
    """Where the worker stands when a server goes: before each step, in the proof everywhere."""
    before = [f"provision_tenant.{step}.before" for step in STEPS]
    return points("provision cold") if PROOF else before[1::4]


def cut_off(crash: Crash, asked: str, mode: str) -> bool:
    """Take the server away from the backends that a question names; False when none was there.

    A backend may end between the question and the signal: then there is none to kill, ask again.
    """
    backends = [pid for (pid,) in crash.tenants(asked)]
    if backends and mode != "backend":
        crash.stack.tenant_cluster.restart(mode)
        return True
    return any(killed(pid) for pid in backends)


def killed(backend: int) -> bool:
    """Kill a backend, which sends the whole cluster through crash recovery; False if it is gone."""
    try:
        os.kill(backend, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("which", ["tenants", "control"])
def test_a_tenant_opens_whichever_server_went_down_meanwhile(crash, count, which, mode):
    crash.golden(REAL)
    cluster = crash.stack.tenant_cluster if which == "tenants" else crash.stack.control_cluster
    for point in places()[MODES.index(mode) :: len(MODES)]:
        count(f"{which} server restarted")
        case = crash.order_and_stop("provision", point, template=REAL)
        cluster.restart(mode)
        os.kill(case.child.pid, signal.SIGCONT)
        crash.mother.wait(case.child)
        assert case.resume()["state"] == "done", point
        assert case.complaints("tenant_open") == [], point
        crash.discard(case.spent)


@pytest.mark.parametrize("mode", [*MODES, "backend"])
def test_a_copy_cut_off_by_the_server_itself_is_made_again(crash, count, mode):
    count("server restarted inside CREATE DATABASE")
    crash.golden(REAL)
    case = crash.order_in_background("provision", template=REAL)
    until(lambda: cut_off(crash, CREATING, mode), "the copy did not begin")
    crash.mother.wait(case.child)
    assert case.resume()["state"] == "done"
    assert case.complaints("tenant_open") == []
    crash.discard(case.spent)


@pytest.mark.parametrize("mode", [*MODES, "backend"])
def test_a_dump_cut_off_by_the_server_itself_is_made_again(crash, count, mode):
    count("server restarted inside a dump")
    case = ORDERS["back up"].place_in_background(crash)
    until(lambda: cut_off(crash, DUMPING, mode), "the dump did not begin")
    crash.mother.wait(case.child)
    assert case.resume()["state"] == "done"
    assert ORDERS["back up"].complaints(case) == []
