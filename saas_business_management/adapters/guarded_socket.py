"""A TCP connection to an address that people typed in, only where it may lead.

Owns: looking the name up at the moment of the call, judging every answer, connecting to the judged
address itself. Does not own: the judgement (`kernel/outgoing/address.py`), TLS and what is said.
"""

import socket
from collections.abc import Callable, Sequence

from ..kernel.errors import Refused, Unavailable
from ..kernel.outgoing.address import may_call

Lookup = Callable[[str, int], Sequence[str]]


def look_up(host: str, port: int) -> list[str]:
    """Return every numeric address of a host.

    Raises: OSError.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def connect(
    host: str, port: int, seconds: float, inside_allowed: bool = False, lookup: Lookup = look_up
) -> socket.socket:
    """Connect to a host; if only one of its addresses may not be called, none is.

    Raises: Refused (`address_inside`), Unavailable (`address_unknown`, `address_silent`).
    """
    try:
        addresses = lookup(host, port)
    except OSError:
        raise Unavailable("address_unknown", host=host) from None
    if not all(may_call(address, inside_allowed) for address in addresses):
        raise Refused("address_inside", host=host)
    for address in addresses:
        try:
            made = socket.create_connection((address, port), timeout=seconds)
        except OSError:
            continue
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made
    raise Unavailable("address_silent", host=host, port=port)
