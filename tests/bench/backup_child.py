"""`python -m tests.bench.backup_child`: writes one backup as an operation does and tells its cost.

Owns: the clock around it, memory, reading every byte afterwards. Does not own: what is backed up.

Takes one line of JSON from standard input and prints one: seconds, bytes, the peaks of memory.
"""

import json
import resource
import sys
import time

import tests.bare  # noqa: F401
from saas_business_management.adapters.backup.proof import prove
from saas_business_management.adapters.backup.reader import BackupReader
from saas_business_management.adapters.backup.writer import BackupOrder, BackupWriter, Former
from saas_business_management.adapters.postgres.client_programs import Programs
from saas_business_management.adapters.postgres.connect import Server
from saas_business_management.adapters.storage.local import LocalStore
from saas_business_management.kernel.backup.key import DataKey
from saas_business_management.kernel.secret import Secret

TENANT = "3f0c6c1e-5a55-4d1c-9d53-0d0f5d7c7a11"
KEY = DataKey("bench", bytes(range(32)))


def uuid(number: int) -> str:
    """Return the uuid of the so many-th backup."""
    return f"8d5a1a52-6f2e-4b7a-9a0e-{number:012x}"


def peak_bytes() -> int:
    """Return the most memory of this process; `ru_maxrss` would begin with that of our parent."""
    with open("/proc/self/status") as status:
        (line,) = [line for line in status if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


def main() -> None:
    """Back up, tell, read it back."""
    told = json.loads(sys.stdin.readline())
    server = Server(
        told["host"], told["port"], told["user"], Secret(told["password"]), told["database"]
    )
    store, programs = LocalStore(told["store"]), Programs(told["bin"])
    reader = BackupReader(store, TENANT, {KEY.id: KEY}, told["spool"])
    begun = time.monotonic()
    number = told["number"]
    former = Former(*reader.manifest(uuid(number - 1))) if number > 1 else None
    order = BackupOrder(TENANT, uuid(number), number, "schedule", former)
    written = BackupWriter(store, KEY, programs).write(order, server, told["files"])
    wrong = reader.look(written.manifest)
    took = time.monotonic() - begun
    peaks = peak_bytes(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    begun = time.monotonic()
    wrong += prove(reader, written.manifest, programs)
    answer = {
        "seconds": took,
        "proof_seconds": time.monotonic() - begun,
        "new_bytes": written.manifest.new_bytes,
        "dump_bytes": written.manifest.part("db").size,
        "files": len(written.manifest.files.files),
        "peak_bytes": peaks[0],
        "pg_dump_bytes": peaks[1],
        "faults": [fault.code for fault in wrong],
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
