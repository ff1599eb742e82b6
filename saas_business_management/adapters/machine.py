"""Figures of the computer this process runs on: processors, memory, disk, network, pressure.

Owns: reading them. Does not own: who is told (`jobs/collect_machine.py`, `gateway/machine.py`),
forecasts.

Source: psutil manual; Linux kernel documentation, "PSI - Pressure Stall Information".
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from .backends import Backends

LONGEST_NAME = 63
# Between looks farther apart than this, what was added is no figure of a minute.
LONGEST_SECONDS = 180.0
PRESSURE = {"cpu": "cpu", "io": "io", "memory": "memory"}


class OwnMachine:
    """`MachinePort` on this computer; threads take turns."""

    def __init__(
        self,
        folders: Sequence[str] = ("/",),
        proc: Path = Path("/proc"),
        clock: Callable[[], float] = time.monotonic,
        backends: Backends | None = None,
    ) -> None:
        self._folders, self._proc, self._clock = folders, proc, clock
        self._backends = backends or Backends()
        self._sessions_at = 0.0
        self._lock = threading.Lock()
        self._before: dict[str, float] = {}
        self._looked_at = 0.0

    @property
    def name(self) -> str:
        """The host name."""
        return socket.gethostname()[:LONGEST_NAME]

    def look(self) -> Mapping[str, float]:
        """Return figures by the codes of metrics."""
        now, counters = self._clock(), _counters()
        with self._lock:
            fresh = self._before and now - self._looked_at <= LONGEST_SECONDS
            before = self._before if fresh else {}
            self._before, self._looked_at = counters, now
        added = {
            name: number - before[name]
            for name, number in counters.items()
            if name in before and number >= before[name]
        }
        return {
            **_processors(added),
            **_memory(),
            **self._disk(),
            **_deltas(added),
            **self._pressure(),
            **self._open_files(),
        }

    def database_ms(self) -> Mapping[str, float]:
        """Return the processor time that sessions took, by database, since the last look."""
        now = self._clock()
        with self._lock:
            fresh = bool(self._sessions_at) and now - self._sessions_at <= LONGEST_SECONDS
            self._sessions_at = now
            return self._backends.added(fresh)

    def _disk(self) -> dict[str, float]:
        """Of all folders the one that is fullest."""
        there = [psutil.disk_usage(folder) for folder in self._folders if Path(folder).is_dir()]
        if not there:
            return {}
        fullest = max(there, key=lambda one: one.percent)
        return {
            "disk_free_bytes": float(fullest.free),
            "disk_used_percent": float(fullest.percent),
        }

    def _pressure(self) -> dict[str, float]:
        """Of the last minute; older kernels tell nothing."""
        found = {}
        for kind in PRESSURE:
            text = _read(self._proc / "pressure" / kind)
            for word in text.split():
                if word.startswith("avg60="):
                    found[f"pressure_{kind}_percent"] = float(word.removeprefix("avg60="))
                    break  # the first line is "some"
        return found

    def _open_files(self) -> dict[str, float]:
        words = _read(self._proc / "sys" / "fs" / "file-nr").split()
        if len(words) != 3 or not int(words[2]):
            return {}
        return {"open_files_percent": 100 * int(words[0]) / int(words[2])}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""


def _counters() -> dict[str, float]:
    """Return what only grows, of processors, disks and network."""
    times = psutil.cpu_times()._asdict()
    # Time of guests is part of the user's time already.
    found = {f"cpu.{name}": at for name, at in times.items() if not name.startswith("guest")}
    found["swap_in_bytes"] = float(psutil.swap_memory().sin)
    disks = psutil.disk_io_counters()
    if disks is not None:
        found["disk_operations"] = float(disks.read_count + disks.write_count)
        found["disk_bytes"] = float(disks.read_bytes + disks.write_bytes)
        found["disk_ms"] = float(disks.read_time + disks.write_time)
    lines = [one for name, one in psutil.net_io_counters(pernic=True).items() if name != "lo"]
    found["network_bytes_in"] = float(sum(one.bytes_recv for one in lines))
    found["network_bytes_out"] = float(sum(one.bytes_sent for one in lines))
    return found


def _processors(added: Mapping[str, float]) -> dict[str, float]:
    cores = os.cpu_count() or 1
    found = {"cores": float(cores), "load_per_core": os.getloadavg()[0] / cores}
    spent = {name[4:]: seconds for name, seconds in added.items() if name.startswith("cpu.")}
    total = sum(spent.values())
    if total <= 0:
        return found
    waiting = spent.get("iowait", 0.0)
    idle = spent.get("idle", 0.0) + waiting
    found["cpu_percent"] = 100 * (total - idle) / total
    for name in ("iowait", "steal"):
        if name in spent:
            found[f"cpu_{name}_percent"] = 100 * spent[name] / total
    return found


def _memory() -> dict[str, float]:
    memory = psutil.virtual_memory()
    return {
        "memory_available_bytes": float(memory.available),
        "memory_used_percent": float(memory.percent),
    }


def _deltas(added: Mapping[str, float]) -> dict[str, float]:
    names = ("swap_in_bytes", "disk_operations", "disk_bytes")
    names += ("network_bytes_in", "network_bytes_out")
    found = {name: added[name] for name in names if name in added}
    if added.get("disk_operations") and "disk_ms" in added:
        found["disk_latency_ms"] = added["disk_ms"] / added["disk_operations"]
    return found
