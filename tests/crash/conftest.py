"""One control plane for all tests here, and what they tell at the end.

`SAAS_RECORD=1` writes the points found by this run down as the ones not to fall below.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from dev import proof
from tests.helpers.crash import Crash

from . import matrix

_counted: Counter[str] = Counter()
_seconds: Counter[str] = Counter()


@pytest.fixture(scope="session")
def stage() -> Iterator[Crash]:
    """The stack, started once."""
    crash = Crash()
    try:
        yield crash.start()
    finally:
        crash.stop()


@pytest.fixture
def crash(stage: Crash) -> Iterator[Crash]:
    """The stack, with the played Odoo and nobody at work; a finding of an earlier test is told."""
    yield stage
    stage.points_to = None
    stage.use_stub()


@pytest.fixture
def count(request: pytest.FixtureRequest) -> Iterator[Callable[[str], None]]:
    """Give a function that counts this case under a sort."""
    began, sorts = time.monotonic(), []
    yield sorts.append
    for sort, number in Counter(sorts).items():
        _counted[sort] += number
        _seconds[sort] += time.monotonic() - began


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    yield
    if not _counted:
        return
    whole = "every point" if matrix.PROOF else f"a slice: each {matrix.EVERY}th point"
    terminalreporter.write_line(f"workers killed on the real stack, {whole}:")
    for sort, number in sorted(_counted.items()):
        known = len(matrix.points(sort)) or "all"
        took = _seconds[sort]
        terminalreporter.write_line(f"  {sort:<36} {number:>4} of {known:>4}  {took:6.1f} s")
    if matrix.PROOF:
        proof.keep("crash", {sort: (_counted[sort], round(_seconds[sort], 1)) for sort in _counted})
