"""The node's secret file."""

import json

import pytest

from saas_business_management.gateway.secret_file import read_secret_file
from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.secret import Secret

GOOD = {
    "format": 1,
    "node": "local",
    "cluster_secret": "planted-cluster-secret",
    "postgres": {"host": "10.0.0.5", "port": 5432, "sslmode": "require"},
    "bus": {"database": "saas_bus", "user": "saas_node", "password": "planted-bus"},
    "control": {
        "host": "10.0.0.6",
        "port": 5433,
        "database": "control",
        "user": "saas_node_local",
        "password": "planted-control",
    },
    "connections_per_tenant": 12,
}


@pytest.fixture
def write(tmp_path):
    def write(content, mode=0o600):
        path = tmp_path / "node.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        path.chmod(mode)
        return path

    return write


def test_it_says_who_the_node_is_and_how_it_logs_in(write):
    found = read_secret_file(write(GOOD), "local")
    assert (found.tenants.host, found.tenants.sslmode) == ("10.0.0.5", "require")
    assert (found.bus.host, found.bus.database, found.bus.user) == (
        "10.0.0.5",
        "saas_bus",
        "saas_node",
    )
    assert (found.control.host, found.control.port) == ("10.0.0.6", 5433)
    assert found.connections_per_tenant == 12


def test_one_secret_of_the_cluster_is_the_rule(write):
    found = read_secret_file(write(GOOD), "local")
    assert found.cluster_secrets == (Secret("planted-cluster-secret"),)
    assert len(found.copy_keys()) == 1


def test_a_next_secret_of_the_cluster_is_the_second_choice_and_seals_copies_at_once(write):
    before = read_secret_file(write(GOOD), "local")
    found = read_secret_file(write({**GOOD, "cluster_secret_next": "planted-next"}), "local")
    assert found.cluster_secrets == (Secret("planted-cluster-secret"), Secret("planted-next"))
    after = read_secret_file(write({**GOOD, "cluster_secret": "planted-next"}), "local")
    assert found.copy_keys() == (*after.copy_keys(), *before.copy_keys())


def test_nothing_of_it_is_printed(write):
    content = {**GOOD, "cluster_secret_next": "planted-next"}
    assert "planted" not in repr(read_secret_file(write(content), "local"))


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601])
def test_a_file_that_others_may_touch_is_refused(write, mode):
    with pytest.raises(Refused, match="secret_file_open_to_others"):
        read_secret_file(write(GOOD, mode), "local")


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_a_file_of_our_own_is_read(write, mode):
    assert read_secret_file(write(GOOD, mode), "local").node == "local"


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(Refused, match="secret_file_missing"):
        read_secret_file(tmp_path / "none.json", "local")


def test_the_file_of_another_node_is_refused(write):
    with pytest.raises(Refused, match="secret_file_of_another_node"):
        read_secret_file(write(GOOD), "paris")


BROKEN = [
    "",
    "{",
    "[]",
    "null",
    {**GOOD, "format": 2},
    {**GOOD, "cluster_secret": ""},
    {**GOOD, "cluster_secret": "", "cluster_secret_next": "planted-next"},
    {**GOOD, "cluster_secret_next": 7},
    {**GOOD, "bus": {}},
    {**GOOD, "control": None},
    {**GOOD, "postgres": {"host": "x", "port": "no number"}},
    json.dumps(GOOD).replace("5433", "1e999"),
    "[" * 100_000,
    {key: value for key, value in GOOD.items() if key != "cluster_secret"},
    {key: value for key, value in GOOD.items() if key != "node"},
]


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_file_is_refused_without_showing_it(write, content):
    with pytest.raises(Refused) as refused:
        read_secret_file(write(content), "local")
    assert refused.value.code == "secret_file_invalid"
    assert "planted" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
