"""Services of others that tenants and the platform need."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Page:
    """An answer: its status, at most 64 KiB of its body, the seconds it took."""

    status: int
    body: bytes
    seconds: float


class OutsidePort(Protocol):
    """Addresses that people typed in, asked only where they may lead."""

    def ask(self, url: str, inside_allowed: bool) -> Page:
        """Ask for a page once; a redirect is an answer like any other."""

    def touch(self, door: str, inside_allowed: bool) -> float:
        """Connect to `host:port`, say nothing, and return the seconds it took."""
