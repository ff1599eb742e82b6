"""A child of the fuzzer that dies of an input, as a crash in a library would have it."""

import os
import signal
import sys

from tests.fuzz.told_input import LastRead

if __name__ == "__main__":
    with LastRead(sys.argv[4]) as last:
        last.keep(b"the one that did it, and more that was there before")
        last.keep(b"the one that did it")
        os.kill(os.getpid(), signal.SIGKILL)
