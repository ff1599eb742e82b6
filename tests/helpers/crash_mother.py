"""`crash_mother.py CONF DATABASE LOG`: loads the control plane once, then forks a child per order.

Owns: the talk with the tests, forking, reaping. Does not own: what a child does (`crash_deeds.py`).

An order is a line `{"id", "deed", "with", "environment", "stale", "small_disk"}`, or `{"kill": id}`
to end a child at once; answers are `{"id", "pid"}` at its start and `{"id", "status", "said"}` at
its end. `status` is the exit code or
minus the signal, `said` every value the child told, even when it was killed afterwards.
"""

import ctypes
import json
import logging
import os
import select
import signal
import sys
import tempfile
import traceback
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
MS_REC, MS_PRIVATE = 0x4000, 1 << 18
LIBC = ctypes.CDLL(None, use_errno=True)


def load(conf: str, database: str, log: str):
    """Load Odoo and the registry, as a worker would; return the registry."""
    from odoo.modules.registry import Registry
    from odoo.tools import config

    options = ["-c", conf, "-d", database, "--no-http", "--logfile", log, "--max-cron-threads=0"]
    config.parse_config(options, setup_logging=True)
    registry = Registry(database)
    with registry.cursor() as cr:
        from odoo.api import SUPERUSER_ID, Environment

        env = Environment(cr, SUPERUSER_ID, {})
        env.ref("saas_business_management.group_saas_viewer")
        env["saas.job"].search_count([])
    return registry


class Mother:
    """Takes orders from standard input until it is closed."""

    def __init__(self, registry, folder: Path) -> None:
        self._registry = registry
        self._folder = folder
        self._children: dict[int, tuple[int, Path]] = {}
        self._answers = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)
        self._wake, writing = os.pipe()
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> None:
        """Work until nobody can order any more; then end every child."""
        self._say(ready=os.getpid())
        rest = b""
        while True:
            ready = select.select([0, self._wake], [], [])[0]
            if self._wake in ready:
                os.read(self._wake, 4096)
                self._reap()
            if 0 in ready:
                data = os.read(0, 65536)
                if not data:
                    break
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    self._obey(json.loads(line))
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)

    def _obey(self, order: dict) -> None:
        if "kill" not in order:
            self._start(order)
            return
        for pid, (number, _said) in self._children.items():
            # One that ended is not reaped before this is over, so its number is nobody else's.
            if number == order["kill"]:
                os.kill(pid, signal.SIGKILL)

    def _start(self, order: dict) -> None:
        said = self._folder / f"{order['id']}.said"
        said.touch()
        pid = os.fork()
        if not pid:
            _be_child(self._registry, order, said)
        self._children[pid] = (order["id"], said)
        self._say(id=order["id"], pid=pid)

    def _reap(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            number, said = self._children.pop(pid)
            told = [json.loads(line) for line in said.read_text().splitlines()]
            said.unlink()
            self._say(id=number, status=os.waitstatus_to_exitcode(status), said=told)

    def _say(self, **values) -> None:
        self._answers.write(json.dumps(values) + "\n")
        self._answers.flush()


def _be_child(registry, order: dict, said: Path) -> None:
    """Do one deed and end, whatever happens."""
    status = 3
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.environ.update(order.get("environment", {}))
        if order.get("small_disk"):
            shrink(**order["small_disk"])
        _do(registry, order, said)
        status = 0
    except Exception as error:
        logging.getLogger(__name__).error("deed %s", order["deed"], exc_info=True)
        _tell(said, {"error": type(error).__name__, "text": str(error)})
        traceback.print_exc()
    finally:
        logging.shutdown()
        os._exit(status)


def _do(registry, order: dict, said: Path) -> None:
    from odoo.api import SUPERUSER_ID, Environment
    from odoo.tools import config

    from tests.helpers import crash_deeds

    if order.get("stale"):
        config["saas_stale_seconds"] = order["stale"]
    registry.check_signaling()
    with registry.cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
        deed = getattr(crash_deeds, order["deed"])
        _tell(said, deed(env, lambda value: _tell(said, value), **order.get("with", {})))


def _tell(said: Path, value: object) -> None:
    with said.open("a") as file:
        file.write(json.dumps(value, default=str) + "\n")


def shrink(folder: str, size: int) -> None:
    """Put a small disk under a folder that only this process sees; it needs no rights."""
    user, group = os.getuid(), os.getgid()
    alone = CLONE_NEWNS | (CLONE_NEWUSER if user else 0)
    _demand(LIBC.unshare(alone))
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _demand(LIBC.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
    _demand(LIBC.mount(b"tmpfs", folder.encode(), b"tmpfs", 0, f"size={size}".encode()))


def _demand(result: int) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def main() -> None:
    conf, database, log = sys.argv[1:]
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    registry = load(conf, database, log)

    from odoo.sql_db import close_all

    close_all()
    with tempfile.TemporaryDirectory(prefix="saas-crash-said-") as folder:
        Mother(registry, Path(folder)).serve()


if __name__ == "__main__":
    main()
