"""A mail server that keeps every message as a file and sends nothing.

Owns: the catching process, `python -m dev.mail --port P --folder F`. Runs in the project's
virtual environment. Does not own: reading the files.
"""

from __future__ import annotations

import argparse
import itertools
import os
import signal
import threading
import time
from pathlib import Path

NUMBERS = itertools.count()


class Catcher:
    """Writes each message to `folder` as one .eml file, in one move."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        """Keep one message; the real recipients stand in X-Envelope-To."""
        recipients = ", ".join(envelope.rcpt_tos)
        head = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {recipients}\r\n"
        name = f"{time.time_ns()}-{os.getpid()}-{next(NUMBERS)}.eml"
        part = self.folder / f".{name}"
        part.write_bytes(head.encode() + envelope.content)
        part.replace(self.folder / name)
        return "250 Message kept"


def main() -> None:
    """Serve until SIGTERM."""
    from aiosmtpd.controller import Controller

    parser = argparse.ArgumentParser(prog="python -m dev.mail")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    controller = Controller(Catcher(options.folder), hostname="127.0.0.1", port=options.port)
    controller.start()
    stopped.wait()
    controller.stop()


if __name__ == "__main__":
    main()
