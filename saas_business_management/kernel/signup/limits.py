"""How often a stranger may ask: networks, windows and limits.

Owns: these rules. Does not own: the counters (rows), time, which is an argument.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

IPV4_BITS, IPV6_BITS = 24, 48
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many within a window of so many seconds; 0 means none at all."""

    most: int
    seconds: int

    def allows(self, count: int) -> bool:
        """Tell whether the count, with the one that asks, is within the limit."""
        return count <= self.most


def network(source: str) -> str:
    """Return the network of an IP address as text, `unknown` for what is none.

    One that is embedded in an IPv6 address counts as the IPv4 address it is.
    """
    try:
        address = ipaddress.ip_address(source.partition("%")[0])
    except ValueError:
        return "unknown"
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    bits = IPV4_BITS if address.version == 4 else IPV6_BITS
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))


def window_start(now: datetime, seconds: int) -> datetime:
    """Return when the window began in which an aware instant lies."""
    passed = int((now - _EPOCH).total_seconds())
    return _EPOCH + timedelta(seconds=passed - passed % seconds)


def wait_seconds(now: datetime, seconds: int) -> int:
    """Return the whole seconds until the window is over, at least 1."""
    end = window_start(now, seconds) + timedelta(seconds=seconds)
    return max(1, int((end - now).total_seconds()))
