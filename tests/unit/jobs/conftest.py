"""Counting the cases of the matrix: no sort of case may get fewer than once recorded.

`SAAS_RECORD=1` writes the numbers of this run down as the ones not to fall below.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

RECORDED = Path(__file__).with_name("recorded_cases.json")
_counted: dict[str, dict[str, int]] = {}


@pytest.fixture
def count_cases() -> Callable[[str, str, int], None]:
    """Give a function that takes the number of cases of one sort for one order."""
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))

    def count(sort: str, label: str, number: int) -> None:
        _counted.setdefault(sort, {})[label] = number
        if not os.environ.get("SAAS_RECORD"):
            assert number >= recorded[sort][label], f"fewer cases of {label} {sort} than recorded"

    return count


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    yield
    sums = {sort: sum(numbers.values()) for sort, numbers in _counted.items()}
    if sums:
        told = ", ".join(f"{number} {sort}" for sort, number in sums.items())
        terminalreporter.write_line(f"jobs interrupted: {sum(sums.values())} cases ({told})")
    if sums and os.environ.get("SAAS_RECORD"):
        RECORDED.write_text(json.dumps(_counted, indent=1, sort_keys=True) + "\n", encoding="utf-8")
