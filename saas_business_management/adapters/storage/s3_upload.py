"""Sending a stream to an S3 service: in one piece when it is small, else in parts.

Owns: cutting, a few parts at once, giving up so that nothing is left, sums to compare with.
Does not own: trying a call again (`s3_calls.py`), whether it arrived (`s3.py`).

Source: Amazon S3 user guide, "Multipart upload overview", "Checking object integrity".
"""

import base64
import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ...kernel.errors import Broken, Refused, SaasError, Unavailable
from .s3_calls import S3Calls

PART_BYTES = 12 << 20  # times MOST_PARTS: 125 GB
AT_ONCE = 2
MOST_PARTS = 10_000


@dataclass(frozen=True)
class Sent:
    """What was sent: its size and sha256 (hex), and how the service would call its checksums."""

    size: int
    sha256: str
    etag: str
    checksum: str


@dataclass(frozen=True)
class Part:
    """One part that has to be sent, with its sums."""

    number: int
    content: bytes
    md5: bytes
    sha256: bytes

    @property
    def guard(self) -> dict[str, str]:
        """What every service compares with what it gets."""
        return {"ContentMD5": encoded(self.md5)}

    @property
    def sums(self) -> dict[str, str]:
        """What a newer service compares and keeps."""
        return {"ChecksumSHA256": encoded(self.sha256)}


def encoded(digest: bytes) -> str:
    """Return a digest as headers hold it."""
    return base64.b64encode(digest).decode("ascii")


def part(number: int, content: bytes) -> Part:
    """Return a part with its sums; MD5 is what the protocol asks for, no protection."""
    md5 = hashlib.md5(content, usedforsecurity=False).digest()
    return Part(number, content, md5, hashlib.sha256(content).digest())


def whole(one: Part) -> Sent:
    """Return what was sent when one part is the whole object."""
    return Sent(len(one.content), one.sha256.hex(), one.md5.hex(), encoded(one.sha256))


class Upload:
    """One stream on its way to one key; made for it and used once."""

    def __init__(self, calls: S3Calls, key: str, part_bytes: int = PART_BYTES) -> None:
        self._calls, self._key, self._part_bytes = calls, key, part_bytes
        self._until = calls.until()
        self._id = ""
        self._digest, self._size = hashlib.sha256(), 0
        self._sums: list[tuple[bytes, bytes]] = []

    def send(self, chunks: Iterable[bytes], arrived: Callable[[Sent], bool]) -> Sent:
        """Send everything; `arrived` is asked when the last answer was lost.

        Raises: Refused (`object_too_large`), Unavailable, Broken; whatever the chunks raise.
        """
        cut = self._cut(chunks)
        first = next(cut)
        second = next(cut, None)
        if second is None:
            self._calls.ask_summed(
                "put_object",
                first.sums,
                {"Key": self._key, "Body": first.content, **first.guard},
                self._until,
            )
            return whole(first)
        self._begin()
        try:
            return self._send_parts([first, second], cut, arrived)
        except BaseException:
            self._give_up()
            raise

    def _cut(self, chunks: Iterable[bytes]) -> Iterator[Part]:
        """Give parts of one size, the last one shorter; at least one."""
        number, held, size = 1, [], 0
        for chunk in chunks:
            self._digest.update(chunk)
            self._size += len(chunk)
            view = memoryview(chunk)
            while size + len(view) > self._part_bytes:
                room = self._part_bytes - size
                held.append(view[:room])
                yield self._noted(number, b"".join(held))
                number, held, size, view = number + 1, [], 0, view[room:]
            held.append(view)
            size += len(view)
        yield self._noted(number, b"".join(held))

    def _noted(self, number: int, content: bytes) -> Part:
        if number > MOST_PARTS:
            raise Refused("object_too_large", most_bytes=MOST_PARTS * self._part_bytes)
        if self._calls.now() > self._until:
            raise Unavailable("target_slow")
        made = part(number, content)
        self._sums.append((made.md5, made.sha256))
        return made

    def _begin(self) -> None:
        answer = self._calls.ask_summed(
            "create_multipart_upload",
            {"ChecksumAlgorithm": "SHA256"},
            {"Key": self._key},
            self._until,
        )
        if not answer.get("UploadId"):
            raise Broken("target_garbled", told="no upload")
        self._id = answer["UploadId"]

    def _send_parts(
        self, begun: list[Part], more: Iterator[Part], arrived: Callable[[Sent], bool]
    ) -> Sent:
        summed = self._calls.checksums
        done: list[dict[str, Any]] = []
        flying: deque[Future] = deque()
        with ThreadPoolExecutor(AT_ONCE, "s3-part") as pool:
            try:
                for one in _chained(begun, more):
                    while len(flying) >= (AT_ONCE if self._calls.in_a_hurry else 1):
                        done.append(flying.popleft().result())
                    flying.append(pool.submit(self._send_part, one, summed))
                done += [one.result() for one in flying]
            except BaseException:
                for one in flying:
                    one.cancel()
                raise
        return self._complete(done, arrived)

    def _send_part(self, one: Part, summed: bool) -> dict[str, Any]:
        sums = one.sums if summed else {}
        answer = self._calls.ask(
            "upload_part",
            {
                "Key": self._key,
                "UploadId": self._id,
                "PartNumber": one.number,
                "Body": one.content,
                **one.guard,
                **sums,
            },
            self._until,
        )
        return {"PartNumber": one.number, "ETag": answer.get("ETag", ""), **sums}

    def _complete(self, done: list[dict[str, Any]], arrived: Callable[[Sent], bool]) -> Sent:
        sent = Sent(self._size, self._digest.hexdigest(), *self._joined_sums())
        order = {"Key": self._key, "UploadId": self._id, "MultipartUpload": {"Parts": done}}
        try:
            self._calls.ask("complete_multipart_upload", order, self._until)
        except (Unavailable, Refused) as error:
            # The answer to an earlier try may have been lost while the work was done.
            if error.code == "object_too_large" or not arrived(sent):
                raise
        return sent

    def _joined_sums(self) -> tuple[str, str]:
        """Return entity tag and checksum of the whole, as services make them of those of parts."""
        count = len(self._sums)
        md5 = hashlib.md5(b"".join(md5 for md5, _ in self._sums), usedforsecurity=False)
        sha256 = hashlib.sha256(b"".join(sha256 for _, sha256 in self._sums))
        return f"{md5.hexdigest()}-{count}", f"{encoded(sha256.digest())}-{count}"

    def _give_up(self) -> None:
        """Have the service forget the parts; what it keeps nevertheless is swept later."""
        order = {"Key": self._key, "UploadId": self._id}
        with suppress(SaasError):
            self._calls.ask("abort_multipart_upload", order, until=self._calls.now())


def _chained(begun: list[Part], more: Iterator[Part]) -> Iterator[Part]:
    while begun:
        yield begun.pop(0)
    yield from more
