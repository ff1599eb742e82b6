"""Names looked up at real name servers.

Owns: which servers are asked, time-outs, what no answer means. Does not own: what an answer means
(`kernel/hosts/proof.py`).

Source: RFC 1035; RFC 2308 (a name that does not exist is an answer); dnspython's manual.
"""

from collections.abc import Callable, Sequence

import dns.exception
import dns.inet
import dns.name
import dns.nameserver
import dns.resolver

from ..kernel.errors import Refused, Unavailable

PORT = 53
MOST_ALIASES = 8
MOST_TEXTS = 50
Server = tuple[str, int]


def parse_servers(text: str) -> tuple[Server, ...]:
    """Return addresses and ports of a list such as `127.0.0.1:5353, 9.9.9.9, [2620:fe::fe]:53`.

    Raises: Refused (`dns_servers_form`).
    """
    return tuple(_server(word.strip()) for word in text.split(",") if word.strip())


class NameServers:
    """`DnsPort` by dnspython. The servers are asked in turn until one answers; none = those the
    machine uses. Nothing is kept: a customer who mends a record wants to see it.
    """

    def __init__(
        self, servers: Sequence[Server] = (), each_seconds: float = 2, all_seconds: float = 6
    ) -> None:
        self._servers = tuple(servers)
        self._each, self._all = each_seconds, all_seconds

    def aliases(self, name: str) -> tuple[str, ...]:
        """Return the names a host leads through by CNAME, nearest first; a circle ends.

        Raises: Refused (`host_form`), Unavailable (`dns_silent`).
        """
        found: list[str] = []
        while len(found) < MOST_ALIASES:
            next_one = self._ask(found[-1] if found else name, "CNAME", _name_of)
            if not next_one or next_one[0] in found or next_one[0] == name.lower():
                break
            found.append(next_one[0])
        return tuple(found)

    def addresses(self, name: str) -> tuple[str, ...]:
        """Return the IPv4 and IPv6 addresses a host ends at, sorted.

        Raises: Refused (`host_form`), Unavailable (`dns_silent`).
        """
        found = self._ask(name, "A", lambda one: one.address)
        return tuple(sorted({*found, *self._ask(name, "AAAA", lambda one: one.address)}))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the TXT values of a name, sorted; not those of a name it is an alias of.

        Raises: Refused (`host_form`), Unavailable (`dns_silent`).
        """
        if self._ask(name, "CNAME", _name_of):
            return ()
        return tuple(sorted(self._ask(name, "TXT", _text_of))[:MOST_TEXTS])

    def _ask(self, name: str, kind: str, read: Callable[..., str]) -> list[str]:
        if not name:
            raise Refused("host_form")
        try:
            full = dns.name.from_text(name).to_text()
            answer = self._resolver().resolve(full, kind, search=False, raise_on_no_answer=False)
            return [read(one) for one in answer.rrset or ()]
        except (dns.resolver.NXDOMAIN, dns.resolver.YXDOMAIN):
            return []
        except (dns.name.LabelTooLong, dns.name.EmptyLabel, dns.name.NameTooLong, UnicodeError):
            raise Refused("host_form") from None
        except (dns.exception.DNSException, OSError):
            # Time-out, SERVFAIL, REFUSED, garbage: nobody could tell how it is.
            raise Unavailable("dns_silent", host=name) from None

    def _resolver(self) -> dns.resolver.Resolver:
        resolver = dns.resolver.Resolver(configure=not self._servers)
        if self._servers:
            resolver.nameservers = [
                dns.nameserver.Do53Nameserver(address, port) for address, port in self._servers
            ]
        resolver.timeout, resolver.lifetime = self._each, self._all
        return resolver


def _server(word: str) -> Server:
    address, port = word, str(PORT)
    if word.startswith("["):
        address, _, port = word[1:].partition("]")
        port = port.removeprefix(":") or str(PORT)
    elif word.count(":") == 1:
        address, _, port = word.partition(":")
    try:
        dns.nameserver.Do53Nameserver(address, int(port))
    except ValueError:
        raise Refused("dns_servers_form", text=word[:60]) from None
    if not dns.inet.is_address(address) or not 0 < int(port) < 65536:
        raise Refused("dns_servers_form", text=word[:60])
    return address, int(port)


def _name_of(record: object) -> str:
    return record.target.to_text(omit_final_dot=True).lower()


def _text_of(record: object) -> str:
    return b"".join(record.strings).decode("utf-8", "replace")
