"""One Odoo with books for all tests here, and what they tell at the end.

`make test` plays a slice and says which; with `SAAS_PROOF=1` everything is played.
"""

import os
import time
from collections import Counter
from contextlib import contextmanager

import pytest

from dev import proof
from tests.helpers.odoo_place import odoo_place

PROOF = os.environ.get("SAAS_PROOF") == "1"
_played: Counter[str] = Counter()
_known: Counter[str] = Counter()
_seconds: Counter[str] = Counter()


@pytest.fixture(scope="session")
def place():
    """An Odoo with the product and the demo provider of payments."""
    with odoo_place("billing", ("payment_demo",)) as found:
        yield found


@pytest.fixture(scope="session")
def played():
    """Give a block that counts so many of so many as played."""

    @contextmanager
    def block(sort, number, known):
        began = time.monotonic()
        yield
        _played[sort] += number
        _known[sort] += known
        _seconds[sort] += time.monotonic() - began

    return block


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter):
    yield
    if not _played:
        return
    whole = "everything" if PROOF else "a slice"
    terminalreporter.write_line(f"billing played on real records, {whole}:")
    for sort, number in sorted(_played.items()):
        told = f"{number:>6} of {_known[sort]:>6}  {_seconds[sort]:6.1f} s"
        terminalreporter.write_line(f"  {sort:<44} {told}")
    if PROOF:
        counts = {sort: (_played[sort], round(_seconds[sort], 1)) for sort in _played}
        proof.keep("billing", counts)
