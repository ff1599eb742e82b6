"""Operations on what is sent to other systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests import bare

bare.install()

from saas_business_management.kernel.integration import signature  # noqa: E402
from saas_business_management.kernel.integration.delivery import (  # noqa: E402
    Backoff,
    Delivery,
    replays,
)
from saas_business_management.kernel.secret import Secret  # noqa: E402

from .registry import op  # noqa: E402

Asked = Mapping[str, Any]


def secrets_of(asked: Asked) -> list[Secret]:
    """Read the secrets in use; any one where the vector does not care."""
    return [Secret(one) for one in asked.get("secrets") or [asked.get("secret", "any")]]


def body_of(asked: Asked) -> bytes:
    """Read the bytes that are sent."""
    return asked.get("body", "").encode()


@op("webhook_sign")
def signed(asked: Asked) -> Any:
    """Sign a body."""
    found = signature.sign(body_of(asked), asked["timestamp"], secrets_of(asked))
    return {"header": found.header}


@op("webhook_verify")
def verified(asked: Asked) -> Any:
    """Check a signature at several instants."""
    body, secrets = body_of(asked), secrets_of(asked)
    header = asked.get("header") or signature.sign(body, asked["timestamp"], secrets).header
    tolerance = asked.get("tolerance", signature.TOLERANCE_SECONDS)
    now = asked["now"]
    found = [
        signature.verify(header, body, secrets, one, tolerance)
        for one in (now if isinstance(now, list) else [now])
    ]
    return {"valid": found if isinstance(now, list) else found[0]}


@op("webhook_backoff")
def delayed(asked: Asked) -> Any:
    """Tell the waiting times of a delivery that keeps failing."""
    names = ("base_seconds", "cap_seconds", "horizon_seconds")
    found = Backoff(**{name: asked[name] for name in names if name in asked})
    return {"first_delays": found.first_delays, "state_after_horizon": found.end_state}


@op("webhook_replay")
def replayed(asked: Asked) -> Any:
    """Send an event again."""
    found = replays(Delivery(asked["event_id"]), asked["times"])
    return {"event_ids": [one.event_id for one in found]}
