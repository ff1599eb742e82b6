"""From events to the one quantity of a period: count, sum, largest, last and their like.

Owns: what each kind makes of the events, the floor of what is billed. Does not own: which events
fall into the period (`snapshot.py`), prices, the meter's record.

No kind depends on the order in which events came in: what is *last* is told by the instant of use.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ..errors import Refused
from ..period import Bounds
from .event import Event
from .quantity import as_quantity, total

COUNT = "count"
SUM = "sum"
MAX = "max"
MIN = "min"
LAST = "last"
AVERAGE = "average"
UNIQUE_COUNT = "unique_count"
TIME_WEIGHTED = "time_weighted"
WEIGHTED_SUM = "weighted_sum"
ZERO = Decimal(0)
# A level that was reached before and holds until something else is told.
LEVELS = frozenset({MAX, MIN, LAST})
# Weighted by the time for which a level held: events tell the level, or by how much it changes.
WEIGHTED = frozenset({TIME_WEIGHTED, WEIGHTED_SUM})


@dataclass(frozen=True)
class Meter:
    """How a meter makes one quantity of many events.

    `unique_property` names what is told apart. With `carry_forward` a level that nobody reported
    in the period is what it was before, otherwise nothing.
    """

    kind: str
    unique_property: str = ""
    carry_forward: bool = False

    def __post_init__(self) -> None:
        """Refuse a kind that nobody can compute.

        Raises: Refused (`meter_kind_unknown`, `meter_property_missing`).
        """
        if self.kind not in KINDS and self.kind not in WEIGHTED:
            raise Refused("meter_kind_unknown", kind=self.kind)
        if self.kind == UNIQUE_COUNT and not self.unique_property:
            raise Refused("meter_property_missing")


@dataclass(frozen=True)
class Usage:
    """The quantity of a period: `raw` as measured, `billable` never below zero.

    What corrections took below zero is not carried into the next period: `carried` is zero.
    """

    raw: Decimal

    @property
    def billable(self) -> Decimal:
        """Return what can be billed."""
        return max(self.raw, ZERO)

    @property
    def carried(self) -> Decimal:
        """Return what the next period begins with."""
        return ZERO


def measure(
    meter: Meter,
    events: Sequence[Event],
    previous: Decimal = ZERO,
    within: Bounds | None = None,
) -> Usage:
    """Return the quantity of a meter over the events of one period, in any order.

    `previous` is the level before the period. Of events outside `within` nothing counts; levels
    weighted by time need it.

    Raises: Refused (`meter_period_missing`).
    """
    before = previous if meter.carry_forward else ZERO
    inside = _in_order(one for one in events if within is None or within.holds(one.at))
    if meter.kind in WEIGHTED:
        if within is None:
            raise Refused("meter_period_missing")
        return Usage(_weighted(inside, before, within, meter.kind == WEIGHTED_SUM))
    if not inside:
        return Usage(before if meter.kind in LEVELS else ZERO)
    return Usage(KINDS[meter.kind](inside, meter))


def summary(events: Sequence[Event], unique_property: str = "") -> Mapping[str, Decimal]:
    """Return what each kind that needs no period makes of the same events, for a preview."""
    kinds = [kind for kind in KINDS if kind != UNIQUE_COUNT or unique_property]
    return {kind: measure(Meter(kind, unique_property), events).raw for kind in kinds}


def _in_order(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=lambda one: (one.at, one.source, one.event_id))


def _count(events: Sequence[Event], _meter: Meter) -> Decimal:
    return Decimal(len(events))


def _sum(events: Sequence[Event], _meter: Meter) -> Decimal:
    return total(event.value for event in events)


def _max(events: Sequence[Event], _meter: Meter) -> Decimal:
    return max(event.value for event in events)


def _min(events: Sequence[Event], _meter: Meter) -> Decimal:
    return min(event.value for event in events)


def _last(events: Sequence[Event], _meter: Meter) -> Decimal:
    return events[-1].value


def _average(events: Sequence[Event], meter: Meter) -> Decimal:
    return as_quantity(Fraction(_sum(events, meter)) / len(events))


def _unique(events: Sequence[Event], meter: Meter) -> Decimal:
    """Count the values of a property; an event without it stands for nobody."""
    name = meter.unique_property
    return Decimal(len({one.properties[name] for one in events if name in one.properties}))


def _weighted(events: Sequence[Event], before: Decimal, within: Bounds, changes: bool) -> Decimal:
    """Return the mean of a level over a period, each weighted by how long it held."""
    level, since = Fraction(before), within.start
    area = Fraction(0)
    for event in events:
        area += level * (within.until(event.at) - within.until(since))
        level = level + Fraction(event.value) if changes else Fraction(event.value)
        since = event.at
    area += level * (within.length - within.until(since))
    return as_quantity(area / within.length)


KINDS: dict[str, Callable[[Sequence[Event], Meter], Decimal]] = {
    COUNT: _count,
    SUM: _sum,
    MAX: _max,
    MIN: _min,
    LAST: _last,
    AVERAGE: _average,
    UNIQUE_COUNT: _unique,
}
