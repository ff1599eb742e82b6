"""The register of metrics holds together: families, layers, scopes and columns."""

import re

import pytest

from saas_business_management.kernel.monitoring import layers, metric


def test_every_metric_stands_in_a_family_and_a_layer():
    assert {one.layer for one in metric.METRICS.values()} == set(layers.LAYERS)
    assert {one.family for one in metric.METRICS.values()} == set(metric.FAMILIES)
    assert {one.scope for one in metric.FAMILIES.values()} == set(layers.SCOPES)


def test_codes_can_be_columns():
    assert [
        code for code in metric.METRICS if not re.fullmatch(r"[a-z][a-z0-9_]{1,58}", code)
    ] == []


def test_families_share_no_code():
    codes = [code for family in metric.FAMILIES for code in metric.of_family(family)]
    assert sorted(codes) == sorted(metric.METRICS)


def test_a_scope_follows_the_family():
    assert metric.scope("requests") == layers.TENANT
    assert metric.scope("cpu_percent") == layers.MACHINE
    with pytest.raises(KeyError):
        metric.scope("nothing")
