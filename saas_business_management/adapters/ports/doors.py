"""What visitors meet: the node, the front proxy, name servers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Answer:
    """An HTTP answer of the front door: status, the first 64 KiB of the body as text, seconds it
    took.
    """

    status: int
    body: str
    headers: Mapping[str, str]
    seconds: float


@dataclass(frozen=True)
class PublicLook:
    """A host as visitors meet it: status of its login page when a forged forwarding header came
    along, end of its certificate, and whether browsers trust that.
    """

    status: int
    certificate_until: datetime
    trusted: bool


class FrontDoorPort(Protocol):
    """The runtime node as a visitor meets it."""

    def get(self, host: str, path: str) -> Answer:
        """Ask for a page under a host name; `Unavailable` when nothing answers."""


class DnsPort(Protocol):
    """What name servers say; a name that does not exist has nothing of anything.

    Names are ASCII, without last dot, and come back in lower case.
    """

    def aliases(self, name: str) -> tuple[str, ...]:
        """Return the names a host leads through by CNAME, nearest first."""

    def addresses(self, name: str) -> tuple[str, ...]:
        """Return the IPv4 and IPv6 addresses a host ends at, sorted."""

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the TXT values of a name, sorted; not those of a name it is an alias of."""


class PublicDoorPort(Protocol):
    """The front proxy as visitors meet it."""

    def look(self, host: str) -> PublicLook:
        """Ask over TLS for the login page of a host; `Unavailable` when nothing answers."""
