"""What differs between two template versions.

Owns: modules added, updated, lowered or removed, settings that changed, code that changed under the
same number. Does not own: reading versions (`models/saas_template_version.py`), words for people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

# Parts of the order of a build that the list of modules tells already.
TOLD_BY_MODULES = frozenset({"modules"})
# Compared, but never shown: a picture as text.
HIDDEN = frozenset({"logo"})


@dataclass(frozen=True)
class Build:
    """A version as it was built: modules with their numbers, the order, a hash over the code."""

    modules: Mapping[str, str] = field(default_factory=dict)
    spec: Mapping[str, Any] = field(default_factory=dict)
    fingerprint: str = ""


@dataclass(frozen=True)
class Change:
    """One module or setting; `before` or `after` is empty where there was or will be none."""

    name: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class ChangeSet:
    """All that differs, each list by name."""

    added: tuple[Change, ...] = ()
    updated: tuple[Change, ...] = ()
    lowered: tuple[Change, ...] = ()
    removed: tuple[Change, ...] = ()
    settings: tuple[Change, ...] = ()
    code_changed: bool = False

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing differs."""
        parts = (self.added, self.updated, self.lowered, self.removed, self.settings)
        return not any(parts) and not self.code_changed

    @property
    def is_risky(self) -> bool:
        """Tell whether data may go: a module leaves, or goes back to an older number."""
        return bool(self.removed or self.lowered)


def compare(before: Build, after: Build) -> ChangeSet:
    """Return what differs; comparing a version with itself gives an empty set."""
    old, new = before.modules, after.modules
    both = sorted(old.keys() & new.keys())
    moved = [Change(name, old[name], new[name]) for name in both if old[name] != new[name]]
    return ChangeSet(
        added=tuple(Change(name, "", new[name]) for name in sorted(new.keys() - old.keys())),
        updated=tuple(one for one in moved if not _is_lower(one)),
        lowered=tuple(one for one in moved if _is_lower(one)),
        removed=tuple(Change(name, old[name]) for name in sorted(old.keys() - new.keys())),
        settings=tuple(_settings(before.spec, after.spec)),
        code_changed=before.fingerprint != after.fingerprint,
    )


def number(version: str) -> tuple[tuple[int, int | str], ...]:
    """Return a version number in a form that sorts as people read it: 1.10 comes after 1.9."""
    parts = version.split(".")
    return tuple((1, int(part)) if part.isdecimal() else (0, part) for part in parts)


def _is_lower(change: Change) -> bool:
    return _padded(change.after, change.before) < _padded(change.before, change.after)


def _padded(version: str, other: str) -> tuple[tuple[int, int | str], ...]:
    """Return a number as long as the other, so that 1.0 is the same as 1."""
    pairs = zip_longest(number(version), number(other), fillvalue=(1, 0))
    return tuple(one for one, _other in pairs)


def _settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    old, new = _flat(before), _flat(after)
    return [
        Change(name, old.get(name, ""), new.get(name, ""))
        for name in sorted(old.keys() | new.keys())
        if old.get(name, "") != new.get(name, "")
    ]


def _flat(spec: Mapping[str, Any]) -> dict[str, str]:
    """Return the order as names and texts; what stands within a part is named `part.name`."""
    told: dict[str, str] = {}
    for part, value in spec.items():
        if part in TOLD_BY_MODULES:
            continue
        if isinstance(value, Mapping):
            told |= {f"{part}.{name}": _text(one) for name, one in value.items()}
        else:
            told[part] = _text(value)
    return told


def _text(value: Any) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(str(one) for one in value)
    return "yes" if value is True else str(value)
