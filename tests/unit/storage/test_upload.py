"""Sending a stream in parts: how it is cut, how much is on its way at once, when it stops."""

import hashlib
import threading
import time

import pytest

from saas_business_management.adapters.storage.s3_upload import AT_ONCE, MOST_PARTS, Upload
from saas_business_management.kernel.errors import Refused, Unavailable

PART = 1000


class Calls:
    """A service in memory that notes what is on its way."""

    def __init__(self):
        self.checksums = True
        self.in_a_hurry = True
        self.clock = 0.0
        self.parts = {}
        self.asked = []
        self.flying = self.most_flying = 0
        self.company = 1
        self._lock = threading.Lock()
        self._all_there = threading.Event()

    def until(self):
        return 100.0

    def now(self):
        return self.clock

    def ask_summed(self, operation, sums, arguments, until=None):
        return self.ask(operation, {**sums, **arguments}, until)

    def ask(self, operation, arguments, until=None):
        with self._lock:
            self.asked.append(operation)
            self.flying += 1
            self.most_flying = max(self.most_flying, self.flying)
            if self.most_flying >= self.company:
                self._all_there.set()
        # The first ones stay on their way until as many are as are expected.
        if operation == "upload_part":
            self._all_there.wait(10)
        time.sleep(0.002)
        with self._lock:
            self.flying -= 1
            if operation == "upload_part":
                self.parts[arguments["PartNumber"]] = arguments["Body"]
            if operation == "put_object":
                self.parts[0] = arguments["Body"]
        return {"UploadId": "1", "ETag": "x"}


def send(calls, chunks, part_bytes=PART):
    return Upload(calls, "key", part_bytes).send(chunks, lambda sent: False)


@pytest.mark.parametrize("size", [0, 1, PART - 1, PART, PART + 1, 2 * PART, 5 * PART + 7])
@pytest.mark.parametrize("chunk", [1, 7, PART, 3 * PART])
def test_a_stream_is_cut_into_parts_of_one_size(size, chunk):
    calls, whole = Calls(), bytes(number % 251 for number in range(size))
    sent = send(calls, (whole[place : place + chunk] for place in range(0, size, chunk)))
    assert (sent.size, sent.sha256) == (size, hashlib.sha256(whole).hexdigest())
    if size <= PART:
        assert calls.asked == ["put_object"]
        assert calls.parts == {0: whole}
        return
    numbers = sorted(calls.parts)
    assert numbers == list(range(1, len(numbers) + 1))
    assert b"".join(calls.parts[number] for number in numbers) == whole
    assert {len(calls.parts[number]) for number in numbers[:-1]} == {PART}
    assert sent.etag.endswith(f"-{len(numbers)}")


@pytest.mark.parametrize(("in_a_hurry", "most"), [(True, AT_ONCE), (False, 1)])
def test_only_a_few_parts_are_on_their_way_at_once(in_a_hurry, most):
    calls, cut = Calls(), []
    calls.in_a_hurry, calls.company = in_a_hurry, most

    def chunks():
        for number in range(20):
            cut.append(number - len(calls.parts))
            yield bytes(PART)

    send(calls, chunks())
    assert calls.most_flying == most
    assert max(cut) <= most + 3, "the source waits for the target"


def test_a_stream_that_breaks_is_given_up():
    calls = Calls()

    def chunks():
        yield bytes(3 * PART)
        raise ValueError("the source broke")

    with pytest.raises(ValueError, match="the source broke"):
        send(calls, chunks())
    assert calls.asked[-1] == "abort_multipart_upload"
    assert "complete_multipart_upload" not in calls.asked


def test_too_many_parts_are_refused_and_given_up():
    calls = Calls()
    calls.ask = lambda operation, arguments, until=None: (
        calls.asked.append(operation) or {"UploadId": "1", "ETag": "x"}
    )
    with pytest.raises(Refused) as told:
        send(calls, (b"x" for _ in range(MOST_PARTS + 1)), part_bytes=1)
    assert told.value.code == "object_too_large"
    assert told.value.facts == {"most_bytes": MOST_PARTS}
    assert calls.asked[-1] == "abort_multipart_upload"


def test_a_stream_that_takes_too_long_is_given_up():
    calls = Calls()

    def chunks():
        for _number in range(5):
            calls.clock += 30
            yield bytes(PART)

    with pytest.raises(Unavailable) as told:
        send(calls, chunks())
    assert told.value.code == "target_slow"
    assert calls.asked[-1] == "abort_multipart_upload"
