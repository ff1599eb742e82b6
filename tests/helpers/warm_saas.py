"""`odoo saas …` out of one process that has loaded Odoo: each command is a fork of it.

Loading Odoo takes seconds of processor time, and a test of the command line types a hundred
commands. What is typed goes to `COMMAND`, a small program with the arguments, the environment, the
folder and the standard streams of whoever typed; the fork takes them on and runs the product's own
command from its first line. The configuration is read by the fork; only the code and the records'
classes are there already, and those only while the control database can be asked for newer ones.

Owns: the process that stays, the program that asks it. Does not own: what a command does.
`python -m tests.helpers.warm_saas CONF SOCKET` is the process.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from dev import paths
from dev.odoo import ensure_odoo
from dev.shell import clean_environment

COMMAND = """#!{python} -IS
import json, os, socket, sys
asked = socket.socket(socket.AF_UNIX)
asked.connect({socket!r})
told = {{"words": sys.argv[1:], "environment": {{"ODOO_RC": {conf!r}, **os.environ}},
        "folder": os.getcwd()}}
socket.send_fds(asked, [len(text := json.dumps(told).encode()).to_bytes(8, "big")], [0, 1, 2])
asked.sendall(text)
status = asked.recv(8)
sys.exit(int.from_bytes(status, "big") if status else 70)
"""
START_SECONDS = 120


class WarmSaas:
    """A program at `command` that is typed like `saas` of an installation."""

    def __init__(self, conf: Path, folder: Path) -> None:
        self.command, self._socket = folder / "warm-saas", folder / "warm-saas.socket"
        search = os.pathsep.join([str(ensure_odoo().python_path), str(paths.ROOT)])
        self._process = subprocess.Popen(
            [paths.PYTHON, "-m", "tests.helpers.warm_saas", conf, self._socket],
            cwd=paths.ROOT,
            env=clean_environment(PYTHONPATH=search, PYTHONDONTWRITEBYTECODE="1"),
            stdout=subprocess.DEVNULL,
        )
        places = {"python": paths.PYTHON, "conf": str(conf), "socket": str(self._socket)}
        self.command.write_text(COMMAND.format(**places))
        self.command.chmod(0o755)
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._socket.exists():
            assert self._process.poll() is None, "the process that stays has ended"
            assert time.monotonic() < deadline, "the process that stays does not listen"
            time.sleep(0.05)

    def close(self) -> None:
        """End the process and what was typed last."""
        self._process.terminate()
        self._process.wait()


class Forks:
    """Waits for who types, and for what they typed to end."""

    def __init__(self, conf: str, place: str) -> None:
        self._conf, self._waiting = conf, selectors.DefaultSelector()
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(place + ".new")
        self._listening.listen()
        self._waiting.register(self._listening, selectors.EVENT_READ)
        os.rename(place + ".new", place)

    def run(self) -> None:
        while True:
            # One at a time: what is ended takes two of those that are waited for.
            key, _events = self._waiting.select()[0]
            if key.fileobj is self._listening:
                self._begin(self._listening.accept()[0])
            else:
                self._end(*key.data)

    def _begin(self, asked: socket.socket) -> None:
        size, streams, _flags, _address = socket.recv_fds(asked, 8, 3)
        text = b""
        while len(text) < int.from_bytes(size, "big"):
            text += asked.recv(1 << 16)
        current = _is_current(self._conf)
        pid = os.fork()
        if not pid:
            self._waiting.close()
            self._listening.close()
            _become(json.loads(text), streams, current)
        for stream in streams:
            os.close(stream)
        handle = os.pidfd_open(pid)
        for one in (handle, asked):
            self._waiting.register(one, selectors.EVENT_READ, (pid, handle, asked))

    def _end(self, pid: int, handle: int, asked: socket.socket) -> None:
        """The command has ended, or who typed it was killed."""
        if _gone(asked):
            os.kill(pid, signal.SIGKILL)
        _pid, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        with suppress(OSError):
            asked.sendall((code if code >= 0 else 128 - code).to_bytes(8, "big"))
        for one in (handle, asked):
            self._waiting.unregister(one)
        os.close(handle)
        asked.close()


def _gone(asked: socket.socket) -> bool:
    """Whether nobody is left at the other end."""
    try:
        return asked.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def _is_current(conf: str) -> bool:
    """Have the newest classes of records loaded; False when the database does not answer."""
    import psycopg2
    from odoo.modules.module import initialize_sys_path
    from odoo.modules.registry import Registry
    from odoo.sql_db import close_all
    from odoo.tools import config

    try:
        # What the file has to be warned about is said by the command, once it has its log.
        config._parse_config(["-c", conf, "--no-http"])
        initialize_sys_path()
        (database,) = config["db_name"]
        Registry(database).check_signaling()
    except psycopg2.Error:
        return False
    finally:
        close_all()
    return True


def _become(told: dict, streams: list[int], current: bool) -> None:
    """Be the typed command, to its end."""
    from odoo.modules.registry import Registry
    from odoo.tools import config

    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(told["environment"])
    os.chdir(told["folder"])
    sys.argv = [str(paths.ODOO_BIN), "saas", *told["words"]]
    if not current:
        Registry.registries.clear()
    config.__init__()
    os._exit(_run())


def _run() -> int:
    """Run what `sys.argv` says, and return the status Python would end with."""
    import odoo.cli

    try:
        odoo.cli.main()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter does with whatever nobody caught
        sys.excepthook(*sys.exc_info())
        status = 1
    threading._shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    return status


if __name__ == "__main__":
    _is_current(sys.argv[1])
    Forks(*sys.argv[1:]).run()
