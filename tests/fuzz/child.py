"""`python -m tests.fuzz.child TARGET SECONDS SEED FILE`: changes bytes and has them read, for so
long; with an input of a run before instead of seconds, that one is read alone.

Owns: the loop, which inputs are kept, the peak of memory. Does not own: what is tried
(`targets.py`), how an input is written (`told_input.py`), what is right (`test_parsers.py`).

An input is kept, and changed further, when it ended at a place where none had ended before. The one
that is being read stands in FILE, so that it is known when this process does not come back from it.
Tells one line of JSON: `{"runs", "places", "taken", "peak_bytes", "uncaught": [[error, input]]}`.
"""

import gc
import json
import random
import sys
import time
import traceback

import tests.bare  # noqa: F401
from saas_business_management.kernel.errors import SaasError
from tests.fuzz.mutate import changed
from tests.fuzz.targets import TARGETS, Target
from tests.fuzz.told_input import LastRead, as_bytes, as_text

KEPT_MOST = 2000
UNCAUGHT_MOST = 5
# However slow the machine is, so many are read: what the shortest run finds is always the same.
RUNS_LEAST = 200


def place_of(error: BaseException) -> tuple[object, ...]:
    """Return where it was refused, and how we came there."""
    lines = tuple((one.filename, one.lineno) for one in traceback.extract_tb(error.__traceback__))
    return (type(error).__name__, *lines[-4:])


def fuzz(target: Target, seconds: float, dice: random.Random, last: LastRead) -> dict[str, object]:
    """Have changed bytes read until the time is over."""
    corpus, places, uncaught = [*target.begin], set(), []
    end, runs, taken = time.monotonic() + seconds, 0, 0
    while (time.monotonic() < end or runs < RUNS_LEAST) and len(uncaught) < UNCAUGHT_MOST:
        # What came last is what nobody has looked at further.
        newest = corpus[-20:] if dice.random() < 0.3 else corpus
        data = changed(dice.choice(newest), corpus, dice)
        place: tuple[object, ...] = ("taken",)
        runs += 1
        last.keep(data)
        try:
            target.read(data)
            taken += 1
        except SaasError as error:
            place = (error.code, *place_of(error))
        except Exception as error:  # noqa: BLE001 - this is what is looked for
            uncaught.append([f"{error!r} at {place_of(error)[-1]}", as_text(data)])
        # A caught error and the frames it names hold each other, and with them what they had open:
        # as garbage of many inputs it would be taken for what one of them needs.
        gc.collect(0)
        if place not in places:
            places.add(place)
            corpus.append(data)
            del corpus[KEPT_MOST:]
    return {"runs": runs, "places": len(places), "taken": taken, "uncaught": uncaught}


def peak_bytes() -> int:
    """Return the most memory this process has had."""
    with open("/proc/self/status") as status:
        (line,) = [line for line in status if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


def main(name: str, seconds: str, seed: str = "", file: str = "") -> None:
    """Fuzz one target and tell, or have it read one input."""
    if not file:
        TARGETS[name].read(as_bytes(seconds))
        return
    with LastRead(file) as last:
        told = fuzz(TARGETS[name], float(seconds), random.Random(f"{seed} {name}"), last)
    print(json.dumps({**told, "peak_bytes": peak_bytes()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
