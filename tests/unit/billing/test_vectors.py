"""Every worked example is answered as written, by the product's own functions."""

from pathlib import Path

import pytest

from tests.vectors.__main__ import faults, read

VECTORS = read(Path(__file__).parents[2] / "vectors" / "data" / "billing.json")


@pytest.mark.parametrize("vector", VECTORS, ids=[one["id"] for one in VECTORS])
def test_a_worked_example_gives_what_is_written(vector):
    assert faults(vector) == []
