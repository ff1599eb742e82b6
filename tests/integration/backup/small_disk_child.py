"""Backs up onto disks that are too small and tells what came of it; started by a test.

Owns: the two small disks, which only this process sees. Does not own: what is right.
"""

import json
import os
import sys
from pathlib import Path

import tests.bare  # noqa: F401
from saas_business_management.adapters.backup.proof import prove
from saas_business_management.adapters.backup.reader import BackupReader
from saas_business_management.adapters.backup.writer import BackupOrder, BackupWriter
from saas_business_management.adapters.postgres.client_programs import Programs
from saas_business_management.adapters.postgres.connect import Server
from saas_business_management.adapters.storage.local import LocalStore
from saas_business_management.kernel.backup.key import DataKey
from saas_business_management.kernel.errors import SaasError
from saas_business_management.kernel.secret import Secret
from tests.helpers.crash_mother import shrink

TENANT = "3f0c6c1e-5a55-4d1c-9d53-0d0f5d7c7a11"
KEY = DataKey("d1", bytes(range(32)))
TARGET_BYTES, SPOOL_BYTES = 64 << 20, 2 << 20


class Stage:
    """A server, a target of 64 MB, and the outcome of what is tried on it."""

    def __init__(self, told):
        self.root = Path(told["store"])
        self.store = LocalStore(self.root)
        self.server = Server(
            told["host"], told["port"], told["user"], Secret(told["password"]), told["database"]
        )
        self.programs = Programs(told["bin"])
        self.spool = told["spool"]

    def write(self, number, folder):
        """Write a backup; return how that ended, and what lies on the target then."""
        order = BackupOrder(TENANT, f"8d5a1a52-6f2e-4b7a-9a0e-{number:012x}", number, "manual")
        code = "ok"
        try:
            BackupWriter(self.store, KEY, self.programs).write(order, self.server, Path(folder))
        except SaasError as error:
            code = f"{error.kind} {error.code}"
        return {
            "code": code,
            "parts": [one.name for one in self.root.rglob("*.part")],
            "backups": sorted(one.name for one in self.root.glob("v1/*/man/*")),
            "free": os.statvfs(self.root).f_bavail * os.statvfs(self.root).f_frsize,
        }

    def prove(self, spool):
        """Read the first backup whole; return its faults, or why that could not be done."""
        reader = BackupReader(self.store, TENANT, {KEY.id: KEY}, spool)
        manifest, _link = reader.manifest(reader.backups()[0])
        try:
            return [fault.code for fault in prove(reader, manifest, self.programs)]
        except SaasError as error:
            return f"{error.kind} {error.code}"


def main():
    told = json.load(sys.stdin)
    shrink(told["store"], TARGET_BYTES)
    stage = Stage(told)
    answer = {
        "first": stage.write(1, told["small"]),
        "full": stage.write(2, told["folder"]),
        "proof_after": stage.prove(told["spool"]),
        "freed": stage.write(3, told["small"]),
    }
    shrink(told["spool"], SPOOL_BYTES)
    answer["proof_on_a_full_spool"] = stage.prove(told["spool"])
    answer["spool"] = os.listdir(told["spool"])
    print(json.dumps(answer))


main()
