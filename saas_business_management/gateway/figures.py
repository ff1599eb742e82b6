"""What all processes of a node did since it was started, for who watches machines.

Owns: numbers that the processes share, adding them up. Does not own: their form on the wire
(`adapters/exposition.py`), who may read them (`middleware.py`).

Each process writes to a row of its own, so that nobody waits for anybody; the row is held by a lock
that ends with the process, and who comes after it counts on where it stopped.
"""

import fcntl
import mmap
import os
import struct
import tempfile
import threading
from bisect import bisect_left

from ..adapters.exposition import COUNTER, GAUGE, HISTOGRAM, Family, Sample
from ..kernel.gateway.count import BOUNDS_MS

ROWS = 64
SUMS = ("requests", "failures", "api_calls", "bytes_in", "bytes_out", "held", "failed_logins")
FIELDS = (*SUMS, "cron_seconds", "seconds", "pid", *(*BOUNDS_MS, "more"))
_PLACE = {name: place for place, name in enumerate(FIELDS)}
_ROW_BYTES = 8 * len(FIELDS)
_TOLD = {
    "requests": "Requests answered",
    "failures": "Requests answered with an error of the server",
    "api_calls": "Requests by programs",
    "bytes_in": "Bytes of requests",
    "bytes_out": "Bytes of answers",
    "held": "Requests that waited for their turn",
    "failed_logins": "Logins refused",
    "cron_seconds": "Seconds of scheduled actions",
}


class Figures:
    """Every thread adds; processes that are forked after it was made share it."""

    def __init__(self, node: str) -> None:
        self._node = node
        self._memory = mmap.mmap(-1, ROWS * _ROW_BYTES)
        self._locks = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process lives
        self._lock = threading.Lock()
        self._pid, self._row = 0, -1

    def request(self, watch, seconds: float) -> None:
        """Add a request that is over."""
        told = {
            "requests": 1,
            "failures": watch.status[:1] == "5",
            "api_calls": watch.reached and watch.is_api,
            "bytes_in": watch.bytes_in,
            "bytes_out": watch.bytes_out,
        }
        if watch.timed:
            told["seconds"] = seconds
            told[(*BOUNDS_MS, "more")[bisect_left(BOUNDS_MS, seconds * 1000)]] = 1
        self.add(**{str(name): value for name, value in told.items()})

    def add(self, **amounts: float) -> None:
        """Add to figures of this process; with more processes than rows they are left out."""
        with self._lock:
            if self._pid != os.getpid():
                self._take_row()
            if self._row < 0:
                return
            for name, amount in amounts.items():
                if amount:
                    place = self._at(self._row, name)
                    before = struct.unpack_from("d", self._memory, place)[0]
                    struct.pack_into("d", self._memory, place, before + amount)

    def families(self) -> list[Family]:
        """Return all figures, added up over the processes of this node."""
        rows = [struct.unpack_from(f"{len(FIELDS)}d", self._memory, at) for at in _starts()]
        total = dict(zip(FIELDS, map(sum, zip(*rows, strict=True)), strict=True))
        label = (("node", self._node),)
        found = [
            Family(f"saas_node_{name}", text, COUNTER, (Sample(total[name], label),))
            for name, text in _TOLD.items()
        ]
        counts = tuple(total[bound] for bound in (*BOUNDS_MS, "more"))
        told = Sample(total["seconds"], label, tuple(ms / 1000 for ms in BOUNDS_MS), counts)
        name = "saas_node_request_seconds"
        found.append(Family(name, "Seconds until the last byte", HISTOGRAM, (told,)))
        return found + self._workers(rows, label)

    def _workers(self, rows, label) -> list[Family]:
        sizes = [_resident_bytes(int(row[_PLACE["pid"]])) for row in rows]
        alive = [size for size in sizes if size]
        gauges = (
            ("processes", "Processes that have served requests or scheduled actions", len(alive)),
            ("resident_bytes", "Memory of these processes together", sum(alive)),
            ("largest_resident_bytes", "Memory of the largest", max(alive, default=0)),
        )
        return [
            Family(f"saas_node_{name}", text, GAUGE, (Sample(value, label),))
            for name, text, value in gauges
        ]

    def _take_row(self) -> None:
        """Take the first row that no living process holds."""
        self._pid, self._row = os.getpid(), -1
        for row in range(ROWS):
            try:
                fcntl.lockf(self._locks, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, row)
            except OSError:
                continue
            self._row = row
            struct.pack_into("d", self._memory, self._at(row, "pid"), self._pid)
            return

    def _at(self, row: int, name: str) -> int:
        key = int(name) if name.isdecimal() else name
        return row * _ROW_BYTES + 8 * _PLACE[key]


def _starts() -> range:
    return range(0, ROWS * _ROW_BYTES, _ROW_BYTES)


def _resident_bytes(pid: int) -> int:
    """Return the memory of a process, 0 for one that is gone."""
    if not pid:
        return 0
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * mmap.PAGESIZE
    except (OSError, ValueError, IndexError):
        return 0
