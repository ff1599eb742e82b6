"""The watching side of the cluster port: one suite for the double and for real servers."""

from saas_business_management.kernel.monitoring.metric import of_family
from tests.contract.test_cluster import subject

assert subject  # the fixture


def test_a_look_tells_the_cluster_and_every_database(subject):
    name = subject.born()
    sight = subject.port.watch()
    assert sight.gauges["cluster_up"] == 1
    assert set(sight.gauges) <= set(of_family("cluster"))
    assert sight.databases[name].gauges["database_connections"] == 0
    assert set(sight.databases[name].gauges) <= set(of_family("database"))
    assert sight.databases[name].counters.numbers["transactions"] >= 0


def test_codes_of_counters_are_metrics_or_time_at_work(subject):
    name = subject.born()
    sight = subject.port.watch()
    known = {*of_family("database"), *of_family("cluster"), "active_ms"}
    assert set(sight.databases[name].counters.numbers) | set(sight.counters.numbers) <= known


def test_statements_are_unknown_where_nobody_counts_them(subject):
    assert subject.port.watch(statements=True).statements is None
