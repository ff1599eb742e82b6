"""State of a route and kind of a request → through, or which answer."""

import pytest

from saas_business_management.kernel.gateway.decide import decide, slots
from saas_business_management.kernel.gateway.kind import Kind
from saas_business_management.kernel.gateway.route import Route

CASES = [
    # state, reason, code, status, Retry-After
    ("suspended", "payment", "closed_payment", 402, 0),
    ("suspended", "quota", "closed_quota", 503, 3600),
    ("suspended", "trial_end", "closed_trial_end", 503, 3600),
    ("suspended", "security", "closed_security", 503, 3600),
    ("suspended", "manual", "closed", 503, 3600),
    ("suspended", "", "closed", 503, 3600),
    ("provisioning", "", "preparing", 503, 5),
    ("migrating", "", "migrating", 503, 30),
    ("archived", "", "archived", 503, 0),
    ("deleting", "", "deleting", 503, 0),
    ("standby", "", "unknown_host", 404, 0),
    ("gone", "", "unknown_host", 404, 0),
    ("a state of a later version", "", "closed", 503, 3600),
]


def route(state, reason=""):
    return Route(1, "acme.localhost", "t_a", 1, state, reason)


@pytest.mark.parametrize(("state", "reason", "code", "status", "retry"), CASES)
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.MANAGER])
def test_a_state_that_does_not_serve_is_answered_alike_for_all(
    state, reason, code, status, retry, kind
):
    answer = decide(route(state, reason), kind)
    assert (answer.code, answer.status, answer.retry_seconds) == (code, status, retry)


@pytest.mark.parametrize("state", ["trial", "active"])
def test_serving_states_let_everything_through_but_the_database_manager(state):
    assert {kind for kind in Kind if decide(route(state), kind) is not None} == {Kind.MANAGER}
    assert decide(route(state), Kind.MANAGER).status == 404


def test_an_unknown_host_is_not_found():
    assert {decide(None, kind).code for kind in Kind} == {"unknown_host"}


@pytest.mark.parametrize(
    ("connections", "processes", "expected"),
    [(10, 1, 7), (10, 3, 2), (10, 9, 1), (3, 1, 1), (0, 0, 1)],
)
def test_three_connections_stay_free(connections, processes, expected):
    assert slots(connections, processes) == expected
