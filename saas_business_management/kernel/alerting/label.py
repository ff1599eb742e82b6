"""What alerts are called by machines: their fingerprint, their group, what a message tells of.

Owns: these names; they stay the same from version to version. Does not own: names for people.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping


def fingerprint(rule: str, labels: Mapping[str, object]) -> str:
    """Return the one name of a rule's alert about something, the same in whatever order."""
    return _sha256([rule, sorted((name, str(value)) for name, value in labels.items())])


def group(cluster: int, rule: str) -> str:
    """Return the name of the group whose alerts are told together."""
    return f"{cluster}/{rule}"


def told_of(alerts: Iterable[int]) -> str:
    """Return the name of a set of alerts that fire together, the same in whatever order."""
    return _sha256(sorted(alerts))


def _sha256(value: object) -> str:
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
