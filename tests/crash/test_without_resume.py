"""The matrix can fail: with nobody to take over, every death before the last commit is noticed."""

import pytest

from .matrix import ORDERS, cases, long, short
from .test_killed import test_work_is_finished_whoever_dies as finish_after_death

CASES = [
    *cases(short(ORDERS), every=60, proof=4),
    *cases(long(ORDERS), every=90, proof=16),
]


@pytest.mark.parametrize(("label", "point"), CASES)
def test_a_death_that_nobody_resumes_is_noticed(crash, count, label, point):
    count("without resume")
    with crash.without_resume(), pytest.raises(AssertionError):
        finish_after_death(crash, [].append, label, point)
    crash.run_all()
    assert crash.judge() == []
