"""What a tenant's plan limits, as its route tells a node.

Owns: the form of the column `limits`, what of it is understood and in force. Does not own: when a
limit is reached (control plane), what a caller is told (`over_limit.py`), the line above the web
client (`banner.py`).

What is not understood limits nothing: it is left out and named in `problems`.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from .count import is_api_call
from .kind import Kind
from .work import Work, read_work

BLOCK, THROTTLE = "block", "throttle"
POLICIES = frozenset({BLOCK, THROTTLE})
WARNING, DANGER = "warning", "danger"
LEVELS = ("info", WARNING, DANGER)
API, TRAFFIC = "api", "traffic"
LONGEST = 1 << 17
MOST_CALLS = 10**9
TEXT_LENGTH = 300
LINK_LENGTH = 500
LAST_INSTANT = 253_402_300_799  # the end of the year 9999
PROBLEMS = 20
# What people ask for by clicking; files of the programs and open websockets are not held up.
_PEOPLE = frozenset({Kind.PAGE, Kind.JSONRPC, Kind.JSON2})


@dataclass(frozen=True, slots=True)
class Rule:
    """A limit that is reached. `meter` is `api` or `traffic`, `rate` calls a minute when throttled.

    `until` and `since` are Unix times or None; `limit` is the amount in calls or bytes, None when
    it is not told; with `people` the limit holds for pages as well.
    """

    meter: str
    policy: str
    rate: int = 0
    until: float | None = None
    since: float | None = None
    limit: int | None = None
    people: bool = False

    def holds(self, now: float) -> bool:
        """Whether it is still in force."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Banner:
    """What stands above the web client: sentences by language code, a level, perhaps a link.

    With `news` it tells of the service, not of a limit.
    """

    level: str
    texts: tuple[tuple[str, str], ...]
    link: str = ""
    news: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """Everything in the column that was understood; `apps` None = every app may be installed."""

    api: Rule | None = None
    traffic: Rule | None = None
    apps: frozenset[str] | None = None
    banner: Banner | None = None
    work: Work | None = None
    problems: tuple[str, ...] = ()


NO_LIMITS = Limits()


@lru_cache(4096)
def read_limits(text: str) -> Limits:
    """Return what the column says; an empty text limits nothing."""
    if not text:
        return NO_LIMITS
    if len(text) > LONGEST:
        return Limits(problems=("too long",))
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return Limits(problems=("no JSON",))
    return _Reader().read(found)


def rules_for(limits: Limits, kind: Kind, path: str, now: float) -> tuple[Rule, ...]:
    """Return the limits that hold for this request, those that block it first."""
    if is_api_call(kind, path):
        asked = (limits.api, limits.traffic)
    elif limits.traffic and limits.traffic.people and kind in _PEOPLE:
        asked = (limits.traffic,)
    else:
        return ()
    found = [rule for rule in asked if rule and rule.holds(now)]
    return tuple(sorted(found, key=lambda rule: rule.policy != BLOCK))


class _Reader:
    """Reads one column and gathers what it did not understand."""

    def __init__(self) -> None:
        self._problems: list[str] = []

    def read(self, found: object) -> Limits:
        known = self._object("limits", found)
        parts: dict[str, Callable[[str, object], object]] = {
            "api": self._rule,
            "traffic": self._rule,
            "apps": self._apps,
            "banner": self._banner,
            "work": self._work,
        }
        self._strangers("", known, parts)
        read = {
            key: part(key, known[key]) for key, part in parts.items() if known.get(key) is not None
        }
        return Limits(**read, problems=tuple(self._problems))

    def _rule(self, meter: str, found: object) -> Rule | None:
        values = self._object(meter, found)
        self._strangers(meter, values, ("policy", "rate", "until", "since", "limit", "people"))
        policy, rate = values.get("policy"), values.get("rate")
        if not isinstance(policy, str) or policy not in POLICIES:
            return self._wrong(f"{meter}.policy")
        throttles = policy == THROTTLE
        if throttles and not (_is_whole(rate) and 0 < rate <= MOST_CALLS):
            return self._wrong(f"{meter}.rate")
        until = values.get("until")
        if until is not None and not _is_instant(until):
            return self._wrong(f"{meter}.until")
        since, limit, people = values.get("since"), values.get("limit"), values.get("people", False)
        if since is not None and not _is_instant(since):
            since = self._wrong(f"{meter}.since")
        if limit is not None and not (_is_whole(limit) and limit >= 0):
            limit = self._wrong(f"{meter}.limit")
        if not isinstance(people, bool):
            people = bool(self._wrong(f"{meter}.people"))
        return Rule(meter, policy, rate if throttles else 0, until, since, limit, people)

    def _apps(self, _key: str, found: object) -> frozenset[str] | None:
        values = self._object("apps", found)
        self._strangers("apps", values, ("allowed",))
        allowed = values.get("allowed")
        if allowed is None:
            return None
        if not isinstance(allowed, list):
            return self._wrong("apps.allowed")
        names = frozenset(name for name in allowed if isinstance(name, str))
        if not all(isinstance(name, str) for name in allowed):
            self._wrong("apps.allowed")
        return names

    def _work(self, key: str, found: object) -> Work | None:
        values = self._object(key, found)
        work, problems = read_work(values)
        for name in problems:
            self._wrong(f"{key}.{name!a}")
        return work

    def _banner(self, _key: str, found: object) -> Banner | None:
        values = self._object("banner", found)
        self._strangers("banner", values, ("level", "texts", "link", "news"))
        level, link = values.get("level"), values.get("link")
        if not isinstance(level, str) or level not in LEVELS:
            return self._wrong("banner.level")
        told = self._object("banner.texts", values.get("texts"))
        texts = {
            language.replace("-", "_").lower()[:20]: cleaned
            for language, text in told.items()
            if isinstance(text, str) and (cleaned := _one_line(text))
        }
        if not texts:
            return self._wrong("banner.texts")
        if link is not None and not _is_link(link):
            link = self._wrong("banner.link")
        news = values.get("news", False)
        if not isinstance(news, bool):
            news = bool(self._wrong("banner.news"))
        return Banner(level, tuple(sorted(texts.items())), link or "", news)

    def _object(self, key: str, found: object) -> Mapping[str, object]:
        if isinstance(found, dict):
            return found
        self._wrong(key)
        return {}

    def _strangers(self, key: str, found: Mapping[str, object], known: Iterable[str]) -> None:
        for name in found:
            if name not in known:
                self._wrong(f"{key}.{name[:40]!a}" if key else f"{name[:40]!a}")

    def _wrong(self, key: str) -> None:
        if len(self._problems) < PROBLEMS:
            self._problems.append(key)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_instant(value: object) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value <= LAST_INSTANT  # nothing that is no number is in there


def _is_link(value: object) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= LINK_LENGTH
        and value.startswith(("https://", "http://"))
        and value.isprintable()
        and " " not in value
    )


def _one_line(text: str) -> str:
    """Return the text without line ends and signs that only steer, cut to what a line holds."""
    cut = text[: 4 * TEXT_LENGTH]
    words = "".join(sign if sign.isprintable() else " " for sign in cut).split()
    return " ".join(words)[:TEXT_LENGTH]
