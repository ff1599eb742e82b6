"""Named places where a test may end the process, to prove that work resumes from every one.

Owns: names and arming. Does not own: the configuration switch that allows it
(`models/saas_job_run.py`).
"""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass
class Failpoints:
    """Passes named points; does nothing at all unless armed.

    `armed` is `name:action[:nth]` with action `kill` or `stop`; `log_path` collects every point
    passed, one a line.
    """

    armed: str = ""
    log_path: str = ""
    _passed: dict[str, int] = field(default_factory=dict)

    def hit(self, name: str) -> None:
        """Pass a point; may not return when it is the armed one."""
        if not self.armed and not self.log_path:
            return
        self._passed[name] = self._passed.get(name, 0) + 1
        if self.log_path:
            with open(self.log_path, "a", encoding="utf-8") as log:
                log.write(name + "\n")
        self._act(name)

    def _act(self, name: str) -> None:
        wanted, _, rest = self.armed.partition(":")
        action, _, nth = rest.partition(":")
        if wanted != name or self._passed[name] != int(nth or 1):
            return
        os.kill(os.getpid(), signal.SIGSTOP if action == "stop" else signal.SIGKILL)


def watched(ports: Any, hit: Callable[[str], None]) -> Any:
    """Return the ports with a failpoint around each effect; clock and secrets have none."""
    return replace(
        ports,
        **{
            name: Watched(port, name, hit)
            for name, port in vars(ports).items()
            if name not in ("clock", "secrets") and port is not None
        },
    )


class Watched:
    """Wraps a port so that a failpoint stands before and after each of its effects."""

    def __init__(self, port: object, name: str, hit: Callable[[str], None]) -> None:
        self._port = port
        self._name = name
        self._hit = hit

    def __getattr__(self, attribute: str) -> object:
        found = getattr(self._port, attribute)
        if not callable(found):
            return found

        def call(*args: object, **kwargs: object) -> object:
            self._hit(f"{self._name}.{attribute}.before")
            result = found(*args, **kwargs)
            self._hit(f"{self._name}.{attribute}.after")
            return result

        return call
