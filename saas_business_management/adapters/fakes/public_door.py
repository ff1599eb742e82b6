"""A front proxy with the certificates that tests put there."""

from datetime import datetime

from ...kernel.errors import Broken, Refused, Unavailable
from ..http import HOST
from ..ports import PublicLook
from .faults import Faults


class FakePublicDoor(Faults):
    """`PublicDoorPort` in memory; a host without a certificate is refused."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = False
        self._looks: dict[str, PublicLook] = {}

    def certify(self, host: str, until: datetime, trusted: bool = True, status: int = 200) -> None:
        """Give a host a certificate and its login page a status."""
        self._looks[host] = PublicLook(status, until, trusted)

    def look(self, host: str) -> PublicLook:
        """Ask for the login page of a host."""
        self._about_to("look")
        if not HOST.fullmatch(host) or ":" in host:
            raise Refused("host_form")
        if self.silent:
            raise Unavailable("proxy_silent", host=host)
        if host not in self._looks:
            raise Broken("certificate_refused", host=host)
        return self._looks[host]
