"""A backup target in a bucket of Amazon S3, or of a service that speaks its protocol.

Owns: the port's promises on top of S3: all or nothing, arrived or an error, ranges that are whole.
Does not own: calls and patience (`s3_calls.py`), sending (`s3_upload.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from ...kernel.errors import Broken, Refused, SaasError, Unavailable
from .capability import CHECKSUMS, EXCLUSIVE, RESUMES
from .keys import KEY, checked, checked_prefix
from .port import StoredObject
from .s3_calls import Patience, S3Calls, S3Place
from .s3_protection import protection
from .s3_read import read
from .s3_upload import PART_BYTES, Part, Sent, Upload, part, whole

NO_CONTENT = 204
UNEXPLAINED = ("object_missing", "access_denied", "target_garbled")
LOOKS = 3  # at an object that was just stored and is not there


class S3Store:
    """`BlobStore` below one prefix of one bucket."""

    def __init__(
        self,
        place: S3Place,
        patience: Patience | None = None,
        part_bytes: int = PART_BYTES,
        calls: S3Calls | None = None,
        removing: S3Calls | None = None,
    ) -> None:
        """`removing` asks with the key that alone may remove objects, where there is one.

        Raises: Refused (what is wrong with the endpoint or its certificate).
        """
        self._calls = calls or S3Calls(place, patience or Patience())
        self._removing = removing or self._calls
        self._prefix = place.prefix
        self._part_bytes = part_bytes

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> StoredObject:
        """Store what comes, in place of what was there."""
        upload = Upload(self._calls, self._name(key), self._part_bytes)
        sent = upload.send(chunks, lambda sent: not self._look(key, sent)[0])
        return self._arrived(key, sent)

    def put_new(self, key: str, content: bytes) -> StoredObject:
        """Store an object nobody stored yet.

        Raises: Refused (`object_exists`).
        """
        if self.head(key) is not None:
            raise Refused("object_exists")
        one = part(1, content)
        tried: list[str] = []
        try:
            self._put_exclusive(key, one, tried)
        except Refused as error:
            # Its own earlier try, whose answer was lost, is no other writer.
            if error.code != "object_exists" or not tried or self._look(key, whole(one))[0]:
                raise
        return self._arrived(key, whole(one))

    def get_range(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Give the bytes of an object from `start` on; a connection that breaks is made again.

        Raises: Broken (`object_missing`, `object_changed` while it was read).
        """
        return read(self._calls, self._name(key), start, length)

    def head(self, key: str) -> StoredObject | None:
        """Look an object up."""
        found = self._head(key)
        if found is None:
            return None
        return StoredObject(key, found["ContentLength"], None, found.get("LastModified"))

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Give every object whose key begins with the prefix; names of others' form are left out.

        Raises: Broken (`target_garbled` when the service goes round in circles).
        """
        checked_prefix(prefix)
        for row in self._pages("list_objects_v2", "Contents", prefix):
            key = row["Key"][len(self._prefix) :]
            if not row["Key"].startswith(self._prefix + prefix):
                raise Broken("target_garbled", told="foreign key")
            if KEY.fullmatch(key):
                yield StoredObject(key, row["Size"], None, row.get("LastModified"))

    def delete(self, key: str) -> None:
        """Remove an object.

        Raises: Broken (`target_garbled` when it is still there).
        """
        try:
            answer = self._removing.ask("delete_object", {"Key": self._name(key)})
        except Broken as error:
            if error.code != "object_missing":
                raise
            return
        if answer["ResponseMetadata"]["HTTPStatusCode"] != NO_CONTENT and self.head(key):
            raise Broken("target_garbled", told="not removed")

    def abort_stale(self, before: datetime) -> int:
        """Have the service forget uploads that were never completed."""
        stale = [
            row
            for row in self._pages("list_multipart_uploads", "Uploads", "")
            if row.get("Initiated") and row["Initiated"] < before
        ]
        for row in stale:
            with suppress(_Gone):
                self._abort(row)
        return len(stale)

    def capabilities(self) -> frozenset[str]:
        """Tell what the service turned out to be able to do."""
        told = {RESUMES}
        told |= {CHECKSUMS} if self._calls.checksums else set()
        return frozenset(told | ({EXCLUSIVE} if self._calls.exclusive else set()))

    def protection(self) -> str:
        """Tell what the bucket is set to do against deleting."""
        return protection(self._calls)

    def learn(self, key: str) -> None:
        """Find out with an object of this key whether the service refuses a second writer, or only
        seems to listen. The object is left for the caller to remove.

        Raises: Refused, Unavailable, Broken.
        """
        one = part(1, b"first")
        with suppress(_Exists):
            for _twice in range(2):
                self._put_if_absent(key, one, [])
            self._calls.exclusive = False

    @property
    def removes_with_second_key(self) -> bool:
        """Whether objects are removed with a key of its own."""
        return self._removing is not self._calls

    def first_key_removes(self, key: str) -> bool:
        """Try to remove an object with the key that should not be able to.

        Raises: Refused, Unavailable, Broken (but `access_denied`).
        """
        try:
            self._calls.ask("delete_object", {"Key": self._name(key)})
        except Broken as error:
            if error.code != "access_denied":
                raise
            return False
        return self.head(key) is None

    def close(self) -> None:
        """Close the connections kept open."""
        self._calls.close()
        self._removing.close()

    def _name(self, key: str) -> str:
        return self._prefix + checked(key)

    def _put_exclusive(self, key: str, one: Part, tried: list[str]) -> None:
        if self._calls.exclusive:
            try:
                return self._put_if_absent(key, one, tried)
            except Broken as error:
                if error.code != "target_cannot":
                    raise
            self._calls.exclusive = False
        return self._put_plain(key, one)

    def _put_if_absent(self, key: str, one: Part, tried: list[str]) -> None:
        order = {"Key": self._name(key), "Body": one.content, **one.guard, "IfNoneMatch": "*"}
        try:
            self._calls.ask("put_object", order, tried=tried)
        except Refused as error:
            raise _Exists("object_exists") if error.code == "object_exists" else error from None

    def _put_plain(self, key: str, one: Part) -> None:
        order = {"Key": self._name(key), "Body": one.content, **one.guard}
        self._calls.ask_summed("put_object", one.sums, order)

    def _abort(self, row: dict[str, Any]) -> None:
        try:
            order = {"Key": row["Key"], "UploadId": row["UploadId"]}
            self._calls.ask("abort_multipart_upload", order)
        except Unavailable as error:
            raise _Gone("upload_lost") if error.code == "upload_lost" else error from None

    def _arrived(self, key: str, sent: Sent) -> StoredObject:
        """Return what is stored when it is what was sent; remove it when it is not.

        Raises: Broken (`object_lost`, `object_damaged`), Unavailable.
        """
        wrong_code, modified = self._look(key, sent)
        if wrong_code:
            with suppress(SaasError):
                self.delete(key)
            raise Broken(wrong_code, key=key.rpartition("/")[2])
        return StoredObject(key, sent.size, sent.sha256, modified)

    def _look(self, key: str, sent: Sent) -> tuple[str, datetime | None]:
        """Return the code of what is wrong with an object just stored, empty when nothing is, and
        when it was stored.
        """
        found = self._head_patiently(key)
        if found is None:
            return "object_lost", None
        right = found["ContentLength"] == sent.size and self._is_same(key, found, sent)
        return "" if right else "object_damaged", found.get("LastModified")

    def _is_same(self, key: str, found: dict[str, Any], sent: Sent) -> bool:
        """Compare sums; where the service tells none that we know, the object is read back."""
        if found.get("ChecksumSHA256") == sent.checksum or _tag(found) == sent.etag:
            return True
        digest = hashlib.sha256()
        for chunk in self.get_range(key):
            digest.update(chunk)
        return digest.hexdigest() == sent.sha256

    def _head_patiently(self, key: str) -> dict[str, Any] | None:
        for attempt in range(1, LOOKS + 1):
            found = self._head(key)
            if found is not None or attempt == LOOKS:
                return found
            self._calls.pause(attempt)
        return None

    def _head(self, key: str) -> dict[str, Any] | None:
        """Return what the service tells of an object; None when it is not there.

        An answer to this question has no body that says why, so a second one is asked.
        """
        order: dict[str, Any] = {"Key": self._name(key)}
        if self._calls.checksums:
            order["ChecksumMode"] = "ENABLED"
        try:
            found = self._calls.ask("head_object", order)
            if not _tag(found):
                raise Broken("target_garbled", told="no object")
            return found
        except Broken as error:
            missing = error.code == "object_missing"
            if error.code in UNEXPLAINED and not (missing and self._calls.bucket_seen):
                self._calls.ask("list_objects_v2", {"Prefix": self._name(key), "MaxKeys": 1})
            if missing:
                return None
            raise

    def _pages(self, operation: str, rows: str, prefix: str) -> Iterator[dict[str, Any]]:
        """Give the rows of a listing of several pages.

        Raises: Broken (`target_garbled`).
        """
        order: dict[str, Any] = {"Prefix": self._prefix + prefix}
        seen: set[tuple[str, ...]] = set()
        while True:
            answer = self._calls.ask(operation, order)
            yield from answer.get(rows) or ()
            if not answer.get("IsTruncated"):
                return
            order |= _next_page(answer)
            mark = tuple(str(order.get(name, "")) for name in MARKS)
            if mark in seen:
                raise Broken("target_garbled", told="listing")
            seen.add(mark)


MARKS = ("ContinuationToken", "KeyMarker", "UploadIdMarker")


class _Exists(Refused):
    """Somebody stored the object before."""


class _Gone(Unavailable):
    """The upload is not there any more."""


def _next_page(answer: dict[str, Any]) -> dict[str, str]:
    marks = {name: answer.get(f"Next{name}") for name in MARKS}
    return {name: mark for name, mark in marks.items() if mark}


def _tag(found: dict[str, Any]) -> str:
    return str(found.get("ETag", "")).strip('"')
