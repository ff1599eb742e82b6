"""Percentiles of buckets."""

import pytest

from saas_business_management.kernel.monitoring.histogram import percentile

BOUNDS = (100, 200, 400)


@pytest.mark.parametrize(
    ("counts", "share", "value"),
    [
        ((10, 0, 0, 0), 0.5, 50),
        ((0, 10, 0, 0), 0.95, 195),
        ((5, 0, 5, 0), 0.75, 300),
        ((0, 0, 0, 9), 0.95, 400),  # above the last bound nothing is known
        ((90, 5, 5, 0), 0.95, 200),
    ],
)
def test_a_percentile_lies_inside_its_bucket(counts, share, value):
    assert percentile(BOUNDS, counts, share) == pytest.approx(value)


def test_of_nothing_there_is_no_percentile():
    assert percentile(BOUNDS, (0, 0, 0, 0), 0.95) is None


def test_the_sum_of_buckets_is_the_histogram_of_all():
    parts = [(10, 0, 0, 0), (0, 4, 6, 0)]
    assert percentile(BOUNDS, [sum(one) for one in zip(*parts, strict=True)], 0.5) == 100
