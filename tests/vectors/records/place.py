"""The test database on which vectors are played; called from outside of Odoo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

PLAYER = "tests.vectors.records.inside:play"


def play(file: Path, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return for each vector its faults, and how many parts of its answer records gave."""
    from tests.helpers.odoo_place import odoo_place

    with odoo_place("vectors", ("payment_demo",)) as place:
        return place.call(PLAYER, file=str(file.resolve()), ids=list(ids))
