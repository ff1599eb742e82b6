"""A whole matrix is gone through in parts, and each part counts."""

import os
import sys
from contextlib import nullcontext
from dataclasses import replace

import pytest

from dev import paths, suite_run
from dev.closing_lines import Counts
from dev.suites import Suite

SAYS = "import os; print('========= %s passed in 1.00s =========' % os.environ.get(%r, '5')[0])"


@pytest.fixture
def suite(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "STATE", tmp_path)
    commands = [[sys.executable, "-c", SAYS.replace("%r", "'SAAS_SHARD'")]]
    return Suite("crash", 0, tmp_path, lambda: nullcontext(commands), shards=3)


def test_each_part_is_run_and_counted_once_in_a_proof(suite):
    outcome = suite_run.run_one(suite, SAAS_PROOF="1")
    assert (outcome.counts, outcome.trouble) == (Counts(1 + 2 + 3), "")
    assert (paths.STATE / "log" / "test-crash.log").read_text().count("passed") == 3


def test_without_a_proof_a_suite_is_one(suite):
    assert "SAAS_SHARD" not in os.environ
    assert suite_run.run_one(suite).counts == Counts(5)


def test_a_part_that_fails_is_not_covered_by_the_others(suite):
    lines = "import os; print('= 1 passed in 1s ='); exit(os.environ['SAAS_SHARD'] == '2/3')"
    broken = replace(suite, commands=lambda: nullcontext([[sys.executable, "-c", lines]]))
    assert suite_run.run_one(broken, SAAS_PROOF="1").trouble == "ended with 1"
