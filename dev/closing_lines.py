"""What a test runner says at its end, as numbers.

Owns: reading pytest's and Odoo's closing lines. Does not own: running them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PYTEST = re.compile(
    r"^=+ .*\b\d+ (passed|failed|errors?|skipped|deselected)\b.* in [\d.]+s.*=+$", re.M
)
COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)")
ODOO = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")


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
