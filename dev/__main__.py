"""`python3 -m dev <command>`: see `python3 -m dev --help`."""

from __future__ import annotations

import sys

from .commands import main

if __name__ == "__main__":
    sys.exit(main())
