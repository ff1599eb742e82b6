"""A tiny name server on UDP loopback that says what tests put there.

Owns: answers with CNAME chains, failures on order. Does not own: looking up.
"""

from __future__ import annotations

import socketserver
import threading
from collections import defaultdict

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class NameServer:
    """`records[(name, kind)]` is a list of values; `rcode` SERVFAIL or `mute` makes it fail."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.rcode = dns.rcode.NOERROR
        self.mute = False
        self.asked: list[tuple[str, str]] = []
        self._server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return self._server.server_address

    @property
    def text(self) -> str:
        """The same as configurations write it."""
        return "{}:{}".format(*self.address)

    def put(self, name: str, kind: str, *values: str) -> None:
        """Have a name say exactly this; nothing removes it."""
        self.records[name.lower(), kind] = list(values)

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, question: bytes) -> bytes:
        """Return the answer to one question, following aliases as a resolver does."""
        query = dns.message.from_wire(question)
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        asked = query.question[0]
        name, kind = asked.name.to_text(True).lower(), dns.rdatatype.to_text(asked.rdtype)
        self.asked.append((name, kind))
        reply.set_rcode(self.rcode)
        if self.rcode == dns.rcode.NOERROR:
            self._fill(reply, name, kind)
        return reply.to_wire()

    def _fill(self, reply: dns.message.Message, name: str, kind: str) -> None:
        for _hop in range(9):
            if found := self.records.get((name, kind)):
                reply.answer.append(_rrset(name, kind, found))
                return
            alias = self.records.get((name, "CNAME"))
            if not alias:
                break
            reply.answer.append(_rrset(name, "CNAME", alias))
            name = alias[0].lower()
        if not any(known == name for known, _kind in self.records):
            reply.set_rcode(dns.rcode.NXDOMAIN)

    def _handler(self) -> type:
        own = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                if not own.mute:
                    data, sock = self.request
                    sock.sendto(own.answer(data), self.client_address)

        return Handler


def _rrset(name: str, kind: str, values: list[str]) -> dns.rrset.RRset:
    quoted = [f'"{value}"' if kind == "TXT" else value for value in values]
    dotted = [f"{value}." if kind == "CNAME" else value for value in quoted]
    return dns.rrset.from_text(name + ".", 60, "IN", kind, *dotted)
