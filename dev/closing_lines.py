"""What a test runner says at its end, as numbers, and which tests failed.

Owns: reading what pytest and Odoo say. Does not own: running them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PYTEST = re.compile(
    r"^=+ .*\b\d+ (passed|failed|errors?|skipped|deselected)\b.* in [\d.]+s.*=+$", re.M
)
COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)")
ODOO = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
PYTEST_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S.*)$", re.M)
# A line of Odoo's log that names a test, and the lines of its record that follow.
ODOO_FAILED = re.compile(
    r"^\d{4}-\d\d-\d\d \S+ \d+ ERROR .*? (?:FAIL|ERROR): (\S.*(?:\n(?!\d{4}-\d\d-\d\d ).*)*)", re.M
)


@dataclass(frozen=True)
class Counts:
    """How many tests passed, failed (errors among them) and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"

    @property
    def ran(self) -> int:
        """How many tests were really run."""
        return self.passed + self.failed


def read_pytest(output: str) -> tuple[Counts, str]:
    """Counts and the line itself; nothing and '' when there is none."""
    lines = [found[0].strip() for found in PYTEST.finditer(output)]
    if not lines:
        return Counts(), ""
    line = lines[-1]
    numbers = {word.rstrip("s"): int(number) for number, word in COUNT.findall(line)}
    passed = numbers.get("passed", 0) + numbers.get("xfailed", 0)
    failed = numbers.get("failed", 0) + numbers.get("error", 0) + numbers.get("xpassed", 0)
    return Counts(passed, failed, numbers.get("skipped", 0)), line


def read_odoo(output: str) -> tuple[Counts, str]:
    """Counts of every 'N failed, N error(s) of N tests' and the last such line."""
    total, line = Counts(), ""
    for failed, errors, tests in ODOO.findall(output):
        wrong = int(failed) + int(errors)
        total += Counts(int(tests) - wrong, wrong)
        line = f"{failed} failed, {errors} error(s) of {tests} tests"
    return total, line


def failures(output: str) -> list[str]:
    """What failed: a line of pytest's summary each, or Odoo's name of it with the trace."""
    found = [*PYTEST_FAILED.findall(output), *ODOO_FAILED.findall(output)]
    return list(dict.fromkeys(one.strip() for one in found))
