"""`odoo_launch.py PARENT_PID PROGRAM ARGUMENT…`: starts a program that dies with its parent.

Owns: what a child inherits from a worker of Odoo (limits, signals).
Does not own: which program is run.
Runs alone, before anything else of ours: standard library only, and no import from this addon.
"""

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1
CANNOT_START = 127


def die_with_parent(parent: int) -> None:
    """Be killed when the parent ends, however it ends; end at once when it is gone already.

    Source: prctl(2), PR_SET_PDEATHSIG; it survives execve(2).
    """
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(CANNOT_START)


def forget_worker() -> None:
    """Undo what a prefork worker leaves to its children: limits of memory and CPU, signals."""
    for limit in (resource.RLIMIT_AS, resource.RLIMIT_CPU):
        hard = resource.getrlimit(limit)[1]
        resource.setrlimit(limit, (hard, hard))
    for number in (
        signal.SIGINT,
        signal.SIGTERM,
        signal.SIGQUIT,
        signal.SIGHUP,
        signal.SIGXCPU,
        signal.SIGCHLD,
    ):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def main(arguments: list[str]) -> None:
    """Become the program."""
    die_with_parent(int(arguments[0]))
    forget_worker()
    try:
        os.execvp(arguments[1], arguments[1:])
    except OSError as error:
        sys.stderr.write(f"{os.path.basename(arguments[1])}: {error.strerror}\n")
        os._exit(CANNOT_START)


if __name__ == "__main__":
    main(sys.argv[1:])
