"""Processor time of the database sessions on this computer, by database.

Owns: reading it from processes, what was added between two looks. Does not own: figures of the
computer as a whole (`machine.py`), whose database it is (records).

A server on another computer is not seen. What a session used after the last look before its end
is lost; sessions of Odoo last for long.

Source: PostgreSQL manual, chapter "Standard Unix Tools" (titles of processes); psutil manual.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import psutil

SERVER = "postgres"
# Databases of the product; no other word of a title looks like one.
_DATABASE = re.compile(r"(?<!\S)[gt]_[a-z2-7]{26}(?:_[rz][0-9]+)?(?!\S)")


@dataclass(frozen=True)
class Session:
    """A process of the server: its number and beginning tell it apart from every other."""

    pid: int
    began: float
    title: str
    seconds: float

    @property
    def database(self) -> str:
        """The database it serves, empty for none of ours."""
        found = _DATABASE.search(self.title)
        return found[0] if found else ""


def sessions() -> Iterable[Session]:
    """Yield the processes of database servers; one that ends meanwhile is left out."""
    for one in psutil.process_iter(("pid", "name", "cmdline", "create_time", "cpu_times")):
        told = one.info
        if told["name"] != SERVER or not told["cmdline"] or told["cpu_times"] is None:
            continue
        times = told["cpu_times"]
        title = " ".join(told["cmdline"])
        yield Session(told["pid"], told["create_time"] or 0.0, title, times.user + times.system)


class Backends:
    """Sessions between looks; not for several threads at once."""

    def __init__(self, read: Callable[[], Iterable[Session]] = sessions) -> None:
        self._read = read
        self._before: dict[tuple[int, float], float] = {}

    def added(self, fresh: bool) -> Mapping[str, float]:
        """Return milliseconds by database since the look before; nothing unless that is `fresh`.

        A session that began meanwhile counts from its beginning.
        """
        found = [one for one in self._read() if one.database]
        before, self._before = self._before, {(one.pid, one.began): one.seconds for one in found}
        if not fresh:
            return {}
        spent: Counter[str] = Counter()
        for one in found:
            earlier = before.get((one.pid, one.began), 0.0)
            spent[one.database] += 1000 * max(one.seconds - earlier, 0.0)
        return dict(spent)
