"""What tests of a failing S3 service set up: a hurried client, the go-between, a bucket with room.

Owns: those. Does not own: the service (`s3.py`), the faults (`s3_stub.py`), what is stored there.
"""

from __future__ import annotations

from uuid import uuid4

from saas_business_management.adapters.storage.s3_calls import Patience, S3Calls
from tests.contract.storage.subjects import s3_place
from tests.helpers.s3 import S3Server

# In a hurry between tries; what is slow is so for longer than a busy machine makes anything wait.
FAST = Patience(
    tries=3,
    first_seconds=0.01,
    longest_seconds=0.02,
    connect_seconds=5,
    answer_seconds=20,
    total_seconds=60,
    slow_after_seconds=3,
    slow_bytes_a_second=64 * 1024,
)
# Nothing reached the service, or its answer was lost: trying again helps unless it stays so.
PASSING = ("500", "503", "slow_down", "html_503", "drop", "reset_in_request", "answer_lost")


def roomy_bucket(server: S3Server, name: str) -> str:
    """Make a bucket in which the service has found room already; return its name."""
    made = server.bucket(f"{name}-{uuid4().hex[:12]}")
    server.client.put_object(Bucket=made, Key="first", Body=b"makes it find room")
    return made


def client(endpoint: str, bucket: str) -> S3Calls:
    """Make a client; it takes long, so that one serves many tests."""
    return S3Calls(s3_place(endpoint, bucket), FAST)


def forget(calls: S3Calls) -> None:
    """Have a client know nothing of its service, as a new one does."""
    calls.checksums = calls.exclusive = calls.in_a_hurry = True
    calls.bucket_seen = False
