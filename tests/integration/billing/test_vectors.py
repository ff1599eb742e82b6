"""Worked examples that have records are answered by them as by rules."""

import json
from pathlib import Path

from tests.vectors.__main__ import read
from tests.vectors.records.place import PLAYER
from tests.vectors.records.registry import players

from .conftest import PROOF

FILE = Path(__file__).parents[2] / "vectors" / "data" / "billing.json"
VECTORS = [one for one in read(FILE) if one["input"]["op"] in players()]
EVERY = 1 if PROOF else 5
# Fewer examples than this being answered by records means that players answer with nothing.
LEAST = len(VECTORS[::EVERY]) * 9 // 10


def test_records_are_what_the_examples_say(place, played):
    ids = [one["id"] for one in VECTORS[::EVERY]]
    with played("worked examples", len(ids), len(VECTORS)):
        found = place.call(PLAYER, file=str(FILE), ids=ids)
    assert {one: told["faults"] for one, told in found.items() if told["faults"]} == {}
    assert len([one for one in found.values() if one["parts"]]) >= LEAST


def test_a_wrong_answer_of_records_is_noticed(place, tmp_path):
    one = next(one for one in VECTORS if one["id"] == "CHG-01")
    file = tmp_path / "wrong.json"
    wrong = {**one, "expected": {**one["expected"], "charge": "15.01"}}
    file.write_text(json.dumps([wrong]), encoding="utf-8")
    (told,) = place.call(PLAYER, file=str(file), ids=["CHG-01"]).values()
    assert told["faults"] == ['expected charge "15.01" got "15.00"']
