"""One HTTP request through the runtime node, as a visitor would make it.

Owns: time-outs, the Host header, how much is read. Does not own: what a good answer is.
"""

import re
import threading
import time
from http.cookiejar import DefaultCookiePolicy

import requests

from ..kernel.errors import Refused, Unavailable
from .ports import Answer

READ_BYTES = 64 * 1024
AT_ONCE_SECONDS = 0.5
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:[0-9]{1,5})?")
PATH = re.compile(r"/[\x21-\x7e]*")


class HttpFrontDoor:
    """`FrontDoorPort` by requests; each thread keeps a connection for its next question."""

    def __init__(self, node_url: str, connect_seconds: float = 2, read_seconds: float = 10) -> None:
        self._url = node_url.rstrip("/")
        self._timeout = (connect_seconds, read_seconds)
        self._kept = threading.local()

    @property
    def _session(self) -> requests.Session:
        if not hasattr(self._kept, "session"):
            self._kept.session = _session()
        return self._kept.session

    def get(self, host: str, path: str) -> Answer:
        """Ask for a page under a host name; redirects are answers like any other.

        Raises: Refused (`host_form`, `path_form`), Unavailable (`node_silent`, `node_slow`).
        """
        if not HOST.fullmatch(host):
            raise Refused("host_form")
        if not PATH.fullmatch(path):
            raise Refused("path_form")
        start = time.monotonic()
        try:
            return self._ask(host, path, start)
        except requests.Timeout:
            raise Unavailable("node_slow", host=host) from None
        except requests.RequestException:
            raise Unavailable("node_silent", host=host) from None

    def close(self) -> None:
        """Close the connection that this thread keeps open."""
        self._session.close()

    def _ask(self, host: str, path: str, start: float) -> Answer:
        try:
            return self._once(host, path, start)
        except requests.ConnectionError:
            # At once: the node has closed the connection we kept. Later: it is silent.
            if time.monotonic() - start > AT_ONCE_SECONDS:
                raise
            self._session.close()
            return self._once(host, path, start)

    def _once(self, host: str, path: str, start: float) -> Answer:
        with self._session.get(
            self._url + path,
            headers={"Host": host},
            timeout=self._timeout,
            allow_redirects=False,
            stream=True,
        ) as answer:
            body = self._read(answer, start)
            return Answer(answer.status_code, body, dict(answer.headers), time.monotonic() - start)

    def _read(self, answer: requests.Response, start: float) -> str:
        """Return the first bytes of the body as text; a node that drips counts as slow."""
        read = b""
        for chunk in answer.iter_content(16 * 1024):
            read += chunk
            if len(read) >= READ_BYTES:
                break
            if time.monotonic() - start > sum(self._timeout):
                raise requests.Timeout
        return read[:READ_BYTES].decode(answer.encoding or "utf-8", "replace")


def _session() -> requests.Session:
    """Return a session without the proxies and passwords of the machine's environment, that keeps
    no visitor's session.
    """
    made = requests.Session()
    made.trust_env = False
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    made.headers.update({"User-Agent": "saas-front-door", "Accept-Encoding": "identity"})
    return made
