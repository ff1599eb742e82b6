"""The points themselves: a recording run finds every one that was ever known.

`SAAS_RECORD=1` walks through all orders and writes their points down.
"""

import json
import os

import pytest

from .matrix import ORDERS, PROOF, RECORDED, UNDONE, points, record

RECORDING = bool(os.environ.get("SAAS_RECORD"))
# Which orders are walked through in `make test`: each n-th.
EVERY = 1 if PROOF or RECORDING else 3


@pytest.mark.parametrize("label", [*ORDERS, *UNDONE][::EVERY])
def test_no_point_is_lost(crash, label):
    found = record(crash, label)
    if RECORDING:
        kept = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}
        RECORDED.write_text(json.dumps({**kept, label: found}, indent=1, sort_keys=True) + "\n")
    assert len(found) >= len(points(label)), "there are fewer points than once recorded"
    assert found == points(label), "record the points anew: SAAS_RECORD=1"


def test_points_stand_around_every_step_and_every_commit():
    for label in ORDERS:
        names = {name.partition(".")[2] for name in points(label)}
        steps = {name.split(".")[0] for name in names} - {"start"}
        assert {
            f"{step}.{place}" for step in steps for place in ("before", "after", "committed")
        } <= names
