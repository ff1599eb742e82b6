"""Words to the person at the terminal: progress with seconds, or one clear sentence.

Owns: what is printed. Does not own: logs of the started processes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


class Failed(Exception):
    """Something the person has to mend; its text is the whole message."""


def fail(sentence: str) -> NoReturn:
    """Stop here; the command prints the sentence and exits with 1."""
    raise Failed(sentence)


def say(text: str) -> None:
    """Print one line at once."""
    print(text, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print the title, run the block, print the seconds it took."""
    started = time.monotonic()
    say(f"  … {title}")
    try:
        yield
    except BaseException:
        say(f"  ✗ {title} ({time.monotonic() - started:.1f} s)")
        raise
    say(f"  ✓ {title} ({time.monotonic() - started:.1f} s)")


def warn(text: str) -> None:
    """Print one line to the error stream."""
    print(text, file=sys.stderr, flush=True)
