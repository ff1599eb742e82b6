"""Programs on the records of a running installation, by one process that stays.

Loading Odoo takes seconds of processor time: who asks every half second whether something is done
would do little else. Each program has a transaction of its own, that is rolled back at its end: a
program that wants to keep something commits.

Owns: the process, one program after the other. Does not own: what programs say.
`python -m tests.helpers.resident_shell CONF` is the process: a program as a JSON string in each
line of its input, `{"said": …, "trace": …}` in each line of its answers.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import traceback
from code import InteractiveInterpreter
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from dev import paths
from dev.odoo import ensure_odoo
from dev.shell import clean_environment


class ResidentShell:
    """`ask` runs a program with `env`, the superuser's environment, and returns what it printed."""

    def __init__(self, conf: Path) -> None:
        self.conf = conf
        self._process: subprocess.Popen[str] | None = None

    def ask(self, program: str, seconds: float) -> str:
        """Run a program.

        Raises: AssertionError with the trace of a program that failed, or without an answer.
        """
        process = self._started()
        process.stdin.write(json.dumps(program) + "\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], seconds)
        line = process.stdout.readline() if ready else ""
        if not line:
            self.close()
            raise AssertionError(f"no answer within {seconds} s to: {program}")
        answer = json.loads(line)
        assert not answer["trace"], answer["trace"]
        return answer["said"]

    def close(self) -> None:
        """End the process; the next program starts another one."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _started(self) -> subprocess.Popen[str]:
        if not self._process or self._process.poll() is not None:
            search = os.pathsep.join([str(ensure_odoo().python_path), str(paths.ROOT)])
            self._process = subprocess.Popen(
                [str(paths.PYTHON), "-m", "tests.helpers.resident_shell", str(self.conf)],
                cwd=paths.ROOT,
                env=clean_environment(PYTHONPATH=search, PYTHONDONTWRITEBYTECODE="1"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return self._process


class Interpreter(InteractiveInterpreter):
    """Runs a program; `trace` is how it failed."""

    trace = ""

    def showtraceback(self) -> None:
        self.trace = traceback.format_exc()


def main() -> None:
    from odoo.modules.registry import Registry
    from odoo.tools import config

    answers, sys.stdout = sys.stdout, sys.stderr
    config.parse_config(["-c", sys.argv[1], "--no-http", "--log-level=error"], setup_logging=True)
    (database,) = config["db_name"]
    for line in sys.stdin:
        answer = _run(Registry(database).check_signaling(), json.loads(line))
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _run(registry: Any, program: str) -> dict[str, str]:
    from odoo.api import SUPERUSER_ID, Environment

    said = StringIO()
    with registry.cursor() as cr, redirect_stdout(said):
        context = Environment(cr, SUPERUSER_ID, {})["res.users"].context_get()
        interpreter = Interpreter({"env": Environment(cr, SUPERUSER_ID, context)})
        interpreter.runcode(compile(program, "<program>", "exec"))
        cr.rollback()
    registry.signal_changes()
    return {"said": said.getvalue(), "trace": interpreter.trace}


if __name__ == "__main__":
    main()
