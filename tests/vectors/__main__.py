"""The command: run a file of vectors, tell every difference, end with the two numbers."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from .answer import differences
from .records import WITHOUT
from .registry import MISUNDERSTOOD, answer

FIELDS = ("id", "input", "expected")


class Unreadable(Exception):
    """A file that holds no vectors; its text is the sentence for people."""


def read(path: Path) -> list[dict[str, Any]]:
    """Return the vectors of a file. Numbers with a point become decimals, never floats.

    Raises: Unreadable.
    """
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text, parse_float=Decimal, parse_constant=Decimal)
    except OSError as error:
        raise Unreadable(f"Cannot read {path}: {error.strerror}.") from error
    except ValueError as error:
        raise Unreadable(f"{path} is not a JSON file: {error}.") from error
    if not isinstance(found, list):
        raise Unreadable(f"{path} has to hold a list of vectors.")
    for number, one in enumerate(found, start=1):
        if not isinstance(one, dict) or any(field not in one for field in FIELDS):
            raise Unreadable(f"Vector {number} of {path} needs {', '.join(FIELDS)}.")
        if not isinstance(one["input"], dict):
            raise Unreadable(f"Vector {one['id']} of {path}: input has to be an object.")
    return found


def faults(vector: dict[str, Any]) -> list[str]:
    """Run one vector; return what differs, nothing when it passes."""
    try:
        got = answer(vector["input"])
    except MISUNDERSTOOD as error:
        shown = json.dumps(vector["expected"], ensure_ascii=False, default=str)
        return [f"expected {shown} got {type(error).__name__}: {error}"]
    return list(differences(vector["expected"], got))


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; return 0 when every vector passed."""
    parser = argparse.ArgumentParser(prog="python -m tests.vectors", description=__doc__)
    parser.add_argument("file", type=Path, help="a JSON list of vectors")
    parser.add_argument("--only", metavar="ID", action="append", help="run this vector alone")
    parser.add_argument(
        "--odoo", action="store_true", help="play documents with records on a test database"
    )
    asked = parser.parse_args(words)
    try:
        vectors = read(asked.file)
        if asked.only:
            missing = set(asked.only) - {one["id"] for one in vectors}
            if missing:
                raise Unreadable(f"{asked.file} has no vector {', '.join(sorted(missing))}.")
            vectors = [one for one in vectors if one["id"] in asked.only]
    except Unreadable as problem:
        print(problem, file=sys.stderr)
        return 1
    return tell_played(asked.file, vectors) if asked.odoo else tell(vectors)


def tell_played(file: Path, vectors: Sequence[dict[str, Any]]) -> int:
    """Play what has records on a test database, run the others as rules; print what differs.

    Says how much was answered by records, and why the others have none.
    """
    from .records.place import play

    found = play(file, [one["id"] for one in vectors])
    print_faults(vectors, {one["id"]: found[one["id"]]["faults"] for one in vectors})
    played = [one for one in vectors if found[one["id"]]["parts"]]
    parts = sum(found[one["id"]]["parts"] for one in played)
    print(f"{len(played)} played with records, which answered {parts} parts of their answers")
    for why, names in reasons(vectors, found):
        print(f"  not played, {why}: {', '.join(names)}")
    return tell_counts([found[one["id"]]["faults"] for one in vectors])


def reasons(
    vectors: Sequence[dict[str, Any]], found: dict[str, Any]
) -> list[tuple[str, list[str]]]:
    """Return why examples were not played, and which."""
    kinds: dict[str, list[str]] = {}
    for one in vectors:
        if not found[one["id"]]["parts"]:
            other = "this example of it is a rule alone"
            kinds.setdefault(WITHOUT.get(one["input"].get("op"), other), []).append(one["id"])
    return sorted(kinds.items())


def tell(vectors: Sequence[dict[str, Any]]) -> int:
    """Run vectors and print what differs; return 0 when every one passed."""
    found = [faults(vector) for vector in vectors]
    print_faults(vectors, dict(zip([one["id"] for one in vectors], found, strict=True)))
    return tell_counts(found)


def print_faults(vectors: Sequence[dict[str, Any]], found: dict[str, list[str]]) -> None:
    """Print each difference with its vector."""
    for vector in vectors:
        for one in found[vector["id"]]:
            print(f"FAIL {vector['id']} {vector.get('title', '')}: {one}")


def tell_counts(found: Sequence[list[str]]) -> int:
    """Print the two numbers; return 0 when every one passed."""
    failed = sum(1 for one in found if one)
    print(f"{len(found) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
