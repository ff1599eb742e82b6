"""The output of a program, read as it comes.

Owns: starting it in a group that dies with us, its deadline, its exit status, the end of what it
complained. Does not own: what the bytes mean, and which complaint means what (the caller).

A program that was killed or failed raises at the end of its output: who reads on never takes the
part that came for the whole.
"""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fcntl import F_SETPIPE_SZ, fcntl
from pathlib import Path

from ...kernel.errors import Broken, SaasError, Unavailable
from ..odoo_child import LAUNCHER, clean_environment

PIPE_BYTES = 1 << 20
COMPLAINT_BYTES = 8192
LINES = 20
LINE_LENGTH = 500
PATIENCE_SECONDS = 0.5
CANNOT_START = 127
# What an operator, a shutdown or the kernel does to a program; the work itself is not to blame.
FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)

Judge = Callable[[str, int, str], SaasError]


@dataclass(frozen=True)
class Order:
    """A program with its arguments, and how long it may take.

    `settings` are added to our environment, which is cleaned of whatever steers PostgreSQL; `files`
    are descriptors that it keeps. `judge` makes an error of (program, status, end of complaint),
    `on_line` gets the last lines of it.
    """

    command: Sequence[str]
    seconds: float
    settings: Mapping[str, str] = field(default_factory=dict)
    files: tuple[int, ...] = ()
    judge: Judge | None = None
    on_line: Callable[[str], None] | None = None


def pump(order: Order) -> Iterator[bytes]:
    """Yield what a program writes to its standard output, in constant memory.

    Leaving the loop early ends the program. Raises: Unavailable (`program_timeout`,
    `program_stopped` when somebody ended it), Broken (`program_missing`, `program_failed`), or what
    `judge` makes of a failure.
    """
    deadline = time.monotonic() + order.seconds
    complaint = bytearray()
    with _started(order) as process:
        yield from _read(process, deadline, order, complaint)
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise _late(order) from None
    _require_success(order, process.returncode, complaint.decode(errors="replace"))


def run(order: Order, most: int = 64 << 20) -> bytes:
    """Run a program and return its whole output.

    Raises: as `pump`; Broken (`program_failed`) when it says more than `most` bytes.
    """
    said = bytearray()
    for chunk in pump(order):
        said += chunk
        if len(said) > most:
            raise Broken("program_failed", program=_name(order), status=0)
    return bytes(said)


@contextmanager
def _started(order: Order) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", LAUNCHER, str(os.getpid()), *order.command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(LC_ALL="C", **order.settings),
        pass_fds=order.files,
        start_new_session=True,
    )
    try:
        # Fewer turns; a system that allows less is slower and no worse.
        with suppress(OSError):
            fcntl(process.stdout.fileno(), F_SETPIPE_SZ, PIPE_BYTES)
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        process.stderr.close()


def _read(
    process: subprocess.Popen[bytes], deadline: float, order: Order, complaint: bytearray
) -> Iterator[bytes]:
    """Yield standard output until both ends are closed; keep the end of standard error."""
    out, err = process.stdout.fileno(), process.stderr.fileno()
    with selectors.DefaultSelector() as selector:
        selector.register(out, selectors.EVENT_READ)
        selector.register(err, selectors.EVENT_READ)
        while selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                raise _late(order)
            ready = selector.select(min(PATIENCE_SECONDS, left))
            if not ready and process.poll() is not None:
                return  # somebody else still holds its pipes
            for key, _events in ready:
                data = os.read(key.fd, PIPE_BYTES)
                if not data:
                    selector.unregister(key.fd)
                elif key.fd == err:
                    complaint += data
                    del complaint[:-COMPLAINT_BYTES]
                else:
                    yield data


def _require_success(order: Order, status: int, complaint: str) -> None:
    if order.on_line is not None:
        for line in complaint.splitlines()[-LINES:]:
            order.on_line(line[:LINE_LENGTH])
    if status == 0:
        return
    if -status in FROM_OUTSIDE:
        name = signal.Signals(-status).name
        raise Unavailable("program_stopped", program=_name(order), signal=name)
    if status == CANNOT_START:
        raise Broken("program_missing", program=_name(order))
    if order.judge is not None:
        raise order.judge(_name(order), status, complaint)
    raise Broken("program_failed", program=_name(order), status=status)


def _late(order: Order) -> Unavailable:
    return Unavailable("program_timeout", program=_name(order), seconds=int(order.seconds))


def _name(order: Order) -> str:
    return Path(order.command[0]).name
