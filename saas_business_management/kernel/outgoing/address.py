"""Addresses that people type in and the platform calls: their form, and where they may lead.

Owns: one form of an endpoint, which numeric addresses may be called. Does not own: name servers and
connections. A name is judged by what it leads to at the moment of the call, each time.
"""

import ipaddress
import re
from dataclasses import dataclass

from ..errors import Refused

DEFAULT_PORTS = {"https": 443, "http": 80}
PUBLIC_PORTS = (443, 8443, 9000)
# Where mail and directories answer; only asked whether somebody is there.
TOUCH_PORTS = (25, 465, 587, 636, 993, 995, *PUBLIC_PORTS)
ENDPOINT = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])"
    r"(:(?P<port>[0-9]{1,5}))?/?"
)
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
# What clouds tell machines about themselves, at addresses that look like any other's.
METADATA = frozenset({"100.100.100.200", "192.0.0.192", "fd00:ec2::254"})
SHARED = ipaddress.ip_network("100.64.0.0/10")
THIS_HOST = ipaddress.ip_network("0.0.0.0/8")
GLOBAL_6 = ipaddress.ip_network("2000::/3")
TRANSLATED_6 = ipaddress.ip_network("64:ff9b::/96")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Endpoint:
    """Where a service is reached; `host` in lower case, numeric IPv6 without brackets."""

    scheme: str
    host: str
    port: int

    @property
    def url(self) -> str:
        """The same as programs take it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"


def parse_endpoint(text: str, inside_allowed: bool = False) -> Endpoint:
    """Return the endpoint a person typed. Only where addresses inside are allowed it may be without
    TLS or on any port.

    Raises: Refused (`address_form`, `address_without_tls`, `address_port`).
    """
    found = ENDPOINT.fullmatch(text.strip())
    if not found:
        raise Refused("address_form")
    scheme, host = found["scheme"], found["host"].lower().strip("[]")
    port = int(found["port"] or DEFAULT_PORTS[scheme])
    if not _is_host(host, bracketed=found["host"].startswith("[")) or not 0 < port < 65536:
        raise Refused("address_form")
    if scheme == "http" and not inside_allowed:
        raise Refused("address_without_tls")
    if port not in PUBLIC_PORTS and not inside_allowed:
        raise Refused("address_port", port=port, allowed=[str(one) for one in PUBLIC_PORTS])
    return Endpoint(scheme, host, port)


def parse_door(text: str, inside_allowed: bool = False) -> Endpoint:
    """Return where `host:port` leads, for a connection on which nothing is said; only where
    addresses inside are allowed on any port.

    Raises: Refused (`address_form`, `address_port`).
    """
    if "/" in text or ":" not in text:
        raise Refused("address_form")
    found = parse_endpoint(f"https://{text.strip()}", inside_allowed=True)
    if found.port not in TOUCH_PORTS and not inside_allowed:
        raise Refused("address_port", port=found.port, allowed=[str(one) for one in TOUCH_PORTS])
    return found


def _is_host(host: str, bracketed: bool) -> bool:
    """Tell whether it is a name, or a number in the one form everybody reads alike."""
    if bracketed or NUMBER.fullmatch(host.rpartition(".")[2]):
        try:
            return isinstance(_parsed(host), ipaddress.IPv6Address) == bracketed
        except ValueError:
            return False
    return all(LABEL.fullmatch(label) for label in host.split("."))


def may_call(address: str, inside_allowed: bool = False) -> bool:
    """Tell whether a numeric address may be called; what is no address may not."""
    try:
        found = _parsed(address)
    except ValueError:
        return False
    hidden = _hidden(found)
    if hidden is not None and not may_call(str(hidden), inside_allowed):
        return False
    if _is_never(found):
        return False
    return _is_public(found) or (inside_allowed and _is_inside(found))


def _parsed(address: str) -> _Address:
    return ipaddress.ip_address(address.partition("%")[0])


def _hidden(found: _Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(found, ipaddress.IPv4Address):
        return None
    if found in TRANSLATED_6:
        return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)


def _is_never(found: _Address) -> bool:
    return (
        found.is_link_local
        or found.is_multicast
        or found.is_unspecified
        or found in THIS_HOST
        or str(found) in METADATA
        or str(found) == "255.255.255.255"
    )


def _is_public(found: _Address) -> bool:
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped or found in TRANSLATED_6:
            return True  # judged by what it stands for
        return found in GLOBAL_6 and found.is_global
    return found.is_global


def _is_inside(found: _Address) -> bool:
    mapped = isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None
    return mapped or found.is_private or found in SHARED
