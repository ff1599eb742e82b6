"""Posting bytes to an address that people typed in, and what came of it, for jobs.

Owns: opening the secret address at the last moment. Does not own: where it may lead and how long it
may take (`adapters/poster.py`), the next try (records).
"""

from collections.abc import Mapping
from typing import Any

from ..adapters.poster import Parcel
from ..kernel.integration.answer import Answer
from .base import Context


def post(
    ctx: Context, order: Mapping[str, Any], body: bytes, headers: Mapping[str, str] | None = None
) -> Answer:
    """Send once to the secret `url` of an order; whatever stands in the way is in the answer."""
    parcel = Parcel(order["url"].reveal(), body, headers or {}, order["inside_allowed"])
    return ctx.ports.poster.send(parcel)
