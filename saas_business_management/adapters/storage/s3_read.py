"""Reading an object of an S3 service, whole or in part, over connections that may break.

Owns: going on where it broke, never mixing two objects, noticing a drip. Does not own: the calls
(`s3_calls.py`), whether the bytes are the right ones (`kernel/backup`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ...kernel.errors import Broken, SaasError, Unavailable
from .s3_calls import S3Calls

READ_BYTES = 64 * 1024
SPAN = re.compile(r"bytes (?P<first>[0-9]+)-(?P<last>[0-9]+)/(?P<total>[0-9]+|\*)")


def read(calls: S3Calls, name: str, start: int, length: int | None) -> Iterator[bytes]:
    """Give the bytes of an object.

    Raises: Unavailable (`target_unavailable`, `target_slow`), Broken (`object_missing`,
    `object_changed`, `target_garbled`).
    """
    if length == 0:
        return
    reading = _Reading(calls, name, start, None if length is None else start + length)
    failed = 0
    while not reading.is_over():
        before = reading.place
        try:
            yield from reading.go_on()
        except Unavailable as error:
            failed = failed + 1 if reading.place == before else 1
            if failed >= calls.patience.tries or error.code == "target_slow":
                raise
            calls.pause(failed)


@dataclass
class _Reading:
    """How far one object was read; `end` is known when a first answer told it."""

    calls: S3Calls
    name: str
    place: int
    wanted_end: int | None
    end: int | None = None
    tag: str = ""
    waited: float = 0.0
    got: int = 0
    until: float = field(init=False)

    def __post_init__(self) -> None:
        self.until = self.calls.until()

    def is_over(self) -> bool:
        return self.end is not None and self.place >= self.end

    def go_on(self) -> Iterator[bytes]:
        """Ask for what is missing and give it as it comes."""
        answer = self._asked()
        if answer is None:
            self.end = self.place
            return
        body = answer["Body"]
        try:
            left = self._span(answer)
            while left > 0:
                chunk = self._chunk(body, min(left, READ_BYTES))
                left -= len(chunk)
                self.place += len(chunk)
                yield chunk
            if self.end is None:
                self.end = self.place
        finally:
            body.close()

    def _asked(self) -> dict[str, Any] | None:
        """Return the answer; None when there is nothing at this place."""
        order: dict[str, Any] = {"Key": self.name}
        # Of the whole, too: the answer then tells how much there is, beside how much it brings.
        last = "" if self.wanted_end is None else self.wanted_end - 1
        order["Range"] = f"bytes={self.place}-{last}"
        if self.tag:
            order["IfMatch"] = self.tag
        try:
            return self.calls.ask("get_object", order, self.until)
        except SaasError as error:
            if error.code == "object_exists":  # what the table calls a condition that failed
                raise Broken("object_changed") from None
            if error.code == "range_past_end":
                return None
            raise

    def _span(self, answer: dict[str, Any]) -> int:
        """Return how many bytes this answer brings, after comparing it with what was asked."""
        self.tag = self.tag or str(answer.get("ETag") or "")
        if not self.tag:
            raise Broken("target_garbled", told="no object")
        size = int(answer.get("ContentLength") or 0)
        found = SPAN.fullmatch(answer.get("ContentRange") or "")
        first = int(found["first"]) if found else 0
        if first != self.place or (found and int(found["last"]) - first + 1 != size):
            raise Broken("target_garbled", told="range")
        total = int(found["total"]) if found and found["total"] != "*" else first + size
        end = total if self.wanted_end is None else min(total, self.wanted_end)
        if self.end is not None and end != self.end:
            raise Broken("object_changed")
        self.end = end
        return min(size, end - self.place)

    def _chunk(self, body: Any, size: int) -> bytes:
        from botocore.exceptions import BotoCoreError
        from urllib3.exceptions import HTTPError

        began = self.calls.now()
        try:
            chunk = body.read(size)
        except (BotoCoreError, HTTPError, OSError) as error:
            raise Unavailable("target_unavailable", told=type(error).__name__) from None
        self.waited += self.calls.now() - began
        self.got += len(chunk)
        self._refuse_a_drip()
        if not chunk:
            raise Unavailable("target_unavailable", told="cut")
        return chunk

    def _refuse_a_drip(self) -> None:
        """Only waiting for the service counts, not what is done with the bytes meanwhile."""
        patience = self.calls.patience
        slow = self.got < self.waited * patience.slow_bytes_a_second
        if (slow and self.waited > patience.slow_after_seconds) or self.calls.now() > self.until:
            raise Unavailable("target_slow")
