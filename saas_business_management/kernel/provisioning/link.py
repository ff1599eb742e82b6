"""The welcome link: a token of ours that works once, and the token that the tenant's Odoo accepts.

Owns: making, storing as a hash and checking the one-time token; Odoo's signed sign-up token. Does
not own: the mail, the page behind the link, marking the link as used (one conditional UPDATE in the
database).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..errors import Refused
from ..secret import Secret

TOKEN_BYTES = 32
LIFETIME = timedelta(days=7)

FRESH = "fresh"
USED = "used"
EXPIRED = "expired"

SIGNUP = "signup"
RESET = "reset"


@dataclass(frozen=True)
class Link:
    """What is stored of a link: never the token. All instants are aware."""

    token_hash: str
    expires_at: datetime
    used_at: datetime | None = None


def make_token(random_bytes: bytes) -> Secret:
    """Return a token of 256 random bits as 43 URL-safe characters.

    Raises:
        Refused: `link_entropy` when there are not exactly 32 bytes.
    """
    if len(random_bytes) != TOKEN_BYTES:
        raise Refused("link_entropy", least=TOKEN_BYTES)
    return Secret(base64.urlsafe_b64encode(random_bytes).rstrip(b"=").decode())


def hash_token(token: Secret) -> str:
    """Return what is stored and searched for: the SHA-256 of the token, 64 hexadecimal signs.

    A token of 256 random bits needs no salt and no slow hash.
    """
    return hashlib.sha256(token.reveal().encode()).hexdigest()


def make_link(token: Secret, now: datetime, lifetime: timedelta = LIFETIME) -> Link:
    """Return the stored side of a new link."""
    return Link(hash_token(token), now + lifetime)


def state(link: Link, now: datetime) -> str:
    """Return `fresh`, `used` or `expired`; a used link stays used whatever the time."""
    if link.used_at is not None:
        return USED
    return EXPIRED if now >= link.expires_at else FRESH


def check(link: Link, token: Secret, now: datetime) -> None:
    """Accept the token of a fresh link; compares in constant time, so nothing is told by the clock.

    Raises:
        Refused: `link_unknown` for a wrong token whatever the state of the link, else `link_used`,
            `link_expired`.
    """
    if not hmac.compare_digest(hash_token(token), link.token_hash):
        raise Refused("link_unknown")
    found = state(link, now)
    if found != FRESH:
        raise Refused("link_used" if found == USED else "link_expired")


def signup_token(
    database_secret: Secret,
    partner_id: int,
    user_ids: Sequence[int],
    login_date: int | None,
    signup_type: str,
    expires_at_timestamp: int,
) -> str:
    """Return the token with which Odoo lets the user of a partner choose a password.

    `database_secret` is the parameter `database.secret` of that database, `user_ids` the partner's
    active users in Odoo's order, `login_date` the whole seconds of their latest login or None. Odoo
    accepts it until the time stamp (0 = for ever), while `res_partner.signup_type` holds the same
    type and nobody has logged in.
    Source: Odoo 19 `odoo/tools/misc.py` (hmac, hash_sign),
    `addons/auth_signup/models/res_partner.py` (_generate_signup_token, _get_partner_from_token).
    """
    message = json.dumps([partner_id, list(user_ids), login_date, signup_type])
    signed = repr(("signup", f"1:{message}:{expires_at_timestamp}"))
    digest = hmac.new(database_secret.reveal().encode(), signed.encode(), hashlib.sha256).digest()
    token = b"\x01" + expires_at_timestamp.to_bytes(8, "little") + digest + message.encode()
    return base64.urlsafe_b64encode(token).decode().rstrip("=")
