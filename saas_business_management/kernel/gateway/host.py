"""Host names, request headers and addresses, as a stranger may send them.

Owns: the one form in which a host is looked up, which headers a client may not set, who is trusted.
Does not own: the map (`route.py`).
"""

import ipaddress
import re
from collections.abc import Iterable, MutableMapping

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9])?")
_WITH_PORT = re.compile(r"([^:\[\]]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_FORWARDING = ("HTTP_X_FORWARDED_", "HTTP_FORWARDED", "HTTP_X_REAL_IP")
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


def normal_host(header: str) -> str | None:
    """Return the name in lower case without port, or None for what can be no host name.

    Two `Host` headers arrive joined by a comma, which no name may hold. An address in brackets is a
    valid header and known to no map, so it gives the empty string.
    """
    found = _WITH_PORT.fullmatch(header.lower())
    if not found:
        return None
    name = found[1]
    if name.startswith("["):
        return ""
    return name if _NAME.fullmatch(name) and ".." not in name else None


def last_forwarded(header: str) -> str:
    """Return the entry that the nearest proxy added; earlier ones may come from anybody."""
    return header.rpartition(",")[2].strip()


def drop_client_headers(environ: MutableMapping[str, object], trusted: bool) -> None:
    """Remove what only a trusted proxy may say; the choice of a database nobody may send at all."""
    environ.pop("HTTP_X_ODOO_DATABASE", None)
    if trusted:
        return
    for name in [name for name in environ if name.startswith(_FORWARDING)]:
        del environ[name]


def parse_networks(text: str) -> tuple[Network, ...]:
    """Return the networks of a comma separated list of addresses and networks.

    Raises: ValueError when an entry is neither.
    """
    words = [word.strip() for word in text.split(",")]
    return tuple(ipaddress.ip_network(word, strict=False) for word in words if word)


def is_within(address: str, networks: Iterable[Network]) -> bool:
    """Tell whether an address lies in one of the networks; what is no address lies in none."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return any((mapped or found) in network for network in networks)


def network_of(address: str) -> str:
    """Return whom an address counts as: its /24, or /56 where it is of the newer kind.

    What is no address counts as itself.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    found = getattr(found, "ipv4_mapped", None) or found
    length = 24 if found.version == 4 else 56
    return str(ipaddress.ip_network((found, length), strict=False))
