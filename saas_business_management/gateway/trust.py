"""Whom a node believes about hosts and clients.

Owns: looking at one request's sender. Does not own: the rules (`kernel/gateway/host.py`).
"""

from functools import lru_cache

from ..kernel.gateway.host import (
    LOOPBACK,
    Network,
    drop_client_headers,
    is_within,
    last_forwarded,
    normal_host,
)
from ..kernel.gateway.reference import ENVIRON, accepted

Environ = dict[str, object]
_SCHEMES = ("http", "https")
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")


class Trust:
    """Knows the trusted proxies; `proxy_mode` is Odoo's own option to read forwarding headers."""

    def __init__(self, proxies: tuple[Network, ...], proxy_mode: bool) -> None:
        self._proxy_mode = proxy_mode
        self._is_proxy = lru_cache(4096)(lambda address: is_within(address, proxies))
        self._is_own = lru_cache(4096)(lambda address: is_within(address, (*proxies, *LOOPBACK)))

    def host_of(self, environ: Environ) -> str | None:
        """Return the host asked for, None for an invalid one, and clean the headers for Odoo."""
        trusted = self._is_proxy(environ.get("REMOTE_ADDR", ""))
        drop_client_headers(environ, trusted)
        header = environ.get("HTTP_HOST", "")
        if trusted and self._proxy_mode and environ.get("HTTP_X_FORWARDED_HOST"):
            header = last_forwarded(environ["HTTP_X_FORWARDED_HOST"])
            environ["HTTP_X_FORWARDED_HOST"] = header.lower()
        else:
            environ["HTTP_HOST"] = header.lower()
        return normal_host(header)

    def source_of(self, environ: Environ) -> str:
        """Return the address of the visitor: the sender, or whom a trusted proxy speaks for."""
        sender = environ.get("REMOTE_ADDR", "")
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "") if self._proxy_mode else ""
        return last_forwarded(forwarded) if forwarded and self._is_proxy(sender) else sender

    def request_id_of(self, environ: Environ) -> str:
        """Return the number a trusted proxy gave the request; empty when nobody may be believed."""
        trusted = self._is_proxy(environ.get("REMOTE_ADDR", ""))
        return accepted(environ.get(ENVIRON, "")) if trusted else ""

    def origin_of(self, environ: Environ) -> tuple[str, str]:
        """Return scheme and port (`:8443` or empty) of the address the visitor typed.

        To be asked after `host_of`, which has removed what nobody may believe.
        """
        scheme, header = environ.get("wsgi.url_scheme", "http"), environ.get("HTTP_HOST", "")
        if self._proxy_mode:
            told = last_forwarded(environ.get("HTTP_X_FORWARDED_PROTO", "")).lower()
            scheme = told if told in _SCHEMES else scheme
            header = environ.get("HTTP_X_FORWARDED_HOST") or header
        _, colon, port = header.rpartition(":")
        return scheme, f":{port}" if colon and port.isdecimal() else ""

    def is_insider(self, environ: Environ) -> bool:
        """Tell whether the machine itself or a trusted proxy asks on its own behalf."""
        sender = environ.get("REMOTE_ADDR", "")
        if not any(environ.get(name) for name in _FORWARDED):
            return self._is_own(sender)
        client = last_forwarded(environ.get("HTTP_X_FORWARDED_FOR", ""))
        return self._is_proxy(sender) and self._is_own(client)
