"""A rule of alerting: which figures it looks at, and what they must be for it to hold.

Owns: the form of rules and conditions, three-valued judging. Does not own: the rules themselves
(`data/`, records), where figures come from (`models/saas_metric*.py`), time (`course.py`).

A figure that is not there is unknown: it neither holds nor does not hold.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

# How the readings of a window become one figure; the last is the usual one of this hour of the
# week, whatever the window.
AVG, MAX, MIN, SUM, LAST, COUNT, USUAL = "avg", "max", "min", "sum", "last", "count", "usual"
HOWS = (AVG, MAX, MIN, SUM, LAST, COUNT, USUAL)

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
}

# What a figure that is not there means: nothing changes, all is well, or it is bad.
KEEP, OK, ALERT = "keep", "ok", "alert"
NO_DATA = (KEEP, OK, ALERT)

INFO, WARNING, CRITICAL = "info", "warning", "critical"
SEVERITIES = (INFO, WARNING, CRITICAL)

Key = tuple[str, str, int]


@dataclass(frozen=True)
class Condition:
    """One comparison. With `of` the figure is a percentage of another metric of the same window, or
    of the usual one of this hour when `of` is `usual`.
    """

    metric: str
    comparison: str
    threshold: float
    how: str = LAST
    window_minutes: int = 5
    of: str = ""

    @property
    def keys(self) -> tuple[Key, ...]:
        """Return which figures it needs: metric, how and minutes of each."""
        first = (self.metric, self.how, self.window_minutes)
        if not self.of:
            return (first,)
        if self.of == USUAL:
            return (first, (self.metric, USUAL, self.window_minutes))
        return (first, (self.of, self.how, self.window_minutes))

    def value(self, figures: Mapping[Key, float]) -> float | None:
        """Return its figure, None when it is unknown."""
        found = [figures.get(key) for key in self.keys]
        if any(one is None for one in found):
            return None
        first, *rest = [float(one) for one in found if one is not None]
        if not rest:
            return first
        if rest[0] <= 0:
            # Nothing of nothing is nothing; of an hour that is usually empty nothing is known.
            return None if self.of == USUAL else 0.0
        return 100.0 * first / rest[0]

    def holds(self, figures: Mapping[Key, float]) -> bool | None:
        """Tell whether it holds; None when its figure is unknown."""
        value = self.value(figures)
        if value is None:
            return None
        return COMPARISONS[self.comparison](value, self.threshold)


@dataclass(frozen=True)
class Rule:
    """What makes an alert. All conditions must hold; the first is the one whose threshold may be
    another for a plan or a tenant, and whose figure people see.
    """

    code: str
    conditions: tuple[Condition, ...]
    severity: str = WARNING
    scope: str = ""
    layer: str = ""
    for_minutes: int = 0
    keep_minutes: int = 5
    no_data: str = KEEP
    labels: Mapping[str, str] = field(default_factory=dict)

    def with_threshold(self, threshold: float) -> "Rule":
        """Return it with another threshold of its first condition."""
        first, *rest = self.conditions
        return replace(self, conditions=(replace(first, threshold=threshold), *rest))

    @property
    def keys(self) -> tuple[Key, ...]:
        """Return every figure it needs, each once."""
        return tuple(dict.fromkeys(key for one in self.conditions for key in one.keys))

    def value(self, figures: Mapping[Key, float]) -> float | None:
        """Return the figure that people see."""
        return self.conditions[0].value(figures)

    def verdict(self, figures: Mapping[Key, float]) -> bool | None:
        """Tell whether it holds by its policy for missing figures; None: nothing changes."""
        found = [one.holds(figures) for one in self.conditions]
        if False in found:
            return False
        if None not in found:
            return True
        return {KEEP: None, OK: False, ALERT: True}[self.no_data]
