"""A runtime node that serves what tests put there."""

import re

from ...kernel.errors import Refused, Unavailable
from ..ports import Answer
from .faults import Faults

HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:[0-9]{1,5})?")
PATH = re.compile(r"/[\x21-\x7e]*")
LOGIN_PAGE = '<html><form><input name="login"/><input name="password"/></form></html>'


class FakeFrontDoor(Faults):
    """`FrontDoorPort` in memory; an unknown host is answered with 404, as the node does."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = False
        self._pages: dict[tuple[str, str], tuple[int, str]] = {}

    def serve(
        self, host: str, path: str = "/web/login", body: str = LOGIN_PAGE, status: int = 200
    ) -> None:
        """Put a page under a host name."""
        self._pages[host, path] = (status, body)

    def get(self, host: str, path: str) -> Answer:
        """Ask for a page under a host name."""
        self._about_to("get")
        if not HOST.fullmatch(host):
            raise Refused("host_form")
        if not PATH.fullmatch(path):
            raise Refused("path_form")
        if self.silent:
            raise Unavailable("node_silent", host=host)
        status, body = self._pages.get((host, path), (404, "unknown host"))
        return Answer(
            status, body[: 64 * 1024], {"Content-Type": "text/html; charset=utf-8"}, 0.001
        )
