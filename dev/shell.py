"""Child processes with a clean environment and one-sentence errors.

Owns: how programs are run. Does not own: what they do.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .say import fail

FOREIGN_PREFIXES = ("PG", "ODOO_")
CHATTER = re.compile(r"WARNING: |npm warn |\[notice\]")


def clean_environment(**extra: str) -> dict[str, str]:
    """Our environment without PG* and ODOO_* variables: they would beat our configuration."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(FOREIGN_PREFIXES)}
    kept.pop("PYTHONPATH", None)
    return {**kept, "LC_ALL": "C.UTF-8", **extra}


def find_tool(name: str, package: str) -> str:
    """The path of a program, or one sentence naming the package that brings it."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    return found or fail(f"'{name}' is missing: install it with 'apt-get install {package}'.")


def run(
    command: Sequence[str | Path],
    what: str,
    *,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    stdin: str | None = None,
    timeout: float | None = None,
) -> str:
    """Run to the end and give standard output; a failure is one sentence with its last lines."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            env=env or clean_environment(),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError:
        fail(f"{what}: the program '{words[0]}' is missing.")
    except subprocess.TimeoutExpired:
        fail(f"{what}: no end after {timeout:.0f} seconds; try again on a quieter machine.")
    except OSError as error:
        fail(f"{what}: {plain_reason(error)}")
    if done.returncode:
        fail(f"{what} failed: {last_words(done.stderr or done.stdout)}")
    return done.stdout


def last_words(output: str, lines: int = 6) -> str:
    """The last non-empty lines of an output, with a full disk or a missing network named."""
    said = [line for line in output.splitlines() if line.strip() and not CHATTER.match(line)]
    text = "\n    ".join(said[-lines:])
    low = output.lower()
    if "no space left" in low:
        return f"the disk is full; free some space and try again.\n    {text}"
    if any(sign in low for sign in ("could not resolve", "name resolution", "network is unreach")):
        return f"no network; connect and try again.\n    {text}"
    return text or "it said nothing."


def plain_reason(error: OSError) -> str:
    """An operating system error as a sentence."""
    if error.errno == errno.ENOSPC:
        return "the disk is full; free some space and try again."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"no permission for {error.filename}."
    return f"{error.strerror or error} ({error.filename or 'no file'})."
