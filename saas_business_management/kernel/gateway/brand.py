"""Brands as a node knows them: what its pages look like and whom they name.

Owns: the row, what may stand in it, which brand a route has. Does not own: reading rows
(`adapters/postgres/route_feed.py`) and HTML (`gateway/pages.py`).
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from .color import normal_color

LOGO_PATH = "/saas/brand/"
LOGO_BYTES = 24_000
TEXT_LENGTH = 300
PRIMARY, SECONDARY = "#0a4c8c", "#5a6374"
_LOGO_TYPES = ((b"\x89PNG\r\n\x1a\n", "image/png"),)


@dataclass(frozen=True)
class Brand:
    """One row of `saas_route_brand`; `id` is its column `brand_id`.

    `logo` is a PNG in base64 or empty; `texts` is a JSON object: code of an answer → sentences
    that stand in place of ours.
    """

    id: int
    name: str = ""
    is_default: bool = False
    primary: str = PRIMARY
    secondary: str = SECONDARY
    logo: str = ""
    texts: str = ""
    support_name: str = ""
    support_email: str = ""
    support_phone: str = ""
    support_url: str = ""
    legal_name: str = ""
    terms_url: str = ""
    privacy_url: str = ""

    @cached_property
    def logo_bytes(self) -> bytes:
        """Return the picture; nothing when it is none or too big."""
        try:
            found = base64.b64decode(self.logo, validate=True)
        except (binascii.Error, ValueError):
            return b""
        return found if len(found) <= LOGO_BYTES and picture_type(found) else b""

    @cached_property
    def logo_path(self) -> str:
        """Return where the picture is served: the path changes with the picture."""
        return logo_path(self.logo_bytes) if self.logo_bytes else ""

    @cached_property
    def own_texts(self) -> Mapping[str, str]:
        """Return the brand's own sentences; what is no such object gives none."""
        try:
            found = json.loads(self.texts or "{}")
        except (ValueError, RecursionError):
            return {}
        pairs = found.items() if isinstance(found, dict) else ()
        return {code: text[:TEXT_LENGTH] for code, text in pairs if text and isinstance(text, str)}

    @cached_property
    def colors(self) -> tuple[str, str]:
        """Return primary and secondary colour; a wrong one is replaced by ours."""
        return normal_color(self.primary) or PRIMARY, normal_color(self.secondary) or SECONDARY


PLAIN = Brand(0)


class Brands:
    """The brands of a node, never changed after it was made: a reader needs no lock."""

    __slots__ = ("by_id", "default", "_by_path")

    def __init__(self, rows: Iterable[Brand] = ()) -> None:
        self.by_id = {brand.id: brand for brand in rows}
        marked = [brand for brand in self.by_id.values() if brand.is_default]
        self.default = min(marked, key=lambda brand: brand.id, default=PLAIN)
        self._by_path = {brand.logo_path: brand for brand in self.by_id.values() if brand.logo}

    def of(self, brand_id: int) -> Brand:
        """Return the brand with this id; 0 and an unknown one mean the default."""
        return self.by_id.get(brand_id, self.default)

    def with_changes(self, rows: Iterable[Brand]) -> "Brands":
        """Return brands in which these rows replace those of the same id."""
        return Brands((self.by_id | {brand.id: brand for brand in rows}).values())

    def logo_at(self, path: str) -> bytes:
        """Return the picture served at this path, or nothing."""
        brand = self._by_path.get(path)
        return brand.logo_bytes if brand and path else b""


def picture_type(content: bytes) -> str:
    """Return the type of a picture that pages and mails may show, empty for any other content."""
    return next((name for start, name in _LOGO_TYPES if content.startswith(start)), "")


def logo_path(content: bytes) -> str:
    """Return the path at which nodes and control plane serve this picture."""
    return f"{LOGO_PATH}{hashlib.sha256(content).hexdigest()[:24]}.png"
