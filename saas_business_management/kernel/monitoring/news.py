"""What users of a tenant are told of the service above their web client, and when.

Owns: from when on maintenance is told, which of several lines is shown. Does not own: the sentences
and whom they concern (models), showing them (`kernel/gateway/banner.py`).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

# Earlier than this it would only be in the way of those who cannot change it.
SOON = timedelta(hours=48)
# The worst of the service goes before what users can do something about, its plans come after it.
_ORDER = (("danger", False), ("warning", True), ("warning", False), ("info", True))


def is_told(start: datetime, end: datetime, now: datetime) -> bool:
    """Whether maintenance in this window is told now."""
    return start - SOON <= now < end


def first(limit: Mapping[str, Any] | None, news: Mapping[str, Any] | None) -> Any:
    """Return the banner that is shown of one about a limit and one about the service."""
    both = [one for one in (limit, news) if one]
    return min(both, key=_place, default=None)


def _place(banner: Mapping[str, Any]) -> int:
    key = (banner["level"], bool(banner.get("news")))
    return _ORDER.index(key) if key in _ORDER else len(_ORDER)
