"""`python -m tests.soak [MINUTES] [TENANTS] [--seed N]`: goal G2, 30 minutes and 25 tenants.

Customers write all the time; operations are ordered at random while processes die and servers go
down. After each round of a minute nothing is ordered any more, everything comes to its end, and is
compared with what was confirmed to those who wrote. Ends with 1 when something was not as it should
be. The same seed gives the same choices, not the same instants.
"""

import argparse
import random
import sys

from tests import bare

bare.install()

from tests.soak.soak import Soak  # noqa: E402

MINUTES, TENANTS = 30, 25


def main(words: list[str]) -> int:
    """Soak; the seed is told first, so that choices can be made again."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("minutes", nargs="?", type=float, default=MINUTES)
    parser.add_argument("tenants", nargs="?", type=int, default=TENANTS)
    parser.add_argument("--seed", type=int, default=None)
    chosen = parser.parse_args(words)
    seed = chosen.seed if chosen.seed is not None else random.randrange(10**6)
    print(f"seed {seed}, {chosen.minutes:g} minutes, {chosen.tenants} tenants", flush=True)
    soak = Soak(chosen.minutes, chosen.tenants, seed)
    try:
        soak.run()
    finally:
        print(soak.report(), flush=True)
    return 1 if soak.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
