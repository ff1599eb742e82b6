"""A real S3 service (SeaweedFS) on free ports of loopback, with one key and any buckets.

Owns: starting and ending it. Does not own: faults (`s3_stub.py`).
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from dev.ports import LOOPBACK, free_port
from dev.processes import Managed

KEY, SECRET = "AKTESTTESTTESTTEST", "a secret of the tests, never of anybody else"


START_SECONDS = 90


class S3Server:
    """SeaweedFS with everything in one process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process = Managed("seaweedfs", folder)

    @property
    def endpoint(self) -> str:
        """Where it is reached."""
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> S3Server:
        """Start it; back when it answers."""
        program = Path(sys.executable).parent / "weed"
        weed = program if program.exists() else shutil.which("weed")
        assert weed, "SeaweedFS is missing: run 'python3 -m dev setup'."
        data, config = self.folder / "data", self.folder / "s3.json"
        data.mkdir(parents=True)
        config.write_text(json.dumps(_identities()), encoding="utf-8")
        ports = {name: free_port() for name in ("master", "volume", "filer", "s3.grpc")}
        ports |= {f"{name}.grpc": free_port() for name in ("master", "volume", "filer")}
        self.process.start(
            [
                weed,
                "-logtostderr=true",
                "server",
                f"-dir={data}",
                f"-ip={LOOPBACK}",
                "-s3",
                f"-s3.port={self.port}",
                f"-s3.config={config}",
                "-s3.autoCreateBucket=false",
                "-s3.iam=false",
                "-s3.port.iceberg=0",
                "-s3.port.lance=0",
                "-master.telemetry=false",
                "-master.volumeSizeLimitMB=64",
                "-volume.max=40",
                *(f"-{_flag(name)}={port}" for name, port in ports.items()),
            ],
            HOME=str(self.folder),
        )
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            assert time.monotonic() < end, f"SeaweedFS does not answer: {self.process.log_tail()}"
            time.sleep(0.1)
        return self

    def stop(self) -> None:
        """Stop it."""
        self.process.stop(grace_seconds=1)  # it waits long for what nobody needs any more

    def bucket(self, name: str) -> str:
        """Make a bucket; return its name."""
        self.client.create_bucket(Bucket=name)
        return name

    @cached_property
    def client(self):
        """A plain client, to look past the store that is tested."""
        return boto3.session.Session(KEY, SECRET, region_name="us-east-1").client(
            "s3",
            endpoint_url=self.endpoint,
            config=Config(
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                retries={"total_max_attempts": 1},
                connect_timeout=2,
                read_timeout=10,
            ),
        )

    def _answers(self) -> bool:
        try:
            self.client.list_buckets()
        except (BotoCoreError, ClientError):
            return False
        return True


def _flag(name: str) -> str:
    return name.replace(".grpc", ".port.grpc") if name.endswith(".grpc") else f"{name}.port"


def _identities() -> dict[str, object]:
    credentials = [{"accessKey": KEY, "secretKey": SECRET}]
    reader = [{"accessKey": f"{KEY}READ", "secretKey": SECRET}]
    remover = [{"accessKey": f"{KEY}REMOVE", "secretKey": SECRET}]
    return {
        "identities": [
            {"name": "backup", "credentials": credentials, "actions": ["Admin"]},
            {"name": "reader", "credentials": reader, "actions": ["Read", "List"]},
            {"name": "remover", "credentials": remover, "actions": ["Read", "List", "Write"]},
        ]
    }


@contextmanager
def running(folder: Path) -> Iterator[S3Server]:
    """Give a running service."""
    server = S3Server(folder).start()
    try:
        yield server
    finally:
        server.stop()
