"""What the runners say: numbers, and the names of what failed."""

import pytest

from dev.closing_lines import Counts, failures, read_odoo, read_pytest

PYTEST = """
FAILED tests/unit/test_a.py::test_one[x] - AssertionError: assert 1 == 2
ERROR tests/unit/test_b.py::test_two - OSError: busy
========= 1 failed, 3 passed, 1 skipped, 1 error in 2.10s =========
"""
ODOO = """
2026-11-29 17:20:59,445 3651 INFO odoo_tests odoo.addons.x.tests.test_x: Starting TestX.test_one ...
2026-11-29 17:20:59,575 3651 INFO odoo_tests odoo.addons.x.tests.test_x: =====================
2026-11-29 17:20:59,575 3651 ERROR odoo_tests odoo.addons.x.tests.test_x: ERROR: TestX.test_one
Traceback (most recent call last):
  File "x.py", line 150, in _promise
TypeError: not supported

2026-11-29 17:20:59,576 3651 INFO odoo_tests odoo.addons.x.tests.test_x: Starting TestX.test_two ...
2026-11-29 17:20:59,601 3651 ERROR odoo_tests odoo.addons.x: a line that names no test
2026-11-29 17:21:09,651 3651 ERROR odoo_tests odoo.tests.result: 0 failed, 1 error(s) of 610 tests
"""


@pytest.mark.parametrize(
    ("read", "output", "counts"),
    [(read_pytest, PYTEST, Counts(3, 2, 1)), (read_odoo, ODOO, Counts(609, 1))],
)
def test_the_numbers_are_read(read, output, counts):
    assert read(output)[0] == counts


def test_what_failed_is_named_by_both():
    assert failures(PYTEST) == [
        "tests/unit/test_a.py::test_one[x] - AssertionError: assert 1 == 2",
        "tests/unit/test_b.py::test_two - OSError: busy",
    ]
    (one,) = failures(ODOO)
    assert one.splitlines()[0] == "TestX.test_one"
    assert one.splitlines()[-1] == "TypeError: not supported"


@pytest.mark.parametrize("output", ["", "no such line", "========= 5 passed in 0.10s ========="])
def test_where_nothing_failed_nothing_is_named(output):
    assert failures(output) == []
