"""Figures in the text that Prometheus reads.

Owns: the form on the wire, by the library `prometheus_client`. Does not own: the figures
(`gateway/figures.py`, `models/saas_prometheus.py`).

Source: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

COUNTER, GAUGE, HISTOGRAM = "counter", "gauge", "histogram"
CONTENT_TYPE = CONTENT_TYPE_LATEST


@dataclass(frozen=True)
class Sample:
    """One value with its labels; of a histogram `value` is the sum, `bounds` the upper borders, and
    `counts` how many fell between them, with one more for those beyond the last.
    """

    value: float
    labels: tuple[tuple[str, str], ...] = ()
    bounds: tuple[float, ...] = ()
    counts: tuple[float, ...] = ()


@dataclass(frozen=True)
class Family:
    """Values of one name; all of them have the same names of labels."""

    name: str
    help: str
    kind: str
    samples: tuple[Sample, ...]


def text_of(families: Iterable[Family]) -> bytes:
    """Return the page of these families; one without values is left out."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Given([one for one in families if one.samples]))
    return generate_latest(registry)


class _Given:
    """Hands given families to the library."""

    def __init__(self, families: list[Family]) -> None:
        self._families = families

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterable[Metric]:
        return [_metric(family) for family in self._families]


def _metric(family: Family) -> Metric:
    names = [name for name, _value in family.samples[0].labels]
    if family.kind == HISTOGRAM:
        metric = HistogramMetricFamily(family.name, family.help, labels=names)
        for one in family.samples:
            metric.add_metric(_values(one), _buckets(one), one.value)
        return metric
    kind = CounterMetricFamily if family.kind == COUNTER else GaugeMetricFamily
    metric = kind(family.name, family.help, labels=names)
    for one in family.samples:
        metric.add_metric(_values(one), one.value)
    return metric


def _values(sample: Sample) -> list[str]:
    return [value for _name, value in sample.labels]


def _buckets(sample: Sample) -> list[tuple[str, float]]:
    borders = [*map(str, sample.bounds), "+Inf"]
    return list(zip(borders, accumulate(sample.counts), strict=True))
