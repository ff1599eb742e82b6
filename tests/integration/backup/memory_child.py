"""Writes and proves a backup under a limit of memory and tells its peak; started by a test.

With `stop_at` bytes of the dump it stops there instead and waits to be killed.
"""

import json
import resource
import sys
import time

import tests.bare  # noqa: F401
from saas_business_management.adapters.backup.proof import prove
from saas_business_management.adapters.backup.reader import BackupReader
from saas_business_management.adapters.backup.writer import BackupOrder, BackupWriter
from saas_business_management.adapters.postgres.client_programs import Programs
from saas_business_management.adapters.postgres.connect import Server
from saas_business_management.kernel.backup.key import DataKey
from saas_business_management.kernel.secret import Secret
from tests.integration.backup.disk_store import DiskStore

TENANT = "3f0c6c1e-5a55-4d1c-9d53-0d0f5d7c7a11"
BACKUP = "8d5a1a52-6f2e-4b7a-9a0e-000000000001"
LIMIT_BYTES = 700 << 20


def peak_bytes():
    """The most memory since this program began; `ru_maxrss` would begin with our parent's."""
    with open("/proc/self/status") as status:
        (line,) = [line for line in status if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


def halt(told, phase, done, _total):
    if told.get("stop_at") and phase == "database" and done > told["stop_at"]:
        print("stopped", flush=True)
        time.sleep(60)


def main():
    told = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT_BYTES, LIMIT_BYTES))
    key = DataKey("d1", bytes(range(32)))
    server = Server(
        told["host"], told["port"], told["user"], Secret(told["password"]), told["database"]
    )
    store, programs = DiskStore(told["store"]), Programs(told["bin"])
    order = BackupOrder(TENANT, BACKUP, 1, "manual")
    writer = BackupWriter(store, key, programs)
    written = writer.write(order, server, told["folder"], lambda *step: halt(told, *step))
    reader = BackupReader(store, TENANT, {key.id: key}, told["spool"])
    faults = prove(reader, written.manifest, programs)
    answer = {
        "files": len(written.manifest.files.files),
        "faults": [fault.code for fault in faults],
        "dump_bytes": written.manifest.part("db").size,
        "peak_bytes": peak_bytes(),
    }
    print(json.dumps(answer))


main()
