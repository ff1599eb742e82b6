"""How requests to an S3 service leave this machine: one at a time, guarded, never redirected.

Owns: connections, TLS with the service's own authority, time-outs, how much of an answer is read.
Does not own: signing and parsing (boto3), what an error means (`s3_errors.py`).

It stands in the place of botocore's own session by the event `before-send`, so neither proxies nor
certificates of the machine's environment count.
"""

import socket
import ssl
from collections.abc import Iterator
from typing import Any

from ...kernel.errors import Broken, Refused, Unavailable
from ..guarded_socket import Lookup, connect, look_up

MOST_BYTES = 32 << 20  # of an answer that is not an object: a listing has about 1 MB
CONNECTIONS = 4


class S3Door:
    """Sends what botocore has signed."""

    def __init__(
        self,
        inside_allowed: bool,
        ca: str = "",
        connect_seconds: float = 5,
        seconds: float = 60,
        lookup: Lookup = look_up,
    ) -> None:
        """`seconds` bounds each wait for the service, and the sending of one part.

        Raises: Refused (`ca_damaged`).
        """
        import urllib3

        self._inside_allowed, self._lookup = inside_allowed, lookup
        self._connect_seconds, self._seconds = connect_seconds, seconds
        self._pools = urllib3.PoolManager(
            CONNECTIONS,
            maxsize=CONNECTIONS,
            ssl_context=trusting(ca),
            timeout=urllib3.Timeout(seconds),
        )
        self._pools.pool_classes_by_scheme = self._guarded_pools()

    def send(self, request: Any, **_event: object) -> Any:
        """Send a request of botocore; return its answer, of an object only the head.

        Raises: Refused (`address_inside`), Unavailable (`target_unavailable`, `address_unknown`,
        `address_silent`), Broken (`certificate_wrong`, `target_garbled`).
        """
        import urllib3
        from botocore.awsrequest import AWSResponse

        # A service that never says "continue" must not hold us up.
        headers = {name: value for name, value in request.headers.items() if name != "Expect"}
        try:
            answer = self._pools.urlopen(
                request.method,
                request.url,
                body=request.body,
                headers=headers,
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            raw = answer if request.stream_output else _Held(answer)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise _ours(error) from None
        return AWSResponse(request.url, answer.status, answer.headers, raw)

    def close(self) -> None:
        """Close the connections kept open."""
        self._pools.clear()

    def _connected(self, host: str, port: int) -> socket.socket:
        made = connect(host, port, self._connect_seconds, self._inside_allowed, self._lookup)
        made.settimeout(self._seconds)
        return made

    def _guarded_pools(self) -> dict[str, type]:
        from urllib3 import connection, connectionpool

        door = self

        class Plain(connection.HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return door._connected(self.host, self.port)

        class Secured(connection.HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return door._connected(self.host, self.port)

        class PlainPool(connectionpool.HTTPConnectionPool):
            ConnectionCls = Plain

        class SecuredPool(connectionpool.HTTPSConnectionPool):
            ConnectionCls = Secured

        return {"http": PlainPool, "https": SecuredPool}


class _Held:
    """The body of a small answer, read whole so that the connection is free again."""

    def __init__(self, answer: Any) -> None:
        self._content = answer.read(MOST_BYTES)
        if len(self._content) == MOST_BYTES:
            answer.close()
            raise Broken("target_garbled", told="too long")
        answer.release_conn()

    def stream(self, *_amount: object) -> Iterator[bytes]:
        """Give the body as botocore asks for it."""
        yield self._content

    def read(self, *_amount: object) -> bytes:
        """Give the body."""
        return self._content


def trusting(ca: str) -> ssl.SSLContext:
    """Return what decides about a service's certificate: this authority alone, or the machine's.

    Raises: Refused (`ca_damaged`).
    """
    if not ca.strip():
        return ssl.create_default_context()
    try:
        return ssl.create_default_context(cadata=ca)
    except (ssl.SSLError, ValueError):
        raise Refused("ca_damaged") from None


def _ours(error: Exception) -> Unavailable | Broken:
    """Return what it means that no whole answer came."""
    cause: object = error
    while isinstance(cause, BaseException):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Broken("certificate_wrong")
        cause = cause.args[0] if cause.args else cause.__cause__
    return Unavailable("target_unavailable", told=type(error).__name__)
