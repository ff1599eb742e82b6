"""Health of a tenant layer by layer, and of the whole, from firing alerts and the age of samples.

Owns: which layer is how, why, since when, whose problem it is. Does not own: when an alert fires
(rules), sentences (`messages/health.py`), the look at the front door (`health.py`).

The order of words is the one of `health.HEALTHS`: critical, warning, unknown, ok. A layer that
nobody looked at lately is unknown whatever was found before; one that is not watched has no health.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import layers
from .health import CRITICAL, HEALTHS, NOT_MADE, OK, UNKNOWN, WARNING

# Whose problem it is.
OWN = "tenant"
PLATFORM = "platform"
WHOSE = (PLATFORM, OWN)
# Alerts of these come down to every tenant that stands on them.
INHERITED = frozenset({layers.CLUSTER, layers.MACHINE, layers.PLATFORM})
# Samples this many cadences old are no evidence any more.
CADENCES = 3

# Reasons beside those of alerts and of the front door.
ALERT = "alert"
NO_SAMPLE = "no_sample"
OLD_SAMPLE = "old_sample"


@dataclass(frozen=True)
class Source:
    """Samples that a layer is judged by: when the newest came and how far apart they are.

    `needed`: without it fresh nobody may call the layer ok. `why` is told when it is no evidence,
    instead of its age.
    """

    layer: str
    code: str
    newest_at: datetime | None
    seconds: int
    needed: bool = True
    why: str = ""

    def is_fresh(self, now: datetime) -> bool:
        """Whether the newest sample is evidence still; one exactly three cadences old is."""
        if self.newest_at is None:
            return False
        return now - self.newest_at <= timedelta(seconds=CADENCES * self.seconds)


@dataclass(frozen=True)
class Firing:
    """Something wrong that holds now: an alert, or what the front door showed.

    `text` is what people read when no sentence belongs to the code.
    """

    layer: str
    severity: str
    scope: str
    since: datetime | None
    code: str = ALERT
    text: str = ""
    alert: int = 0


@dataclass(frozen=True)
class Reason:
    """Why a layer is not ok."""

    layer: str
    health: str
    whose: str
    code: str
    since: datetime | None = None
    text: str = ""
    alert: int = 0


@dataclass(frozen=True)
class Verdict:
    """The layers by name (only those that are watched), the whole, and its reasons, worst first."""

    layers: Mapping[str, str]
    health: str
    whose: str
    reasons: tuple[Reason, ...]


def worst(healths: Iterable[str]) -> str:
    """Return the worst of some healths; an empty text when there is none."""
    found = set(healths)
    return next((one for one in HEALTHS if one in found), "")


def judge(
    sources: Iterable[Source], firing: Iterable[Firing], watched: Iterable[str], now: datetime
) -> Verdict:
    """Return how a tenant is."""
    kept = [layer for layer in layers.LAYERS if layer in set(watched)]
    looks, alerts = list(sources), list(firing)
    found, reasons = {}, []
    for layer in kept:
        found[layer], why = _layer(
            layer,
            [one for one in looks if one.layer == layer],
            [one for one in alerts if one.layer == layer],
            now,
        )
        reasons += why
    reasons.sort(key=_place)
    whole = worst(found.values())
    return Verdict(found, whole, _whose(whole, reasons), tuple(reasons))


def not_made(since: datetime | None) -> Verdict:
    """Return how a tenant is whose provisioning failed."""
    why = Reason(layers.APPLICATION, CRITICAL, OWN, NOT_MADE, since)
    return Verdict({layers.APPLICATION: CRITICAL}, CRITICAL, OWN, (why,))


def severity_of(alert: Firing) -> str:
    """Return the health that an alert stands for; an empty text for one that only informs.

    The platform's own alerts are no more than a warning for a tenant: whether its visitors are
    served is seen at its front door.
    """
    if alert.severity == layers.CRITICAL:
        return WARNING if alert.scope == layers.PLATFORM else CRITICAL
    return WARNING if alert.severity == layers.WARNING else ""


def points(found: Iterable[str]) -> int:
    """Return 0–100 for the healths of layers; 40 off for critical, 15 warning, 5 unknown."""
    off = {CRITICAL: 40, WARNING: 15, UNKNOWN: 5}
    return max(0, 100 - sum(off.get(one, 0) for one in found))


def _layer(
    layer: str, sources: list[Source], alerts: list[Firing], now: datetime
) -> tuple[str, list[Reason]]:
    why = [reason for one in alerts if (reason := _reason(one))]
    old = [one for one in sources if not one.is_fresh(now)]
    if len(old) == len(sources):
        return UNKNOWN, [_unseen(layer, old)]
    if why:
        return worst(one.health for one in why), why
    missing = [one for one in old if one.needed]
    return (UNKNOWN, [_unseen(layer, missing)]) if missing else (OK, [])


def _reason(alert: Firing) -> Reason | None:
    health = severity_of(alert)
    if not health:
        return None
    whose = PLATFORM if alert.scope in INHERITED else OWN
    return Reason(alert.layer, health, whose, alert.code, alert.since, alert.text, alert.alert)


def _unseen(layer: str, old: list[Source]) -> Reason:
    """Return why nobody knows: who looks is the platform, so the gap is its problem."""
    seen = [one.newest_at for one in old if one.newest_at]
    told = [one.why for one in old if one.why]
    code = told[0] if told else (OLD_SAMPLE if seen else NO_SAMPLE)
    return Reason(layer, UNKNOWN, PLATFORM, code, max(seen, default=None))


def _whose(whole: str, reasons: list[Reason]) -> str:
    """Return whose the worst is; what comes down from the platform counts first, since the rest
    often follows from it.
    """
    found = {one.whose for one in reasons if one.health == whole}
    return next((one for one in WHOSE if one in found), "")


def _place(reason: Reason) -> tuple[int, int, bool, float, str]:
    since = reason.since.timestamp() if reason.since else 0.0
    layer = layers.LAYERS.index(reason.layer)
    return HEALTHS.index(reason.health), layer, not reason.since, since, reason.text
