"""Figures of all processes of a node, as Prometheus reads them; only who has the token does."""

import os
from types import SimpleNamespace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from saas_business_management.adapters.exposition import GAUGE, Family, Sample, text_of
from saas_business_management.gateway.figures import Figures
from saas_business_management.gateway.metrics import Metrics, read_token
from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.secret import Secret

TOKEN = "t" * 32


def watch(status="200 OK", is_api=False):
    return SimpleNamespace(
        status=status, reached=True, is_api=is_api, bytes_in=10, bytes_out=100, timed=True
    )


def page(figures):
    text = text_of(figures.families()).decode()
    return {one.name: one for one in text_string_to_metric_families(text)}


def value(figures, name):
    return page(figures)[name].samples[0].value


def test_the_page_is_what_prometheus_reads():
    figures = Figures("local")
    figures.request(watch(), 0.03)
    figures.request(watch("500 Oops", is_api=True), 20.0)
    figures.add(cron_seconds=1.5, held=1, failed_logins=2)
    found = page(figures)
    assert found["saas_node_requests"].type == "counter"
    assert found["saas_node_requests"].samples[0].labels == {"node": "local"}
    for name, wanted in (
        *(("requests", 2), ("failures", 1), ("api_calls", 1), ("bytes_in", 20)),
        *(("bytes_out", 200), ("held", 1), ("failed_logins", 2), ("cron_seconds", 1.5)),
    ):
        assert value(figures, f"saas_node_{name}") == wanted, name
    buckets = {
        one.labels.get("le"): one.value for one in found["saas_node_request_seconds"].samples
    }
    assert (buckets["0.025"], buckets["0.05"], buckets["10.0"], buckets["+Inf"]) == (0, 1, 1, 2)
    assert found["saas_node_processes"].samples[0].value == 1
    assert found["saas_node_resident_bytes"].samples[0].value > 1_000_000


def test_processes_add_up_and_what_a_dead_one_counted_stays():
    figures = Figures("local")
    figures.request(watch(), 0.1)
    for _child in range(3):
        child = os.fork()
        if not child:
            figures.request(watch(), 0.1)
            os._exit(0)
        os.waitpid(child, 0)
    assert value(figures, "saas_node_requests") == 4
    assert value(figures, "saas_node_processes") == 1


def asked(metrics, header, path="/saas/metrics", method="GET"):
    return metrics.asked_for(path, {"HTTP_AUTHORIZATION": header, "REQUEST_METHOD": method})


def test_only_the_token_opens_the_page():
    metrics = Metrics(Secret(TOKEN), Figures("local"))
    assert asked(metrics, f"Bearer {TOKEN}")
    for header in ("", "Bearer ", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ü"):
        assert not asked(metrics, header)
    assert not asked(metrics, f"Bearer {TOKEN}", path="/saas/metrics/")
    assert not asked(metrics, f"Bearer {TOKEN}", method="POST")


def test_without_a_token_there_is_no_page():
    assert not asked(Metrics(), "Bearer ") and not asked(Metrics(), "Bearer None")


def test_a_token_is_private_and_long(tmp_path):
    path = tmp_path / "token"
    path.write_text("short\n")
    path.chmod(0o600)
    for mode, text, code in (
        (0o600, "short", "metrics_token_short"),
        (0o644, TOKEN, "secret_file_open_to_others"),
    ):
        path.write_text(text)
        path.chmod(mode)
        with pytest.raises(Refused) as refused:
            read_token(str(path))
        assert refused.value.code == code
    path.chmod(0o600)
    assert read_token(str(path)).reveal() == TOKEN
    assert read_token("") is None


def test_labels_are_escaped_and_empty_families_left_out():
    sample = Sample(1, (("name", 'a"b\\c\nd'),))
    text = text_of([Family("one", "Help", GAUGE, (sample,)), Family("two", "Help", GAUGE, ())])
    (found,) = text_string_to_metric_families(text.decode())
    assert found.samples[0].labels == {"name": 'a"b\\c\nd'}
