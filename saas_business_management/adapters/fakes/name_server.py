"""Name servers that say what tests put there."""

from ...kernel.errors import Refused, Unavailable
from .faults import Faults


class FakeNameServers(Faults):
    """`DnsPort` in memory: `records[(name, kind)]` is a list of values, kinds A, AAAA, CNAME,
    TXT.
    """

    def __init__(self) -> None:
        super().__init__()
        self.silent = False
        self.records: dict[tuple[str, str], list[str]] = {}

    def aliases(self, name: str) -> tuple[str, ...]:
        """Return the names a host leads through by CNAME."""
        self._about_to("aliases")
        found: list[str] = []
        while next_one := self._of(found[-1] if found else name, "CNAME"):
            if next_one[0] in found or next_one[0] == name.lower():
                break
            found.append(next_one[0])
        return tuple(found)

    def addresses(self, name: str) -> tuple[str, ...]:
        """Return the addresses a host ends at."""
        self._about_to("addresses")
        end = (name, *self.aliases(name))[-1]
        return tuple(sorted({*self._of(end, "A"), *self._of(end, "AAAA")}))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the TXT values of a name."""
        self._about_to("texts")
        return tuple(sorted(self._of(name, "TXT")))

    def _of(self, name: str, kind: str) -> list[str]:
        if not name or ".." in name or any(len(label) > 63 for label in name.split(".")):
            raise Refused("host_form")
        if self.silent:
            raise Unavailable("dns_silent", host=name)
        return self.records.get((name.lower(), kind), [])
