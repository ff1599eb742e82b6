"""One control plane for all tests here, and what they tell at the end.

`SAAS_RECORD=1` writes the points found by this run down as the ones not to fall below;
`SAAS_SHARD=1/2` runs the first of two halves, each on a stack of its own.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from dev import proof
from tests.helpers.crash import Crash

from . import matrix

SHARD = os.environ.get("SAAS_SHARD", "")
_counted: Counter[str] = Counter()
_seconds: Counter[str] = Counter()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave every n-th case to this part."""
    if not SHARD:
        return
    number, count = map(int, SHARD.split("/"))
    mine = [one for place, one in enumerate(items) if place % count == number - 1]
    config.hook.pytest_deselected(items=[one for one in items if one not in set(mine)])
    items[:] = mine


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
        counts = {sort: (_counted[sort], round(_seconds[sort], 1)) for sort in _counted}
        proof.keep("crash", counts, SHARD)
