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
    return tell(vectors)


def tell(vectors: Sequence[dict[str, Any]]) -> int:
    """Run vectors and print what differs; return 0 when every one passed."""
    failed = 0
    for vector in vectors:
        found = faults(vector)
        failed += bool(found)
        for one in found:
            print(f"FAIL {vector['id']} {vector.get('title', '')}: {one}")
    print(f"{len(vectors) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
